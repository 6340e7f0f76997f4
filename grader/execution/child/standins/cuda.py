"""Notebooks that train on a GPU are run on the CPU, which gives the same numbers to within rounding.

Names of CUDA devices in a cell (``"cuda"``, ``"cuda:0"``) become ``"cpu"`` as they are evaluated, and what
moves something to a GPU leaves it where it is. ``torch.cuda.is_available()`` stays False, so that notebooks
which ask first take the way they would take on any laptop. Nothing watches torch at run time: a notebook that
never asks for a GPU is not slowed down and not changed.
"""

from __future__ import annotations

import ast
import re
import time
from typing import Any

import torch

from grader.execution.child.notes import note
from grader.execution.child.standins.rewriting import call

DEVICE = re.compile(r"cuda(:\d+)?|torch\.cuda\.\w+Tensor")

#: Calls whose ``"cuda"`` says what is to be cast: on the CPU they would cast to another type than on a GPU,
#: and without one they do nothing, which is what exactness asks for.
CASTS = {"autocast", "GradScaler"}

_asked = False


def install(shell: Any) -> None:
    """Let cells ask for a GPU and get the CPU."""
    shell.ast_transformers.append(_OnCPU())
    # The two methods apart: torch.compile, which every optimizer imports, takes no function for two names.
    torch.Tensor.cuda = _tensor_stays  # type: ignore[method-assign]
    torch.nn.Module.cuda = _module_stays  # type: ignore[method-assign]


def asked() -> None:
    """Note that the running cell has asked for a GPU."""
    global _asked  # noqa: PLW0603 - there is one kernel in a process
    _asked = True
    note("cuda")


def device(name: Any) -> Any:
    """Give the CPU's name for a GPU's. Called from rewritten cells."""
    if not isinstance(name, str) or not DEVICE.fullmatch(name):
        return name
    asked()
    return name.replace("torch.cuda.", "torch.") if name.startswith("torch") else "cpu"


def compared(name: str) -> str:
    """Give a device's name as something is compared with it: by then everything is on the CPU."""
    return "cpu" if _asked else name


def is_cuda(tensor: Any) -> Any:
    """Answer ``tensor.is_cuda`` as it would be answered where there is a GPU."""
    return _asked or tensor.is_cuda


def of_torch(name: str) -> Any:
    """Give what does for ``torch.cuda.<name>`` on the CPU: of ``FloatTensor`` torch's own."""
    asked()
    return INSTEAD[name] if name in INSTEAD else getattr(torch, name)


def _tensor_stays(self: Any, *_: Any, **__: Any) -> Any:
    asked()
    return self


def _module_stays(self: Any, *_: Any, **__: Any) -> Any:
    asked()
    return self


def _nothing(*_: Any, **__: Any) -> None:
    """Do what there is to do without a GPU."""


class Event:
    """Measures time as ``torch.cuda.Event`` does, in milliseconds."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self._time = 0.0

    def record(self, *_: Any) -> None:
        """Take the time."""
        self._time = time.perf_counter()

    def synchronize(self) -> None:
        """Do nothing: the CPU does not run ahead."""

    def elapsed_time(self, end: Event) -> float:
        """Give the milliseconds from this event to ``end``."""
        return 1000 * (end._time - self._time)


#: What of ``torch.cuda`` raises without a GPU, and what does for it.
INSTEAD = {
    "synchronize": _nothing,
    "set_device": _nothing,
    "reset_peak_memory_stats": _nothing,
    "current_device": lambda: 0,
    "get_device_name": lambda *_: "CPU",
    "Event": Event,
}


class _OnCPU(ast.NodeTransformer):
    """Rewrites the names of devices where they can be used as such."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return self._call("device", node, node) if _is_device(node) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        first = node.values[0] if node.values else None
        if not isinstance(first, ast.Constant) or not str(first.value).startswith("cuda"):
            return node
        return self._call("device", node, node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        sides = [self._side(side) for side in (node.left, *node.comparators)]
        node.left, node.comparators = sides[0], sides[1:]
        return node

    def _side(self, side: ast.expr) -> ast.expr:
        return self._call("compared", side, side) if _is_device(side) else self.visit(side)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            return node
        if node.attr == "is_cuda":
            return self._call("is_cuda", node, node.value)
        is_type = node.attr.endswith("Tensor") and hasattr(torch, node.attr)
        if (node.attr in INSTEAD or is_type) and ast.unparse(node.value) == "torch.cuda":
            return self._call("of_torch", node, ast.copy_location(ast.Constant(node.attr), node))
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = getattr(node.func, "id", getattr(node.func, "attr", None))
        node.func = self.visit(node.func)
        if name not in CASTS:
            plain = name == "print"  # what is only shown is shown as it was written
            node.args = [arg if plain and _is_device(arg) else self.visit(arg) for arg in node.args]
            for keyword in node.keywords:
                keyword.value = self.visit(keyword.value) if keyword.arg != "device_type" else keyword.value
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.Expr:
        return node if isinstance(node.value, ast.Constant) else self._visited(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        node.value = self.visit(node.value)
        node.slice = node.slice if isinstance(node.slice, ast.Constant) else self.visit(node.slice)
        return node

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        node.values = [self.visit(value) for value in node.values]
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def _visited(self, node: ast.Expr) -> ast.Expr:
        self.generic_visit(node)
        return node

    @staticmethod
    def _call(function: str, at: ast.expr, argument: ast.expr) -> ast.expr:
        return ast.fix_missing_locations(ast.copy_location(call(__name__, function, argument), at))


def _is_device(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(DEVICE.fullmatch(node.value))
    )
