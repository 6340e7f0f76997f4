"""What was handed in: paths -> notebook files -> ``Submission``, or one line on what is wrong with a file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from grader.errors import SubmissionError
from grader.file_names import readable, slug_of, student_of
from grader.records import SourceCell, Submission
from grader.submission.cells import last_runs, rebuilt
from grader.submission.files import collect, content_of
from grader.submission.text import parse

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

__all__ = ["collect", "read"]


def read(path: Path, *, slug: str | None = None) -> Submission:
    """Read a notebook of format 1 to 4; ``slug`` is the folder name a batch has found for it.

    Raises ``SubmissionError`` if the file cannot be read as one.
    """
    try:
        content = content_of(path)
        parsed, flags = parse(content)
        notebook = rebuilt(parsed)
    except SubmissionError as error:
        raise SubmissionError(f"{readable(str(path))}: {error}", error.code, error.params) from error
    stem = readable(path.stem)
    return Submission(
        path=readable(path.name),
        slug=slug or slug_of(stem),
        sha256=hashlib.sha256(content).hexdigest(),
        student=student_of(stem),
        cells=tuple(
            SourceCell(index, cell.cell_type, cell.source, _question(cell.metadata), *last)
            for index, (cell, last) in enumerate(zip(notebook.cells, last_runs(parsed), strict=True))
        ),
        notebook=notebook,
        flags=flags,
    )


def _question(metadata: NotebookNode) -> str | None:
    """Give the question id that a cell's metadata carries."""
    ours = metadata.get("grader")
    question = ours.get("question") if isinstance(ours, dict) else None
    return question if isinstance(question, str) else None
