"""What a report shows of a run: losses and the path of the parameters, thinned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from grader.checks import TrainingJudgement
from grader.checks.observed import Observed
from grader.records import ParameterSummary, ReferenceSummary, RunSummary
from grader.runs import Epoch
from grader.training import Data, Training, run

MOST = 120  # points of a curve
SHOWN = 8  # numbers of a parameter

T = TypeVar("T")

_SUMMARIES: WeakKeyDictionary[Training, ReferenceSummary] = WeakKeyDictionary()
"""On the assignment's own data a reference runs once, for the whole class."""


def run_summary(observed: Observed) -> RunSummary:
    """Sum a student's run up, all of its epochs, also those that are not finite."""
    epochs = thin(observed.run.epochs)
    return RunSummary(
        epochs=observed.run.count,
        losses=tuple((epoch.index + 1, _loss(epoch)) for epoch in epochs),
        path=tuple((epoch.index + 1, epoch.values[:SHOWN]) for epoch in epochs),
        parameters=_parameters(observed),
        update=", ".join(observed.run.optimizers) or "by-hand",
        loss_form=None,
    )


def reference_summary(training: Training, judgement: TrainingJudgement) -> ReferenceSummary:
    """Sum the reference's run up, on the data the student's run was judged on."""
    if judgement.own_data:
        return _reference_summary(training, judgement.data)
    if training not in _SUMMARIES:
        _SUMMARIES[training] = _reference_summary(training, judgement.data)
    return _SUMMARIES[training]


def _reference_summary(training: Training, data: Data) -> ReferenceSummary:
    try:
        right = run(training, data)
    except RuntimeError:  # a student's own data of a shape that the reference cannot train on
        return ReferenceSummary((), ())
    path = [torch.cat([value.flatten() for value in p.values()])[:SHOWN] for p in right.path]
    steps = thin(range(training.epochs))
    return ReferenceSummary(
        losses=tuple((t + 1, right.losses[t]) for t in steps),
        path=tuple((t + 1, tuple(path[t].tolist())) for t in [*steps, training.epochs]),
    )


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


def _parameters(observed: Observed) -> Mapping[str, ParameterSummary]:
    out, at = {}, 0
    last = observed.run.epochs[-1]
    end = last.following or last.values
    for name, shape, dtype in observed.run.leaves:
        count = min(torch.Size(shape).numel(), 16)
        first, final = observed.run.start[at : at + count], end[at : at + count]
        out[name or "?"] = ParameterSummary(first[:SHOWN], final[:SHOWN], shape, dtype)
        at += count
    return out
