"""A loss that was cut off from the parameters: ŷ or the loss was made anew of its numbers, as a leaf."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

from torch import Tensor

from grader.assignment import Question
from grader.checks.finding import Finding, failed, result
from grader.parameters import SMALL
from grader.recording import Value
from grader.records import CheckResult, CheckStatus, Message, Step
from grader.runs import TrainingRun
from grader.training import Data


class Cut(NamedTuple):
    """The leaf that a gradient came to, and the step that made it: ``STEP1`` of ŷ, ``STEP2`` of the loss."""

    name: str
    step: Step


def cut_off(run: TrainingRun, data: Data) -> Cut | None:
    """Tell whether a run's only leaf is a ŷ or the loss itself, which no parameter leads to."""
    if len(run.leaves) != 1:
        return None
    name, shape, _ = run.leaves[0]
    first, y = run.epochs[0], getattr(data, "y", None)
    if first.graph == () and [root.value for root in first.roots] == [first.values]:
        return Cut(name, Step.STEP2)
    rows = y.numel() if isinstance(y, Tensor) else 0
    if prod(shape) == rows > SMALL and name not in vars(data):
        return Cut(name, Step.STEP1)
    return None


def was_cut(question: Question, cut: Cut, changed: Mapping[str, Value]) -> tuple[CheckResult, ...]:
    """Give the checks of a training question whose only gradients went to a tensor made on the way.

    Where no parameter asks for a gradient either, that is what it was made for: the start is to blame.
    ``changed`` are the names that the question's cells made.
    """
    parameters = {name: value for name, value in changed.items() if name != cut.name and _may_be_one(value)}
    if parameters and not any(value.requires_grad for value in parameters.values()):
        blamed, wrong = Step.INIT, failed("init.no-gradient", name=", ".join(parameters))
    else:
        blamed, wrong = (
            cut.step,
            failed("step1.cut" if cut.step is Step.STEP1 else "step2.cut", name=cut.name),
        )
    rest = Finding(CheckStatus.SKIPPED, Message("check.not-observed"))
    return tuple(
        result(question.id, spec, wrong if spec.step is blamed else rest) for spec in question.checks
    )


def _may_be_one(value: Value) -> bool:
    return value.dtype in ("float32", "float64") and value.shape is not None and prod(value.shape) <= SMALL
