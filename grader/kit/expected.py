"""What a values question expects, as plain JSON and back: numbers, formulas, or the form alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.expectations import Bernoulli, Either, Form, Function, Raises
from grader.kit.formulas import FUNCTIONS, Tape, evaluate
from grader.kit.numbers import read_tensor, write_tensor
from grader.training import Data

TRIED = 9  # inputs a public function check has
REACH = 2.0  # they lie between -REACH and REACH, where the functions of the course are tame


@dataclass(frozen=True)
class Writer:
    """Writes expected values down. ``tape`` has seen them made; without ``numbers`` forms alone are told."""

    tape: Tape
    numbers: bool

    def write(self, value: Any) -> Any:
        """Give a value as JSON. Raises ``ValueError`` for one that no kit can carry."""
        if not self.numbers:
            return _form(value)
        if (tree := self.tape.tree(value)) is not None:
            return {"formula": tree}
        match value:
            case Either():
                return {"either": [self.write(answer) for answer in value.answers]}
            case Function():
                return self._function(value, public_inputs(value))
            case Bernoulli():
                return {"bernoulli": self.write(value.probability)}
        return _numbers(value)

    def call(self, value: Function) -> dict[str, Any]:
        """Write a function that is called on inputs that need not be hidden."""
        return self._function(value, value.inputs)

    def _function(self, value: Function, inputs: Tensor) -> dict[str, Any]:
        tree = self.tape.tree(inputs)
        out = {"inputs": {"tensor": write_tensor(inputs)} if tree is None else {"formula": tree}}
        if (name := function_name(value.reference)) is not None:
            return {"function": {"name": name, **out}}
        outputs = value.reference(inputs.to(torch.float64))
        return {"function": {"outputs": write_tensor(outputs), **out}}


def read(written: Any, data: Data) -> Any:
    """Give an expected value as it is on ``data``.

    Raises ``ValueError``, ``KeyError``, ``TypeError``, ``AttributeError`` or ``RuntimeError``: it is none.
    """
    ((kind, inner),) = written.items()
    return _READERS[kind](inner, data)


def in_order(written: Any, value: Any, order: Tensor | None) -> Any:
    """Give what ``read`` made, numbers with their rows in another order: formulas follow the data anyway."""
    match written:
        case {"either": answers}:
            pairs = zip(answers, value.answers, strict=True)
            return Either(*(in_order(one, answer, order) for one, answer in pairs))
        case {"tensor": _} | {"array": _} if order is not None and value.ndim and len(value) == len(order):
            return value[order.numpy()]
    return value


def _read_function(inner: Mapping[str, Any], data: Data) -> Function:
    inputs = read(inner["inputs"], data)
    if not isinstance(inputs, Tensor):
        raise TypeError("inputs that are no tensor")
    if "name" in inner:
        return Function(FUNCTIONS[inner["name"]], inputs)
    outputs = read_tensor(inner["outputs"])
    return Function(lambda _: outputs, inputs)


def public_inputs(function: Function) -> Tensor:
    """Give inputs of the same kind as the hidden ones, which are for everybody to see."""
    shape = function.inputs.shape
    if not shape:
        return torch.tensor(REACH / 4)
    rest = torch.Size(shape[1:])
    return torch.linspace(-REACH, REACH, TRIED * rest.numel()).reshape(TRIED, *rest)


def function_name(function: Any) -> str | None:
    """Name a function of one tensor that the engine knows too; it is known by what it gives."""
    tried = torch.linspace(0.5, 1.5, TRIED, dtype=torch.float64)
    given = function(tried)
    if not isinstance(given, Tensor) or given.shape != tried.shape:
        return None
    same = (name for name, known in FUNCTIONS.items() if torch.allclose(known(tried), given, rtol=1e-12))
    return next(same, None)


def _read_form(inner: Mapping[str, Any], _: Data) -> Form:
    shape, dtype = inner["shape"], inner["dtype"]
    return Form(
        str(inner["kind"]),
        None if shape is None else tuple(map(int, shape)),
        None if dtype is None else str(dtype),
    )


def _read_plain(inner: Any, _: Data) -> Any:
    if inner is None or isinstance(inner, bool | int | float | str):
        return inner
    raise TypeError("not a plain value")


_READERS: Mapping[str, Callable[[Any, Data], Any]] = {
    "formula": evaluate,
    "either": lambda inner, data: Either(*(read(answer, data) for answer in inner)),
    "function": _read_function,
    "bernoulli": lambda inner, data: Bernoulli(read(inner, data)),
    "tensor": lambda inner, _: read_tensor(inner),
    "array": lambda inner, _: read_tensor(inner).numpy(),
    "raises": lambda inner, _: Raises(str(inner["name"]), str(inner["says"]), str(inner.get("unless", ""))),
    "form": _read_form,
    "plain": _read_plain,
}


def _numbers(value: Any) -> dict[str, Any]:
    """Write a value that is the same for everybody."""
    match value:
        case Tensor():
            return {"tensor": write_tensor(value)}
        case np.ndarray():
            return {"array": write_tensor(torch.from_numpy(value))}
        case Raises():
            return {"raises": {"name": value.name, "says": value.says, "unless": value.unless}}
        case None | bool() | int() | float() | str():
            return {"plain": value}
    raise ValueError(f"an expected value of type {type(value).__name__}")


def _form(value: Any) -> dict[str, Any]:
    """Write the form of a value; that nothing, or an error, is expected is no secret number."""
    if isinstance(value, Either):
        return _common_form([_form(answer) for answer in value.answers])
    if value is None or isinstance(value, Raises):
        return _numbers(value)
    return {"form": _form_of(value)}


def _common_form(forms: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Give the form of several right answers: what is not common to all is open."""
    first = forms[0].get("form")
    if first is None or any("form" not in form for form in forms):
        return forms[0]
    same = {key: all(form["form"][key] == first[key] for form in forms) for key in first}
    return {"form": {key: first[key] if same[key] or key == "kind" else None for key in first}}


def _form_of(value: Any) -> dict[str, Any]:
    kinds = {Function: "function", bool: "truth", int: "number", float: "number", str: "text"}
    shape, dtype = None, None
    if isinstance(value, Bernoulli):
        kind, shape, dtype = "tensor", value.probability.shape, "float32"
    elif isinstance(value, Tensor):
        kind, shape, dtype = "tensor", value.shape, str(value.dtype)[6:]
    elif isinstance(value, np.ndarray):
        kind, shape, dtype = "array", value.shape, str(value.dtype)
    else:
        kind = next(name for known, name in kinds.items() if isinstance(value, known))
    return {"kind": kind, "shape": None if shape is None else list(shape), "dtype": dtype}
