"""What a student's kernel was seen to do: the events, the values, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from torch import Tensor

Numbers: TypeAlias = tuple[float, ...]


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


Event: TypeAlias = Backward | OptimizerStep | LastLeaves | Seed


@dataclass(frozen=True)
class CellRecord:
    """What one cell did. ``values`` are new or changed names at its end, ``gone`` those deleted.

    ``faults`` counts what the recorder failed to record: no fault of the student's.
    """

    cell: int
    complete: bool
    events: tuple[Event, ...]
    values: Mapping[str, Value]
    gone: tuple[str, ...]
    faults: int = 0


@dataclass(frozen=True)
class Recording:
    """A notebook's recording, cells in the order they ran; ``damage`` says what could not be read."""

    cells: tuple[CellRecord, ...]
    damage: tuple[str, ...] = ()

    def namespace(self, after: int) -> dict[str, Value]:
        """Give the names and values there were when the cell of notebook index ``after`` had ended."""
        names: dict[str, Value] = {}
        for record in self.cells:
            if record.cell > after:
                break
            for name in record.gone:
                names.pop(name, None)
            names.update(record.values)
        return names
