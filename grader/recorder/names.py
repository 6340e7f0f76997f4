"""What the student calls a tensor: the names of the namespace and of the calling frames."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import torch

TORCH = os.path.dirname(torch.__file__) + os.sep  # noqa: PTH120 - compared with co_filename on every backward
OURS = os.path.dirname(__file__) + os.sep  # noqa: PTH120 - as above
MOST = 5_000  # names looked at; a namespace of a million lists must not stop the kernel
ITEMS = 50  # items of a list or attributes of an object that are looked into
DEPTH = 2  # a list of layers in an attribute, no deeper
MODULES = 200  # modules within one module
HIDDEN = re.compile(r"_+|_i+|_i?\d+|_[ido]h|In|Out|get_ipython|exit|quit|open|__\w+__")


def student_frames() -> Iterator[FrameType]:
    """Give the frames of student code that led here, innermost first; torch's and ours are passed over."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to the caller's frame
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(TORCH) and not file.startswith(OURS):
            yield frame
        frame = frame.f_back


def visible(namespace: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the student's own names; IPython's are left out."""
    for name, value in list(namespace.items())[:MOST]:
        if type(name) is str and not HIDDEN.fullmatch(name):
            yield name, value


def tensors_in(namespace: dict[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    """Give every tensor within reach under a dotted name: ``What``, ``net.weight``, ``params[0]``."""
    left = MOST
    for name, value in visible(namespace):
        for found in _tensors(name, value, 0):
            yield found
            left -= 1
            if left <= 0:
                return


def _tensors(name: str, value: Any, depth: int) -> Iterator[tuple[str, torch.Tensor]]:
    kind = type(value)
    if issubclass(kind, torch.Tensor):
        yield name, value
    elif issubclass(kind, torch.nn.Module):
        yield from _of_module(name, value, set())
    elif depth < DEPTH:
        for inner, item in _inside(value, kind):
            yield from _tensors(name + inner, item, depth + 1)


def _of_module(name: str, module: Any, seen: set[int]) -> Iterator[tuple[str, torch.Tensor]]:
    """Give a module's parameters, buffers and other tensors; its own methods are not asked."""
    seen.add(id(module))
    attributes = _attributes(module)
    for table in (attributes.get("_parameters"), attributes.get("_buffers"), attributes):
        for key, value in list(table.items()) if isinstance(table, dict) else ():
            if issubclass(type(value), torch.Tensor):
                yield f"{name}.{key}", value
    inner = attributes.get("_modules")
    for key, value in list(inner.items()) if isinstance(inner, dict) else ():
        if issubclass(type(value), torch.nn.Module) and id(value) not in seen and len(seen) < MODULES:
            yield from _of_module(f"{name}.{key}", value, seen)


def _inside(value: Any, kind: type) -> Iterator[tuple[str, Any]]:
    """Give what a container or an object of a class made in the notebook holds."""
    if kind is list or kind is tuple:
        if len(value) <= ITEMS:
            yield from ((f"[{i}]", item) for i, item in enumerate(list(value)))
    elif kind is dict:
        if len(value) <= ITEMS:
            keys = [key for key in value if type(key) in (str, int)]
            yield from ((f"[{key!r}]", value[key]) for key in keys)
    elif kind.__module__ == "__main__":
        yield from ((f".{key}", item) for key, item in list(_attributes(value).items())[:ITEMS])


def _attributes(value: Any) -> dict[str, Any]:
    """Give an object's attributes without asking it."""
    try:
        attributes = object.__getattribute__(value, "__dict__")
    except Exception:  # noqa: BLE001 - an object without any, or a property that raises
        return {}
    return attributes if type(attributes) is dict else {}
