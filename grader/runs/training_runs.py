"""Events -> training runs: epochs whose parameters follow from one another by value."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from math import isfinite

from grader.recording import Numbers, Recording, recorded_count
from grader.runs.chunks import added_up
from grader.runs.ends import after_last, at_the_end
from grader.runs.epochs import Epoch, EpochEvents, after_gaps, equal, gathered
from grader.runs.gradients import ALL, choice, chosen
from grader.runs.heaped import unheaped
from grader.runs.looks import looks_below, looks_between, looks_in_front, stays_put
from grader.runs.sums import taken_apart

MOST = 1_000  # runs of a notebook; of more, those in the middle are forgotten, as the recorder does in a cell
KEPT = 200  # of these, where those of a loop that makes its parameters anew count as one
OPEN = 20  # runs with other tensors that an epoch may go on with: those that went on last
LINES = 4  # of a loop, with a backward in each, at most
Begin = tuple[int, int, tuple[int, ...]]
CLEARLY = 1e-5  # of a number: a move that no rounding in float32 makes or hides


@dataclass(frozen=True)
class TrainingRun:
    """A run: its leaves (name, shape, dtype), the exact number of epochs, and the epochs that were kept."""

    leaves: tuple[tuple[str, tuple[int, ...], str], ...]
    count: int
    epochs: tuple[Epoch, ...]
    restarts: int = 0

    @property
    def counts(self) -> tuple[int, ...]:
        """How many numbers were recorded of each leaf."""
        return tuple(recorded_count(shape) for _, shape, _ in self.leaves)

    @property
    def start(self) -> Numbers:
        """The parameters before the first epoch."""
        return self.epochs[0].values

    @property
    def cells(self) -> tuple[int, ...]:
        """The notebook indices of the cells its epochs ran in."""
        return tuple(sorted({epoch.cell for epoch in self.epochs}))

    @property
    def begin(self) -> Begin:
        """The cell and the number of its first event, and its tensors' numbers: that tells it from others."""
        return self.epochs[0].cell, self.epochs[0].seqs[0], self.epochs[0].numbers

    def overlaps(self, other: TrainingRun) -> bool:
        """Tell whether each began before the other had ended."""
        ends = [(run.epochs[-1].cell, run.epochs[-1].seqs[1]) for run in (self, other)]
        return self.begin[:2] <= ends[1] and other.begin[:2] <= ends[0]

    @property
    def optimizers(self) -> tuple[str, ...]:
        """The classes of the optimizers that stepped, in order of appearance."""
        return tuple(dict.fromkeys(epoch.step.optimizer for epoch in self.epochs if epoch.step is not None))

    @property
    def before_copy(self) -> TrainingRun | None:
        """The run up to where another loop went on with other tensors: a copy, or a network loaded again."""
        for i, (last, epoch) in enumerate(pairwise(self.epochs), start=1):
            if set(last.numbers).isdisjoint(epoch.numbers) and last.line != epoch.line:
                return replace(self, count=last.index + 1, epochs=self.epochs[:i])
        return None

    @property
    def in_first_cell(self) -> TrainingRun | None:
        """The run up to the end of its first cell, if later cells went on with it."""
        first = tuple(epoch for epoch in self.epochs if epoch.cell == self.epochs[0].cell)
        if len(first) == len(self.epochs):
            return None
        return replace(self, count=first[-1].index + 1, epochs=first, restarts=0)

    @property
    def mirrored(self) -> TrainingRun | None:
        """The run with the signs of its losses changed, if all are negative: it climbs, others descend."""
        losses = [sum(number for root in epoch.roots for number in root.value or ()) for epoch in self.epochs]
        if not all(loss < 0 for loss in losses):
            return None
        return replace(self, epochs=tuple(epoch.mirrored for epoch in self.epochs))

    @property
    def standing_still(self) -> TrainingRun:
        """The run as one whose updates lead nowhere, where its new parameters are made of the old ones."""
        epochs = (replace(epoch, following=epoch.values, settled=True) for epoch in self.epochs)
        return replace(self, epochs=tuple(epochs), restarts=0)

    @property
    def averaged(self) -> TrainingRun | None:
        """The run with the mean of each epoch's several losses, and of their gradients, for their sum."""
        if not all(epoch.has_parts for epoch in self.epochs):
            return None
        return replace(self, epochs=tuple(epoch.averaged for epoch in self.epochs))


def training_runs(recording: Recording) -> tuple[TrainingRun, ...]:
    """Give all runs of a notebook in the order of their first epoch.

    Those whose losses were added up come both ways: as the one run that they are, and each by itself.
    """
    runs = _runs(recording)
    if (apart := taken_apart(recording)) is None:
        return runs
    known = {run.begin for run in runs}
    own = (run for run in _runs(apart) if run.begin not in known)
    return tuple(sorted((*runs, *own), key=lambda run: run.begin[:2]))


