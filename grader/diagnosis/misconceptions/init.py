"""What goes wrong before the first epoch: the parameters themselves, and where they start."""

from __future__ import annotations

import torch

from grader.training import Parameters, Training, replace


def requires_grad_missing(reference: Training) -> Training:
    """The parameters were made without `requires_grad=True`, so there is nothing to differentiate by.

    Why it matters: `backward()` only computes gradients for tensors that ask for them.
    Try: `torch.tensor([[-5.0],[10.0]], requires_grad=True)`.
    Not this: `loss.backward()` itself is right.
    """
    return replace(reference, flow="requires-grad-missing")


def integer_parameter(reference: Training) -> Training:
    """The parameters were made from whole numbers, and torch differentiates by real numbers alone.

    Why it matters: `[[-5],[10]]` becomes int64; an update by a small step could not even be stored there.
    Try: write a decimal point: `[[-5.0],[10.0]]`.
    Not this: the starting values themselves are right.
    """
    return replace(reference, flow="integer-parameter")


def parameters_recreated(reference: Training) -> Training:
    """The parameters are made anew within the loop, so every epoch begins at the start again.

    Why it matters: whatever one epoch learned is thrown away by the next.
    Try: move the line that makes the parameters (or the net) in front of `for`.
    Not this: steps 1 to 4 within the loop are a different matter, and may well be right.
    """
    return replace(reference, step4=lambda p, gradient: reference.init(), flow="recreated")  # noqa: ARG005


def columns_swapped(reference: Training) -> Training:
    """What belongs to ŵ0 and what belongs to ŵ1 have changed places.

    Why it matters: the first column of X is all ones and belongs to the intercept ŵ0, the second is x and
    belongs to the slope ŵ1. The line may still come out right, but in the other order and from another start.
    Try: keep one order throughout: X = [1 x], and the starting values (ŵ0, ŵ1) in the same order.
    Not this: the numbers themselves are the right ones.
    """
    return replace(reference, init=lambda: _cut(reference.init(), _flat(reference.init()).flip(0)))


def start_sign(reference: Training, only: int | None = None) -> Training:
    """Starting values have the other sign: {name} is {actual} where the question has {expected}.

    Why it matters: every loss and every gradient after that belongs to another path.
    Try: compare the numbers in the line that makes the parameters with the question, sign by sign.
    """

    def init() -> Parameters:
        numbers = _flat(reference.init())
        numbers[slice(None) if only is None else only] *= -1
        return _cut(reference.init(), numbers)

    return replace(reference, init=init)


def start_at_zero(reference: Training) -> Training:
    """The parameters start from zero, not from the values the question gives.

    Why it matters: training from another start takes another path, and after the same epochs stands
    elsewhere.
    Try: put the question's starting values into the line that makes the parameters.
    """
    zeros = {name: torch.zeros_like(value) for name, value in reference.init().items()}
    return replace(reference, init=lambda: zeros)


def _flat(p: Parameters) -> torch.Tensor:
    return torch.cat([value.flatten() for value in p.values()])


def _cut(like: Parameters, flat: torch.Tensor) -> Parameters:
    parts = torch.split(flat, [value.numel() for value in like.values()])
    return {name: part.reshape(like[name].shape) for name, part in zip(like, parts, strict=True)}
