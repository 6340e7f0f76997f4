"""Trainings in the forms that the engine itself knows: a reference is recognised as one, and made of one.

A form is found by trying: the one that gives the reference's numbers wherever both are computed. So a kit
holds names and numbers of a training, and none of its code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from grader.kit.numbers import read_tensor, write_tensor
from grader.training import MISFIT, Data, Parameters, Training, cast

#: The first that fits counts: a layer of one input and output is a line too, but takes other shapes.
LINES: Mapping[str, Callable[..., Tensor]] = {
    "product": lambda x, w: x @ w,
    "layer": lambda x, weight, bias=None: torch.nn.functional.linear(x, weight, bias),
    "line": lambda x, b, w: b + w * x,
}
#: What may be put over a line.
CURVES: Mapping[str, Callable[[Tensor], Tensor]] = {"identity": lambda u: u, "sigmoid": torch.sigmoid}
LOSSES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mean-square": lambda yhat, y: torch.mean((y - yhat) ** 2),
    "sum-square": lambda yhat, y: torch.sum((y - yhat) ** 2),
    "mean-cross-entropy": lambda yhat, y: -torch.mean(y * torch.log(yhat) + (1 - y) * torch.log(1 - yhat)),
    "sum-cross-entropy": lambda yhat, y: -torch.sum(y * torch.log(yhat) + (1 - y) * torch.log(1 - yhat)),
}
STATES = 3  # random parameters at which a form has to agree
SAME = 1e-9  # relatively, in float64: two ways to write one thing differ by less, two things by far more


class Declared(Training):
    """A training made of a form. Raises ``KeyError``, ``ValueError`` … for what is none."""

    def __init__(self, form: Mapping[str, Any]) -> None:
        self.lr, self.epochs = float(form["lr"]), int(form["epochs"])
        self.optimizer = None if form["optimizer"] is None else str(form["optimizer"])
        self._start = {str(name): read_tensor(value) for name, value in form["start"].items()}
        self._data, self._target = str(form["step1"]["data"]), str(form["step2"]["data"])
        self._line, self._curve = LINES[form["step1"]["line"]], CURVES[form["step1"]["curve"]]
        self._order = [str(name) for name in form["step1"]["parameters"]]
        self._loss = LOSSES[form["step2"]["loss"]]
        if set(self._order) != self._start.keys() or self.lr <= 0 or self.epochs < 1:
            raise ValueError("a training that is none")

    def init(self) -> Parameters:
        """Give the parameters before the first epoch."""
        return {name: value.clone() for name, value in self._start.items()}

    def step1(self, p: Parameters, data: Data) -> Tensor:
        """Give ŷ."""
        return self._curve(self._line(getattr(data, self._data), *(p[name] for name in self._order)))

    def step2(self, yhat: Tensor, data: Data) -> Tensor:
        """Give the loss."""
        return self._loss(yhat, getattr(data, self._target))


def form_of(training: Training, data: Data) -> dict[str, Any] | None:
    """Give the form of a reference, in plain JSON; ``None`` if it has none of those above."""
    if training.remembers or training.scheduled or training.penalised:
        return None
    exact = cast(data, torch.float64)
    start = training.init()
    states = list(_states(start))
    if not _plain_update(training, states[0]):
        return None
    step1 = next((form for form in _lines(start, exact) if _fits1(form, training, states, exact)), None)
    if step1 is None:
        return None
    yhat = training.step1(states[0], exact)
    step2 = next((form for form in _losses(exact) if _fits2(form, training, yhat, exact)), None)
    if step2 is None:
        return None
    return {
        "start": {name: write_tensor(value) for name, value in start.items()},
        "lr": training.lr,
        "epochs": training.epochs,
        "optimizer": training.optimizer,
        "step1": step1,
        "step2": step2,
    }


def data_of(form: Mapping[str, Any]) -> set[str]:
    """Give the names of the data a form computes with."""
    return {form["step1"]["data"], form["step2"]["data"]}


def _states(start: Parameters) -> Iterator[Parameters]:
    """Give parameters of the right shapes, small, the same each time."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(STATES):
        yield {
            name: torch.randn(value.shape, generator=generator, dtype=torch.float64)
            for name, value in start.items()
        }


def _lines(start: Parameters, data: Data) -> Iterator[dict[str, Any]]:
    tensors = [name for name, value in vars(data).items() if isinstance(value, Tensor)]
    for name in tensors:
        for order in permutations(start) if len(start) <= 3 else ():
            for line in LINES:
                for curve in CURVES:
                    yield {"line": line, "curve": curve, "data": name, "parameters": list(order)}


def _losses(data: Data) -> Iterator[dict[str, Any]]:
    tensors = [name for name, value in vars(data).items() if isinstance(value, Tensor)]
    # y is what a loss compares with; where another of the data has its values, it is still called y
    for name in sorted(tensors, key=lambda name: name != "y"):
        for loss in LOSSES:
            yield {"loss": loss, "data": name}


def _fits1(form: Mapping[str, Any], training: Training, states: Sequence[Parameters], data: Data) -> bool:
    line, curve = LINES[form["line"]], CURVES[form["curve"]]
    given = getattr(data, form["data"])
    try:
        return all(
            _same(curve(line(given, *(p[name] for name in form["parameters"]))), training.step1(p, data))
            for p in states
        )
    except MISFIT:  # these shapes, or so many parameters, do not go with that form
        return False


def _fits2(form: Mapping[str, Any], training: Training, yhat: Tensor, data: Data) -> bool:
    """Compare losses of two ŷ between 0 and 1, where all of them are numbers, against two targets."""
    generator = torch.Generator().manual_seed(1)
    target = getattr(data, form["data"])
    for _ in range(STATES):
        tried = torch.rand(yhat.shape, generator=generator, dtype=torch.float64) * 0.9 + 0.05
        other = SimpleNamespace(**{**vars(data), form["data"]: target + torch.rand((), generator=generator)})
        try:
            pairs = [(LOSSES[form["loss"]](tried, getattr(d, form["data"])), d) for d in (data, other)]
            if not all(_same(loss, training.step2(tried, d)) for loss, d in pairs):
                return False
        except MISFIT:  # a target of another shape
            return False
    return True


def _plain_update(training: Training, state: Parameters) -> bool:
    """Tell whether step 4 subtracts the learning rate times the gradient, and clears it."""
    gradient = {name: value + 1.0 for name, value in state.items()}
    moved, left = training.step4(state, gradient), training.clear(gradient)
    return not training.flow and all(
        _same(moved[name], state[name] - training.lr * gradient[name]) and not bool(left[name].any())
        for name in state
    )


def _same(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and bool(torch.allclose(one, other, rtol=SAME, atol=SAME))
