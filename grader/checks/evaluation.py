"""The reference at the student's own states: ŷ, loss, gradient, and how far each may be rounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.func import grad, vjp, vmap

from grader.checks.alignment import Alignment
from grader.checks.tolerance import unit
from grader.training import Data, Training, cast

AT_ONCE = 64  # states; of two, one, since a residual that was spread to (2000, 2000) takes a gigabyte


@dataclass(frozen=True)
class Evaluation:
    """The reference in float64 at T states with P numbers, for data of n rows, and sums of absolute terms.

    ``yhat`` (T, n), ``loss`` (T), ``gradient`` (T, P); ``yhat_scale``, ``loss_scale``, ``gradient_scale``
    alike: a correct program in a dtype of relative rounding error u is off by some multiple of u times these.
    The loss's holds what float32 does to the reference itself: 1 - ŷ is off by a rounding of 1, however small
    ŷ.
    """

    yhat: Tensor
    loss: Tensor
    gradient: Tensor
    yhat_scale: Tensor
    loss_scale: Tensor
    gradient_scale: Tensor


def evaluate(training: Training, data: Data, alignment: Alignment, states: Tensor) -> Evaluation:
    """Evaluate ``training`` on ``data`` at ``states`` (T, P), flat in the reference's order.

    Raises:
        RuntimeError: the data do not fit the reference's steps (a student's own data of another shape).
    """
    rough = cast(data, torch.float32)
    data = cast(data, torch.float64)

    def step1(flat: Tensor) -> Tensor:
        return training.step1(alignment.parameters(flat), data)

    def step2(yhat: Tensor) -> Tensor:
        return training.step2(yhat, data)

    rest = _jacobian(step1, torch.zeros(states.shape[1], dtype=torch.float64)).abs()

    def one(flat: Tensor) -> tuple[Tensor, ...]:
        yhat, loss, gradient, yhat_scale, loss_scale, gradient_scale = _one_state(step1, step2, flat, rest)
        p = alignment.parameters(flat.to(torch.float32))
        off = (training.step2(training.step1(p, rough), rough) - loss).abs().nan_to_num(0.0, 0.0, 0.0)
        return yhat, loss, gradient, yhat_scale, loss_scale + off / unit("float32"), gradient_scale

    few = min(AT_ONCE, max(1, len(states) // 2))
    return Evaluation(*vmap(one, chunk_size=few)(states.to(torch.float64)))


def _one_state(
    step1: Callable[[Tensor], Tensor], step2: Callable[[Tensor], Tensor], flat: Tensor, rest: Tensor
) -> tuple[Tensor, ...]:
    """Evaluate one state. ``rest`` is the absolute Jacobian at zero parameters, where a sigmoid is steepest.

    A saturated sigmoid's slope s(1-s) is small, but it is off by the rounding of s, not of the slope.
    """
    yhat = step1(flat)
    jacobian = _jacobian(step1, flat)
    residual, bend = _loss_derivatives(step2, yhat)
    scale = yhat.abs().flatten() + (jacobian * flat).abs().sum(1)  # the terms ŷ is a sum of
    terms = residual.abs() + bend * scale
    return (
        yhat.flatten(),
        step2(yhat),
        residual @ jacobian,
        scale,
        step2(yhat).abs() + residual.abs() @ scale,
        terms @ jacobian.abs() + residual.abs() @ rest,
    )


def _jacobian(step1: Callable[[Tensor], Tensor], flat: Tensor) -> Tensor:
    """Give dŷ/dw, (n, P), a column for each parameter, since parameters are few and rows many.

    A column is the derivative of the backward pass by what is sent back. Forward mode would give it at once,
    but torch has it compile something that it warns of.
    """
    yhat, back, *_ = vjp(step1, flat)
    _, forth, *_ = vjp(lambda sent: back(sent)[0], torch.zeros_like(yhat))
    columns = [forth(unit)[0].flatten() for unit in torch.eye(flat.numel(), dtype=flat.dtype)]
    return torch.stack(columns, 1)


def _loss_derivatives(step2: Callable[[Tensor], Tensor], yhat: Tensor) -> tuple[Tensor, Tensor]:
    """Give dL/dŷ, (n), and the absolute diagonal of its derivative, (n): the lecture's losses sum up."""
    residual, back, *_ = vjp(grad(step2), yhat)
    (bend,) = back(torch.ones_like(yhat))
    return residual.flatten(), bend.flatten().abs()
