"""What a report shows of a run: losses and the path of the parameters, thinned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar
from weakref import WeakKeyDictionary

from torch import Tensor

from grader.checks import TrainingJudgement
from grader.checks.observed import Observed
from grader.records import ParameterSummary, ReferenceSummary, RunSummary
from grader.runs.epochs import Epoch
from grader.training import MISFIT, Data, Training, Trajectory, known_on, run

MOST = 120  # points of a curve
LONGEST = 400  # epochs of the reference run for a picture: thousands take longer than all the judging
RESIDUALS = 100_000_000  # that it computes: of a y of shape (2000,) four million stand in each epoch
SHOWN = 8  # numbers of a parameter
LINE = 2  # parameters of a line

T = TypeVar("T")

_TRAJECTORIES: WeakKeyDictionary[Training, tuple[Data, Trajectory]] = WeakKeyDictionary()
"""A reference's last run, and the data it was made on."""


def run_summary(observed: Observed) -> RunSummary:
    """Sum a student's run up, all of its epochs, also those that are not finite.

    Parameters and path come in the reference's order where each has its counterpart there.
    """
    epochs = thin(observed.run.epochs)
    places = _places(observed)
    return RunSummary(
        epochs=observed.run.count,
        losses=tuple((epoch.index + 1, _loss(epoch)) for epoch in epochs),
        path=tuple((epoch.index + 1, tuple(epoch.values[i] for i in places)) for epoch in epochs),
        parameters=_parameters(observed),
        update=", ".join(observed.run.optimizers) or "by-hand",
        loss_form=None,
    )


def reference_summary(training: Training, judgement: TrainingJudgement) -> ReferenceSummary:
    """Sum the reference's run up, on the data the student's run was judged on.

    A long run without a mistake is the reference's own, within rounding, and is not computed again. Beside
    one with a mistake the reference's first ``LONGEST`` epochs are shown.
    """
    observed = judgement.observed
    if judgement.perfect and training.epochs > MOST:
        summary = run_summary(observed)
        end = observed.run.epochs[-1].following
        last = () if end is None else ((training.epochs + 1, end[:SHOWN]),)
        return ReferenceSummary(summary.losses, (*summary.path, *last))
    right = _trajectory(training, judgement.data)
    if right is None:
        return ReferenceSummary((), ())
    steps = _steps(len(right.losses), observed)
    return ReferenceSummary(
        losses=tuple((t + 1, right.losses[t]) for t in steps),
        path=tuple((t + 1, tuple(right.numbers[t][:SHOWN])) for t in [*steps, len(right.losses)]),
    )


def ends(training: Training, judgement: TrainingJudgement) -> tuple[Sequence[float], Sequence[float]] | None:
    """Give all parameters at the end of the student's run and of the reference's, in its order.

    Nothing of a run whose end is not known; ``None`` where there are two, which a summary has.
    """
    observed = judgement.observed
    if len(observed.alignment.places) <= LINE:
        return None
    last = observed.run.epochs[-1]
    end = last.following or last.values
    mine = [end[place] for place in observed.alignment.places if place is not None]
    if not observed.alignment.complete:
        return (), ()
    if judgement.perfect and training.epochs > MOST:
        return mine, mine
    right = _trajectory(training, judgement.data)
    if right is None or len(right.losses) < training.epochs:
        return mine, ()
    return mine, right.numbers[-1]


def _steps(count: int, observed: Observed) -> list[int]:
    """Give the epochs of ``count`` that are shown: of many those that are shown of the student's too."""
    if count <= MOST:
        return list(range(count))
    theirs = [epoch.index for epoch in thin(observed.run.epochs) if epoch.index < count]
    return theirs or [count - 1]


def _trajectory(training: Training, data: Data) -> Trajectory | None:
    """Run the reference; on data that a whole class shares once."""
    epochs = min(training.epochs, LONGEST, RESIDUALS // _residuals(data))
    try:
        return known_on(_TRAJECTORIES, training, data, lambda: run(training, data, epochs=epochs))
    except MISFIT:  # a student's own data of a shape that the reference cannot train on
        return None


def _residuals(data: Data) -> int:
    """Give how many residuals a column ŷ has with y, which is spread where it is no column itself."""
    y = getattr(data, "y", None)
    if not isinstance(y, Tensor) or not y.numel():
        return 1
    return y.numel() if y.shape == (y.numel(), 1) else y.numel() ** 2


def data_points(data: Data) -> Mapping[str, tuple[float, ...]] | None:
    """Give x and y for the pictures, thinned, where the data have them."""
    points = {name: getattr(data, name, None) for name in ("x", "y")}
    if not all(isinstance(value, Tensor) and value.numel() for value in points.values()):
        return None
    return {
        name: tuple(thin(value.flatten().tolist())) for name, value in points.items() if value is not None
    }


def thin(items: Sequence[T]) -> list[T]:
    """Give at most ``MOST`` items, evenly spread, the first and the last among them."""
    if len(items) <= MOST:
        return list(items)
    places = sorted({round(i * (len(items) - 1) / (MOST - 1)) for i in range(MOST)})
    return [items[place] for place in places]


def _loss(epoch: Epoch) -> float:
    values = [root.value[0] for root in epoch.roots if root.value]
    return sum(values) if values else float("nan")


def _places(observed: Observed) -> list[int]:
    """Give the places of a run's numbers in the order they are shown in, leaf by leaf."""
    return [place for start, count in _leaves(observed) for place in range(start, start + count)][:SHOWN]


def _leaves(observed: Observed) -> list[tuple[int, int]]:
    """Give place and count of each leaf's numbers, in the order they are shown in."""
    leaves, at = [], 0
    for count in observed.run.counts:
        leaves.append((at, count))
        at += count
    if not observed.alignment.complete:
        return leaves
    rank = {place: k for k, place in enumerate(observed.alignment.places)}
    return sorted(leaves, key=lambda leaf: rank.get(leaf[0], len(rank)))


def _parameters(observed: Observed) -> Mapping[str, ParameterSummary]:
    out = {}
    last = observed.run.epochs[-1]
    end = last.following or last.values
    named = dict(zip(sorted(_leaves(observed)), observed.run.leaves, strict=True))
    for leaf in _leaves(observed):
        (at, count), (name, shape, dtype) = leaf, named[leaf]
        first, final = observed.run.start[at : at + count], end[at : at + count]
        out[name or "?"] = ParameterSummary(first[:SHOWN], final[:SHOWN], shape, dtype)
    return out
