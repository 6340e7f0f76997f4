"""A loss that was cut off from the parameters: ŷ or the loss was made anew of its numbers, as a leaf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import NamedTuple

from torch import Tensor

from grader.assignment.model import Question
from grader.checks.finding import failed
from grader.checks.in_front import stopped_at
from grader.recording import Numbers, Value
from grader.records import CheckResult, Step
from grader.runs.parameters import SMALL
from grader.runs.training_runs import TrainingRun
from grader.training import Data


class Cut(NamedTuple):
    """The leaf that a gradient came to, and the step that is to blame: ``STEP1`` made ŷ, ``STEP2`` the loss.

    ``INIT`` where no parameter asks for a gradient: that is what the leaf was made for. ``parameters`` are
    the names of what may be one.
    """

    name: str
    step: Step
    parameters: tuple[str, ...]


def cut_off(run: TrainingRun, data: Data, changed: Mapping[str, Value]) -> Cut | None:
    """Tell whether a run's only leaf is ŷ, the data or the loss itself, which no parameter leads to.

    ``changed`` are the names that the question's cells made.
    """
    if len(run.leaves) != 1 or (made_by := _made_by(run, data)) is None:
        return None
    name = run.leaves[0][0]
    losses = [root.value for epoch in run.epochs for root in epoch.roots]
    parameters = {
        other: value for other, value in changed.items() if other != name and _may_be_one(value, losses)
    }
    asks = not parameters or any(value.requires_grad for value in parameters.values())
    if asks and name in vars(data):
        return None
    return Cut(name, made_by if asks else Step.INIT, tuple(parameters))


def _made_by(run: TrainingRun, data: Data) -> Step | None:
    """Tell which step the leaf comes from; ``None`` if it may be a parameter."""
    name, shape, _ = run.leaves[0]
    first, y = run.epochs[0], getattr(data, "y", None)
    if first.graph == () and [root.value for root in first.roots] == [first.values]:
        return Step.STEP2
    rows = y.numel() if isinstance(y, Tensor) else 0
    return Step.STEP1 if prod(shape) > SMALL and (prod(shape) == rows or name in vars(data)) else None


def was_cut(
    question: Question, cut: Cut, changed: Mapping[str, Value], data: Data
) -> tuple[CheckResult, ...]:
    """Give the checks of a training question whose only gradients went to a tensor made on the way."""
    match cut.step:
        case Step.INIT:
            wrong = failed("init.no-gradient", name=", ".join(cut.parameters))
        case Step.STEP1:
            wrong = failed("step1.cut", name=cut.name)
        case _:
            wrong = failed("step2.cut", name=cut.name)
    return stopped_at(question, cut.step, wrong, changed, data, came_to_backward=True)


def _may_be_one(value: Value, losses: Sequence[Numbers | None]) -> bool:
    """Tell whether a value may be a parameter: a few numbers, and none of the losses."""
    if value.tensor is None or not value.tensor.is_floating_point() or value.tensor.numel() > SMALL:
        return False
    return tuple(map(float, value.tensor.flatten().tolist())) not in losses
