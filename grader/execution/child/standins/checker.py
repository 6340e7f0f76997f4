"""The student's own checker does nothing where it counts: an empty module, a magic that is mute.

What the released notebook's first cell and ``%check`` do in a student's kernel would here be noise, and the
engine is nothing for a graded kernel. Modules of grader that are imported already stay what they are.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any

import grader

#: What runs here itself, and may still have modules to import.
OURS = ("grader.execution.child", "grader.recorder")


def install(shell: Any) -> None:
    """Answer for ``import grader``, ``%load_ext grader`` and ``%check``."""
    module = ModuleType("grader", grader.__doc__)
    module.__spec__ = importlib.machinery.ModuleSpec("grader", None)
    module.__path__ = []  # a package without anything in it
    for name in ("check", "setup", "load_ipython_extension", "unload_ipython_extension"):
        setattr(module, name, _nothing)
    module.__dict__["__version__"] = grader.__version__
    sys.modules["grader"] = module
    sys.meta_path.insert(0, _Closed())
    shell.register_magic_function(_nothing, "line", "check")


class _Closed(importlib.abc.MetaPathFinder):
    """Finds nothing of the engine, wherever it is installed."""

    def find_spec(self, fullname: str, *_: Any) -> None:
        """Refuse what is not this process's own. Called by Python for each first import."""
        if fullname.startswith("grader.") and not fullname.startswith(OURS):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""
