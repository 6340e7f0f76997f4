"""Assignment ``line``: a straight line through points, by hand and with an optimizer."""

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from grader.training import Data, Parameters, Training


def data(seed: int = 1) -> Data:
    """Give x (40, 1), y (40, 1) and X = [1 x] (40, 2), float32: what ``data/points.csv`` was written from."""
    seeded = torch.Generator().manual_seed(seed)
    x = torch.randn(40, 1, generator=seeded)
    y = 1 + 2 * x + 0.5 * torch.randn(40, 1, generator=seeded)
    return SimpleNamespace(x=x, y=y, X=torch.concat([torch.ones(40, 1), x], dim=1))


def files(seed: int) -> dict[str, str]:
    """Give the CSV's text by its name, drawn under another seed: for notebooks that are run a second time."""
    drawn = data(seed)
    rows = zip(drawn.x.flatten().tolist(), drawn.y.flatten().tolist(), strict=True)
    return {"points.csv": "x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows)}


def tensors(data: Data) -> dict[str, Any]:
    """Give the values of the question ``data`` by the names that its prompt asks for."""
    return {"x": data.x, "y": data.y, "X": data.X}


class ByHand(Training):
    """Step 1~4 with the mean squared error, the parameters updated by hand. Parameters: What (2, 1)."""

    lr, epochs = 1 / 10, 30

    def init(self) -> Parameters:
        return {"What": torch.tensor([[-3.0], [5.0]])}

    def step1(self, p: Parameters, data: Data) -> Tensor:
        yhat: Tensor = data.X @ p["What"]
        return yhat

    def step2(self, yhat: Tensor, data: Data) -> Tensor:
        return torch.mean((data.y - yhat) ** 2)


class WithSGD(ByHand):
    """The same by ``torch.nn.Linear(1, 1)`` and ``torch.optim.SGD``. Parameters: bias (1,), weight (1, 1)."""

    optimizer = "SGD"

    def init(self) -> Parameters:
        return {"bias": torch.tensor([-3.0]), "weight": torch.tensor([[5.0]])}

    def step1(self, p: Parameters, data: Data) -> Tensor:
        return torch.nn.functional.linear(data.x, p["weight"], p["bias"])
