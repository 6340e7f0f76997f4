"""Imported by the server: lets optimizers go without torch's compiler until something compiles.

The first step of any optimizer imports ``torch._dynamo``, only to tell it that nothing is to be compiled
there: a second of every start, and 68 MB that every fork takes longer for (torch 2.13). The module that
stands here for it says so much by itself, and what ``torch.func.grad`` asks for. Whatever else is asked of
it, it gives way to the real one: ``torch.compile`` works as ever, that second later.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import nullcontext
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import torch

NAME = "torch._dynamo"


class _Backward:
    """The compiler of backward passes, as far as ``torch.func.grad`` asks for it: to leave it off."""

    _disable = nullcontext

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(f"{NAME}.compiled_autograd"), name)


class _Compiler(ModuleType):
    """The two functions that optimizers call. It has no ``__path__``: submodules are the real one's."""

    def __init__(self) -> None:
        super().__init__(NAME)
        spec = find_spec(NAME)
        assert spec is not None
        self.__spec__, self.__file__, self.__package__ = spec, spec.origin, NAME
        self.compiled_autograd = _Backward()

    @staticmethod
    def graph_break() -> None:
        """Break off the graph that is being compiled: there is none."""

    def disable(self, fn: Any = None, *rest: Any, **options: Any) -> Any:
        """Give a function that is never compiled: itself, while nothing is."""
        return self._real().disable(fn, *rest, **options) if fn is None else fn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real(), name)

    def _real(self) -> ModuleType:
        if sys.modules.get(NAME) is self:
            del sys.modules[NAME]
        return importlib.import_module(NAME)


if NAME not in sys.modules:
    sys.modules[NAME] = torch._dynamo = _Compiler()  # noqa: SLF001 - so do its optimizers
