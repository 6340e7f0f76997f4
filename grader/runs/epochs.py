"""Events -> epochs: the backwards up to the next change of the parameters, and the steps among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isnan

from grader.recording import Backward, Leaf, Node, Numbers, OptimizerStep, Recording, Root, Value
from grader.runs.gradients import counted, side_by_side
from grader.runs.parameters import data_leaves, of_parameters

ROUNDED = 2**-21  # of a number: a few roundings in float32


@dataclass(frozen=True)
class Epoch:
    """One epoch of a run.

    All numbers are flat, the leaves one after the other as ``TrainingRun.leaves`` names them. ``values`` are
    the parameters the gradient was taken at, ``before`` and ``after`` the gradient around the epoch's
    backwards, ``found`` the gradient as the update found it, ``following`` the parameters after the update;
    each is ``None`` where nobody saw it. ``following`` of the last epoch of a run by hand is what stood there
    at the cell's end; ``settled`` says that the loop left it so. ``seqs`` are those of the epoch's first and
    last event.
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
    settled: bool
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

    @property
    def alone(self) -> Epoch:
        """The same as if it had found no gradient of others."""
        none = (0.0,) * len(self.before)
        return replace(self, before=none, had_gradient=False, after=self.gradient, found=self.gradient)

    @property
    def mirrored(self) -> Epoch:
        """The same with a loss of the other sign, and its gradients."""
        roots = (
            replace(root, value=None if root.value is None else _negated(root.value)) for root in self.roots
        )
        return replace(
            self,
            roots=tuple(roots),
            before=_negated(self.before),
            after=_negated(self.after),
            found=None if self.found is None else _negated(self.found),
        )

    @property
    def has_parts(self) -> bool:
        """Whether several losses were differentiated, and not one of them several times."""
        return self.backwards > 1 and len({root.value for root in self.roots}) > 1

    @property
    def averaged(self) -> Epoch:
        """The same with the mean of the losses in place of their sum, and its gradients.

        An optimizer has the mean where it was divided by hand, before the step.
        """
        mean = self.divided(self.backwards)
        if self.step is None or self.found is None:
            return mean
        by_hand = _same_but_for_rounding(self.found, mean.after)
        return replace(mean, after=self.found if by_hand else mean.after, found=self.found)

    def divided(self, by: float) -> Epoch:
        """Give the same with a loss so many times smaller, and its gradients."""
        roots = (
            replace(root, value=None if root.value is None else _over(root.value, by)) for root in self.roots
        )
        return replace(
            self,
            roots=tuple(roots),
            before=_over(self.before, by),
            after=_over(self.after, by),
            found=None if self.found is None else _over(self.found, by),
        )


