"""A training in front of its first backward: start, step 1 and step 2, by what the answer's names stand for.

Its parameters stand where they were set, so that ŷ and loss are still those of the start. What is right of
them is right whatever stopped the training below; what has no name is not guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeGuard

import torch
from torch import Tensor

from grader.assignment.model import Question
from grader.checks.alignment import Alignment
from grader.checks.evaluation import Evaluation, evaluate
from grader.checks.finding import NOT_OBSERVED, PASSED, Finding, failed, result, shown_numbers, text
from grader.checks.start import flat
from grader.checks.tolerance import ROUNDINGS, unit, verdict
from grader.recording import Value
from grader.records import CheckResult, CheckStatus, Step
from grader.runs.parameters import SMALL
from grader.training import MISFIT, Data, Parameters, Training

IN_ORDER = (Step.INIT, Step.STEP1, Step.STEP2)


def stopped_at(  # noqa: PLR0913 - a verdict on a step, and what is known around it
    question: Question,
    step: Step,
    found: Finding,
    changed: Mapping[str, Value],
    data: Data,
    *,
    came_to_backward: bool = False,
) -> tuple[CheckResult, ...]:
    """Give the checks of a question that ``step`` has stopped: what came before it is judged if it can be.

    That is all in front of the backward where the training ``came_to_backward``. Where the question does not
    ask for that step, its first check has the finding.
    """
    blamed = next((spec for spec in question.checks if spec.step is step), question.checks[0])
    ran = IN_ORDER if came_to_backward or step not in IN_ORDER else IN_ORDER[: IN_ORDER.index(step)]
    seen = right_so_far(question, changed, data) if ran else {}
    findings = {one: seen[one] for one in ran if one in seen}
    return tuple(
        result(question.id, spec, found if spec is blamed else findings.get(spec.step, NOT_OBSERVED))
        for spec in question.checks
    )


def right_so_far(question: Question, changed: Mapping[str, Value], data: Data) -> dict[Step, Finding]:
    """Judge those of start, step 1 and step 2 that can be seen; ``changed`` are the answer's own names."""
    training = question.training
    assert training is not None
    start = training.init()
    names = [(v.tensor, v.requires_grad) for v in changed.values() if v.kind == "tensor" and _real(v.tensor)]
    tensors, asking = [t for t, _ in names], [t for t, asks in names if asks]
    if not _stand(flat(start), tensors):
        return {}
    seen = _steps(_at_start(training, start, data), flat(start), tensors, asking)
    if not _stand(flat(start), asking):
        return seen
    shaped = any(spec.step is Step.INIT and not spec.any_shape for spec in question.checks)
    whole = all(any(_same(value, one, shaped=shaped) for one in asking) for value in start.values())
    return {Step.INIT: PASSED, **seen} if whole or (seen and not shaped) else seen


def _real(tensor: Tensor | None) -> TypeGuard[Tensor]:
    return tensor is not None and not tensor.is_complex()


def _stand(start: Tensor, tensors: Iterable[Tensor]) -> bool:
    """Tell whether each number of the start is one of a small tensor, which may be a parameter."""
    small = (tensor for tensor in tensors if tensor.numel() <= SMALL)
    there = Counter(number for tensor in small for number in tensor.flatten().to(start.dtype).tolist())
    return Counter(start.tolist()) <= there


def _same(value: Tensor, other: Tensor, *, shaped: bool) -> bool:
    alike = value.shape == other.shape if shaped else value.numel() == other.numel()
    return alike and torch.equal(value.flatten(), other.flatten().to(value.dtype))


def _at_start(training: Training, start: Parameters, data: Data) -> Evaluation | None:
    numbers = flat(start).reshape(1, -1)
    places = tuple(range(numbers.numel()))
    own = Alignment(tuple(start), tuple(v.shape for v in start.values()), places, (), same_shapes=True)
    try:
        return evaluate(training, data, own, numbers)
    except MISFIT:  # a student's own data of another shape
        return None


def _steps(
    right: Evaluation | None, start: Tensor, tensors: Sequence[Tensor], asking: Sequence[Tensor]
) -> dict[Step, Finding]:
    """Judge ŷ and loss. A right loss shows a right ŷ, unless it may have been typed in."""
    if right is None:
        return {}
    loss, yhat = (right.loss, right.loss_scale), (right.yhat[0], right.yhat_scale[0])
    if any(_is(tensor, *loss) for tensor in asking):
        return {Step.STEP1: PASSED, Step.STEP2: PASSED}
    if not any(_is(tensor, *yhat) for tensor in tensors):
        return {}
    if any(_is(tensor, *loss) for tensor in tensors):
        return {Step.STEP1: PASSED, Step.STEP2: PASSED}
    other = [float(one) for one in asking if one.dim() == 0 and float(one) not in start.tolist()]
    if len(other) != 1:
        return {Step.STEP1: PASSED}
    params = {"expected": text(float(right.loss)), "actual": text(other[0])}
    wrong = failed(
        "step2.differs",
        wanted=shown_numbers(right.loss.tolist()),
        given=shown_numbers(other),
        epoch=1,
        **params,
    )
    return {Step.STEP1: PASSED, Step.STEP2: wrong}


def _is(tensor: Tensor, wanted: Tensor, scale: Tensor) -> bool:
    if tensor.numel() != wanted.numel():
        return False
    off = (tensor.flatten().to(torch.float64) - wanted.flatten()).abs()
    tolerance = ROUNDINGS * unit(str(tensor.dtype)[6:]) * scale.flatten()
    return verdict(off, tolerance) is CheckStatus.PASSED
