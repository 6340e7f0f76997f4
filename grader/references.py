"""The files under ``reference/``: what a dotted name such as ``steps.MSE`` stands for."""

from __future__ import annotations

import sys
import traceback
from difflib import get_close_matches
from importlib.util import module_from_spec, spec_from_file_location
from inspect import isfunction
from typing import TYPE_CHECKING, Any

from grader.errors import AssignmentError
from grader.training import Data, Training

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import ModuleType


class References:
    """The references of a course, each file imported once, when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._modules: dict[Path, ModuleType] = {}

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that were asked for."""
        return tuple(sorted(self._modules))

    def training(self, dotted: str, data: Data) -> Training:
        """Give the ``Training`` called ``dotted``, once its first three steps have worked on ``data``.

        Raises ``AssignmentError`` if there is none or one of them raises.
        """
        file, kind = self._find(dotted, "Training", is_training)
        training: Training = calling(file, kind)
        calling(file, lambda: training.step3(training.init(), data))
        return training

    def function(self, dotted: str) -> Callable[..., Any]:
        """Give the function called ``dotted``; what it raises will be an ``AssignmentError``.

        Raises ``AssignmentError`` if there is none.
        """
        file, called = self._find(dotted, "function", isfunction)
        return lambda *arguments: calling(file, called, *arguments)

    def _find(self, dotted: str, kind: str, wanted: Callable[[object], bool]) -> tuple[Path, Any]:
        """Give the file of a dotted name and the object it stands for."""
        stem, dot, name = dotted.partition(".")
        if not dot:
            raise AssignmentError(f"{dotted!r} should be file.name, for a {kind} in reference/file.py")
        file = self.folder / f"{stem}.py"
        found = {key: value for key, value in vars(self._module(file)).items() if wanted(value)}
        if name not in found:
            raise AssignmentError(f"reference/{stem}.py has no {kind} {name!r}{did_you_mean(name, found)}")
        return file, found[name]

    def _module(self, file: Path) -> ModuleType:
        if file not in self._modules:
            self._modules[file] = import_file(file)
        return self._modules[file]


def import_file(file: Path) -> ModuleType:
    """Import ``file`` under a name of its own, away from everything that is installed.

    Raises ``AssignmentError`` if there is no such file or it cannot be imported.
    """
    if not file.is_file():
        there = sorted(other.stem for other in file.parent.glob("*.py"))
        raise AssignmentError(f"there is no reference/{file.name}{did_you_mean(file.stem, there)}")
    name = f"_reference_{file.stem}"
    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)  # where a dataclass looks for its own module
    try:
        calling(file, spec.loader.exec_module, module)
    finally:
        del sys.modules[name]
    return module


def is_training(value: object) -> bool:
    """Tell a reference from what it is made of."""
    return isinstance(value, type) and issubclass(value, Training) and value is not Training


def calling(file: Path, called: Callable[..., Any], *arguments: object) -> Any:
    """Call something of the reference ``file``; what it raises is an ``AssignmentError`` with the line."""
    try:
        return called(*arguments)
    except Exception as error:
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)
        ]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else 1
        text = " ".join(f"{type(error).__name__}: {error}".split())
        raise AssignmentError(f"reference/{file.name}:{line} raises {text}") from error


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Give the end of a sentence about a wrong ``word``: the allowed one that is nearest, or all of them."""
    words = list(allowed)
    if near := get_close_matches(word, words, n=1):
        return f"; did you mean {near[0]!r}?"
    return f"; there is {', '.join(map(repr, words))}" if words else ""