@dataclass
class EpochEvents:
    """The events of one epoch as the kernel counted it; its steps are read when all have been gathered."""

    cell: int
    stream: int
    epoch: int
    backwards: list[Backward] = field(default_factory=list)
    steps: list[OptimizerStep] = field(default_factory=list)
    rebound: bool = False
    after_gap: bool = False

    @property
    def key(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of the leaves."""
        return shapes_of(self.backwards[0])

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves of the first backward."""
        return self.backwards[0].leaves

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the leaves."""
        return self.backwards[0].numbers

    @property
    def first_values(self) -> Numbers:
        """The parameters the first gradient was taken at."""
        return self.backwards[0].values

    @property
    def last_after(self) -> Numbers:
        """The gradient after the last backward."""
        return self.backwards[-1].gradient

    @cached_property
    def step(self) -> OptimizerStep | None:
        """Give the epoch's last step that found a gradient, or the last if none did."""
        moving = [step for step in self.steps if any(p.gradient for p in step.parameters)]
        return next(reversed(moving or self.steps), None)

    @cached_property
    def stepped_to(self) -> Numbers | None:
        """The parameters after the optimizer's step, where it held all of them."""
        found = self._of_step("after")
        return None if found is None or any(value is None for value in found) else joined(found)

    def gradient_found(self) -> Numbers | None:
        """Give the gradient the update had: the optimizer's, else what the last backward left."""
        found = self._of_step("gradient")
        if found is None:
            return self.last_after
        return joined([_or_zero(value, leaf) for value, leaf in zip(found, self.leaves, strict=True)])

    def close(self, index: int, following: Numbers | None, *, settled: bool) -> Epoch:
        """Make the record of a run's epoch number ``index``."""
        first = self.backwards[0]
        sampled = next((event for event in self.backwards if event.graph is not None), None)
        return Epoch(
            index=index,
            cell=self.cell,
            seqs=(first.seq, max(self.backwards[-1].seq, *(step.seq for step in self.steps), first.seq)),
            line=first.line,
            roots=tuple(root for event in self.backwards for root in event.roots),
            weighted=any(event.weights for event in self.backwards),
            backwards=first.backwards,
            values=self.first_values,
            before=joined([_or_zero(leaf.before, leaf) for leaf in first.leaves]),
            had_gradient=any(any(leaf.before or ()) for leaf in first.leaves),
            after=self.last_after,
            found=self.gradient_found(),
            following=following,
            settled=settled,
            touched=first.touched,
            rebound=self.rebound,
            step=self.step,
            numbers=self.numbers,
            graph=sampled.graph if sampled else None,
            variables=dict(sampled.variables or {}) if sampled else None,
        )

    def _of_step(self, field_name: str) -> list[Numbers | None] | None:
        if self.step is None:
            return None
        held = {p.number: getattr(p, field_name) for p in self.step.parameters}
        if not all(leaf.number in held and _fits(held[leaf.number], leaf) for leaf in self.leaves):
            return None
        return [held[leaf.number] for leaf in self.leaves]


def shapes_of(event: Backward) -> tuple[tuple[int, ...], ...]:
    """Give the shapes of a backward's leaves."""
    return tuple(leaf.shape for leaf in event.leaves)


def gathered(recording: Recording) -> list[EpochEvents]:
    """Gather backwards and steps into epochs, in order."""
    groups: dict[tuple[int, int, int], EpochEvents] = {}
    latest: dict[int, EpochEvents] = {}  # of each leaf, by its number
    data = data_leaves(recording)
    for record in recording.cells:
        current: EpochEvents | None = None
        for event in side_by_side(record.events):
            if isinstance(event, Backward):
                backward = of_parameters(event, data)
                if not _readable(backward):
                    continue
                key = (record.cell, event.stream, event.epoch)
                among = current is not None and current is groups.get(key)  # as the kernel has counted it
                if current is not None and (_rebound(backward) or (among and current.rebound)):
                    current.rebound = True
                    if among:
                        own = (replace(one, backwards=one.backwards - 1) for one in current.backwards)
                        current.backwards = list(own)
                    continue
                current = groups.setdefault(key, EpochEvents(*key))
                if current.backwards and current.key != shapes_of(backward):
                    continue  # a recording that no recorder has made
                current.backwards.append(backward)
                latest |= dict.fromkeys(backward.numbers, current)
            elif isinstance(event, OptimizerStep):
                current = _step_belongs_to(event, current, latest)
    for group in groups.values():
        group.backwards = counted(group.backwards)
    return sorted(groups.values(), key=lambda group: group.backwards[0].seq)


def _readable(event: Backward) -> bool:
    return bool(event.leaves) and all(leaf.value is not None for leaf in event.leaves)


def _rebound(event: Backward) -> bool:
    """Tell whether a leaf's name stands for the result of an operation by now: ``What = What - …``.

    No matter where ``autograd.grad`` was asked for the gradient by that very result.
    """
    if event.via == "grad":
        return False
    names = {leaf.name for leaf in event.leaves if leaf.name}
    return any(names.intersection(node.names) for node in event.graph or () if node.leaf is None)


def _step_belongs_to(
    step: OptimizerStep, current: EpochEvents | None, latest: dict[int, EpochEvents]
) -> EpochEvents | None:
    """Add a step to the epoch of the backward before it, which may be another cell's; give that epoch.

    Where trainings take turns, it is the step of each whose gradient it found and no other step has used.
    """
    if current is None:
        current = max(latest.values(), key=lambda group: group.backwards[-1].seq, default=None)
    if current is None:
        return None
    own = set(current.numbers)
    moved = {p.number for p in step.parameters if any(p.gradient or ())}
    others = {id(group): group for number in moved - own if (group := latest.get(number)) is not None}
    waiting = [g for g in others.values() if not g.steps and own.isdisjoint(g.numbers)]
    for group in waiting:
        group.steps.append(step)
    if not waiting or own.intersection(p.number for p in step.parameters):
        current.steps.append(step)
    return current


def after_gaps(groups: Sequence[EpochEvents]) -> list[bool]:
    """Tell of each group whether the epoch before it in its stream is missing."""
    kept = {(group.cell, group.stream, group.epoch) for group in groups}
    return [g.epoch > 0 and (g.cell, g.stream, g.epoch - 1) not in kept for g in groups]


def joined(values: Sequence[Numbers | None]) -> Numbers:
    """Put the numbers of several tensors one after the other."""
    return tuple(number for value in values for number in value or ())


def _same_but_for_rounding(a: Numbers, b: Numbers) -> bool:
    return all(abs(x - y) <= ROUNDED * abs(y) for x, y in zip(a, b, strict=True))


def _over(values: Numbers, by: float) -> Numbers:
    return tuple(value / by for value in values)


def _negated(values: Numbers) -> Numbers:
    return tuple(-value for value in values)


def _fits(value: Numbers | None, leaf: Leaf) -> bool:
    """Tell whether numbers can be a leaf's: a tensor may have been given another shape."""
    return value is None or len(value) == len(leaf.value or ())


def _or_zero(value: Numbers | None, leaf: Leaf) -> Numbers:
    return value if value is not None else (0.0,) * len(leaf.value or ())


def equal(a: Numbers, b: Numbers) -> bool:
    """Tell whether two sets of numbers are the same, NaN counting as itself."""
    same = (x == y or (isnan(x) and isnan(y)) for x, y in zip(a, b, strict=False))
    return a == b or (len(a) == len(b) and all(same))
