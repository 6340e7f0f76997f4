"""How expected and given values are shown in a report."""

from __future__ import annotations

from types import NoneType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.checks.finding import shown, shown_numbers
from grader.expectations import Bernoulli, Either, Form, Function, Raises
from grader.recording import Value
from grader.records import Shown

#: What a recording calls the kinds of plain values: what was expected and what came are to be told alike.
_KINDS = {int: "number", bool: "number", str: "text", NoneType: "none"}


def show(expected: Any) -> Shown | None:  # noqa: PLR0911 - one for each kind
    """Show what was expected; ``None`` where there is no single value to show."""
    match expected:
        case Tensor():
            return shown(expected)
        case np.ndarray():
            value = shown(torch.from_numpy(expected))
            return Shown("array", value.value, expected.shape, str(expected.dtype))
        case Either():
            return show(expected.answers[0])
        case Raises():
            return Shown("exception", expected.name)
        case Function() | Bernoulli() | Form():
            return None
        case float():
            return shown_numbers([expected])
    return Shown(_KINDS.get(type(expected), type(expected).__name__), expected)


def given(value: Value) -> Shown:
    """Show what the student has."""
    if value.tensor is not None:
        return Shown(value.kind, shown(value.tensor).value, value.shape, value.dtype)
    return Shown(value.kind, plain(value), value.shape, value.dtype)


def plain(value: Value) -> Any:
    """Give a value as a report's JSON can hold it."""
    if value.kind == "sequence":
        return f"{value.type}({value.shape[0] if value.shape else '?'})"
    if value.tensor is not None:
        return shown(value.tensor).value
    return value.plain if value.kind in ("number", "text") else value.type


def kind(value: Value) -> str:
    """Name what was found as Python does."""
    if value.kind == "array":
        return f"numpy.{value.type}" if value.type == "ndarray" else value.type or "numpy.ndarray"
    return {"tensor": "torch.Tensor", "text": "str", "none": "None"}.get(value.kind, value.type or value.kind)
