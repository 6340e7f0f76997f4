"""What was handed in: paths -> notebook files -> ``Submission``, or one line on what is wrong with a file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
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

_STUDENT_ID = re.compile(r"""^student_id\s*+=\s*+["']?\s*+(\d{6,12})\b""", re.MULTILINE)


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
    found = student_of(stem)
    return Submission(
        path=readable(path.name),
        slug=slug or slug_of(stem),
        sha256=hashlib.sha256(content).hexdigest(),
        student=replace(found, id=found.id or _number_in(notebook)),
        cells=tuple(
            SourceCell(index, cell.cell_type, cell.source, _question(cell.metadata), *last)
            for index, (cell, last) in enumerate(zip(notebook.cells, last_runs(parsed), strict=True))
        ),
        notebook=notebook,
        flags=flags,
    )


def _number_in(notebook: NotebookNode) -> str | None:
    """Give the number that a student wrote into ``student_id = ""``, which released notebooks ask for."""
    sources = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    return next((found[1] for source in sources if (found := _STUDENT_ID.search(source))), None)


def _question(metadata: NotebookNode) -> str | None:
    """Give the question id that a cell's metadata carries."""
    ours = metadata.get("grader")
    question = ours.get("question") if isinstance(ours, dict) else None
    return question if isinstance(question, str) else None
