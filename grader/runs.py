"""Events -> training runs: epochs whose parameters follow from one another by value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import isnan

from grader.gradients import ALL, choice, chosen, counted, gradient_of
from grader.recording import Backward, LastLeaves, Leaf, Node, Numbers, OptimizerStep, Recording, Root, Value


@dataclass(frozen=True)
class Epoch:
    """One epoch of a run.

    All numbers are flat, the leaves one after the other as ``TrainingRun.leaves`` names them. ``values`` are
    the parameters the gradient was taken at, ``before`` and ``after`` the gradient around the epoch's
    backwards, ``found`` the gradient as the update found it, ``following`` the parameters after the update;
    each is ``None`` where nobody saw it. ``following`` of the last epoch of a run by hand is what stood there
    at the cell's end. ``seqs`` are those of the epoch's first and last event.
    """

    index: int
    cell: int
    seqs: tuple[int, int]
    line: tuple[int, int] | None
    roots: tuple[Root, ...]
    weighted: bool
    backwards: int
    values: Numbers
    before: Numbers
    had_gradient: bool
    after: Numbers
    found: Numbers | None
    following: Numbers | None
    touched: bool
    rebound: bool
    step: OptimizerStep | None
    numbers: tuple[int, ...]
    graph: tuple[Node, ...] | None = field(default=None, repr=False)
    variables: dict[str, Value] | None = field(default=None, repr=False)

    @property
    def gradient(self) -> Numbers:
        """What this epoch's backwards added."""
        return tuple(after - before for after, before in zip(self.after, self.before, strict=True))


@dataclass(frozen=True)
class TrainingRun:
    """A run: its leaves (name, shape, dtype), the exact number of epochs, and the epochs that were kept."""

    leaves: tuple[tuple[str, tuple[int, ...], str], ...]
    count: int
    epochs: tuple[Epoch, ...]
    restarts: int = 0

    @property
    def start(self) -> Numbers:
        """The parameters before the first epoch."""
        return self.epochs[0].values

    @property
    def cells(self) -> tuple[int, ...]:
        """The notebook indices of the cells its epochs ran in."""
        return tuple(sorted({epoch.cell for epoch in self.epochs}))

    @property
    def optimizers(self) -> tuple[str, ...]:
        """The classes of the optimizers that stepped, in order of appearance."""
        return tuple(dict.fromkeys(epoch.step.optimizer for epoch in self.epochs if epoch.step is not None))


def training_runs(recording: Recording) -> tuple[TrainingRun, ...]:
    """Give all runs of a notebook in the order of their first epoch."""
    open_runs: list[_Run] = []
    starts: set[tuple[float, ...]] = set()
    groups = _groups(recording)
    kept = {(group.cell, group.stream, group.epoch) for group in groups}
    for group in groups:
        group.after_gap = group.epoch > 0 and (group.cell, group.stream, group.epoch - 1) not in kept
        run = next((run for run in reversed(open_runs) if run.goes_on_with(group, starts)), None)
        if run is None:
            run = _Run(group.key)
            open_runs.append(run)
            starts.add(group.first_values)
        run.add(group)
    return tuple(_merge_restarts([run.close(recording) for run in open_runs]))


# ── epochs ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Group:
    """The events of one epoch as the kernel counted it."""

    cell: int
    stream: int
    epoch: int
    backwards: list[Backward] = field(default_factory=list)
    steps: list[OptimizerStep] = field(default_factory=list)
    rebound: bool = False
    after_gap: bool = False

    @property
    def key(self) -> tuple[tuple[int, ...], ...]:
        return tuple(leaf.shape for leaf in self.backwards[0].leaves)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        return self.backwards[0].leaves

    @property
    def first_values(self) -> Numbers:
        return _joined([leaf.value for leaf in self.leaves])

    @property
    def last_after(self) -> Numbers:
        return gradient_of(self.backwards[-1])

    @property
    def step(self) -> OptimizerStep | None:
        """Give the epoch's last step that found a gradient, or the last if none did."""
        moving = [step for step in self.steps if any(p.gradient for p in step.parameters)]
        return next(reversed(moving or self.steps), None)

    @property
    def stepped_to(self) -> Numbers | None:
        """The parameters after the optimizer's step, where it held all of them."""
        found = self._of_step("after")
        return None if found is None or any(value is None for value in found) else _joined(found)

    def gradient_found(self) -> Numbers | None:
        """Give the gradient the update had: the optimizer's, else what the last backward left."""
        found = self._of_step("gradient")
        if found is None:
            return self.last_after
        return _joined([_or_zero(value, leaf) for value, leaf in zip(found, self.leaves, strict=True)])

    def _of_step(self, field_name: str) -> list[Numbers | None] | None:
        if self.step is None:
            return None
        held = {p.number: getattr(p, field_name) for p in self.step.parameters}
        if not all(leaf.number in held for leaf in self.leaves):
            return None
        return [held[leaf.number] for leaf in self.leaves]


