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
OURS = os.path.dirname(__file__) + os.sep  # noqa: PTH120
MOST = 5_000  # names looked at; a namespace of a million lists must not stop the kernel
ITEMS = 50  # items of a list or attributes of an object that are looked into
HIDDEN = re.compile(r"_+|_i+|_i?\d+|_[ido]h|In|Out|get_ipython|exit|quit|open|__\w+__")


def student_frames() -> Iterator[FrameType]:
    """Give the frames of student code that led here, innermost first; torch's and ours are passed over."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(TORCH) and not file.startswith(OURS):
            yield frame
        frame = frame.f_back


def visible(namespace: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the student's own names; IPython's are left out."""
    for name, value in list(namespace.items())[:MOST]:
        if isinstance(name, str) and not HIDDEN.fullmatch(name):
            yield name, value


def tensors_in(namespace: dict[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    """Give every tensor within reach of a namespace under a dotted name: ``What``, ``net.weight``, ``params[0]``."""
    left = MOST
    for name, value in visible(namespace):
        for found in _tensors(name, value, 0):
            yield found
            left -= 1
            if left <= 0:
                return


def _tensors(name: str, value: Any, depth: int) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        yield name, value
    elif isinstance(value, torch.nn.Module):
        for inner, parameter in value.named_parameters():
            yield f"{name}.{inner}", parameter
    elif depth < 2:  # noqa: PLR2004 - a list of layers in an attribute, no deeper
        for inner, item in _inside(value):
            yield from _tensors(name + inner, item, depth + 1)


def _inside(value: Any) -> Iterator[tuple[str, Any]]:
    """Give what a container or an object of a class made in the notebook holds."""
    kind = type(value)
    if kind is list or kind is tuple:
        if len(value) <= ITEMS:
            yield from ((f"[{i}]", item) for i, item in enumerate(value))
    elif kind is dict:
        if len(value) <= ITEMS:
            yield from ((f"[{key!r}]", item) for key, item in value.items() if isinstance(key, str | int))
    elif kind.__module__ == "__main__" and isinstance(attributes := getattr(value, "__dict__", None), dict):
        yield from ((f".{key}", item) for key, item in list(attributes.items())[:ITEMS])
