"""A training question without a recorded run: no loop, no backward, or an exception before the first one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from grader.assignment.model import Question
from grader.checks.finding import Finding, failed, result
from grader.checks.flow import updates_before_backward
from grader.checks.in_front import stopped_at
from grader.checks.raised import CUT, NO_GRADIENT, Raised
from grader.checks.second_time import SECOND_TIME
from grader.checks.source import has_loop, typed_numbers
from grader.recording import Value
from grader.records import CellStatus, CheckResult, CheckStatus, Message, Step
from grader.runs.parameters import SMALL
from grader.training import Data, Training, run

NEAR = 1e-4
"""Between the ends of two right trainings lie roundings; an epoch more or less is a hundred times as much."""
LONGEST_FLAT = 1000
"""Numbers of a y of shape (n,), of which a reference makes n² residuals in each epoch."""
SAID = {
    "mat2 must be a matrix": Step.INIT,  # a linear layer whose weight was replaced by one number alone
    "Linear.forward() takes": Step.STEP1,  # net(x, y)
    "non-leaf Tensor": Step.INIT,  # an optimizer, of what was computed from the parameters
    "same dtype": Step.STEP1,  # a product, of data and parameters of two dtypes
    "shapes cannot be multiplied": Step.STEP1,
    "must match the size of tensor": Step.STEP1,
    "only for scalar outputs": Step.STEP2,  # backward, of a loss for each row
    "'float' object has no attribute 'backward'": Step.STEP2,  # the loss was taken out by item()
    NO_GRADIENT: Step.STEP3,  # an update, of a gradient that nobody has computed
    "params argument given to the optimizer": Step.STEP4,
    "optimizer can only optimize Tensors": Step.STEP4,
    "got an empty parameter list": Step.STEP4,
    "Invalid learning rate": Step.STEP4,
}
"""What torch says, and the step that it is about where the line does not tell."""
NO_PRODUCT = ("cannot be multiplied", "must be a matrix", "size of tensor", "expanded size")
"""What torch says of data and parameters whose shapes do not fit."""
LOSS = ("between 0 and 1", "target size (", "Target size (")
"""What torch's losses say of what they are given."""
NO_LOSS = ("not callable", "'backward'")
"""What Python says of a loss that is ``None``, or of a function for it that is."""
NO_PYTHON = re.compile(r"(?:Syntax|Indentation|Tab)Error: (.*) \((?!<(?:string|unknown)>).*, line (\d+)\)")
"""What Python says of a cell that it cannot read, and not of a text that it was given to evaluate."""
ENDED = {status.value for status in (CellStatus.TIMED_OUT, CellStatus.KILLED, CellStatus.NOT_REACHED)}
"""What stands in an exception's place where a cell was ended from outside."""


def no_run(question: Question, message: str, **params: Any) -> tuple[CheckResult, ...]:
    """Give the checks of a question for which nothing was recorded: all failed for one reason."""
    return _all(question, failed(message, **params))


def unreadable(error: str) -> Finding | None:
    """Say so where a cell's text is no Python, so that no line of it ran."""
    found = NO_PYTHON.fullmatch(error)
    return None if found is None else failed("check.no-python", line=int(found[2]), error=found[1])


def by_formula(question: Question) -> tuple[CheckResult, ...]:
    """Give the checks of a training that torch did not differentiate and that ends right: none is judged."""
    return _all(question, Finding(CheckStatus.SKIPPED, Message("check.by-formula")))


def _all(question: Question, finding: Finding) -> tuple[CheckResult, ...]:
    return tuple(result(question.id, spec, finding) for spec in question.checks)


def ends_right(training: Training, source: str, changed: Mapping[str, Value], data: Data) -> bool:
    """Tell whether a loop of which nothing was recorded ends where the reference does.

    Its gradient may have been computed by a formula: nobody sees the steps, and they may all be right.
    ``source`` is the text of the question's cells, ``changed`` are the names that they made. An end that
    stands in the text was typed in.
    """
    y = getattr(data, "y", None)
    if not has_loop(source) or (isinstance(y, Tensor) and y.dim() == 1 and y.numel() > LONGEST_FLAT):
        return False
    made = [number for value in changed.values() for number in _few(value)]
    if not made:  # nothing that could be an end: the reference need not run
        return False
    try:
        end = run(training, data).result
    except RuntimeError:  # a student's own data of a shape that the reference cannot train on
        return False
    wanted = torch.cat([value.flatten() for value in end.values()]).to(torch.float64)
    typed = [number for part in typed_numbers(source) for number in part]
    return _are_among(wanted, made) and not _are_among(wanted, typed)


def _are_among(wanted: Tensor, numbers: Sequence[float]) -> bool:
    apart = (wanted.reshape(-1, 1) - torch.tensor(numbers, dtype=torch.float64)).abs()
    return bool((apart <= NEAR).any(dim=1).all())


def _few(value: Value) -> list[float]:
    """Give the numbers of a value that may be a parameter: one, or a few."""
    if value.tensor is not None and value.tensor.numel() <= SMALL and not value.tensor.is_complex():
        return [float(number) for number in value.tensor.flatten().tolist()]
    return [float(value.plain)] if value.kind == "number" else []