def _groups(recording: Recording) -> list[_Group]:
    """Gather backwards and steps into epochs, in order."""
    groups: dict[tuple[int, int, int], _Group] = {}
    for record in recording.cells:
        current: _Group | None = None
        for event in record.events:
            if (
                isinstance(event, Backward)
                and event.leaves
                and all(leaf.value is not None for leaf in event.leaves)
            ):
                if current is not None and _rebound(event):
                    current.rebound = True
                    continue
                key = (record.cell, event.stream, event.epoch)
                current = groups.setdefault(key, _Group(*key))
                current.backwards.append(event)
            elif isinstance(event, OptimizerStep):
                current = _step_belongs_to(event, current, groups)
    for group in groups.values():
        group.backwards = counted(group.backwards)
    return sorted(groups.values(), key=lambda group: group.backwards[0].seq)


def _rebound(event: Backward) -> bool:
    """Tell whether a leaf's name stands for the result of an operation by now: ``What = What - …``."""
    names = {leaf.name for leaf in event.leaves if leaf.name}
    return any(names.intersection(node.names) for node in event.graph or () if node.leaf is None)


def _step_belongs_to(
    step: OptimizerStep, current: _Group | None, groups: dict[tuple[int, int, int], _Group]
) -> _Group | None:
    """Add a step to the epoch of the backward before it, which may be another cell's."""
    if current is None and groups:
        current = max(groups.values(), key=lambda group: group.backwards[-1].seq)
    if current is not None:
        current.steps.append(step)
    return current


# ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────


class _Run:
    """A run while it grows."""

    def __init__(self, key: tuple[tuple[int, ...], ...]) -> None:
        self.key = key
        self.groups: list[_Group] = []
        self.indices: list[int] = []

    def add(self, group: _Group) -> None:
        gap = 1
        if self.groups and self._thinned(group):
            gap = group.epoch - self.groups[-1].epoch
        self.indices.append(self.indices[-1] + gap if self.indices else 0)
        self.groups.append(group)

    def _thinned(self, group: _Group) -> bool:
        last = self.groups[-1]
        return group.after_gap and last.cell == group.cell and last.stream == group.stream

    def goes_on_with(self, group: _Group, starts: set[tuple[float, ...]]) -> bool:
        """Tell whether ``group`` is this run's next epoch: what an update made of the last parameters."""
        last = self.groups[-1]
        if self.key != group.key:
            return False
        if self._thinned(group):
            return True
        old, new = last.first_values, group.first_values
        same_tensors = [a.number for a in last.leaves] == [b.number for b in group.leaves]
        stepped_to = last.stepped_to
        if stepped_to is not None:
            return _equal(new, stepped_to) or (same_tensors and new not in starts and _same_loop(last, group))
        if _equal(new, old):
            return same_tensors
        along = choice(last.backwards, old, new) is not None
        going_on = same_tensors and _same_loop(last, group)
        if new in starts:  # set to where a run began, or led back there by the loop's own update
            return along and going_on
        return along or going_on

    def close(self, recording: Recording) -> TrainingRun:
        """Make the record."""
        self._drop_looks()
        epochs = []
        used = ALL
        for i, (index, group) in enumerate(zip(self.indices, self.groups, strict=True)):
            following = group.stepped_to
            if i + 1 < len(self.groups) and self.indices[i + 1] == index + 1:
                following = self.groups[i + 1].first_values
            elif i + 1 == len(self.groups) and following is None:
                following = _at_the_end(group, recording)
            if following is not None:
                found = choice(group.backwards, group.first_values, following)
                used = used if found is None else found
            group.backwards = chosen(group.backwards, used)
            epochs.append(_epoch(index, group, following))
        leaves = tuple((leaf.name, leaf.shape, leaf.dtype) for leaf in self.groups[0].leaves)
        return TrainingRun(leaves, self.indices[-1] + 1, tuple(epochs))

    def _drop_looks(self) -> None:
        """Drop backwards before the loop that were only looked at: cleared again, without an update."""
        while len(self.groups) > 1 and _only_looked_at(*self.groups[:2]):
            shift = self.indices[1]
            self.groups, self.indices = self.groups[1:], [index - shift for index in self.indices[1:]]


