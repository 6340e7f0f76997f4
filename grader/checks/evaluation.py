"""The reference at the student's own states: ŷ, loss, gradient, and how far each may be rounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.func import grad, jvp, vmap

from grader.checks.alignment import Alignment
from grader.training import Data, Training, cast


@dataclass(frozen=True)
class Evaluation:
    """The reference in float64 at T states with P numbers, for data of n rows, and sums of absolute terms.

    ``yhat`` (T, n), ``loss`` (T), ``gradient`` (T, P); ``yhat_scale``, ``loss_scale``, ``gradient_scale``
    alike: a correct program in a dtype of relative rounding error u is off by some multiple of u times these.
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
    data = cast(data, torch.float64)

    def step1(flat: Tensor) -> Tensor:
        return training.step1(alignment.parameters(flat), data)

    def step2(yhat: Tensor) -> Tensor:
        return training.step2(yhat, data)

    def one(flat: Tensor) -> tuple[Tensor, ...]:
        return _one_state(step1, step2, flat)

    return Evaluation(*vmap(one, chunk_size=64)(states.to(torch.float64)))


def _one_state(
    step1: Callable[[Tensor], Tensor], step2: Callable[[Tensor], Tensor], flat: Tensor
) -> tuple[Tensor, ...]:
    yhat = step1(flat)
    jacobian = _jacobian(step1, flat).reshape(yhat.numel(), flat.numel())  # dŷ/dw
    residual, bend = _loss_derivatives(step2, yhat)
    scale = yhat.abs().flatten() + (jacobian * flat).abs().sum(1)  # the terms ŷ is a sum of
    terms = residual.abs() + bend * scale
    return (
        yhat.flatten(),
        step2(yhat),
        residual @ jacobian,
        scale,
        step2(yhat).abs() + residual.abs() @ scale,
        terms @ jacobian.abs(),
    )


def _jacobian(step1: Callable[[Tensor], Tensor], flat: Tensor) -> Tensor:
    """Give dŷ/dw, (n, P), a column for each parameter: forward, since parameters are few and rows many."""
    columns = [
        jvp(step1, (flat,), (unit,))[1].flatten() for unit in torch.eye(flat.numel(), dtype=flat.dtype)
    ]
    return torch.stack(columns, 1)


def _loss_derivatives(step2: Callable[[Tensor], Tensor], yhat: Tensor) -> tuple[Tensor, Tensor]:
    """Give dL/dŷ, (n), and the absolute diagonal of its derivative, (n): the lecture's losses sum up."""
    residual, bend, *_ = jvp(grad(step2), (yhat,), (torch.ones_like(yhat),))
    return residual.flatten(), bend.flatten().abs()
