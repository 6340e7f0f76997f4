"""The numbers that a value of the student's is, whatever kind of thing holds them."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.recording import Value


def as_tensor(value: Value) -> Tensor | None:
    """Give the numbers of a tensor, an array, a number, or a list of these or of lists."""
    if value.kind == "number":
        return torch.tensor(float(value.plain))
    if value.kind != "sequence" or not value.plain:
        return value.tensor
    rows = [row for item in value.plain if (row := as_tensor(item)) is not None and not row.is_complex()]
    if len(rows) < len(value.plain) or len({row.shape for row in rows}) > 1:
        return None
    return torch.stack([row.to(torch.float32) for row in rows])


def single(value: Value) -> float | None:
    """Give the one number that a number, or a tensor, array or list of one element, is."""
    if value.kind == "number":
        return float(value.plain)
    if value.kind == "sequence" and value.plain and len(value.plain) == 1:
        return single(value.plain[0])
    if value.tensor is not None and value.tensor.numel() == 1 and not value.tensor.is_complex():
        return float(value.tensor)
    return None


def same_tensor(one: object, other: object) -> bool:
    """Tell whether two are tensors of one shape and of the same numbers, of whatever dtypes."""
    return (
        isinstance(one, Tensor)
        and isinstance(other, Tensor)
        and one.shape == other.shape
        and bool(torch.equal(one.to(torch.float64), other.to(torch.float64)))
    )
