"""A run that an exception broke off after its first backward: which step it costs."""

from __future__ import annotations

from collections.abc import Mapping

from grader.checks.finding import Finding, failed
from grader.checks.loop import updated
from grader.checks.observed import Observed
from grader.checks.raised import CUT, NO_GRADIENT, Raised
from grader.checks.second_time import SECOND_TIME
from grader.recording import Value
from grader.records import CheckStatus, Step
from grader.training import Training

EXPLAINED = {
    "clear.before-step",
    "init.no-gradient",
    "step.raised",
    "step1.missing",
    "step1.stale",
    "step2.accumulated",
    "step3.repeated",
    "step4.in-place",
    "step4.rebound",
}
"""What a check has found that makes torch raise: no other step is to blame."""


def broken_off(
    training: Training, observed: Observed, namespace: Mapping[str, Value], findings: Mapping[Step, Finding]
) -> dict[Step, Finding]:
    """Give the finding of the step that an exception stopped, if no check has seen why."""
    raised = observed.raised
    if raised is None or raised.step is None or not raised.once or observed.run.count >= training.epochs:
        return {}
    lost = {step: found for step, found in findings.items() if found.status is CheckStatus.FAILED}
    if any(found.message.id in EXPLAINED for found in lost.values()) or (lost and observed.left_no_numbers):
        return {}
    if SECOND_TIME in raised.error and {Step.STEP1, Step.STEP2} & lost.keys():
        return {}  # the loss is made of an earlier answer's ŷ
    if (name := _replaced(observed, namespace)) is not None:
        return {Step.STEP4: failed("step4.rebound", name=name, epoch=observed.run.epochs[-1].index + 1)}
    step = raised.step
    if step is Step.STEP4 and NO_GRADIENT in raised.error:
        if (name := _made_of_a_leaf(observed, raised, namespace)) is not None:
            return {Step.INIT: failed("init.no-leaf", name=name)}
        if any(updated(observed)):
            step = Step.STEP3  # the update of the epoch before had a gradient
    return {} if step in lost or CUT in raised.error else {step: failed("step.raised", error=raised.error)}


def _made_of_a_leaf(observed: Observed, raised: Raised, namespace: Mapping[str, Value]) -> str | None:
    """Give the name of a tensor that was made of a parameter, by ``reshape`` say, and then updated."""
    leaves = {name for name, _, _ in observed.run.leaves}
    for name, value in namespace.items():
        if name in leaves or not value.requires_grad or value.tensor is None:
            continue
        same = value.tensor.flatten().tolist() == list(observed.run.start)
        if same and f"{name}.grad" in raised.text:
            return name
    return None


def _replaced(observed: Observed, namespace: Mapping[str, Value]) -> str | None:
    """Give the name of a parameter that stands for something else by now, which needs no gradient."""
    names = (name for name, _, _ in observed.run.leaves)
    return next((name for name in names if name in namespace and not namespace[name].requires_grad), None)
