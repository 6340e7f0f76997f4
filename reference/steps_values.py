"""Assignment ``steps``, week 4: the questions that ask for values, each from the data of ``steps.data``."""

from typing import Any

import torch

from grader.training import Data


def seeded(in_features: int, *, bias: bool = True) -> torch.nn.Linear:
    """Give the network made after ``torch.manual_seed(43052)``, and leave the random stream as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(43052)
        return torch.nn.Linear(in_features, 1, bias=bias)


def tensors(data: Data) -> dict[str, Any]:
    """Give x, y and X."""
    return vars(data)


def net_bias(data: Data) -> dict[str, Any]:
    """Give the two parameters of ``Linear(1, 1)`` and its line on x."""
    net = seeded(1)
    return {"net.bias": net.bias.data, "net.weight": net.weight.data, "yhat": net(data.x).data}


def net_nobias(data: Data) -> dict[str, Any]:
    """Give the parameter of ``Linear(2, 1, bias=False)`` and its line on X; ``None``: no bias."""
    net = seeded(2, bias=False)
    return {"net.weight": net.weight.data, "net.bias": None, "yhat": net(data.X).data}


def net_wrong(data: Data) -> dict[str, Any]:
    """Give what the pitfalls come to: the line of the reshaped ``_x``, and the bias nobody asked for."""
    _x = data.x.reshape(-1)
    return {"yhat": seeded(1)(_x.reshape(100, 1)).data, "extra_bias": seeded(2).bias.item()}


def parameters(data: Data) -> dict[str, Any]:  # noqa: ARG001 - called like its neighbours
    """Give what ``net.parameters()`` is: an iterator over weight and bias that is used up after them."""
    net = seeded(1)
    return {
        "first": net.weight.data,
        "second": net.bias.data,
        "third": "StopIteration",
        "method_is_iterable": False,
        "call_is_iterable": True,
        "message": "optimizer got an empty parameter list",
    }
