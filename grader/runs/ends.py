"""Where a run's parameters stood after its last backward: no later one tells what the update by hand made."""

from __future__ import annotations

from collections.abc import Mapping

from grader.recording import CellRecord, Leaf, Numbers, Recording, Value
from grader.runs.epochs import EpochEvents, equal, joined
from grader.runs.parameters import recorded


def after_last(group: EpochEvents, recording: Recording) -> tuple[Numbers | None, bool]:
    """Give the leaves after a run's last epoch, and whether that is what its own update made of them."""
    end = at_the_end(group, recording)
    return end, end is not None and (group.step is not None or end == _after_statement(group, recording))


def _after_statement(group: EpochEvents, recording: Recording) -> Numbers | None:
    """Give the leaves as the statement left them that has the cell's last backward in its text, a whole loop.

    Its names have to be the very tensors that this backward came to. A function may go on to do other things.
    """
    record = next(record for record in recording.cells if record.cell == group.cell)
    last = group.backwards[-1]
    ended = next((names for names in record.statements if names.seq >= last.seq), None)
    later = record.last_backward > last.seq
    if ended is None or later or not _begins_above(ended.line, last.line):
        return None
    named = [_named(leaf, ended.values) for leaf in group.leaves]
    own = [record.last_leaves.get(leaf.number, ()) for leaf in group.leaves]
    return joined(named) if named == own and None not in named else None


def _begins_above(statement: tuple[int, int] | None, line: tuple[int, int] | None) -> bool:
    """Tell whether a line may stand in a statement, both given by cell and line: in a call it does not."""
    return statement is not None and line is not None and statement[0] == line[0] and statement[1] <= line[1]


def at_the_end(group: EpochEvents, recording: Recording) -> Numbers | None:
    """Give the leaves of a run's last epoch after its update by hand, as the ends of cells show them.

    The update may stand in a later cell; the first change that is seen is taken for it.
    """
    old = group.first_values
    for record in recording.cells:
        if record.cell < group.cell:
            continue
        found = _leaves_at_end(group, record)
        if found is not None and not equal(found, old):
            return found
    return None


def _leaves_at_end(group: EpochEvents, record: CellRecord) -> Numbers | None:
    """Give all leaves' values at a cell's end: the name's where it is there, else the tensor's own."""
    its_own = record.cell == group.cell
    own = record.last_leaves if its_own else {}
    out: list[Numbers | None] = []
    for leaf in group.leaves:
        named = _named(leaf, record.values)
        if named is None:
            named = own.get(leaf.number, leaf.value if out or not its_own else None)
        out.append(named)
    there = all(value is not None for value in out)
    return joined(out) if there and len(joined(out)) == len(group.first_values) else None


def _named(leaf: Leaf, values: Mapping[str, Value]) -> Numbers | None:
    """Give the numbers of the tensor of a leaf's name and shape."""
    value = values.get(leaf.name)
    if value is None or value.tensor is None or value.shape != leaf.shape:
        return None
    return tuple(map(float, recorded(value.tensor).tolist()))
