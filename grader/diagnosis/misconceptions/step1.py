"""What goes wrong in step 1: ŷ."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.training import Data, Parameters, Training, replace


def forward_outside_loop(reference: Training) -> Training:
    """ŷ was computed once, before the loop, and never again from the new parameters.

    Why it matters: the loss stays that of the first ŷ, and every epoch repeats the same gradient, or
    `backward()` raises because the graph of the first ŷ has been used up.
    Try: move the line that computes ŷ into the loop, as its first step.
    Not this: `retain_graph=True` silences the error without making ŷ new.
    """
    first: list[Parameters] = []

    def step1(p: Parameters, data: Data) -> Tensor:
        first.append({name: value.detach() for name, value in p.items()})
        still = {name: value + (p[name] - p[name].detach()) for name, value in first[0].items()}
        return reference.step1(still, data)

    return replace(reference, step1=step1, flow="stale-forward")


def no_intercept(reference: Training, *, unused: bool = False) -> Training:
    """ŷ has no intercept: ŵ0 is missing, and the line goes through the origin.

    Why it matters: the slope alone has to make up for it, and ends elsewhere.
    Try: a column of ones in X, `bias=True` in `Linear`, or `ŵ0 +` in the formula, as the question has it.
    Not this: the loss and the update are right for the parameters there are.
    """
    whole = reference.init()
    names = list(whole)
    if unused:  # it is there, in one tensor with the slope
        return replace(reference, step1=lambda p, data: reference.step1(_without_first(p), data))
    if len(names) > 1:
        left = {name: whole[name] for name in names[1:]}
        return replace(
            reference,
            init=lambda: left,
            step1=lambda p, data: reference.step1(
                {names[0]: p[names[1]].new_zeros(whole[names[0]].shape), **p}, data
            ),
        )
    name, start = names[0], whole[names[0]]

    def step1(p: Parameters, data: Data) -> Tensor:
        flat = torch.cat([torch.zeros_like(p[name].flatten()[:1]), p[name].flatten()])
        return reference.step1({name: flat.reshape(start.shape)}, data)

    return replace(reference, init=lambda: {name: start.flatten()[1:].reshape(-1, 1)}, step1=step1)


def bias_doubled(reference: Training) -> Training:
    """There are two intercepts: the column of ones in X, and the bias of the network on top.

    Why it matters: predictions may be right, but the intercept is split over two parameters, and neither of
    them is ŵ0.
    Try: `bias=False` where X already has a column of ones.
    Not this: X itself is right.
    """
    return replace(
        reference,
        init=lambda: {**reference.init(), "bias": torch.tensor([0.5])},
        step1=lambda p, data: reference.step1(p, data) + p["bias"],
    )


def coefficients_swapped(reference: Training) -> Training:
    """In ŷ the intercept stands where the slope should be, and the slope where the intercept should be.

    Why it matters: x is multiplied by ŵ0 instead of ŵ1.
    Try: `ŷ = ŵ0 + ŵ1*x`; with a tensor, `What[0] + What[1]*x`.
    """

    def step1(p: Parameters, data: Data) -> Tensor:
        flat = torch.cat([value.flatten() for value in p.values()]).flip(0)
        parts = torch.split(flat, [value.numel() for value in p.values()])
        swapped = {name: part.reshape(p[name].shape) for name, part in zip(p, parts, strict=True)}
        return reference.step1(swapped, data)

    return replace(reference, step1=step1)


def sigmoid_missing(reference: Training) -> Training:
    """ŷ is the line itself: the sigmoid that makes a probability of it is missing.

    Why it matters: a line goes below 0 and above 1; for a y of zeros and ones ŷ has to stay in between.
    Try: `yhat = a1(l1(x))` instead of `yhat = l1(x)`.
    Not this: the linear layer is right.
    """
    return replace(reference, step1=lambda p, data: torch.logit(reference.step1(p, data)))


def sigmoid_twice(reference: Training) -> Training:
    """The sigmoid is applied twice, so that ŷ lies between 0.5 and 0.73 whatever the parameters are.

    Why it matters: no parameters can bring such a ŷ near 0 or 1.
    Try: apply `a1` once: `yhat = a1(l1(x))`.
    Not this: the linear layer is right.
    """
    return replace(reference, step1=lambda p, data: torch.sigmoid(reference.step1(p, data)))


def softmax_twice(reference: Training) -> Training:
    """ŷ went through a softmax already, and the cross entropy applies its own on top.

    Why it matters: of numbers between 0 and 1 the second softmax makes nearly equal probabilities; the loss
    cannot come near zero, and training is slow.
    Try: `CrossEntropyLoss()(net(X), y)` with a net that ends in its linear layer, without `Softmax`.
    Not this: the loss and the linear layer are right.
    """
    return replace(reference, step1=lambda p, data: torch.softmax(reference.step1(p, data), dim=1))


def _without_first(p: Parameters) -> Parameters:
    """Give parameters whose first number is zero, whatever it was."""
    name = next(iter(p))
    flat = p[name].flatten()
    return {**p, name: torch.cat([torch.zeros_like(flat[:1]), flat[1:]]).reshape(p[name].shape)}
