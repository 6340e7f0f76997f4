"""Values that follow from what is a student's own: written as trees of operations, not as numbers.

``Tape`` watches a reference function compute on data it knows and gives each result's tree; ``evaluate``
computes a tree on other data. Both know the operations below and no others: nothing else can be in a kit, and
what is read from one can do nothing else.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from grader.expectations import standard_normals
from grader.kit.numbers import DTYPES, MOST, read_tensor, write_tensor
from grader.training import Data

Tree: TypeAlias = Any  # JSON: a number, or a dict with one of the keys ``data tensor dtype list call of``

OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "rsub": lambda a, b: b - a,
    "mul": operator.mul,
    "div": operator.truediv,
    "rdiv": lambda a, b: b / a,
    "pow": operator.pow,
    "neg": operator.neg,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "abs": torch.abs,
    "square": torch.square,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softplus": torch.nn.functional.softplus,
    "sum": torch.sum,
    "mean": torch.mean,
    "msort": torch.msort,
    "flatten": torch.flatten,
    "reshape": torch.reshape,
    "to": Tensor.to,
    "float": float,
    "item": Tensor.item,
    "standard_normals": standard_normals,
}
#: The functions among them that can stand for a student's own function of one tensor.
FUNCTIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    name: OPERATIONS[name] for name in ("sigmoid", "tanh", "relu", "exp", "log", "sqrt", "abs", "square")
}
DEEPEST, LARGEST = 40, 500  # levels and operations of one tree


class Tape(TorchFunctionMode):
    """Watches, while it is entered, what is made of data; ``tree`` tells it afterwards.

    ``own`` are the data it follows, by name. Whoever computes with them must take them from ``data``, where
    numbers and functions are such that they are known again.
    """

    def __init__(self, own: Mapping[str, Any]) -> None:
        super().__init__()
        self._trees: dict[int, tuple[Any, Tree]] = {}
        self.data = {name: self._followed(name, value) for name, value in own.items()}

    def tree(self, value: Any) -> Tree | None:
        """Give how ``value`` was made of the data; ``None`` if it was not, or by another operation."""
        _, tree = self._trees.get(id(value), (None, None))
        return tree

    def _followed(self, name: str, value: Any) -> Any:
        if callable(value):
            return lambda given: self._known(value(given), {"call": name, "of": [self._argument(given)]})
        if isinstance(value, int):
            value = _Number(value)
        return self._known(value, {"data": name})

    def _known(self, value: Any, tree: Tree) -> Any:
        self._trees[id(value)] = value, tree  # held on to, so that its id stays its own
        return value

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Compute as torch would, and note what came of what. Called by torch."""
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        name = str(getattr(func, "__name__", "")).strip("_")
        if name in OPERATIONS and any(id(arg) in self._trees for arg in args):
            try:
                tree: dict[str, Any] = {"call": name, "of": [self._argument(arg) for arg in args]}
                if kwargs:
                    tree["with"] = {key: self._argument(arg) for key, arg in kwargs.items()}
            except ValueError:  # an argument that no kit can carry
                return result
            self._known(result, tree)
        return result

    def _argument(self, value: Any) -> Tree:
        if (tree := self.tree(value)) is not None:
            return tree
        match value:
            case Tensor():
                return {"tensor": write_tensor(value)}
            case torch.dtype():
                return {"dtype": str(value)[6:]}
            case bool() | int() | float() | None:
                return value
            case tuple() | list():
                return {"list": [self._argument(item) for item in value]}
        raise ValueError(f"an argument of type {type(value).__name__}")


class _Number(int):
    """A number that is the same object wherever it is handed on: Python shares small ones."""


def evaluate(tree: Tree, data: Data) -> Any:
    """Compute a tree on ``data``.

    Raises ``ValueError``, ``KeyError``, ``TypeError`` or ``RuntimeError`` for a tree that is none, or whose
    operations do not fit the data.
    """
    left = LARGEST

    def value(tree: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if depth > DEEPEST or left < 0:
            raise ValueError("a formula that is too long")
        match tree:
            case int() if abs(tree) > MOST:  # so many numbers could be asked for
                raise ValueError("a formula whose numbers are too large")
            case bool() | int() | float() | None:
                return tree
            case {"data": str(name)}:
                return vars(data)[name]
            case {"tensor": written}:
                return read_tensor(written)
            case {"dtype": str(name)}:
                return DTYPES[name]
            case {"list": [*items]}:
                return [value(item, depth + 1) for item in items]
            case {"call": str(name), "of": [*items]}:
                function = OPERATIONS[name] if name in OPERATIONS else vars(data)[name]
                named = {key: value(item, depth + 1) for key, item in tree.get("with", {}).items()}
                return _bounded(function(*(value(item, depth + 1) for item in items), **named))
        raise ValueError("not a formula")

    return value(tree, 0)


def _bounded(result: Any) -> Any:
    if isinstance(result, Tensor) and result.numel() > MOST:
        raise ValueError("a formula whose result is too large")
    return result


def names_in(tree: Tree) -> set[str]:
    """Give the names of the data that a tree, or JSON with trees in it, computes with."""
    if isinstance(tree, list):
        return set().union(*map(names_in, tree))
    if not isinstance(tree, dict):
        return set()
    own = {tree[key] for key in ("data", "call") if isinstance(tree.get(key), str)} - OPERATIONS.keys()
    return own.union(*map(names_in, tree.values()))
