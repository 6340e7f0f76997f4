"""The student's own checker does nothing where it counts: an empty module, a magic that is mute.

What the released notebook's first cell and ``%check`` do in a student's kernel would here be noise, and the
engine is nothing for a graded kernel. Modules of grader that are imported already stay what they are.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import grader

#: What runs here itself, and may still have modules to import.
OURS = ("grader.execution.child", "grader.recorder")


def install(shell: Any) -> None:
    """Answer for ``import grader``, ``%load_ext grader`` and ``%check``."""
    mute = _Mute(grader.__version__)
    sys.meta_path.insert(0, mute)
    module = importlib.util.module_from_spec(mute.spec)
    mute.exec_module(module)
    sys.modules["grader"] = module
    shell.register_magic_function(_nothing, "line", "check")


class _Mute(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a package ``grader`` in which there is nothing, however the real one is installed."""

    def __init__(self, version: str) -> None:
        self._version = version
        self.spec = ModuleSpec("grader", self, is_package=True)

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        """Give the mute package, also to who reloads it. Called by Python for what is to be imported."""
        if fullname.startswith("grader.") and not fullname.startswith(OURS):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return self.spec if fullname == "grader" else None

    def exec_module(self, module: ModuleType) -> None:
        """Fill it with what notebooks call."""
        names = ("check", "setup", "load_ipython_extension", "unload_ipython_extension")
        vars(module).update(dict.fromkeys(names, _nothing), __version__=self._version)


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""
