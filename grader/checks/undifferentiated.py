"""A training that ran to its end without a backward: step 3 is lost, what stands around it is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from grader.assignment.model import Question
from grader.checks.finding import NOT_OBSERVED, PASSED, Finding, failed, result, text
from grader.checks.in_front import right_so_far
from grader.checks.loop import other_rate
from grader.checks.source import asks_for_gradient, clears, has_loop
from grader.recording import OptimizerStep, Value
from grader.records import CheckResult, Step
from grader.training import Data, Training, optimizer_of

WAYS = ("params", "lr", "foreach", "fused", "capturable", "differentiable")
"""Of an optimizer's settings those that are judged apart, and how it computes, not what."""
KEPT = 900  # steps without a backward: of more a recording may hold a part alone


def without_backward(
    question: Question,
    source: str,
    changed: Mapping[str, Value],
    data: Data,
    steps: Sequence[OptimizerStep],
) -> tuple[CheckResult, ...] | None:
    """Give the checks of a loop in which nothing was differentiated; ``None`` if that is not what it is.

    ``steps`` are those that optimizers made: they found no gradient, and would have followed one.
    """
    training = question.training
    assert training is not None
    if not has_loop(source) or asks_for_gradient(source):
        return None
    findings = right_so_far(question, changed, data)
    if not {Step.INIT, Step.STEP1} <= findings.keys():
        return None
    findings[Step.STEP3] = failed("step3.no-backward")
    findings |= around(training, source, steps)
    return tuple(result(question.id, s, findings.get(s.step, NOT_OBSERVED)) for s in question.checks)


def around(training: Training, source: str, steps: Sequence[OptimizerStep]) -> dict[Step, Finding]:
    """Judge what is seen of update, clearing, epochs and result where no step found a gradient."""
    findings = {Step.CLEAR: PASSED} if clears(source) else {}
    if training.optimizer and steps and _hold(steps[0]):
        findings |= {
            Step.STEP4: _judge_steps(training, steps),
            Step.EPOCHS: _judge_epochs(training, steps),
            Step.RESULT: PASSED,  # the parameters stand where this training has left them
        }
    return findings


def _hold(step: OptimizerStep) -> bool:
    """Tell whether an optimizer holds parameters that have names, and not those of a network before."""
    return all(parameter.name for parameter in step.parameters)


def _judge_steps(training: Training, steps: Sequence[OptimizerStep]) -> Finding:
    """Judge by the optimizer's class and settings what it would have made of a gradient."""
    (asked,) = optimizer_of(training, [torch.zeros(1)]).param_groups
    for epoch, step in enumerate(steps):
        if step.optimizer != training.optimizer:
            return failed("step4.optimizer", expected=training.optimizer, actual=step.optimizer)
        rate = training.rate(epoch)
        if any(lr is None or abs(lr - rate) > 1e-6 * rate for lr in step.lr):
            return other_rate(epoch, rate, text(step.lr[0] or 0.0))
        if any(step.settings.get(name, asked[name]) != _noted(asked[name]) for name in {*asked} - {*WAYS}):
            return NOT_OBSERVED
    return PASSED


def _noted(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _judge_epochs(training: Training, steps: Sequence[OptimizerStep]) -> Finding:
    """Judge how many epochs there are by the steps; of very many those in the middle are not kept."""
    whole = 1 + (steps[-1].seq - steps[0].seq) // 2  # a step begins and ends
    if training.epochs in {len(steps), whole}:
        return PASSED
    return failed(
        "epochs.differs", expected=training.epochs, actual=whole if len(steps) > KEPT else len(steps)
    )
