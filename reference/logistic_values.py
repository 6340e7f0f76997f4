"""Assignment ``logistic``, week 4: the questions that ask for values, from the data of ``logistic.data``."""

from typing import Any

import torch
from torch import Tensor

from grader.expectations import Bernoulli, Either, Function
from grader.training import Data


def grid() -> Tensor:
    """Give the lecture's points for drawing a curve, (100,)."""
    return torch.linspace(-6, 6, 100)


def hidden() -> Tensor:
    """Give inputs of every size within ±80, where e^x fits into float32, (16,)."""
    negative = [-80.0, -45.5, -20.25, -9.0, -4.7, -2.2, -1.0, -0.3]
    return torch.tensor([*negative, 0.0, 0.4, 1.0, 2.9, 6.1, 14.0, 37.0, 80.0])


def by_f(data: Data, u: Tensor) -> Either:
    """Give the curve over u, or what the student's own f makes of it: a wrong f is charged once."""
    return Either(torch.sigmoid(u), data.f(u))


def sigmoid(data: Data) -> dict[str, Any]:
    """Give f, and the two curves drawn with it. What begins with ``f at`` is asked for elsewhere."""
    return {
        "f": Function(torch.sigmoid, hidden()),
        "f at grid": Function(torch.sigmoid, grid()),
        "f at steep": Function(torch.sigmoid, 2.5 * grid() - 1.2),
        "f at guess": Function(torch.sigmoid, 10 + 3 * data.x),
        "f1": by_f(data, grid()),
        "f2": by_f(data, 2.5 * grid() - 1.2),
    }


def tensors(data: Data) -> dict[str, Any]:
    """Give x, v over the student's own x, and that y is drawn from v: the student's, or the right one."""
    v = torch.sigmoid(-1 + 5 * data.x)
    return {"x": data.x, "v": v, "y": Either(Bernoulli(data.v), Bernoulli(v))}


def guess(data: Data) -> dict[str, Any]:
    """Give the curves of two guesses: (10, 3) by f, (-1, 3) by ``torch.nn.Sigmoid``."""
    return {"yhat1": by_f(data, 10 + 3 * data.x), "yhat2": torch.sigmoid(-1 + 3 * data.x)}


def bce(data: Data) -> dict[str, Any]:
    """Give the lecture's loss, a sum, of the two guesses, or of what the student took them to be."""
    exact, y = data.x.to(torch.float64), data.y.to(torch.float64)
    return {
        "loss1": Either(cross_entropy_of_line(10 + 3 * exact, y), cross_entropy(data.yhat1, y)),
        "loss2": Either(cross_entropy_of_line(-1 + 3 * exact, y), cross_entropy(data.yhat2, y)),
    }


def cross_entropy(yhat: Tensor, y: Tensor) -> float:
    """Give -Σ{y log ŷ + (1-y) log(1-ŷ)}, in float64."""
    yhat = yhat.to(torch.float64)
    return float(-(y * torch.log(yhat) + (1 - y) * torch.log(1 - yhat)).sum())


def cross_entropy_of_line(u: Tensor, y: Tensor) -> float:
    """Give the same with ŷ = sigmoid(u) and -log ŷ = log(1 + e^-u), which cancels nothing."""
    softplus = torch.nn.functional.softplus
    return float((y * softplus(-u) + (1 - y) * softplus(u)).sum())
