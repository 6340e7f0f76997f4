"""What a student's kernel was seen to do: the events, the values, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from typing import Any, TypeAlias

from torch import Tensor

from grader.training import LARGEST

Numbers: TypeAlias = tuple[float, ...]

SAMPLE = 16
"""Numbers that are recorded of a leaf with more than ``LARGEST``, evenly strided."""


def recorded_count(shape: tuple[int, ...]) -> int:
    """Tell how many numbers a recording has of a leaf of this shape."""
    return prod(shape) if prod(shape) <= LARGEST else SAMPLE


def finite(numbers: Numbers | None) -> bool:
    """Tell whether numbers are there and all of them finite."""
    return numbers is not None and all(map(math.isfinite, numbers))


@dataclass(frozen=True)
class Value:
    """A value of the student's namespace.

    ``kind`` is one of ``tensor array number text sequence exception function none object``. ``tensor`` holds
    the numbers of a tensor or array where they were kept whole, in its own dtype (an array's as the nearest);
    ``plain`` what a number, text, sequence (of values), exception (its text) or function (its results by the
    keys of the inputs) is; ``type`` the Python type's name.
    """

    kind: str
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    tensor: Tensor | None = field(default=None, repr=False)
    plain: Any = None
    type: str = ""
    requires_grad: bool = False


@dataclass(frozen=True)
class Leaf:
    """A parameter around one backward. Numbers are flat, of a large one a sample; ``None`` is not there."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    number: int
    value: Numbers | None
    before: Numbers | None
    after: Numbers | None


@dataclass(frozen=True)
class Root:
    """What ``backward`` was called on: the loss."""

    value: Numbers | None
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Node:
    """A node of the autograd graph; ``inputs`` are indices, ``None`` for what needs no gradient."""

    op: str
    inputs: tuple[int | None, ...]
    names: tuple[str, ...] = ()
    leaf: int | None = None
    out: Value | None = None
    saved: Mapping[str, Value] = field(default_factory=dict)

    @property
    def values(self) -> tuple[Value, ...]:
        """What it is known to hold: what it computed, where that was recorded, and what it saved."""
        return (*(() if self.out is None else (self.out,)), *self.saved.values())


@dataclass(frozen=True)
class Backward:
    """A backward pass.

    ``stream`` is a set of leaves within the cell, ``epoch`` counts within the stream, ``backwards`` are the
    passes of this epoch; both counts are exact, also where events were thinned out.
    """

    cell: int
    seq: int
    stream: int
    epoch: int
    backwards: int
    via: str
    line: tuple[int, int] | None
    roots: tuple[Root, ...]
    weights: tuple[Numbers | None, ...]
    leaves: tuple[Leaf, ...]
    touched: bool
    graph: tuple[Node, ...] | None = field(default=None, repr=False)
    variables: Mapping[str, Value] | None = field(default=None, repr=False)

    @cached_property
    def values(self) -> Numbers:
        """The parameters the gradient was taken at, the leaves one after the other."""
        return tuple(number for leaf in self.leaves for number in leaf.value or ())

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the leaves."""
        return tuple(leaf.number for leaf in self.leaves)

    @cached_property
    def gradient(self) -> Numbers:
        """The gradient that the pass left, the leaves one after the other; zeros where there is none."""
        return tuple(
            number
            for leaf in self.leaves
            for number in (leaf.after if leaf.after is not None else (0.0,) * len(leaf.value or ()))
        )


@dataclass(frozen=True)
class StepParameter:
    """A parameter an optimizer holds: before, the gradient it found, after."""

    name: str
    number: int
    before: Numbers | None
    gradient: Numbers | None
    after: Numbers | None


@dataclass(frozen=True)
class OptimizerStep:
    """One ``step()``. Backwards whose ``seq`` is above ``entered`` ran in its closure."""

    cell: int
    seq: int
    entered: int
    epoch: int | None
    line: tuple[int, int] | None
    optimizer: str
    settings: Mapping[str, Any]
    lr: tuple[float | None, ...]
    parameters: tuple[StepParameter, ...]


@dataclass(frozen=True)
class LastLeaves:
    """The leaves of the cell's last backward as they stood at its end."""

    cell: int
    seq: int
    leaves: tuple[tuple[str, int, Numbers | None], ...]


@dataclass(frozen=True)
class Seed:
    """``torch.manual_seed`` was called."""

    cell: int
    seq: int
    seed: int


@dataclass(frozen=True)
class Names:
    """A statement has ended: the names it made or changed, dotted ones too, and those it deleted."""

    cell: int
    seq: int
    line: tuple[int, int] | None
    values: Mapping[str, Value]
    gone: tuple[str, ...]


Event: TypeAlias = Backward | OptimizerStep | LastLeaves | Seed | Names


@dataclass(frozen=True)
class Part:
    """A stretch of a cell: the events after ``after`` up to and including ``until``, by their ``seq``.

    ``until`` is ``None`` where the stretch goes to the cell's end. ``lines`` are its first and last line.
    """

    cell: int
    after: int = -1
    until: int | None = None
    lines: tuple[int, int | None] = (1, None)

    @property
    def whole(self) -> bool:
        """Tell whether this is all of the cell."""
        return self.after < 0 and self.until is None

    def holds(self, seq: int) -> bool:
        """Tell whether an event belongs to the stretch."""
        return self.after < seq and (self.until is None or seq <= self.until)


@dataclass(frozen=True)
class CellRecord:
    """What one cell did. ``values`` are new or changed names at its end, ``gone`` those deleted.

    ``faults`` counts what the recorder failed to record: no fault of the student's. ``raised`` is where its
    exception came from, the innermost cell, which may be an earlier one, and its line.
    """

    cell: int
    complete: bool
    events: tuple[Event, ...]
    values: Mapping[str, Value]
    gone: tuple[str, ...]
    faults: int = 0
    raised: tuple[int, int] | None = None

    @cached_property
    def statements(self) -> tuple[Names, ...]:
        """What its statements did with names, in order."""
        return tuple(event for event in self.events if isinstance(event, Names))

    @cached_property
    def last_leaves(self) -> Mapping[int, Numbers | None]:
        """The values at its end of the tensors of its last backward, by their numbers."""
        last = (event for event in self.events if isinstance(event, LastLeaves))
        return {number: value for event in last for _, number, value in event.leaves}

    @cached_property
    def last_backward(self) -> int:
        """The ``seq`` of its last backward; -1 where it has none."""
        return max((event.seq for event in self.events if isinstance(event, Backward)), default=-1)

    def within(self, parts: Sequence[Part]) -> CellRecord:
        """Give what the cell did in some stretches of it alone, as if it had been a cell of its own."""
        if any(part.whole for part in parts):
            return self
        events = tuple(event for event in self.events if any(part.holds(event.seq) for part in parts))
        own = [event for event in events if isinstance(event, Names)]
        values = {name: value for event in own for name, value in event.values.items()}
        gone = {name for event in own for name in event.gone} - set(values)
        if any(part.until is None for part in parts):  # what no statement was seen to do is the last one's
            seen = {name for event in self.statements for name in event.values}
            values |= {n: value for n, value in self.values.items() if n not in seen or n in values}
            gone |= set(self.gone)
        return replace(self, events=events, values=values, gone=tuple(sorted(gone)))


@dataclass(frozen=True)
class Recording:
    """A notebook's recording, cells in the order they ran; ``damage`` says what could not be read."""

    cells: tuple[CellRecord, ...]
    damage: tuple[str, ...] = ()

    def namespace(self, after: int, until: int | None = None) -> dict[str, Value]:
        """Give the names and values there were when the cell of notebook index ``after`` had ended.

        With ``until`` they are those within the cell, when the statement with this ``seq`` had ended.
        """
        names: dict[str, Value] = {}
        for record in self.cells:
            if record.cell > after:
                break
            changes: Sequence[Names | CellRecord] = [record]
            if record.cell == after and until is not None:
                changes = [event for event in record.statements if event.seq <= until]
            for change in changes:
                for name in change.gone:
                    names.pop(name, None)
                names.update(change.values)
        return names

    def statement_end(self, cell: int, seq: int) -> int | None:
        """Give the ``seq`` of the end of the statement in which an event happened, if that was seen."""
        statements = (s for record in self.cells if record.cell == cell for s in record.statements)
        return next((statement.seq for statement in statements if statement.seq >= seq), None)

    def within(self, parts: Sequence[Part]) -> Recording:
        """Give what happened in some stretches of cells alone."""
        own = {record.cell: [part for part in parts if part.cell == record.cell] for record in self.cells}
        return Recording(tuple(record.within(own[record.cell]) for record in self.cells if own[record.cell]))
