"""Tensors as plain JSON: dtype, shape, numbers; every number in the fewest digits that give it back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

MOST = 100_000  # numbers of one tensor
DTYPES = {
    str(dtype)[6:]: dtype
    for dtype in (
        torch.float16, torch.float32, torch.float64,
        torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool,
    )
}  # fmt: skip


def write_tensor(tensor: Tensor) -> dict[str, Any]:
    """Write a tensor; ``read_tensor`` gives it back bit for bit. Raises ``ValueError`` for one it cannot."""
    dtype = str(tensor.dtype)[6:]
    if dtype not in DTYPES or tensor.numel() > MOST:
        raise ValueError(f"a tensor of {tensor.numel()} numbers of {dtype}")
    numbers = [_shortest(number) for number in tensor.detach().flatten().numpy()]
    return {"dtype": dtype, "shape": list(tensor.shape), "numbers": numbers}


def read_tensor(written: Any) -> Tensor:
    """Read a tensor. Raises ``ValueError``, ``KeyError`` or ``TypeError`` for what is none."""
    numbers, shape = written["numbers"], [int(size) for size in written["shape"]]
    if len(numbers) > MOST or len(numbers) != math.prod(shape) or min(shape, default=0) < 0:
        raise ValueError("numbers that do not fill their shape")
    numbers = [float(number) if isinstance(number, str) else number for number in numbers]
    return torch.tensor(numbers, dtype=DTYPES[written["dtype"]]).reshape(shape)


def _shortest(number: np.generic) -> Any:
    """Give a number as JSON has it; those it does not have by their names."""
    if not isinstance(number, np.floating):
        return number.item()
    if not math.isfinite(number):
        return str(number.item())
    short = float(str(number))
    return int(short) if short.is_integer() and abs(short) < 2**53 and math.copysign(1, short) > 0 else short