def _runs(recording: Recording) -> tuple[TrainingRun, ...]:
    runs: list[_Run] = []
    open_runs: list[_Run] = []
    of_tensors: dict[tuple[int, ...], _Run] = {}
    starts: set[tuple[float, ...]] = set()
    begun = 0
    groups = added_up(gathered(recording))
    for group, after_gap in zip(groups, after_gaps(groups), strict=True):
        group.after_gap = after_gap
        known = of_tensors.get(group.numbers)
        asked = open_runs if begun < MOST else ()  # of so many, none goes on with other tensors
        same = chain(
            (run for run in reversed(asked) if run.numbers == group.numbers), [known] if known else []
        )
        alike = (run for run in reversed(asked) if run.numbers != group.numbers)
        run = next((run for run in chain(same, alike) if run.goes_on_with(group, starts)), None)
        if run is None:
            run = _Run(group.key)
            begun += 1
            runs.append(run)
            open_runs.append(run)
            starts.add(group.first_values)
            if len(runs) > MOST:
                del runs[MOST // 2]
        run.add(group)
        of_tensors[group.numbers] = run
        if len(open_runs) > OPEN:
            open_runs.remove(min(open_runs, key=lambda run: run.groups[-1].backwards[0].seq))
    merged = _merge_restarts([run.close(recording) for run in runs])
    return tuple(merged if len(merged) <= KEPT else (*merged[: KEPT // 2], *merged[-KEPT // 2 :]))


# ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────


class _Run:
    """A run while it grows."""

    def __init__(self, key: tuple[tuple[int, ...], ...]) -> None:
        self.key = key
        self.groups: list[EpochEvents] = []
        self.indices: list[int] = []

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the tensors that it trains."""
        return self.groups[-1].numbers

    def add(self, group: EpochEvents) -> None:
        gap = 1
        if self.groups and self._thinned(group):
            gap = max(1, group.epoch - self.groups[-1].epoch)  # a forged one may lead back
        self.indices.append(self.indices[-1] + gap if self.indices else 0)
        self.groups.append(group)

    def _thinned(self, group: EpochEvents) -> bool:
        last = self.groups[-1]
        return group.after_gap and last.cell == group.cell and last.stream == group.stream

    def goes_on_with(self, group: EpochEvents, starts: set[tuple[float, ...]]) -> bool:
        """Tell whether ``group`` is this run's next epoch: what an update made of the last parameters."""
        last = self.groups[-1]
        if self.key != group.key:
            return False
        if self._thinned(group):
            return True
        old, new = last.first_values, group.first_values
        same_tensors = last.numbers == group.numbers
        stepped_to = last.stepped_to
        if stepped_to is not None:
            return equal(new, stepped_to) or (same_tensors and new not in starts and _same_loop(last, group))
        if equal(new, old):
            return same_tensors or self._binds_anew(group)
        going_on = same_tensors and any(_same_loop(one, group) for one in self.groups[-LINES:])
        going_on |= not all(map(isfinite, new)) and self._binds_anew(group)
        if (new in starts) != going_on:  # where a run began it has to be the loop's own update that led there
            return going_on
        return choice(last.backwards, old, new) is not None

    def _binds_anew(self, group: EpochEvents) -> bool:
        """Tell whether a loop that makes new tensors goes on, where it has arrived and no value tells."""
        bound = len(self.groups) > 1 and self.groups[-2].numbers != self.numbers
        return bound and _same_loop(self.groups[-1], group)

    def close(self, recording: Recording) -> TrainingRun:
        """Make the record."""
        self._drop_looks()
        self._drop_last_look(recording)
        self._drop_stray_steps()
        epochs = []
        used = None
        for i, (index, group) in enumerate(zip(self.indices, self.groups, strict=True)):
            following, settled = group.stepped_to, True
            if i + 1 < len(self.groups) and self.indices[i + 1] == index + 1:
                following = self.groups[i + 1].first_values
            elif i + 1 == len(self.groups) and following is None:
                following, settled = after_last(group, recording)
            if following is not None and len(group.backwards) > 1:
                found = choice(group.backwards, group.first_values, following, used)
                used = used if found is None else found
            group.backwards = chosen(group.backwards, ALL if used is None else used)
            epochs.append(group.close(index, following, settled=settled))
        leaves = tuple((leaf.name, leaf.shape, leaf.dtype) for leaf in self.groups[0].leaves)
        return TrainingRun(leaves, self.indices[-1] + 1, unheaped(epochs))

    def _drop_looks(self) -> None:
        """Drop backwards in front of others that were only looked at: cleared again, without an update."""
        while count := looks_in_front(self.groups):
            shift = self.indices[count]
            self.groups, self.indices = self.groups[count:], [index - shift for index in self.indices[count:]]
        if looks := [i for i in looks_between(self.groups) if self._moves(i)]:
            left = [i for i in range(len(self.groups)) if i not in looks]
            self.indices = [self.indices[i] - bisect(looks, i) for i in left]
            self.groups = [self.groups[i] for i in left]

    def _moves(self, place: int) -> bool:
        """Tell whether a gradient could have moved anything: where a loop has arrived, it stands still.

        The update after a place, or else the last one, tells how far a gradient moves.
        """
        pairs = chain(pairwise(self.groups[place:]), reversed(list(pairwise(self.groups[: place + 1]))))
        update = next((pair for pair in pairs if not stays_put(*pair)), None)
        return update is not None and _would_move(self.groups[place], *update)

    def _drop_last_look(self, recording: Recording) -> None:
        """Drop a last backward that no update followed: a look, or the end of a loop that updates first."""
        if (count := looks_below(self.groups)) > 1:  # of several one is left, which may be the training's
            self.groups, self.indices = self.groups[: 1 - count], self.indices[: 1 - count]
        if len(self.groups) < 2 or self.indices[-1] != self.indices[-2] + 1:
            return
        previous, last = self.groups[-2:]
        if _same_loop(previous, last) and any(map(stays_put, self.groups, self.groups[1:-1])):
            return  # the loop leaves out updates, the last one too
        nowhere = not last.steps if previous.steps else _stayed(previous, last, recording)
        elsewhere = bool(previous.steps) and not _same_loop(previous, last)
        if nowhere and (elsewhere or _moved(previous, last)):
            self.groups, self.indices = self.groups[:-1], self.indices[:-1]

    def _drop_stray_steps(self) -> None:
        """Drop an optimizer's steps after the last epoch, that found no gradient: it was trained by hand."""
        *others, last = self.groups
        found = any(parameter.gradient for step in last.steps for parameter in step.parameters)
        if others and not found and not any(group.steps for group in others):
            self.groups[-1] = replace(last, steps=[])


def _moved(previous: EpochEvents, last: EpochEvents) -> bool:
    """Tell whether the update between two epochs was no matter of rounding, so that another would be seen."""
    old, new = previous.first_values, last.first_values
    return any(abs(b - a) > CLEARLY * abs(b) for a, b in zip(old, new, strict=True))


def _would_move(group: EpochEvents, before: EpochEvents, following: EpochEvents) -> bool:
    """Tell the same of a gradient that moves as far, for its size, as that of another epoch's update did."""
    own = zip(group.last_after, group.first_values, strict=True)
    update = zip(before.last_after, before.first_values, following.first_values, strict=True)
    pairs = zip(own, update, strict=True)
    return any(abs((b - a) * g) > CLEARLY * abs(v * h) for (g, v), (h, a, b) in pairs)


def _stayed(previous: EpochEvents, last: EpochEvents, recording: Recording) -> bool:
    """Tell whether parameters were seen to stay as they were after a run's last backward.

    It has to be the tensors of the epoch before, in whose place no others can have come unseen.
    """
    if previous.numbers != last.numbers:
        return False
    own = (record.last_leaves for record in recording.cells if record.cell == last.cell)
    seen = {number: value for leaves in own for number, value in leaves.items()}
    still = all(seen.get(leaf.number) == leaf.value for leaf in last.leaves)
    return still and any(last.last_after) and at_the_end(last, recording) is None


def _merge_restarts(runs: list[TrainingRun]) -> list[TrainingRun]:
    """Make one run of many that have a single epoch each: parameters that are made anew within the loop."""
    series: list[list[TrainingRun]] = []
    for run in runs:
        if series and _same_line(series[-1][-1], run):
            series[-1].append(run)
        else:
            series.append([run])
    return [merged for one in series for merged in _merged(one)]


def _same_line(last: TrainingRun, run: TrainingRun) -> bool:
    once = last.count == run.count == 1 and last.leaves == run.leaves
    return once and last.epochs[0].line == run.epochs[0].line is not None


def _merged(runs: list[TrainingRun]) -> list[TrainingRun]:
    """Merge runs that start anew; where each starts elsewhere, they are looks unless an update is seen."""
    last = runs[-1].epochs[0]
    updates = last.following is not None and not equal(last.following, last.values)
    anew = updates and len({run.epochs[0].numbers for run in runs}) == len(runs)
    if len(runs) == 1 or not (anew or all(run.start == runs[0].start for run in runs)):
        return runs
    epochs = [replace(run.epochs[0], index=index) for index, run in enumerate(runs)]
    for index, epoch in enumerate(epochs[:-1]):
        if epoch.step is None:  # what the name stands for at the cell's end is the last one
            epochs[index] = replace(epoch, following=None)
    return [replace(runs[0], count=len(runs), epochs=tuple(epochs), restarts=len(runs) - 1)]


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────


def _same_loop(last: EpochEvents, group: EpochEvents) -> bool:
    return last.cell == group.cell and last.backwards[0].line == group.backwards[0].line
