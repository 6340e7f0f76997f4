"""A submission as it was handed in, what it may use, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.records.statuses import CellStatus


@dataclass(frozen=True)
class Message:
    """A sentence for people: its key in the catalogue, what fills it, the text in the report's language."""

    id: str
    params: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Student:
    """Whose notebook it is, as far as file name or notebook tell."""

    id: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class SourceCell:
    """One cell as handed in: its metadata's question, its last number, whether an error is stored there."""

    index: int
    kind: str
    source: str
    question: str | None = None
    count: int | None = None
    raised: bool = False


@dataclass(frozen=True)
class Submission:
    """A notebook that could be read. ``notebook`` is its nbformat 4 tree, not to be changed.

    ``path`` is what reports call it, no path of this machine; ``flags`` say what was overlooked to read it.
    """

    path: str
    slug: str
    sha256: str
    student: Student
    cells: tuple[SourceCell, ...]
    notebook: Any = field(repr=False, compare=False)
    flags: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Those of a process are enforced where there is a sandbox."""

    #: Seconds of wall clock.
    cell_seconds: float = 60.0
    notebook_seconds: float = 600.0
    #: Seconds of processor time of one process.
    cpu_seconds: int = 900
    #: Bytes of memory of all its processes together, besides what Python and torch take.
    memory_bytes: int = 2 << 30
    #: Processes and threads at one time.
    processes: int = 128
    #: Open files of one process.
    open_files: int = 512
    #: Bytes of one file, and of all files in its folders.
    file_bytes: int = 256 << 20
    disk_bytes: int = 512 << 20
    #: Bytes that one cell may show, and that may be recorded of the notebook.
    output_bytes: int = 1_000_000
    recording_bytes: int = 64_000_000


@dataclass(frozen=True)
class CellError:
    """The exception that ended a cell. ``line`` is 1-based within the cell; ``hint`` explains it."""

    name: str
    value: str
    line: int | None = None
    source: str = ""
    hint: Message | None = None


@dataclass(frozen=True)
class CellOutcome:
    """What happened to one code cell; ``index`` counts all cells of the notebook from 0."""

    index: int
    status: CellStatus
    error: CellError | None = None


@dataclass(frozen=True)
class Execution:
    """A notebook that has been run: each code cell's fate, what was recorded, the executed notebook."""

    cells: tuple[CellOutcome, ...]
    recording: Any = field(repr=False)
    notebook: Any = field(repr=False, compare=False)
    flags: tuple[Message, ...] = ()
    seconds: float = 0.0
