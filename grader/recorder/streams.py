"""Training events of one cell, thinned so that a million epochs fit: whole epochs are kept or dropped.

The loop that is recorded pays for every line here, six thousand times. So an epoch is only put at the end of a list,
and what is kept of it is decided for a hundred epochs at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch

from grader.recorder.encode import flat

HEAD = 100  # epochs kept from the start
TAIL = 100  # epochs kept before the end, at least
MIDDLE = 200  # epochs kept in between, in consecutive pairs
ODD = 100  # epochs kept because something about them is unlike the epoch before
EVENTS = 64  # events kept of one epoch; a thousand backwards that add up are counted, not listed


class Leaves(NamedTuple):
    """The leaves of a graph: the tensors, their slots and numbers; ``tiny`` if all can be read whole each time."""

    tensors: list[torch.Tensor]
    slots: tuple[int, ...]
    numbers: tuple[int, ...]
    tiny: bool


class Backward(NamedTuple):
    """One backward pass as it was seen. Values are as ``tolist`` gives them, one entry for each leaf."""

    seq: int
    via: str
    line: Any
    roots: list[Any]
    weights: list[Any] | None
    leaves: Leaves
    values: list[Any]
    before: list[Any]
    touched: bool
    picture: dict[str, Any] | None
    after: list[Any]


class Brief(NamedTuple):
    """A backward pass like the one before it: the loss, the leaves' values and their gradients after, flat."""

    seq: int
    row: list[float]


class BriefStep(NamedTuple):
    """An optimizer's step like the one before it: the learning rates and the gradients it found, flat."""

    seq: int
    entered: int
    lr: list[Any]
    gradients: list[float]


@dataclass
class Epoch:
    """The events of one epoch and the exact number of its backwards."""

    index: int
    events: list[Any] = field(default_factory=list)
    backwards: int = 0


class Stream:
    """The epochs of one set of leaves within a cell."""

    def __init__(self, slots: tuple[int, ...] = ()) -> None:
        self.slots = slots
        self.first: Backward | None = None
        self.last: Backward | None = None
        self.last_step: dict[str, Any] | None = None
        self.steady = False  # whether the next backward may be taken briefly
        self.epoch = Epoch(-1)
        self._epochs: list[Epoch] = []  # the first hundred, what was kept after it, and all since
        self._settled = 0  # how many of these have been thinned
        self._stride = 1
        self._odd = 0

    def ends_before(self, values: list[Any], numbers: tuple[int, ...], line: Any) -> bool:
        """Tell whether a backward begins another run: back at the start, or of other tensors in another line."""
        if self.first is None or self.last is None:
            return False
        back = values == self.first.values and values != self.last.values
        return back or (numbers != self.last.leaves.numbers and line != self.last.line)

    def opens_epoch(self, values: list[Any], before: list[Any], *, touched: bool, again: bool) -> bool:
        """Tell whether the parameters have changed since the last backward, or its gradient is gone.

        ``again``: the same loss has been computed anew in the same line, a loop whose update does nothing.
        """
        last = self.last
        if (
            last is None
            or touched
            or again
            or values != last.values
            or not self.epoch.events
            or self.epoch.events[-1] is not last
        ):
            return True
        return before != last.after and not any(any(flat(g)) for g in before if g is not None)

    def next_epoch(self) -> None:
        """Open the next epoch."""
        self.epoch = Epoch(self.epoch.index + 1)
        self._epochs.append(self.epoch)
        if len(self._epochs) - self._settled > HEAD + 2 * TAIL:
            self._thin()

    def add(self, event: Any) -> None:
        """Add an event to the open epoch."""
        epoch = self.epoch
        if type(event) is Backward:
            self.first = self.first or event
            self.last = event
            epoch.backwards += 1
        elif type(event) is Brief:
            epoch.backwards += 1
        elif type(event) is dict:
            self.last_step = event
        if len(epoch.events) < EVENTS:
            epoch.events.append(event)
        else:
            epoch.events[-1] = event

    def epochs(self) -> list[Epoch]:
        """Give the epochs that are kept, in order."""
        return self._epochs

    def _thin(self) -> None:
        """Thin the epochs that can no longer be among the last hundred."""
        kept = self._epochs[: max(self._settled, HEAD)]
        old = self._epochs[len(kept) : -TAIL]
        odd = _odd_ones([kept[-1], *old]) if self._odd < ODD else set()
        self._odd += len(odd)
        kept += [epoch for epoch in old if epoch.index in odd or epoch.index // 2 % self._stride == 0]
        if len(kept) > HEAD + MIDDLE + self._odd:
            self._stride *= 2
            kept = [e for e in kept if e.index < HEAD or e.index in odd or e.index // 2 % self._stride == 0]
        self._settled = len(kept)
        self._epochs = kept + self._epochs[-TAIL:]


def _odd_ones(epochs: list[Epoch]) -> set[int]:
    """Give the indices of the epochs that are unlike the one before.

    What consecutive epochs of an ordinary loop share: how many events, whether the gradient was cleared, whether all
    is finite, and the length of the update in units of the gradient, to a twentieth.
    """
    kinds = [(len(epoch.events), *_shape(epoch.events[0])) for epoch in epochs]
    odd = {b.index for b, old, new in zip(epochs[1:], kinds, kinds[1:], strict=False) if old != new}
    if len(set(kinds)) == 1 and kinds[0][1] > 0:
        table = torch.tensor([_row(epoch.events[0]) for epoch in epochs], dtype=torch.float64)
        odd |= {epochs[int(i)].index for i in _jumps(table, kinds[0][1])}
    return odd | {index - 1 for index in odd}


def _shape(event: Any) -> tuple[int, bool]:
    """Give how many parameters a backward had, and whether their gradients had been cleared before."""
    if type(event) is Brief:
        return len(event.row) // 2, True
    if type(event) is Backward:
        return len(_numbers(event.values)), not any(_numbers(event.before))
    return 0, True


def _row(event: Any) -> list[float]:
    if type(event) is Brief:
        return event.row
    loss = event.roots[0][0]
    return [loss[0] if loss else 0.0, *_numbers(event.values), *_numbers(event.after)]


def _jumps(table: torch.Tensor, count: int) -> torch.Tensor:
    """Give the rows of ``table`` (epochs, 1 + 2 count) whose update is of another length than the one before."""
    if table.shape[1] != 1 + 2 * count:
        return torch.tensor([])
    values, gradients = table[:, 1 : 1 + count], table[:-1, 1 + count :]
    largest = gradients.abs().argmax(1, keepdim=True)
    moved = (values[1:] - values[:-1]).gather(1, largest).squeeze(1)
    scale = values[:-1].gather(1, largest).squeeze(1).abs()
    rate = moved / gradients.gather(1, largest).squeeze(1)
    clear = moved.abs() > 1e-4 * scale  # below, rounding would speak instead
    unlike = (rate[1:] - rate[:-1]).abs() > rate[:-1].abs() / 20
    finite = table.isfinite().all(1)
    unlike = (unlike & clear[1:] & clear[:-1]) | (finite[2:] != finite[1:-1])
    return unlike.nonzero().flatten() + 2


def _numbers(values: list[Any]) -> list[float]:
    return [number for value in values if value is not None for number in flat(value)]
