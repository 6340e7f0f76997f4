"""A training loop as the lecture has it: four steps, each of which can be replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType, SimpleNamespace
from typing import Any, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

Parameters: TypeAlias = dict[str, Tensor]
Data: TypeAlias = SimpleNamespace  # the question's tensors under the names the students use: x, y, X
Update: TypeAlias = Callable[[int, Parameters, Parameters], Parameters]
"""Step 4 within a run: of the epoch, from 0, the parameters and their gradient."""

T = TypeVar("T")

LARGEST = 256
"""Numbers that a parameter may have: of a larger one the recorder keeps a sample."""
MISFIT = (RuntimeError, ValueError, IndexError, KeyError, AttributeError, TypeError, AssertionError)
"""What a step raises for data or parameters other than those it was made for. torch is not of one mind."""


class Training:
    """The right way through one training question.

    A subclass gives ``init``, ``step1`` (ŷ) and ``step2`` (loss), and changes the numbers below where its
    question does. Step 3 is autograd. Step 4 is ``p - lr * gradient``, ``optimizer`` names the class of
    ``torch.optim`` the question asks for; ``None`` means by hand. ``settings`` are what the optimizer is
    given besides its learning rate, ``{"momentum": 0.9}``; by hand the update is SGD's with these. All four
    steps must work in float32 and float64 alike, and under ``torch.func``: plain torch, nothing in place.
    """

    lr: float = 1 / 10
    epochs: int = 30
    optimizer: str | None = None
    settings: Mapping[str, Any] = MappingProxyType({})
    #: What the loop around the steps does, where it goes wrong: one of the words ``grader.diagnosis`` knows.
    flow: str = ""

    def init(self) -> Parameters:
        """Give the parameters before the first epoch, float32, under their names."""
        raise NotImplementedError("there is no init")

    def step1(self, p: Parameters, data: Data) -> Tensor:
        """Give ŷ, shape (n, 1); of several classes (n, classes)."""
        raise NotImplementedError("there is no step1")

    def step2(self, yhat: Tensor, data: Data) -> Tensor:
        """Give the loss, a scalar."""
        raise NotImplementedError("there is no step2")

    def penalty(self, p: Parameters) -> Tensor | float:  # noqa: ARG002
        """Give what is added to the loss for the parameters' own sake, a scalar: of ridge or lasso."""
        return 0.0

    @property
    def penalised(self) -> bool:
        """Tell whether the loss has a part that is the parameters' alone."""
        return getattr(self.penalty, "__func__", None) is not Training.penalty

    def rate(self, epoch: int) -> float:  # noqa: ARG002
        """Give the learning rate of an epoch, from 0: ``lr``, where there is no schedule.

        ``step4`` is given the gradient times ``rate(epoch) / lr``, an optimizer the rate itself.
        """
        return self.lr

    def step3(self, p: Parameters, data: Data) -> tuple[Tensor, Tensor, Parameters]:
        """Give ŷ, the loss and the loss's gradient at ``p``."""
        leaves = {name: value.detach().requires_grad_() for name, value in p.items()}
        yhat = self.step1(leaves, data)
        loss = self.step2(yhat, data) + self.penalty(leaves)
        gradients = torch.autograd.grad(loss, list(leaves.values()))
        return yhat.detach(), loss.detach(), dict(zip(leaves, gradients, strict=True))

    def step4(self, p: Parameters, gradient: Parameters) -> Parameters:
        """Give the parameters after one update."""
        return {name: value - self.lr * gradient[name] for name, value in p.items()}

    @property
    def plain(self) -> bool:
        """Tell whether an update is the learning rate times the gradient, and nothing else."""
        return self._given_step4 and self.optimizer in {None, "SGD"} and not self.settings

    @property
    def remembers(self) -> bool:
        """Tell whether an update depends on the epochs before it: it is an optimizer's own, not ``step4``."""
        return self._given_step4 and not self.plain

    def share(self, epoch: int) -> float:
        """Give an epoch's learning rate as a share of ``lr``, which may be 0 where it is a mistake."""
        return self.rate(epoch) / self.lr if self.scheduled and self.lr else 1.0

    @property
    def scheduled(self) -> bool:
        """Tell whether the learning rate changes from epoch to epoch."""
        return getattr(self.rate, "__func__", None) is not Training.rate

    @property
    def _given_step4(self) -> bool:
        return getattr(self.step4, "__func__", None) is Training.step4

    def begin(self) -> Update:
        """Give the updates of a run that begins."""
        if self.remembers:
            return _Optimizer(self)

        def update(epoch: int, p: Parameters, gradient: Parameters) -> Parameters:
            share = self.share(epoch)
            return {**p, **self.step4(p, {name: value * share for name, value in gradient.items()})}

        return update

    def clear(self, gradient: Parameters) -> Parameters:
        """Give what is left of the gradient for the next epoch's to be added to."""
        return {name: torch.zeros_like(value) for name, value in gradient.items()}


