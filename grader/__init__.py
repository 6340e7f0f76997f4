"""Grades Jupyter notebooks in which students train small PyTorch models by hand.

Importing this package stays cheap: torch and the rest are imported where they are used. In a notebook made
from a released one, ``check("mse")`` or ``%check mse`` looks at an answer; see ``grader.selfcheck``.
"""

from importlib import import_module as _import_module
from sys import modules as _modules
from typing import Any as _Any

__all__ = ["__version__", "check", "load_ipython_extension", "setup"]

__version__ = "0.1.0"


def check(*questions: str) -> None:
    """Look at some questions of the notebook at hand, or at all of them, and show what was seen."""
    _extension().check(*questions)


def setup(kit: str, lang: str = "ko") -> None:
    """Take the kit that a notebook carries, and its language. Called by the first cell of a released one."""
    packages = _import_module("grader.selfcheck.packages")
    if packages.complete():
        _extension().setup(kit, lang)


def load_ipython_extension(shell: _Any) -> None:
    """Make ``%check`` known. Called by IPython for ``%load_ext grader``."""
    _extension().load(shell)


def _extension() -> _Any:
    """Import what these need when they need it, for good: that is torch and all it imports."""
    from grader.imports import lasting  # noqa: PLC0415 - with these

    if (name := "grader.selfcheck.extension") not in _modules:
        with lasting():
            _import_module(name)
    return _modules[name]
