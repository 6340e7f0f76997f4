"""Assignment ``steps``, week 4: the questions that ask for values, each from the data of ``steps.data``."""

from collections.abc import Callable
from typing import Any

import torch

from grader.training import Data


def seeded(in_features: int, dtype: torch.dtype, *, bias: bool = True) -> torch.nn.Linear:
    """Give the network made after ``torch.manual_seed(43052)``, and leave the random stream as it was.

    Other numbers are drawn where float64 is the default dtype.
    """
    with torch.random.fork_rng(devices=[]):
        # torch.manual_seed remembers the call stack for every kind of GPU, which takes 100 times as long.
        torch.default_generator.manual_seed(43052)
        return torch.nn.Linear(in_features, 1, bias=bias, dtype=dtype)


def tensors(data: Data) -> dict[str, Any]:
    """Give x, y and X."""
    return vars(data)


def net_bias(data: Data, dtype: torch.dtype = torch.float32) -> dict[str, Any]:
    """Give the two parameters of ``Linear(1, 1)`` and its line on x."""
    net = seeded(1, dtype)
    return {"net.bias": net.bias.data, "net.weight": net.weight.data, "yhat": net(data.x.to(dtype)).data}


def net_nobias(data: Data, dtype: torch.dtype = torch.float32) -> dict[str, Any]:
    """Give the parameter of ``Linear(2, 1, bias=False)`` and its line on X; ``None``: no bias."""
    net = seeded(2, dtype, bias=False)
    return {"net.weight": net.weight.data, "net.bias": None, "yhat": net(data.X.to(dtype)).data}


def net_wrong(data: Data, dtype: torch.dtype = torch.float32) -> dict[str, Any]:
    """Give what the pitfalls come to: the line of the reshaped ``_x``, and the bias nobody asked for."""
    _x = data.x.to(dtype).reshape(-1)
    return {"yhat": seeded(1, dtype)(_x.reshape(100, 1)).data, "extra_bias": seeded(2, dtype).bias.item()}


def parameters(
    data: Data,  # noqa: ARG001 - called like its neighbours
    dtype: torch.dtype = torch.float32,
) -> dict[str, Any]:
    """Give what ``net.parameters()`` is: an iterator over weight and bias that is used up after them."""
    net = seeded(1, dtype)
    return {
        "first": net.weight.data,
        "second": net.bias.data,
        "third": "StopIteration",
        "method_is_iterable": False,
        "call_is_iterable": True,
        "message": "optimizer got an empty parameter list",
    }


def in_double(form: Callable[[Data, torch.dtype], dict[str, Any]]) -> Callable[[Data], dict[str, Any]]:
    """Give the same after ``torch.set_default_dtype(torch.float64)``."""
    return lambda data: form(data, torch.float64)


net_bias_in_double, net_nobias_in_double = in_double(net_bias), in_double(net_nobias)
net_wrong_in_double, parameters_in_double = in_double(net_wrong), in_double(parameters)
