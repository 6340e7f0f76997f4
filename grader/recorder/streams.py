"""Training events of one cell, thinned so that a million epochs fit: whole epochs are kept or dropped.

The loop that is recorded pays for every line here, six thousand times. So an epoch is only put at the end
of a list, and what is kept of it is decided for two hundred epochs at a time.
"""

from __future__ import annotations

from math import isnan
from typing import Any, NamedTuple

from grader.recorder.oddities import odd_ones

HEAD = 100  # epochs kept from the start
TAIL = 100  # epochs kept before the end, at least
MIDDLE = 200  # epochs kept in between, in consecutive pairs
ODD = 200  # epochs kept because something about them is unlike the epoch before
BATCH = 1_000  # steady epochs that are taken in at once
NUMBERS = 100_000  # of these epochs; fewer are taken in of wide ones
EVENTS = 128  # events kept of one epoch: a backward a row of the course; a thousand are counted, not listed
ENDS = 10  # epochs kept of either end of a stream long past
SAMPLES = {m * 10**e - 1 for e in range(12) for m in (1, 3)} | {1}  # of these epochs the graph is written out


class Leaves(NamedTuple):
    """The leaves of a graph: their slots, numbers and sizes.

    ``tiny`` if all can be read whole each time, ``single`` if each is one number.
    """

    slots: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    sizes: tuple[int, ...] = ()
    tiny: bool = True
    single: bool = False


class Backward(NamedTuple):
    """One backward pass as it was seen. Values are flat, one entry for each leaf."""

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

    def numbers(self) -> tuple[list[float], bool]:
        """Give loss, values and gradients after, and whether the gradient had been cleared before."""
        loss = self.roots[0][0]
        row = [loss[0] if loss else 0.0, *_joined(self.values), *_joined(self.after)]
        return row, not any(_joined(self.before))


class Brief(NamedTuple):
    """A backward pass like the full one before it: the loss, the values and the gradients after, flat."""

    seq: int
    like: Backward
    row: list[float]

    def numbers(self) -> tuple[list[float], bool]:
        """Give loss, values and gradients after, and that the gradient had been cleared before."""
        return self.row, True

    def full(self) -> Backward:
        """Write it out in the manner of the one it is like."""
        left = iter(self.row)
        loss = next(left)
        sizes = self.like.leaves.sizes
        values, after = ([[next(left) for _ in range(size)] for size in sizes] for _ in range(2))
        roots = [[[loss], *self.like.roots[0][1:]]]
        before = [None] * len(sizes)
        return self.like._replace(
            seq=self.seq, roots=roots, values=values, before=before, after=after, touched=False, picture=None
        )


class BriefStep(NamedTuple):
    """A step like the full one before it: the learning rates and the gradients it found, flat."""

    seq: int
    entered: int
    like: dict[str, Any]
    lr: list[Any]
    gradients: list[float]

    def full(self) -> dict[str, Any]:
        """Write it out in the manner of the one it is like; values are known from the backwards around it."""
        left = iter(self.gradients)
        params = [
            [slot, number, None, [next(left) for _ in after], None]
            for slot, number, *_, after in self.like["params"]  # what was before may not be known there
        ]
        return {**self.like, "seq": self.seq, "entered": self.entered, "lr": self.lr, "params": params}


class Epoch:
    """The events of one epoch, the exact number of its backwards, and whether it is kept for what it is."""

    __slots__ = ("backwards", "events", "index", "odd")

    def __init__(self, index: int, events: list[Any], backwards: int) -> None:
        self.index, self.events, self.backwards, self.odd = index, events, backwards, False


