"""The reference at the student's own states: ŷ, loss, gradient, and how far each may be rounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.func import vmap
from torch.overrides import TorchFunctionMode

from grader.checks.alignment import Alignment
from grader.checks.tolerance import unit
from grader.training import MISFIT, Data, Training, cast, known_on

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
    ŷ. ``penalty`` (T) is the part of the loss that is the parameters' alone.
    """

    yhat: Tensor
    loss: Tensor
    gradient: Tensor
    yhat_scale: Tensor
    loss_scale: Tensor
    gradient_scale: Tensor
    penalty: Tensor


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

    def penalty(flat: Tensor) -> Tensor:
        added = torch.as_tensor(training.penalty(alignment.parameters(flat)), dtype=torch.float64)
        return added + 0 * flat.sum()

    def few(states: Tensor) -> tuple[Tensor, ...]:
        yhat = step1(states, exact)
        loss = step2(yhat, exact)
        off = step2(step1(states.detach().to(torch.float32), rough), rough) - loss.detach()
        parts = _with_scales(states, yhat, loss, off.abs().nan_to_num(0.0, 0.0, 0.0), rest)
        if not training.penalised:
            return *parts, torch.zeros_like(off)
        return _penalised(parts, states, vmap(penalty)(states))

    def at_rest() -> _AtRest:
        return _at_rest(torch.zeros_like(states[:1]), partial(step1, data=exact), partial(step2, data=exact))

    rest = known_on(_AT_REST, training, exact, at_rest)
    at_once = min(AT_ONCE, max(1, KEPT // rest.kept))
    parts = [few(part.requires_grad_()) for part in torch.split(states.detach(), at_once)]
    return Evaluation(*map(torch.cat, zip(*parts, strict=True)))


@dataclass(frozen=True)
class _AtRest:
    """A reference at parameters that are all zero, where a sigmoid is steepest, and the same for every run.

    ``slope`` is the absolute Jacobian, (1, n, P); ``steepest`` how the loss bends where ŷ is 0, (1, n);
    ``kept`` how many numbers a state keeps for its derivatives.
    """

    slope: Tensor
    steepest: Tensor
    kept: int


_AT_REST: WeakKeyDictionary[Training, tuple[Data, _AtRest]] = WeakKeyDictionary()
"""On the data it was last evaluated on; a whole class shares them."""


def _at_rest(zero: Tensor, step1: Callable[[Tensor], Tensor], step2: Callable[[Tensor], Tensor]) -> _AtRest:
    zero.requires_grad_()
    yhat = step1(zero)
    slope = _jacobian(yhat, zero).abs()
    steepest = _bend(torch.zeros_like(yhat), step2).nan_to_num(0.0, 0.0, 0.0)
    return _AtRest(slope, steepest, max(1, slope.numel(), _kept(lambda: step2(yhat))))


def loss_of_yhat(training: Training, yhat: Tensor, data: Data, penalty: float = 0.0) -> Tensor:
    """Give the loss of a student's own ŷ. At 0 or 1, where the formula has none, it is that of ``BCELoss``.

    ``penalty`` is what the student's parameters add to it.

    Raises:
        RuntimeError: ŷ does not fit the reference's step 2.
    """
    yhat = yhat.reshape(shape_of_yhat(training, data, yhat.numel()))
    loss = training.step2(yhat, data)
    if not bool(loss.isfinite()):
        with _BoundedLog():
            loss = training.step2(yhat, data)
    return loss + penalty


def shape_of_yhat(training: Training, data: Data, count: int) -> tuple[int, ...]:
    """Give the shape of the reference's ŷ where it has so many numbers, of a column otherwise."""
    start = {name: value.to(torch.float64) for name, value in training.init().items()}
    try:
        shape = tuple(training.step1(start, data).shape)
    except MISFIT:  # a student's own data of another shape
        return (-1, 1)
    return shape if prod(shape) == count else (-1, 1)


class _BoundedLog(TorchFunctionMode):
    """Keeps logarithms above ``LEAST_LOG``, so that 0 · log 0 is 0."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        return result.clamp(min=LEAST_LOG) if func in (torch.log, Tensor.log) else result


def _penalised(parts: tuple[Tensor, ...], states: Tensor, added: Tensor) -> tuple[Tensor, ...]:
    """Add to an ``Evaluation``'s fields what the parameters add to the loss, (T), and its derivative."""
    yhat, loss, gradient, yhat_scale, loss_scale, gradient_scale = parts
    slope = _derivative(added.sum(), states).detach()
    added = added.detach()
    return (
        yhat,
        loss + added,
        gradient + slope,
        yhat_scale,
        loss_scale + added.abs(),
        gradient_scale + slope.abs(),
        added,
    )


def _with_scales(
    states: Tensor, yhat: Tensor, loss: Tensor, off: Tensor, rest: _AtRest
) -> tuple[Tensor, ...]:
    """Give an ``Evaluation``'s fields for ``states`` (T, P), whose ``yhat`` and ``loss`` (T) are known.

    ``off`` (T): by how much float32 misses the loss.
    """
    jacobian = _jacobian(yhat, states)
    residual = _derivative(loss.sum(), yhat)
    bend = _bend_of(residual, yhat)
    residual, yhat = (value.detach().flatten(1) for value in (residual, yhat))
    loss, states = loss.detach(), states.detach()
    slope = jacobian.abs()
    yhat_scale = yhat.abs() + (slope @ states.abs().unsqueeze(2)).squeeze(2)  # the terms it sums up
    # A probability within the loss, saturated, is off by its rounding; its slope s(1-s), by that of s.
    flat = (rest.steepest - bend).clamp(min=0.0)
    terms = residual.abs() + bend * yhat_scale + flat
    return (
        yhat,
        loss,
        _row_by_row(residual, jacobian),
        yhat_scale,
        loss.abs() + (residual.abs() * yhat_scale).sum(1) + off / unit("float32"),
        _row_by_row(terms, slope) + _row_by_row(residual.abs(), rest.slope),
    )


def _bend(yhat: Tensor, loss: Callable[[Tensor], Tensor]) -> Tensor:
    yhat = yhat.detach().requires_grad_()
    return _bend_of(_derivative(loss(yhat).sum(), yhat), yhat)


def _bend_of(residual: Tensor, yhat: Tensor) -> Tensor:
    """Give by how much the loss's derivative changes with each ŷ, (T, n), absolute: ``loss`` sums up rows.

    Of several numbers in a row, as of classes, each changes those of the others.
    """
    columns = residual.unbind(2) if residual.dim() > 2 else (residual,)
    bends = [_derivative(column.sum(), yhat).detach().abs().flatten(1) for column in columns]
    return torch.stack(bends).sum(0)


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
