"""What an earlier run of ``grader ci`` left: after an error it would pass for the result of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import unwritable

if TYPE_CHECKING:
    from pathlib import Path

#: The files that a run writes. ``RESULT`` tells them from those of others with such names.
PAGE, RESULT = "report.html", "result.json"
FILES = (PAGE, "junit.xml", "summary.md", RESULT)


def clear(folder: Path) -> None:
    """Remove an earlier run's files. Raises ``OutputError`` where that is not allowed."""
    if not (folder / RESULT).is_file():
        return
    try:
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
