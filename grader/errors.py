"""What can go wrong, by whose fault it is.

::

    GraderError
    ├── AssignmentError   the instructor's files: assignment.toml, the source notebook, a reference
    ├── SubmissionError   the file a student handed in cannot be read as a notebook
    ├── KitError          what a notebook carries to be checked by is missing, damaged or of another version
    ├── OutputError       results cannot be written where they should go
    └── SandboxError      the machine or the grader itself: a kernel that cannot be started, confined or read

A student's exception, time-out or dead kernel is not an error here: it is data in the ``Execution``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class GraderError(Exception):
    """One line for the person at the terminal: what happened, where, and what to do next.

    ``code`` and ``params`` are what it is said with in their language: ``error.<about>.<code>`` in the
    catalogues. An error without a code is said as it is, in English, but for an ``AssignmentError``.
    """

    about = "command"

    def __init__(self, text: str, code: str = "", params: Mapping[str, Any] | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.params = dict(params or {})


@dataclass(frozen=True)
class Phrase:
    """English words and, by name, what stands in them; ``assignment.po`` has their Korean, by the English."""

    english: str
    params: Mapping[str, Any]

    def __str__(self) -> str:
        return self.english.format(**self.params)


def phrase(english: str, **params: Any) -> Phrase:
    """Make a phrase."""
    return Phrase(english, params)


class AssignmentError(GraderError):
    """The instructor's files need mending before anything can be graded.

    ``said`` are the parts of its line: phrases, and what is the same in every language.
    """

    about = "assignment"

    def __init__(self, *said: str | Phrase) -> None:
        super().__init__("".join(map(str, said)))
        self.said = said


class SubmissionError(GraderError):
    """A submitted file cannot be read as a notebook; the others are graded all the same."""

    about = "submission"


class KitError(GraderError):
    """There is nothing to check a notebook against: its own first cells are gone or were changed."""

    about = "kit"


class OutputError(GraderError):
    """The folder for the results is not to be written to; nothing more can be graded."""

    about = "output"


class SandboxError(GraderError):
    """A failure of ours or of the machine; it is reported as ``error`` and never as a zero."""

    about = "sandbox"


class StoppedError(KeyboardInterrupt):
    """Ctrl-C while a class was graded: the results that were finished stay in ``folder``."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder


def unwritable(path: Path, error: OSError) -> OutputError:
    """Make the error of a file or folder that ``error`` kept from being written."""
    return OutputError(f"{path}: cannot be written: {error.strerror}", "unwritable", {"path": str(path)})
