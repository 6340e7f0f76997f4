"""What the names of a training stand for when it is judged: other tries, and later cells, take them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.checks.end import typed_in
from grader.judging.answer import Answer
from grader.recording import Recording, Value
from grader.runs.parameters import recorded
from grader.runs.training_runs import TrainingRun


def names_after(
    run: TrainingRun, later: Sequence[TrainingRun], answer: Answer, recording: Recording
) -> Mapping[str, Value]:
    """Give the names at the answer's end, or before something else took those that were trained.

    That is the next try, one of the ``later`` runs, or a later cell, for another try which came to nothing or
    for the next answer: it set them to the start, or changed them, but for an end that was typed in.
    """
    namespace = _until(later, run, answer.namespace, recording)
    if _set_to_start(run, namespace) or _changed_later(run, namespace, answer):
        return recording.namespace(after=run.cells[-1])
    return namespace


def taken_at_once(later: Sequence[TrainingRun], run: TrainingRun, recording: Recording) -> frozenset[str]:
    """Give the names that a later run took in the same statement: nobody saw where this one left them."""
    ends = [
        recording.statement_end(e.cell, e.seqs[0]) for e in (run.epochs[-1], *(o.epochs[0] for o in later))
    ]
    names = {name for name, _, _ in run.leaves}
    return frozenset(
        name
        for other, end in zip(later, ends[1:], strict=True)
        if end == ends[0] and other.epochs[0].cell == run.epochs[-1].cell
        for name, _, _ in other.leaves
        if name in names
    )


def _until(
    later: Sequence[TrainingRun], run: TrainingRun, namespace: Mapping[str, Value], recording: Recording
) -> Mapping[str, Value]:
    """Give the names before the next try took them: within one cell, after the run's statement."""
    names = {name for name, _, _ in run.leaves}
    again = next((other for other in later if names & {name for name, _, _ in other.leaves}), None)
    if again is None:
        return namespace
    cell, seq = run.epochs[-1].cell, run.epochs[-1].seqs[1]
    if again.epochs[0].seqs[0] < seq:  # by turns: what each came to was given another name
        return {name: value for name, value in namespace.items() if name not in names}
    for record in reversed(recording.cells):
        if cell <= record.cell < again.epochs[0].cell:
            namespace = recording.namespace(after=record.cell)
            if record.cell == cell or not _set_to_start(again, namespace):
                return namespace
    if (end := recording.statement_end(cell, seq)) is not None:
        return recording.namespace(cell, end)
    return {name: value for name, value in namespace.items() if name not in names}


def _set_to_start(run: TrainingRun, namespace: Mapping[str, Value]) -> bool:
    """Tell whether the names stand where a run begins: a cell before it has set them."""
    numbers: list[float] = []
    for name, _, _ in run.leaves:
        value = namespace.get(name)
        if value is not None and value.tensor is not None:
            numbers += recorded(value.tensor).tolist()
    return numbers == list(run.start)


def _changed_later(run: TrainingRun, namespace: Mapping[str, Value], answer: Answer) -> bool:
    """Tell whether the answer has cells below those that trained, and no end is typed into these."""
    later = "\n".join(text for cell, text in answer.own_sources.items() if cell > run.cells[-1])
    values = [namespace.get(name) for name, _, _ in run.leaves]
    return bool(later) and not any(typed_in(value.tensor, later) for value in values if value is not None)