def _only_looked_at(group: _Group, following: _Group) -> bool:
    in_loop = bool(group.steps) or group.backwards[0].line == following.backwards[0].line
    cleared = not any(any(leaf.before or ()) for leaf in following.leaves)
    return not in_loop and cleared and _equal(group.first_values, following.first_values)


def _epoch(index: int, group: _Group, following: Numbers | None) -> Epoch:
    first = group.backwards[0]
    sampled = next((event for event in group.backwards if event.graph is not None), None)
    return Epoch(
        index=index,
        cell=group.cell,
        seqs=(first.seq, max(group.backwards[-1].seq, *(step.seq for step in group.steps), first.seq)),
        line=first.line,
        roots=tuple(root for event in group.backwards for root in event.roots),
        weighted=any(event.weights for event in group.backwards),
        backwards=first.backwards,
        values=group.first_values,
        before=_joined([_or_zero(leaf.before, leaf) for leaf in first.leaves]),
        had_gradient=any(any(leaf.before or ()) for leaf in first.leaves),
        after=group.last_after,
        found=group.gradient_found(),
        following=following,
        touched=first.touched,
        rebound=group.rebound,
        step=group.step,
        numbers=tuple(leaf.number for leaf in first.leaves),
        graph=sampled.graph if sampled else None,
        variables=dict(sampled.variables or {}) if sampled else None,
    )


def _at_the_end(group: _Group, recording: Recording) -> Numbers | None:
    """Give the leaves of a run's last epoch after its update by hand, as the ends of cells show them.

    The update may stand in a later cell; the first change that is seen is taken for it.
    """
    old = group.first_values
    for record in recording.cells:
        if record.cell < group.cell:
            continue
        found = _leaves_at_end(group, record.values, record.events if record.cell == group.cell else ())
        if found is not None and not _equal(found, old):
            return found
    return None


def _leaves_at_end(group: _Group, values: object, events: Sequence[object]) -> Numbers | None:
    """Give all leaves' values at a cell's end: the name's where it is there, else the tensor's own."""
    own = {
        number: value
        for event in events
        if isinstance(event, LastLeaves)
        for _, number, value in event.leaves
    }
    out: list[Numbers | None] = []
    for leaf in group.leaves:
        named = values.get(leaf.name) if isinstance(values, dict) else None
        if named is not None and named.tensor is not None and named.shape == leaf.shape:
            out.append(tuple(map(float, named.tensor.flatten().tolist())))
        else:
            out.append(own.get(leaf.number, leaf.value if out or not events else None))
    return _joined(out) if all(value is not None for value in out) else None


def _merge_restarts(runs: list[TrainingRun]) -> list[TrainingRun]:
    """Make one run of many that have a single epoch each: parameters that are made anew within the loop."""
    merged: list[TrainingRun] = []
    for run in runs:
        last = merged[-1] if merged else None
        if (
            last is not None
            and run.count == 1
            and last.count == 1 + last.restarts
            and run.leaves == last.leaves
            and run.start == last.start
            and run.epochs[0].line == last.epochs[0].line
            and run.epochs[0].line is not None
        ):
            epoch = replace(run.epochs[0], index=last.count)
            merged[-1] = replace(
                last, count=last.count + 1, epochs=(*last.epochs, epoch), restarts=last.restarts + 1
            )
        else:
            merged.append(run)
    return merged


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────


def _joined(values: Sequence[Numbers | None]) -> Numbers:
    return tuple(number for value in values for number in value or ())


def _or_zero(value: Numbers | None, leaf: Leaf) -> Numbers:
    return value if value is not None else (0.0,) * len(leaf.value or ())


def _equal(a: Numbers, b: Numbers) -> bool:
    """Tell whether two sets of numbers are the same, NaN counting as itself."""
    same = (x == y or (isnan(x) and isnan(y)) for x, y in zip(a, b, strict=False))
    return len(a) == len(b) and all(same)


def _same_loop(last: _Group, group: _Group) -> bool:
    return last.cell == group.cell and last.backwards[0].line == group.backwards[0].line
