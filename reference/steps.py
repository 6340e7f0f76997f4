"""Assignment ``steps``, week 4: step 1~4 and their other forms, each from (ŵ0, ŵ1) = (-5, 10)."""

from types import SimpleNamespace

import torch
from torch import Tensor

from grader.training import Data, Parameters, Training


def data(seed: int = 43052) -> Data:
    """Give x (100, 1), y (100, 1) and X = [1 x] (100, 2), float32, as the recipe of the CSV draws them."""
    seeded = torch.Generator().manual_seed(seed)
    x, _ = torch.randn(100, generator=seeded).sort()
    eps = torch.randn(100, generator=seeded) * 0.5
    y = 2.5 + 4 * x + eps
    x, y = x.reshape(100, 1), y.reshape(100, 1)
    return SimpleNamespace(x=x, y=y, X=torch.concat([torch.ones(100, 1), x], dim=1))


def files(seed: int) -> dict[str, str]:
    """Give the CSV's text by its name, drawn under another seed; the course's own is 43052."""
    drawn = data(seed)
    rows = zip(drawn.x.flatten().tolist(), drawn.y.flatten().tolist(), strict=True)
    return {"2022-09-22-regression.csv": "x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows)}


class MSE(Training):
    """Step 1~4 with the mean squared error. Parameters: What (2, 1)."""

    def init(self) -> Parameters:
        return {"What": torch.tensor([[-5.0], [10.0]])}

    def step1(self, p: Parameters, data: Data) -> Tensor:
        yhat: Tensor = data.X @ p["What"]
        return yhat

    def step2(self, yhat: Tensor, data: Data) -> Tensor:
        return torch.mean((data.y - yhat) ** 2)


class SSE(MSE):
    """The same with the sum of squares, which wants a learning rate a hundred times smaller."""

    lr = 1 / 1000

    def step2(self, yhat: Tensor, data: Data) -> Tensor:
        return torch.sum((data.y - yhat) ** 2)


class NetBiasTrain(MSE):
    """Step 1 by ``torch.nn.Linear(1, 1)`` on x. Parameters: bias (1,), weight (1, 1)."""

    def init(self) -> Parameters:
        return {"bias": torch.tensor([-5.0]), "weight": torch.tensor([[10.0]])}

    def step1(self, p: Parameters, data: Data) -> Tensor:
        return torch.nn.functional.linear(data.x, p["weight"], p["bias"])


class NetNobiasTrain(MSE):
    """Step 1 by ``torch.nn.Linear(2, 1, bias=False)`` on X. Parameters: weight (1, 2)."""

    def init(self) -> Parameters:
        return {"weight": torch.tensor([[-5.0, 10.0]])}

    def step1(self, p: Parameters, data: Data) -> Tensor:
        return torch.nn.functional.linear(data.X, p["weight"])


class SgdBias(NetBiasTrain):
    """Step 4 by the optimizer, on the parameters of ``Linear(1, 1)``."""

    optimizer = "SGD"


class SgdNobias(NetNobiasTrain):
    """Step 4 by the optimizer, on the parameter of ``Linear(2, 1, bias=False)``."""

    optimizer = "SGD"


class SgdWhat(MSE):
    """Step 4 by the optimizer, on a bare tensor."""

    optimizer = "SGD"


class SgdScalars(MSE):
    """Step 4 by the optimizer, on two scalars. Parameters: b (), w ()."""

    optimizer = "SGD"

    def init(self) -> Parameters:
        return {"b": torch.tensor(-5.0), "w": torch.tensor(10.0)}

    def step1(self, p: Parameters, data: Data) -> Tensor:
        yhat: Tensor = p["b"] + p["w"] * data.x
        return yhat
