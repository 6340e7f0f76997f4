"""A training loop as the lecture has it: four steps, each of which can be replaced."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeAlias

import torch
from torch import Tensor

Parameters: TypeAlias = dict[str, Tensor]
Data: TypeAlias = SimpleNamespace  # the question's tensors under the names the students use: x, y, X


class Training:
    """The right way through one training question.

    A subclass gives ``init``, ``step1`` (ŷ) and ``step2`` (loss), and changes the numbers below where its
    question does. Step 3 is autograd. Step 4 is ``p - lr * gradient``, ``optimizer`` names the class of
    ``torch.optim`` the question asks for; ``None`` means by hand. All four steps must work in float32 and
    float64 alike, and under ``torch.func``: plain torch, nothing in place.
    """

    lr: float = 1 / 10
    epochs: int = 30
    optimizer: str | None = None
    #: What the loop around the steps does, where it goes wrong: one of the words ``grader.diagnosis`` knows.
    flow: str = ""

    def init(self) -> Parameters:
        """Give the parameters before the first epoch, float32, under their names."""
        raise NotImplementedError("there is no init")

    def step1(self, p: Parameters, data: Data) -> Tensor:
        """Give ŷ, shape (n, 1)."""
        raise NotImplementedError("there is no step1")

    def step2(self, yhat: Tensor, data: Data) -> Tensor:
        """Give the loss, a scalar."""
        raise NotImplementedError("there is no step2")

    def step3(self, p: Parameters, data: Data) -> tuple[Tensor, Tensor, Parameters]:
        """Give ŷ, the loss and the loss's gradient at ``p``."""
        leaves = {name: value.detach().requires_grad_() for name, value in p.items()}
        yhat = self.step1(leaves, data)
        loss = self.step2(yhat, data)
        gradients = torch.autograd.grad(loss, list(leaves.values()))
        return yhat.detach(), loss.detach(), dict(zip(leaves, gradients, strict=True))

    def step4(self, p: Parameters, gradient: Parameters) -> Parameters:
        """Give the parameters after one update."""
        return {name: value - self.lr * gradient[name] for name, value in p.items()}

    def clear(self, gradient: Parameters) -> Parameters:
        """Give what is left of the gradient for the next epoch's to be added to."""
        return {name: torch.zeros_like(value) for name, value in gradient.items()}


def replace(training: Training, **parts: Any) -> Training:
    """Give ``training`` with parts of it replaced: steps (functions without ``self``), ``lr`` …."""
    other = copy(training)
    vars(other).update(parts)
    return other


@dataclass(frozen=True)
class Trajectory:
    """A whole run. ``losses[t]`` is the loss at ``path[t]``; the last entry of ``path`` is the result."""

    losses: tuple[float, ...]
    path: tuple[Parameters, ...]

    @property
    def result(self) -> Parameters:
        """The parameters after the last epoch."""
        return self.path[-1]


def run(
    training: Training, data: Data, dtype: torch.dtype = torch.float32, *, epochs: int | None = None
) -> Trajectory:
    """Run all epochs of ``training``, or the first ``epochs``, on ``data`` in ``dtype``."""
    data = cast(data, dtype)
    p = {name: value.to(dtype) for name, value in training.init().items()}
    losses, path = [], [p]
    for _ in range(training.epochs if epochs is None else epochs):
        _, loss, gradient = training.step3(p, data)
        p = training.step4(p, gradient)
        losses.append(float(loss))
        path.append(p)
    return Trajectory(tuple(losses), tuple(path))


def cast(data: Data, dtype: torch.dtype) -> Data:
    """Give ``data`` with its floating tensors in ``dtype``; the rest is left as it is."""
    return SimpleNamespace(
        **{
            name: value.to(dtype) if isinstance(value, Tensor) and value.is_floating_point() else value
            for name, value in vars(data).items()
        }
    )