class Stream:
    """The epochs of one set of leaves within a cell."""

    def __init__(self, number: int = 0, slots: tuple[int, ...] = ()) -> None:
        self.number = number
        self.slots = slots
        self.first: Backward | None = None
        self.last: Backward | None = None
        self.last_step: dict[str, Any] | None = None
        self.start: list[float] = []  # the values of the first backward, flat
        self.steady = False  # whether the next backward may be taken briefly
        self.regular = True  # whether that has always gone well
        self.epoch = Epoch(-1, [], 0)
        self._epochs: list[Epoch] = []  # the first hundred, what was kept after it, and all since
        self._rows: list[tuple[int, list[float]]] = []  # steady epochs that are not yet among them
        self._steps: list[tuple[int, BriefStep]] = []  # their steps, each with its place among them
        self._room = 0  # rows until they are taken in
        self._settled = 0  # how many of these have been thinned
        self._stride = 1
        self._odd = 0
        self._seen: Epoch | None = None  # the last epoch that was thinned, kept or not

    def ends_before(self, values: list[Any], numbers: tuple[int, ...], line: Any) -> bool:
        """Tell whether a backward begins another run: back at the start, or other tensors in another line."""
        last = self._last()
        if self.first is None or last is None:
            return False
        back = values == self.first.values and not same(values, last.values)
        return back or (numbers != last.leaves.numbers and line != last.line)

    def opens_epoch(
        self, values: list[Any], before: list[Any], via: str, *, touched: bool, again: bool
    ) -> bool:
        """Tell whether the parameters have changed since the last backward, or its gradient is gone.

        ``again``: the same loss has been computed anew in the same line, a loop whose update does nothing.
        ``autograd.grad`` leaves no gradient that could be gone, and finds none.
        """
        last = self._last()
        if last is None or touched or again or self.epoch.events[-1] is not last:
            return True
        if via == "grad":
            return values != last.values  # NaN is not itself: no look, an epoch
        if not same(values, last.values):
            return True
        left = next((e.after for e in reversed(self.epoch.events) if _adds_up(e)), before)
        return before != left and not any(any(g) for g in before if g is not None)

    def add(self, event: Backward, *, opens: bool) -> None:
        """Add a backward to the open epoch, or to a new one."""
        self.take_in()
        if self.first is None:
            self.first, self.start = event, _joined(event.values)
        self.last = event
        if opens or not self._epochs:
            self._open(Epoch(self.epoch.index + 1, [event], 1))
        else:
            self.epoch.backwards += 1
            self._keep(event)
        index = self.epoch.index
        usual = (
            event.via == "backward" and event.leaves.tiny and not event.weights and None not in event.after
        )
        usual = usual and len(event.roots) == 1 and event.roots[0][1] == [] and self.epoch.backwards == 1
        self.steady = self.regular and usual and index >= HEAD
        self._make_room()

    def add_brief(self, seq: int, row: list[float]) -> int:
        """Add a new epoch with a backward like the last; give how many have not been taken in yet."""
        self._rows.append((seq, row))
        if len(self._rows) >= self._room:
            self.take_in()
        return len(self._rows)

    def add_step(self, event: dict[str, Any]) -> None:
        """Add an optimizer's step to the open epoch."""
        self.take_in()
        self.last_step = event
        self._keep(event)

    def add_brief_step(self, step: BriefStep) -> None:
        """Add a step like the last to the epoch of the last brief backward."""
        if self._rows:
            self._steps.append((len(self._rows) - 1, step))
        else:
            self._keep(step)

    def take_in(self) -> None:
        """Make epochs of the rows."""
        if not self._rows:
            return
        rows, steps = self._rows, self._steps
        self._rows, self._steps = [], []
        assert self.last is not None  # where the stream is steady
        made = [
            Epoch(self.epoch.index + i, [Brief(row[0], self.last, row[1])], 1)
            for i, row in enumerate(rows, 1)
        ]
        for place, step in steps:
            made[place].events.append(step)
        self.epoch = made[-1]
        self._epochs += made
        self._thin_if_many()
        self._make_room()

    @property
    def epochs(self) -> list[Epoch]:
        """The epochs that are kept, in order."""
        self.take_in()
        return self._epochs

    def _make_room(self) -> None:
        """See how many epochs there are up to the next one whose graph is written out."""
        index = self.epoch.index
        steady = min(BATCH, NUMBERS // (1 + 2 * len(self.start)))
        self._room = min(steady, min(sample for sample in SAMPLES if sample > index) - index - 1)
        self.steady = self.steady and self._room > 0

    def shrink(self) -> None:
        """Keep only the ends of a stream that many others have followed."""
        self.take_in()
        if len(self._epochs) > 2 * ENDS:
            self._epochs = [*self._epochs[:ENDS], *self._epochs[-ENDS:]]
            self._settled = len(self._epochs)

    def _last(self) -> Backward | None:
        """Give the last backward; where it was taken briefly, write it out first."""
        self.take_in()
        events = self.epoch.events
        if events and type(events[-1]) is Brief:
            self.last = events[-1] = events[-1].full()
        elif events and type(events[0]) is Brief:
            self.last = events[0] = events[0].full()
        return self.last

    def _open(self, epoch: Epoch) -> None:
        self.epoch = epoch
        self._epochs.append(epoch)
        self._thin_if_many()

    def _keep(self, event: Any) -> None:
        if len(self.epoch.events) < EVENTS:
            self.epoch.events.append(event)
        else:
            self.epoch.events[-1] = event

    def _thin_if_many(self) -> None:
        if len(self._epochs) - self._settled > HEAD + 2 * TAIL:
            self._thin()

    def _thin(self) -> None:
        """Thin the epochs that can no longer be among the last hundred."""
        kept = self._epochs[: max(self._settled, HEAD)]
        old = self._epochs[len(kept) : -TAIL]
        if self._odd < ODD:
            before = [self._seen or kept[-1]]
            for epoch in odd_ones([*before, *old, self._epochs[-TAIL]])[: ODD - self._odd]:
                self._odd += not epoch.odd
                epoch.odd = True
        self._seen = old[-1]
        kept += [epoch for epoch in old if self._stays(epoch)]
        while len(kept) > HEAD + MIDDLE + self._odd:
            self._stride *= 2
            kept = [epoch for epoch in kept if self._stays(epoch)]
        self._settled = len(kept)
        self._epochs = kept + self._epochs[-TAIL:]

    def _stays(self, epoch: Epoch) -> bool:
        return epoch.odd or epoch.index < HEAD or epoch.index // 2 % self._stride == 0


def same(values: Any, others: Any) -> bool:
    """Tell whether numbers, or lists of them, are the same, NaN counting as itself."""
    if values == others:
        return True
    if type(values) is list and type(others) is list:
        return len(values) == len(others) and all(map(same, values, others))
    return type(values) is float and type(others) is float and isnan(values) and isnan(others)


def _adds_up(event: Any) -> bool:
    return type(event) is Backward and event.via == "backward"


def _joined(values: list[Any]) -> list[float]:
    return [number for value in values if value is not None for number in value]
