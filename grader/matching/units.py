"""What of a recording can answer questions: training runs, and the moments at which names got values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.recording import CellRecord, Recording, Value
from grader.records import CellOutcome
from grader.runs.training_runs import TrainingRun, training_runs

END = 1 << 62  # later than every event of a cell
RAISED = "!"  # here: the exception that ended a cell


@dataclass(frozen=True)
class Unit:
    """A run, or names that got values, from one event to another; each place is (cell, ``seq``)."""

    first: tuple[int, int]
    last: tuple[int, int]
    run: TrainingRun | None = field(default=None, repr=False)
    values: Mapping[str, Value] = field(default_factory=dict, repr=False)


def units_of(recording: Recording, outcomes: Sequence[CellOutcome]) -> list[Unit]:
    """Give all units in the order of their first events."""
    runs = [
        Unit((run.epochs[0].cell, run.epochs[0].seqs[0]), (run.epochs[-1].cell, run.epochs[-1].seqs[1]), run)
        for run in training_runs(recording)
    ]
    errors = {outcome.index: outcome.error for outcome in outcomes if outcome.error is not None}
    moments = []
    for record in recording.cells:
        for statement in record.statements:
            place = (record.cell, statement.seq)
            moments.append(Unit(place, place, values=statement.values))
        values = unseen(record)
        if (error := errors.get(record.cell)) is not None:
            values[RAISED] = Value("exception", type=error.name, plain=error.value)
        if values:
            moments.append(Unit((record.cell, END), (record.cell, END), values=values))
    return sorted([*runs, *moments], key=lambda unit: unit.first)


def unseen(record: CellRecord) -> dict[str, Value]:
    """Give what only the cell's end shows: all of it where no statement was seen, and large tensors whole."""
    seen = {name: value for statement in record.statements for name, value in statement.values.items()}
    return {
        name: value
        for name, value in record.values.items()
        if name not in seen or (value.tensor is not None and seen[name].tensor is None)
    }
