"""Whether an answer goes with its data: one notebook's run on the course's data and on other data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor

from grader.checks.evaluation import Evaluation, evaluate
from grader.checks.tolerance import CLEARLY_WRONG, ROUNDINGS
from grader.checks.training import TrainingJudgement
from grader.recording import Value
from grader.runs.epochs import Epoch
from grader.training import MISFIT, Data, Training, run

FIRST = 3  # epochs that are compared: whoever trains has moved with the first
NEAR = 0.1  # of the way from the right answer on the one data to that on the other


def is_stuck(training: Training, first: TrainingJudgement, second: TrainingJudgement) -> bool:
    """Tell whether a training that is right on the first data does the same on the second.

    From the same parameters its gradients are the same, or its updates are, though the reference's differ by
    far: it was not computed from the data. A wrong training that stands still is not called that, its
    gradients are nowhere near the right ones.
    """
    one, other = first.observed, second.observed
    if not (one.alignment.complete and other.alignment.complete):
        return False
    epochs = [
        (a, b) for a, b in zip(one.epochs[:FIRST], other.epochs[:FIRST], strict=False) if a.index == b.index
    ]
    unit = one.unit
    count = 0
    while count < len(epochs) and _same(epochs[count][0].values, epochs[count][1].values, unit):
        count += 1
    if not count:
        return False
    pairs = epochs[:count]
    states = one.alignment.to_reference(one.states[:count])
    try:
        before = evaluate(training, first.data, one.alignment, states)
        after = evaluate(training, second.data, one.alignment, states)
    except MISFIT:  # a student's own data that the reference cannot take
        return False
    far = CLEARLY_WRONG * ROUNDINGS * unit * before.gradient_scale
    if not bool(((before.gradient - after.gradient).abs() > far).any(1).all()):
        return False
    gradients = all(_same(a.gradient, b.gradient, unit) for a, b in pairs)
    seen = one.alignment.to_reference(one.gradients[:count])
    if gradients and _between(seen, before.gradient, after.gradient):
        return True
    return _updates_are_stuck(training, first, pairs, before, after)


def _updates_are_stuck(
    training: Training,
    first: TrainingJudgement,
    pairs: Sequence[tuple[Epoch, Epoch]],
    before: Evaluation,
    after: Evaluation,
) -> bool:
    observed = first.observed
    if not training.plain or not all(
        a.following is not None and b.following is not None and _same(a.following, b.following, observed.unit)
        for a, b in pairs
    ):
        return False
    count = len(pairs)
    following = torch.tensor([a.following for a, _ in pairs], dtype=torch.float64)
    moves = observed.alignment.to_reference(following - observed.states[:count])
    states = observed.alignment.to_reference(observed.states[:count])
    right, other = (training.step4({"": states}, {"": e.gradient})[""] - states for e in (before, after))
    return _between(moves, right, other)


def _between(given: Tensor, right: Tensor, other: Tensor) -> bool:
    """Tell whether rows (T, P) lie at the right ones and not at the other ones."""
    distance = (right - other).abs().amax(1)
    return bool(((given - right).abs().amax(1) <= NEAR * distance).all() and (distance > 0).all())


def is_shown_stuck(
    training: Training,
    first: TrainingJudgement,
    second: TrainingJudgement,
    shown: tuple[Mapping[str, Value], Mapping[str, Value]],
) -> bool:
    """Tell whether the parameters ``shown`` at the end stay at the right result of the first data.

    The reference is run on both data; ``shown`` are the student's names in both runs.
    """
    here, there = (_of_leaves(first, namespace) for namespace in shown)
    if here is None or there is None or not first.observed.alignment.complete:
        return False
    if not _same(here.tolist(), there.tolist(), first.observed.unit):
        return False
    try:
        ends = [run(training, judgement.data).result.values() for judgement in (first, second)]
    except MISFIT:  # as above
        return False
    right, other = (torch.cat([value.flatten().to(torch.float64) for value in end]) for end in ends)
    given = first.observed.alignment.to_reference(here[None])
    return bool((right - other).isfinite().all()) and _between(given, right[None], other[None])


def _of_leaves(judgement: TrainingJudgement, namespace: Mapping[str, Value]) -> Tensor | None:
    """Give the numbers that a run's parameters have in a namespace, flat in the student's order."""
    values = [namespace.get(name) for name, _, _ in judgement.observed.run.leaves]
    tensors = [value.tensor for value in values if value is not None and value.tensor is not None]
    if len(tensors) < len(values) or any(tensor.is_complex() for tensor in tensors):
        return None
    flat = torch.cat([tensor.flatten().to(torch.float64) for tensor in tensors])
    return flat if flat.numel() == judgement.observed.states.shape[1] else None


def _same(a: Sequence[float], b: Sequence[float], unit: float) -> bool:
    """Tell whether two sets of numbers are the same but for rounding; what is not finite is not."""
    return len(a) == len(b) and all(
        abs(x - y) <= ROUNDINGS * unit * (abs(x) + abs(y)) for x, y in zip(a, b, strict=True)
    )


# ── data ──────────────────────────────────────────────────────────────────────────────────────────────────


def carries(
    old: Data, new: Data, judgement: TrainingJudgement | None, namespace: Mapping[str, Value]
) -> bool:
    """Tell whether a run on ``new`` data still holds the ``old``: they stand in the notebook itself.

    Looked for among the names, what the lines that trained could see, and what the graph kept.
    """
    wanted = [
        before.flatten().to(torch.float64)
        for name, before in vars(old).items()
        if isinstance(before, Tensor) and not _equal(before, getattr(new, name, None))
    ]
    pictures = [] if judgement is None else [_pictured(epoch) for epoch in judgement.observed.epochs]
    values = [*namespace.values(), *(value for picture in pictures for value in picture)]
    return any(_close(column, tensor) for value in values for column in _columns(value) for tensor in wanted)


def rests_on_data(judgement: TrainingJudgement) -> bool:
    """Tell whether a recorded graph holds anything as long as the data: ŷ, a residual, X."""
    rows = max((value.shape[0] for value in vars(judgement.data).values() if _is_table(value)), default=0)
    values = [value for epoch in judgement.observed.epochs for value in _graphed(epoch)]
    return any(torch.Size(value.shape or ()).numel() >= rows for value in values)


def _is_table(value: object) -> bool:
    return isinstance(value, Tensor) and value.dim() > 0


def _graphed(epoch: Epoch) -> Iterator[Value]:
    for node in epoch.graph or ():
        yield from node.values


def _pictured(epoch: Epoch) -> list[Value]:
    return [*_graphed(epoch), *(epoch.variables or {}).values()]


def _columns(value: Value) -> Iterator[Tensor]:
    """Give a value's numbers, and those of each of its rows and columns, flat."""
    tensor = value.tensor
    if tensor is None and value.kind == "sequence" and value.plain:
        numbers = [item.plain for item in value.plain if item.kind == "number"]
        tensor = torch.tensor(numbers, dtype=torch.float64)
    if tensor is None or tensor.is_complex():
        return
    tensor = tensor.to(torch.float64)
    yield tensor.flatten()
    if tensor.dim() == 2 and min(tensor.shape) <= 16:
        yield from tensor if tensor.shape[0] < tensor.shape[1] else tensor.T


def _close(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and bool(torch.isclose(a, b, rtol=1e-3, atol=1e-4).all())


def _equal(a: Tensor, b: object) -> bool:
    return isinstance(b, Tensor) and a.shape == b.shape and bool(torch.equal(a, b))