def replace(training: Training, **parts: Any) -> Training:
    """Give ``training`` with parts of it replaced: steps (functions without ``self``), ``lr`` …."""
    other = copy(training)
    vars(other).update(parts)
    return other


class _Optimizer:
    """Updates by an optimizer of torch, which keeps what it remembers of a run."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.leaves: Parameters = {}
        self.optimizer: torch.optim.Optimizer | None = None

    def __call__(self, epoch: int, p: Parameters, gradient: Parameters) -> Parameters:
        """Give the parameters after the update of an epoch."""
        if self.optimizer is None:
            self.leaves = {name: value.detach().clone() for name, value in p.items()}
            self.optimizer = optimizer_of(self.training, list(self.leaves.values()))
        for name, leaf in self.leaves.items():
            leaf.copy_(p[name])
            leaf.grad = gradient[name].detach().clone()
        for group in self.optimizer.param_groups:
            group["lr"] = self.training.rate(epoch)
        self.optimizer.step()
        return {name: leaf.clone() for name, leaf in self.leaves.items()}


def optimizer_of(training: Training, tensors: list[Tensor]) -> torch.optim.Optimizer:
    """Make the optimizer a training asks for, with its settings. Raises ``TypeError`` for one it has not."""
    made = getattr(torch.optim, training.optimizer or "SGD")
    optimizer: torch.optim.Optimizer = made(tensors, lr=training.lr, **training.settings)
    return optimizer


@dataclass(frozen=True)
class Trajectory:
    """A whole run. ``losses[t]`` is the loss at ``path[t]``; the last entry of ``path`` is the result."""

    losses: tuple[float, ...]
    path: tuple[Parameters, ...]

    @property
    def result(self) -> Parameters:
        """The parameters after the last epoch."""
        return self.path[-1]

    @cached_property
    def numbers(self) -> list[list[float]]:
        """The numbers of ``path``, the parameters one after the other."""
        return [torch.cat([value.flatten() for value in p.values()]).tolist() for p in self.path]


def run(
    training: Training, data: Data, dtype: torch.dtype = torch.float32, *, epochs: int | None = None
) -> Trajectory:
    """Run all epochs of ``training``, or the first ``epochs``, on ``data`` in ``dtype``."""
    data = cast(data, dtype)
    p = {name: value.to(dtype) for name, value in training.init().items()}
    losses, path, update = [], [p], training.begin()
    for epoch in range(training.epochs if epochs is None else epochs):
        _, loss, gradient = training.step3(p, data)
        p = update(epoch, p, gradient)
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


def known_on(
    last: WeakKeyDictionary[Training, tuple[Data, T]],
    training: Training,
    data: Data,
    compute: Callable[[], T],
) -> T:
    """Give what was computed last of a training where that was on the same data, which a class shares."""
    known = last.get(training)
    if known is None or not _same_data(known[0], data):
        known = last[training] = data, compute()
    return known[1]


def _same_data(one: Data, other: Data) -> bool:
    """Tell whether two sets of data are the same: tensors by dtype and numbers, all else as objects."""
    a, b = vars(one), vars(other)
    return a.keys() == b.keys() and all(_same(a[name], b[name]) for name in a)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    return one is other
