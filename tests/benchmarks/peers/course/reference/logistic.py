"""The benchmark's assignment ``logistic``: 6000 epochs of mean squared error behind a sigmoid."""

from types import SimpleNamespace

import torch
from torch import Tensor

from grader.training import Data, Parameters, Training


def data() -> Data:
    """Give x (2000, 1) on [-1, 1] and y (2000, 1), drawn from the sigmoid of -1 + 5x."""
    x = torch.linspace(-1, 1, 2000).reshape(2000, 1)
    v = torch.exp(-1 + 5 * x) / (1 + torch.exp(-1 + 5 * x))
    return SimpleNamespace(x=x, y=torch.bernoulli(v, generator=torch.Generator().manual_seed(43052)))


class TrainMSE(Training):
    """Step 1 by ``Linear(1, 1)`` and ``Sigmoid()``. Parameters: bias (1,), weight (1, 1)."""

    epochs = 6000

    def init(self) -> Parameters:
        return {"bias": torch.tensor([-1.0]), "weight": torch.tensor([[1.0]])}

    def step1(self, p: Parameters, data: Data) -> Tensor:
        return torch.sigmoid(torch.nn.functional.linear(data.x, p["weight"], p["bias"]))

    def step2(self, yhat: Tensor, data: Data) -> Tensor:
        return torch.mean((data.y - yhat) ** 2)
