"""The files under ``reference/``: what a dotted name such as ``steps.MSE`` stands for."""

from __future__ import annotations

import signal
import sys
import traceback
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from inspect import isfunction
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any

from grader.assignment.trying import wrong_training
from grader.errors import AssignmentError, phrase
from grader.spelling import did_you_mean
from grader.training import Data, Training

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType


#: Seconds in which a file is imported, a function of it gives its values, or an epoch is computed.
LONGEST = 60


class _EndlessError(BaseException):
    """What a reference is stopped with: no ``except Exception`` of its own holds it."""


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
        """Give the ``Training`` called ``dotted``, once one epoch of it has worked on ``data``.

        Raises ``AssignmentError`` if there is none, one of its steps raises, or it cannot be trained.
        """
        file, kind = self._find(dotted, "Training", is_training)
        training: Training = calling(file, kind)
        if wrong := calling(file, wrong_training, training, data):
            raise AssignmentError(f"reference/{file.name}: {kind.__name__}: ", *wrong)
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
            said = phrase(
                "{name} should be file.name, for a {kind} in reference/file.py", name=repr(dotted), kind=kind
            )
            raise AssignmentError(said)
        file = self.folder / f"{stem}.py"
        found = {key: value for key, value in vars(self._module(file)).items() if wanted(value)}
        if name not in found:
            said = phrase(
                "{file} has no {kind} {name}", file=f"reference/{stem}.py", kind=kind, name=repr(name)
            )
            raise AssignmentError(said, did_you_mean(name, found))
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
        said = phrase("there is no {file}", file=f"reference/{file.name}")
        raise AssignmentError(said, did_you_mean(file.stem, there))
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
    """Call something of the reference ``file``; what it raises is an ``AssignmentError`` with the line.

    So is a call that does not end.
    """
    try:
        with _stopped_after(LONGEST):
            return called(*arguments)
    except (Exception, SystemExit, _EndlessError) as error:
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)
        ]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
        where = f"reference/{file.name}" + (f":{line}" if line else "")
        if isinstance(error, _EndlessError):
            said = phrase(
                "{where} does not end; it was stopped after {seconds} seconds", where=where, seconds=LONGEST
            )
            raise AssignmentError(said) from error
        text = " ".join(f"{type(error).__name__}: {error}".split())
        raise AssignmentError(phrase("{where} raises {error}", where=where, error=text)) from error


@contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    """Raise ``_EndlessError`` in what takes longer, where a signal can: the main thread, not on Windows."""
    if current_thread() is not main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise _EndlessError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
