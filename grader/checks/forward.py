"""Steps 1, 2 and 3 of a run: ŷ, the loss and the gradient at the student's own parameters.

Where loss and gradient agree with the reference at every state, all three steps are right. Where they do not,
ŷ is read off the recorded graph, so that a wrong step 1 does not cost step 2, nor a wrong step 2 step 3: the
reference's loss is then taken of the student's own ŷ, and a gradient is right if autograd made it, once, from
the student's loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import torch
from torch import Tensor

from grader.checks.evaluation import Evaluation, evaluate, shape_of_yhat
from grader.checks.finding import BORDERLINE, PASSED, Finding, by_status, failed, shown_numbers, text
from grader.checks.frozen import frozen
from grader.checks.observed import Observed
from grader.checks.own_loss import judge_own_loss
from grader.checks.prediction import Prediction
from grader.checks.readings import (
    broadcast,
    broadcast_shape,
    loss_of,
    prediction_of,
    told_apart_from_loss,
)
from grader.checks.rows import in_another_order
from grader.checks.second_time import SECOND_TIME, second_time
from grader.checks.shifted import accumulated, late, stale
from grader.checks.times import of_gradients, of_losses
from grader.checks.tolerance import CLEARLY_WRONG, ROUNDINGS, in_units, verdict, worst
from grader.records import CheckStatus, Message, Step
from grader.training import Data, Training, cast

OVERFLOW = 1e31
"""Where float32 ends (3.4e38), inf and NaN are nobody's mistake any more. A mean adds up before it divides: a
residual that was spread to (2000, 2000) has 4e6 terms."""


@dataclass(frozen=True)
class Forward:
    """The findings of the three steps, and what of the data they were judged on.

    ``late``: every backward came after the update that it was meant for, which is step 4's business.
    ``frozen`` names a parameter of ŷ that needs no gradient, which is the start's. ``times``: the gradient
    is so many times the right one in every epoch, of a sum say, which a learning rate can make up for.
    """

    step1: Finding
    step2: Finding
    step3: Finding
    data: Data
    broadcast: tuple[int, ...] | None = None
    late: bool = False
    frozen: str | None = None
    times: float | None = None

    @property
    def mistakes(self) -> int:
        """How many of the steps are wrong."""
        return sum(f.status is CheckStatus.FAILED for f in (self.step1, self.step2, self.step3))

    @property
    def batches(self) -> int:
        """How many updates go once through the data: more than one where each ŷ is of some rows alone."""
        said = self.step1.message
        if said is None or said.id != "step1.shape":
            return 1
        rows, seen = (torch.Size(said.params[name]).numel() for name in ("expected", "actual"))
        return ceil(rows / max(seen, 1))


def judge_forward(training: Training, observed: Observed, data: Data) -> Forward:
    """Judge steps 1 to 3 on ``data``.

    Raises:
        RuntimeError: the data do not fit the reference's steps.
    """
    judge = _Judge(training, observed, data)
    found = judge.against_reference() if observed.alignment.complete else judge.without_reference()
    broken_off = SECOND_TIME in (observed.error or "") and observed.run.count < training.epochs
    seen = second_time(observed, found.step1) if broken_off else {}
    return replace(
        found,
        step1=seen.get(Step.STEP1, found.step1),
        step2=seen.get(Step.STEP2, found.step2),
        step3=seen.get(Step.STEP3, found.step3),
    )


class _Judge:
    def __init__(self, training: Training, observed: Observed, data: Data) -> None:
        self.training, self.observed, self.data = training, observed, data

    # ── the student's parameters are the reference's ──────────────────────────────────────────────────────

    def against_reference(self) -> Forward:
        states = self.observed.alignment.to_reference(self.observed.states)
        gradients = self.observed.alignment.to_reference(self.observed.gradients)
        right = evaluate(self.training, self.data, self.observed.alignment, states)
        allowed = ROUNDINGS * self.observed.unit
        per_root, repeated = self._repeated(right, allowed)
        loss_off = in_units((per_root - right.loss).abs(), allowed * right.loss_scale)
        loss_off[per_root.isnan() & ~self._unread()] = torch.inf
        overflow = (right.loss_scale > OVERFLOW) | (right.gradient_scale.amax(1) > OVERFLOW)
        overflow |= self._saturated(states, per_root)
        loss_off[self._unread() | overflow] = 0.0
        gradient_off = in_units(
            (gradients - right.gradient).abs(), allowed * right.gradient_scale + self._left()
        ).amax(1)
        gradient_off[gradients.isnan().any(1)] = torch.inf
        gradient_off[overflow] = 0.0
        wrong_loss = (loss_off > CLEARLY_WRONG).nonzero().flatten().tolist()
        if wrong_loss:
            found = self._split(right, per_root, wrong_loss, repeated)
        else:
            near = BORDERLINE if bool((loss_off > 1).any()) else PASSED
            found = self._of_right_loss(near, self._step3(gradients, right, gradient_off, repeated))
        times = of_gradients(right, gradients, allowed * right.gradient_scale + self._left())
        return found if times is None else replace(found, times=times)

    def _of_right_loss(self, near: Finding, step3: Finding) -> Forward:
        spread = broadcast(self.observed, self.data)
        shape = broadcast_shape(self.observed, self.data)
        if spread is not None and step3.status is CheckStatus.FAILED:  # where ŷ is flat, its loss is right
            return Forward(near, spread, PASSED, self.data, shape)
        return Forward(near, near, step3, self.data, shape)

    def _left(self) -> Tensor:
        """Give by how much a gradient is off that is told from what was left of earlier ones, (T, count)."""
        left = torch.tensor([epoch.before for epoch in self.observed.epochs], dtype=torch.float64)
        return 2 * self.observed.unit * self.observed.alignment.to_reference(left).abs()

    def _saturated(self, states: Tensor, losses: Tensor) -> Tensor:
        """Tell where a loss is no number because the right one is none in float32: log(1 - ŷ) at ŷ = 1."""
        out = ~losses.isfinite() & ~self._unread()
        data = cast(self.data, torch.float32)
        for t in out.nonzero().flatten().tolist():
            p = self.observed.alignment.parameters(states[t].to(torch.float32))
            out[t] = not bool(self.training.step2(self.training.step1(p, data), data).isfinite())
        return out

    def _unread(self) -> Tensor:
        """Tell at which epochs the loss is not a number that was kept whole."""
        return torch.tensor([loss_of(epoch) is None for epoch in self.observed.epochs])

    def _repeated(self, right: Evaluation, allowed: float) -> tuple[Tensor, int]:
        """Give each epoch's loss, the whole one where several backwards had it, and how many had."""
        losses, repeated = [], 0
        for epoch, whole, scale in zip(
            self.observed.epochs, right.loss.tolist(), right.loss_scale.tolist(), strict=True
        ):
            roots = [root.value[0] for root in epoch.roots if root.value is not None and len(root.value) == 1]
            tolerance = CLEARLY_WRONG * allowed * scale
            parts = abs(sum(roots) - whole) <= tolerance
            if len(roots) > 1 and not parts and _alike(roots, whole, tolerance):
                repeated = max(repeated, epoch.backwards)
                losses.append(roots[0])
            else:
                loss = loss_of(epoch)
                losses.append(torch.nan if loss is None else loss)
        return torch.tensor(losses, dtype=torch.float64), repeated

    def _step3(self, gradients: Tensor, right: Evaluation, off: Tensor, repeated: int) -> Finding:
        if repeated > 1:
            return failed("step3.repeated", count=repeated)
        wrong = (off > CLEARLY_WRONG).nonzero().flatten().tolist()
        if not wrong:
            return BORDERLINE if bool((off > 1).any()) else PASSED
        t = wrong[0]
        k = int((gradients[t] - right.gradient[t]).abs().argmax())
        name = self.observed.names[self.observed.alignment.places[k] or 0]
        return failed(
            "step3.differs",
            wanted=shown_numbers(right.gradient[t].tolist()),
            given=shown_numbers(gradients[t].tolist()),
            epoch=self.observed.epochs[t].index + 1,
            name=name,
            **_pair(right.gradient[t, k], gradients[t, k]),
        )

    def _split(self, right: Evaluation, losses: Tensor, wrong: list[int], repeated: int) -> Forward:
        """Find out which of step 1 and step 2 made the loss differ."""
        step3 = failed("step3.repeated", count=repeated) if repeated > 1 else PASSED
        step2 = self._wrong_loss(right, losses, wrong[0])
        if late(self.observed, right, losses, wrong):
            return Forward(PASSED, PASSED, step3, self.data, late=True)
        if stale(self.observed, right, losses, wrong):
            step1 = failed("step1.stale", epoch=self.observed.epochs[wrong[0]].index + 1)
            return Forward(step1, PASSED, step3, self.data)
        if self._yhat_is_told(right, wrong):
            return Forward(PASSED, step2, step3, self.data, broadcast_shape(self.observed, self.data))
        seen = [
            (t, p)
            for t in wrong
            if (p := prediction_of(self.observed, self.data, self.observed.epochs[t])) is not None
        ]
        firsts = [f for t, prediction in seen if (f := self._step1(t, prediction, right)) is not None]
        seconds = [
            f for t, prediction in seen if (f := self._step2(t, prediction, float(losses[t]))) is not None
        ]
        if self._rows_are_shuffled(right, seen, seconds):
            firsts = [PASSED]
        if not firsts:
            epoch = self.observed.epochs[wrong[0]].index + 1
            together = Finding(CheckStatus.BORDERLINE, Message("step1.together", {"epoch": epoch}))
            return Forward(together, step2, step3, self.data, broadcast_shape(self.observed, self.data))
        step1 = next((f for f in firsts if f.status is CheckStatus.FAILED), firsts[0])
        if step1.status is not CheckStatus.FAILED:
            return Forward(step1, step2, step3, self.data, broadcast_shape(self.observed, self.data))
        later = next((f for f in seconds if f.status is CheckStatus.FAILED), PASSED)
        spread = broadcast_shape(self.observed, self.data)
        return Forward(step1, later, step3, self.data, spread, times=of_losses(seconds))

    def _wrong_loss(self, right: Evaluation, losses: Tensor, t: int) -> Finding:
        spread = broadcast(self.observed, self.data)
        if spread is not None:
            return spread
        if accumulated(self.observed, right, losses):
            return failed("step2.accumulated", epoch=self.observed.epochs[t].index + 1)
        return failed(
            "step2.differs",
            wanted=shown_numbers([float(right.loss[t])]),
            given=shown_numbers([float(losses[t])]),
            epoch=self.observed.epochs[t].index + 1,
            **_pair(right.loss[t], losses[t]),
        )

    def _yhat_is_told(self, right: Evaluation, wrong: list[int]) -> bool:
        """Tell whether a right ŷ was there in every epoch, so that the loss alone is wrong."""
        epochs = [(self.observed.epochs[t], right.yhat[t], self._yhat_tolerance(right, t)) for t in wrong]
        told = [told_apart_from_loss(self.observed, self.data, *epoch) for epoch in epochs]
        return True in told and False not in told

    def _rows_are_shuffled(
        self, right: Evaluation, seen: Sequence[tuple[int, Prediction]], own: Sequence[Finding]
    ) -> bool:
        """Tell whether each ŷ is right in another order, and so is the y that it met, not as in the data.

        Then each loss is another one than theirs would be.
        """
        return (
            bool(own)
            and all(
                in_another_order(right.yhat[t], prediction.values, self._yhat_tolerance(right, t))
                for t, prediction in seen
            )
            and all(finding.status is CheckStatus.FAILED for finding in own)
        )

    def _yhat_tolerance(self, right: Evaluation, t: int) -> Tensor:
        """Give what ŷ may be off by; derived from a residual it carries roundings of the size of y."""
        tolerance = ROUNDINGS * self.observed.unit * right.yhat_scale[t]
        return tolerance + 4 * self.observed.unit * right.yhat[t].abs().max()

    def _step1(self, t: int, prediction: Prediction, right: Evaluation) -> Finding | None:
        if prediction.values is None:
            return None
        wanted, given = right.yhat[t], prediction.values
        epoch = self.observed.epochs[t].index + 1
        if given.numel() != wanted.numel() and self.observed.epochs[t].backwards > 1:
            return None  # of one of several losses that add up, each of some rows
        if given.numel() != wanted.numel():
            shape = list(prediction.shape or ())
            asked = shape_of_yhat(self.training, cast(self.data, torch.float64), wanted.numel())
            return failed("step1.shape", epoch=epoch, expected=list(asked), actual=shape)
        if prediction.entering is not None and self._is_right(prediction.entering, t, right):
            return PASSED
        at = int((given - wanted).abs().nan_to_num(torch.inf).argmax())
        tolerance = self._yhat_tolerance(right, t)
        stale = ((right.yhat[:t] - given).abs() <= tolerance).all(1).any()
        differs = failed("step1.differs", epoch=epoch, **_pair(wanted[at], given[at]))
        wrong = failed("step1.stale", epoch=epoch) if stale else differs
        return by_status(verdict((given - wanted).abs(), tolerance), wrong)

    def _is_right(self, values: Tensor, t: int, right: Evaluation) -> bool:
        return bool(((values - right.yhat[t]).abs() <= self._yhat_tolerance(right, t)).all())

    # ── parameters too many or too few ────────────────────────────────────────────────────────────────────

    def _step2(self, t: int, prediction: Prediction, loss: float) -> Finding | None:
        epoch = self.observed.epochs[t]
        return judge_own_loss(self.training, self.observed, self.data, epoch, prediction, loss)

    def without_reference(self) -> Forward:
        """Judge a run with parameters too many or too few: step 1 is wrong, step 2 is judged on its ŷ."""
        alignment = self.observed.alignment
        names = self.observed.names
        name, whole = None, False
        if alignment.extra:
            extra, asked = names[alignment.extra[0]], sum(shape.numel() for shape in alignment.shapes)
            step1 = failed("step1.extra", name=extra, asked=asked, count=len(names))
        elif (found := frozen(self.training, self.observed, self.data)) is not None:
            name, whole = found
            step1 = PASSED
        else:
            missing = alignment.places.index(None)
            flat = [
                name
                for name, shape in zip(alignment.names, alignment.shapes, strict=True)
                for _ in range(shape.numel())
            ]
            step1 = failed("step1.missing", name=f"ŵ{missing}" if len(flat) == 2 else flat[missing])
        seen = [
            finding
            for t, epoch in enumerate(self.observed.epochs)
            if (prediction := prediction_of(self.observed, self.data, epoch)) is not None
            and (loss := loss_of(epoch)) is not None
            and (finding := self._step2(t, prediction, loss)) is not None
        ]
        status = worst([finding.status for finding in seen])
        step2 = PASSED if whole else next((f for f in seen if f.status is status), PASSED)
        spread = broadcast_shape(self.observed, self.data)
        times = of_losses(seen)
        return Forward(step1, step2, PASSED, self.data, spread, frozen=name, times=times)


def _alike(roots: Sequence[float], whole: float, tolerance: float) -> bool:
    """Tell whether several backwards each started from the whole loss, the right one or a wrong one."""
    return len(set(roots)) == 1 or all(abs(value - whole) <= tolerance for value in roots)


def _pair(expected: Tensor, actual: Tensor) -> dict[str, Any]:
    return {"expected": text(float(expected)), "actual": text(float(actual))}
