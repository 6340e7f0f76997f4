"""Assignment ``tensors``, week 4, the optional part: shapes, dtypes, matrix products, broadcasting, numpy."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.expectations import Either, Raises
from grader.training import Data

SHAPES_DIFFER = "cannot be multiplied ({} and {})"


INTEGERS = ("int64", "int32", "int16", "int8", "uint8")
FLOATS = ("float32", "float64", "float16")


def data() -> Data:
    """Give the column x of the course's CSV, (100,) float64, from the recipe that made it."""
    seeded = torch.Generator().manual_seed(43052)
    x, _ = torch.randn(100, generator=seeded).sort()
    return SimpleNamespace(x=x.to(torch.float64))


def shapes(data: Data) -> dict[str, Any]:  # noqa: ARG001 - called like its neighbours
    """Give a vector of length three, and the two ways to make a column and a row of it."""
    a = torch.tensor([1, 2, 3])
    column, row = a.reshape(3, 1), a.reshape(1, 3)
    return {"a": a, "col1": column, "col2": column, "row1": row, "row2": row}


def dtypes(data: Data) -> dict[str, Any]:  # noqa: ARG001
    """Give the dtypes that torch chooses, and float32 from integers in three ways."""
    floats = torch.tensor([1.0, 2.0])
    return {"d_float": "float32", "d_int": "int64", "t1": floats, "t2": floats, "t3": floats}


def mixed(data: Data) -> dict[str, Any]:  # noqa: ARG001
    """Give what comes of operations between integers and floats."""
    return {
        "minus": torch.tensor([0.0, 0.0]),
        "both_int": _in_any(INTEGERS, torch.tensor([[1], [2]])),
        "both_float": _in_any(FLOATS, torch.tensor([[1.0], [2.0]])),
        "error1": _dtypes_differ(unless="got: long"),
        "error2": _dtypes_differ(unless="got: float"),
    }


def matmul(data: Data) -> dict[str, Any]:  # noqa: ARG001
    """Give the products of A with a row, a column and a vector, on the side where they can stand."""
    a = torch.tensor([[2.0, 0.0], [0.0, 3.0]])
    row = torch.tensor([[-1.0, -5.0]])
    return {
        "b1_A": row @ a,
        "A_b2": a @ row.T,
        "A_b3": a @ row[0],
        "b3_A": row[0] @ a,
        "error3": Raises("RuntimeError", SHAPES_DIFFER.format("2x2", "1x2")),
        "error4": Raises("RuntimeError", SHAPES_DIFFER.format("2x1", "2x2")),
    }


def broadcast(data: Data) -> dict[str, Any]:  # noqa: ARG001
    """Give what broadcasting makes of a vector, a column and a number, and of two that ought not to meet."""
    a = torch.tensor([1, 2, 3])
    b = a.reshape(3, 1)
    return {"a_1": a - 1, "b_1": b - 1, "trap": a - b, "plus": a + 10, "safe": torch.zeros(3, 1)}


def csv(data: Data) -> dict[str, Any]:
    """Give the column as it is read and as the lecture goes on with it."""
    return {"raw": data.x, "x": data.x.to(torch.float32).reshape(100, 1)}


def numpy(data: Data) -> dict[str, Any]:  # noqa: ARG001
    """Give arrays and their counterparts."""
    return {
        "n_range": _array_in_any(INTEGERS, np.arange(10)),
        "t_range": _in_any(INTEGERS, torch.arange(10)),
        "n_lin": _array_in_any(FLOATS, np.linspace(0, 1, 10)),
        "t_lin": _in_any(FLOATS, torch.linspace(0, 1, 10)),
        "n_digits": np.array([3.123456789]),
        "t_digits": torch.tensor([3.123456789]),
    }


def _dtypes_differ(unless: str) -> Either:
    """Give what torch says of two dtypes, of matrices or vectors; of matrices also which is first."""
    return Either(*(Raises("RuntimeError", says, unless) for says in ("same dtype", "scalar type")))


def _in_any(dtypes: Sequence[str], value: Tensor) -> Either:
    """Give a tensor that is right in any of these dtypes: the prompt says no more than integer or float."""
    return Either(value, *(value.to(getattr(torch, dtype)) for dtype in dtypes))


def _array_in_any(dtypes: Sequence[str], value: np.ndarray) -> Either:
    """Give the same for an array."""
    return Either(value, *(value.astype(dtype) for dtype in dtypes))
