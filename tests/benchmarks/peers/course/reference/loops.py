"""The benchmark's assignment ``loops``: one training by hand, one with an optimizer, from (-5, 10)."""

from types import SimpleNamespace

import torch
from torch import Tensor

from grader.training import Data, Parameters, Training


def data() -> Data:
    """Give x (100, 1), y (100, 1) and X = [1 x] (100, 2), float32, as the recipe of the CSV draws them."""
    seeded = torch.Generator().manual_seed(43052)
    x, _ = torch.randn(100, generator=seeded).sort()
    y = 2.5 + 4 * x + torch.randn(100, generator=seeded) * 0.5
    x, y = x.reshape(100, 1), y.reshape(100, 1)
    return SimpleNamespace(x=x, y=y, X=torch.concat([torch.ones(100, 1), x], dim=1))


def tensors(data: Data) -> dict[str, Tensor]:
    """Give what the question ``data`` asks for."""
    return {"x": data.x, "y": data.y, "X": data.X}


class MSE(Training):
    """Step 1~4 with the mean squared error. Parameters: What (2, 1)."""

    def init(self) -> Parameters:
        return {"What": torch.tensor([[-5.0], [10.0]])}

    def step1(self, p: Parameters, data: Data) -> Tensor:
        yhat: Tensor = data.X @ p["What"]
        return yhat

    def step2(self, yhat: Tensor, data: Data) -> Tensor:
        return torch.mean((data.y - yhat) ** 2)


class SGD(MSE):
    """Step 4 by the optimizer, on the parameters of ``Linear(1, 1)``: bias (1,), weight (1, 1)."""

    optimizer = "SGD"

    def init(self) -> Parameters:
        return {"bias": torch.tensor([-5.0]), "weight": torch.tensor([[10.0]])}

    def step1(self, p: Parameters, data: Data) -> Tensor:
        return torch.nn.functional.linear(data.x, p["weight"], p["bias"])
