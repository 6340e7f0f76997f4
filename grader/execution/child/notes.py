"""What the stand-ins did in place of something else, noted for the cell that is running.

``kernel.Kernel`` puts the notes into the metadata of its reply when the cell has ended; the host takes them
for hostile (``grader.execution.notes``). Programs that a notebook starts, such as ``pip``, cannot reach into
the kernel: they append lines to a file.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

#: Characters read of what programs noted during one cell.
LONGEST = 10_000

_noted: dict[tuple[str, str], None] = {}
_file: Path | None = None


def listen(file: Path) -> None:
    """Say where programs leave their notes. Called once, before the first cell."""
    global _file  # noqa: PLW0603 - there is one kernel in a process
    _file = file
    _noted.clear()


def file_of(config: Path) -> Path:
    """Give the file for programs' notes; it lies in the temporary folder beside the configuration."""
    return config.parent / "tmp" / "notes"


def note(kind: str, detail: str = "") -> None:
    """Note something for the running cell, once."""
    _noted[kind, detail] = None


def leave(file: Path, kind: str, detail: str) -> None:
    """Note something from within a program."""
    with suppress(OSError), file.open("a", encoding="utf-8") as lines:
        lines.write(f"{kind}\t{detail}\n")


def take() -> list[list[str]]:
    """Give what was noted since the last time, as ``[kind, detail]``."""
    noted = [list(pair) for pair in _noted]
    _noted.clear()
    if _file is not None and os.path.isfile(_file):  # noqa: PTH113 - False rather than an error
        with suppress(OSError, ValueError):
            with _file.open(encoding="utf-8") as lines:
                noted += [line.split("\t", 1) for line in lines.read(LONGEST).splitlines()]
            _file.unlink()
    return noted
