"""Assignment ``logistic``, week 4: a sigmoid over a line, from (bias, weight) = (-1, 1), 6000 epochs."""

from types import SimpleNamespace

import torch
from torch import Tensor

from grader.training import Data, Parameters, Training


def data() -> Data:
    """Give x, v, y and the curves of two guesses (2000, 1), float32, and the sigmoid f.

    x runs from -1 to 1, v = e^u / (1 + e^u) with u = -1 + 5x, and y is drawn from Bernoulli(v): an example,
    since students draw their own.
    """
    x = torch.linspace(-1, 1, 2000).reshape(2000, 1)
    v = torch.sigmoid(-1 + 5 * x)
    y = torch.bernoulli(v, generator=torch.Generator().manual_seed(43052))
    yhat1, yhat2 = torch.sigmoid(10 + 3 * x), torch.sigmoid(-1 + 3 * x)
    return SimpleNamespace(x=x, v=v, y=y, f=torch.sigmoid, yhat1=yhat1, yhat2=yhat2)


class TrainMSE(Training):
    """The lecture's training, with the mean squared error. Parameters: bias (1,), weight (1, 1)."""

    epochs = 6000

    def init(self) -> Parameters:
        return {"bias": torch.tensor([-1.0]), "weight": torch.tensor([[1.0]])}

    def step1(self, p: Parameters, data: Data) -> Tensor:
        return torch.sigmoid(torch.nn.functional.linear(data.x, p["weight"], p["bias"]))

    def step2(self, yhat: Tensor, data: Data) -> Tensor:
        return torch.mean((data.y - yhat) ** 2)


class TrainBCE(TrainMSE):
    """The same with the loss of the model itself: the mean of the binary cross entropy."""

    def step2(self, yhat: Tensor, data: Data) -> Tensor:
        return -torch.mean(data.y * torch.log(yhat) + (1 - data.y) * torch.log(1 - yhat))


class TrainSGD(TrainBCE):
    """Step 4 by the optimizer."""

    optimizer = "SGD"
