"""The reference at the student's own states: ŷ, loss, gradient, and how far each may be rounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.func import vmap
from torch.overrides import TorchFunctionMode

from grader.checks.alignment import Alignment
from grader.checks.tolerance import unit
from grader.training import Data, Training, cast

#: States evaluated at once, and the numbers that their losses may keep for derivatives: a residual that was
#: spread to (2000, 2000) keeps four million a state.
AT_ONCE, KEPT = 64, 20_000_000
LEAST_LOG = -100.0  # as ``torch.nn.BCELoss`` has it


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
    rough, exact = cast(data, torch.float32), cast(data, torch.float64)
    states = states.to(torch.float64)

    def step1(states: Tensor, data: Data) -> Tensor:
        return vmap(lambda flat: training.step1(alignment.parameters(flat), data))(states)

    def step2(yhat: Tensor, data: Data) -> Tensor:
        return vmap(lambda one: training.step2(one, data))(yhat)

    def few(states: Tensor) -> tuple[Tensor, ...]:
        yhat = step1(states, exact)
        loss = step2(yhat, exact)
        off = step2(step1(states.detach().to(torch.float32), rough), rough) - loss.detach()
        return _with_scales(states, yhat, loss, off.abs().nan_to_num(0.0, 0.0, 0.0), rest)

    # Where a sigmoid is steepest: a saturated one's slope s(1-s) is small, but off by the rounding of s.
    zero = torch.zeros_like(states[:1]).requires_grad_()
    yhat = step1(zero, exact)
    rest = _jacobian(yhat, zero).abs()
    at_once = min(AT_ONCE, max(1, KEPT // max(1, _kept(lambda: step2(yhat, exact)))))
    parts = [few(part.requires_grad_()) for part in torch.split(states.detach(), at_once)]
    return Evaluation(*map(torch.cat, zip(*parts, strict=True)))


def loss_of_yhat(training: Training, yhat: Tensor, data: Data) -> Tensor:
    """Give the loss of a student's own ŷ. At 0 or 1, where the formula has none, it is that of ``BCELoss``.

    Raises:
        RuntimeError: ŷ does not fit the reference's step 2.
    """
    loss = training.step2(yhat.reshape(-1, 1), data)
    if bool(loss.isfinite()):
        return loss
    with _BoundedLog():
        return training.step2(yhat.reshape(-1, 1), data)


class _BoundedLog(TorchFunctionMode):
    """Keeps logarithms above ``LEAST_LOG``, so that 0 · log 0 is 0."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        return result.clamp(min=LEAST_LOG) if func in (torch.log, Tensor.log) else result


def _with_scales(states: Tensor, yhat: Tensor, loss: Tensor, off: Tensor, rest: Tensor) -> tuple[Tensor, ...]:
    """Give an ``Evaluation``'s fields for ``states`` (T, P), whose ``yhat`` and ``loss`` (T) are known.

    ``off`` (T): by how much float32 misses the loss; ``rest`` (1, n, P): the absolute Jacobian at zero.
    """
    jacobian = _jacobian(yhat, states)
    residual = _derivative(loss.sum(), yhat)
    bend = _derivative(residual.sum(), yhat)  # the lecture's losses are sums of rows' losses
    residual, bend, yhat = (value.detach().flatten(1) for value in (residual, bend, yhat))
    loss, states = loss.detach(), states.detach()
    yhat_scale = yhat.abs() + (jacobian * states.unsqueeze(1)).abs().sum(2)  # the terms it sums up
    terms = residual.abs() + bend.abs() * yhat_scale
    return (
        yhat,
        loss,
        _row_by_row(residual, jacobian),
        yhat_scale,
        loss.abs() + (residual.abs() * yhat_scale).sum(1) + off / unit("float32"),
        _row_by_row(terms, jacobian.abs()) + _row_by_row(residual.abs(), rest),
    )


def _jacobian(yhat: Tensor, states: Tensor) -> Tensor:
    """Give dŷ/dw, (T, n, P), a column for each parameter, since parameters are few and rows many.

    A column is the derivative of the backward pass by what is sent back.
    """
    sent = torch.zeros_like(yhat).requires_grad_()
    back = _derivative((yhat * sent).sum(), states)
    columns = [_derivative(of_one.sum(), sent).detach().flatten(1) for of_one in back.unbind(1)]
    return torch.stack(columns, 2)


def _derivative(value: Tensor, by: Tensor) -> Tensor:
    """Differentiate a sum, so that it can be differentiated again; zeros where it does not depend on ``by``.

    Not by ``torch.func``, nor by sending something back: either has torch import for a second.
    """
    if not value.requires_grad:
        return torch.zeros_like(by)
    return torch.autograd.grad(value, by, create_graph=True, materialize_grads=True)[0]


def _kept(compute: Callable[[], Tensor]) -> int:
    """Count the numbers that a computation keeps for its derivative."""
    sizes = []

    def pack(tensor: Tensor) -> Tensor:
        sizes.append(tensor.numel())
        return tensor

    with saved_tensors_hooks(pack, lambda tensor: tensor):
        compute()
    return sum(sizes)


def _row_by_row(rows: Tensor, jacobian: Tensor) -> Tensor:
    """Sum up rows (T, n) times a Jacobian (T, n, P): (T, P)."""
    return (rows.unsqueeze(1) @ jacobian).squeeze(1)