def never_ran(
    question: Question, raised: Raised, changed: Mapping[str, Value], data: Data
) -> tuple[CheckResult, ...]:
    """Give the checks of a training question whose cell raised before the first backward.

    One step is to blame, those in front of it earn what is seen to be right, the others are skipped; of a
    text that is no Python nobody can say which. ``changed`` are the names that the question's cells made.
    """
    assert question.training is not None
    if (nothing := unreadable(raised.error)) is not None:
        return _all(question, nothing)
    blamed = _blamed(question.training, raised, changed, data)
    no_product = blamed is Step.STEP1 and any(words in raised.error for words in NO_PRODUCT)
    if no_product and (shape := _other_shape(question.training, changed)) is not None:
        return stopped_at(question, Step.INIT, shape, changed, data)
    if raised.error in ENDED:
        found = failed("check.cell-ended")
    else:
        found = failed(_said(blamed, raised.error), error=raised.error)
    ran = CUT in raised.error or SECOND_TIME in raised.error
    return stopped_at(question, blamed, found, changed, data, came_to_backward=ran)


def _other_shape(training: Training, changed: Mapping[str, Value]) -> Finding | None:
    """Say that a network was made or filled so that no parameter of a name has the shape asked for."""
    for name, right in training.init().items():
        made = {n: v.shape for n, v in changed.items() if n.endswith(f".{name}") and v.shape is not None}
        if made and tuple(right.shape) not in made.values():
            other, shape = next(iter(made.items()))
            return failed("init.shape", name=other, expected=list(right.shape), actual=list(shape))
    return None


def _said(blamed: Step, error: str) -> str:
    """Give what is said of the step: step 3 did not raise itself where its gradient was missing below."""
    if blamed is Step.STEP3 and NO_GRADIENT in error:
        return "step3.no-gradient"
    return "init.raised" if blamed is Step.INIT else "step.raised"


def _blamed(training: Training, raised: Raised, changed: Mapping[str, Value], data: Data) -> Step:
    """Tell which step raised, by line, message and names.

    A loss that refuses what it is given is step 2, unless a ŷ stands there that is neither the right one nor
    its logit. One whose graph is gone already was made of an earlier answer's ŷ.
    """
    if raised.takes_loss_out:
        return Step.STEP3
    if CUT in raised.error:
        return _cut_off(raised, changed)
    if any(words in raised.error for words in LOSS):
        yhats = _are_right(training, changed, data)
        return Step.STEP2 if any(yhats) or not yhats else Step.STEP1
    if SECOND_TIME in raised.error:
        return Step.STEP2 if any(_are_right(training, changed, data)) else Step.STEP1
    return _of_the_line(training, raised, changed, data)


def _of_the_line(training: Training, raised: Raised, changed: Mapping[str, Value], data: Data) -> Step:
    """Tell which step stands in the line that raised.

    Of a loss that computes ŷ too, and where no line is known, the message has to tell. What is no step within
    the loop, a list of losses say, is the loop's.
    """
    if raised.is_left_open and not raised.in_loop:
        return Step.EPOCHS
    about = next((step for words, step in SAID.items() if words in raised.error), None)
    step = raised.step
    if step is None or about in (Step.INIT, Step.STEP4) or (about is Step.STEP1 and raised.made_yhat):
        return about or step or (Step.EPOCHS if raised.in_loop or raised.misses_training else Step.INIT)
    if step is Step.STEP2 and _no_yhat(training, raised, changed, data):
        return Step.STEP1
    if step is Step.STEP4 and about is Step.STEP3:
        return Step.STEP4 if updates_before_backward(raised.source) else Step.STEP3
    return step


def _cut_off(raised: Raised, changed: Mapping[str, Value]) -> Step:
    """Tell where the way from the parameters to the loss ends: at them, within step 1, or behind its ŷ."""
    followed = {name for name, value in changed.items() if value.requires_grad}
    if followed & raised.yhats:
        return Step.STEP2
    return Step.STEP1 if followed else Step.INIT


def _no_yhat(training: Training, raised: Raised, changed: Mapping[str, Value], data: Data) -> bool:
    """Tell whether a loss was given ``None`` for ŷ, or what has not as many numbers as ŷ has."""
    if NO_GRADIENT in raised.error:
        return not any(words in raised.error for words in NO_LOSS)
    count = training.step1(training.init(), data).numel()
    made = [changed[name] for name in raised.yhats if name in changed and changed[name].requires_grad]
    other = any(torch.Size(value.shape or ()).numel() != count for value in made)
    return other and "must match the size of tensor" in raised.error


def _are_right(training: Training, changed: Mapping[str, Value], data: Data) -> list[bool]:
    """Tell of each ŷ that stands there whether it is the right one, or its logit."""
    right = training.step1(training.init(), data).flatten()
    computed = [
        value.tensor for value in changed.values() if value.requires_grad and value.tensor is not None
    ]
    seen = [tensor.flatten() for tensor in computed if tensor.numel() == right.numel()]
    return [_close(one, right) or _close(one, torch.logit(right)) for one in seen]


def _close(a: Tensor, b: Tensor) -> bool:
    return bool(torch.allclose(a.to(b.dtype), b, rtol=1e-3, atol=1e-4))
