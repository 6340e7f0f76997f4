"""The source notebook: prompts, and an answer cell for each question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import nbformat

from grader.errors import AssignmentError, phrase
from grader.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from grader.assignment.model import Question

_MARKED = re.compile(r"# 문제: (\S+)")


def check_answer_cells(path: Path, notebook: nbformat.NotebookNode, questions: Iterable[Question]) -> None:
    """See that each question has exactly one answer cell, and that its first line names the same question.

    Raises ``AssignmentError``, which names ``path``, where that is not so.
    """
    markers = {question.id: question.marker for question in questions}
    answered: dict[str, int] = {}
    for number, cell in enumerate(notebook.cells, 1):
        ours = cell.metadata.get("grader")
        if cell.cell_type != "code" or not isinstance(ours, dict) or "question" not in ours:
            continue
        name = str(ours["question"])
        if name not in markers:
            said = phrase("cell {cell}: no question {name}", cell=number, name=repr(name))
            raise AssignmentError(f"{path}: ", said, did_you_mean(name, markers))
        if name in answered:
            said = phrase(
                "cell {cell}: {name} is answered in cell {other} already",
                cell=number,
                name=repr(name),
                other=answered[name],
            )
            raise AssignmentError(f"{path}: ", said)
        if cell.source.split("\n")[0].rstrip() != markers[name]:
            said = phrase(
                "cell {cell}: the first line should be {line}", cell=number, line=repr(markers[name])
            )
            raise AssignmentError(f"{path}: ", said)
        answered[name] = number
    if missing := [line for name, line in markers.items() if name not in answered]:
        raise AssignmentError(f"{path}: ", phrase("no code cell begins with {line}", line=repr(missing[0])))


def given_code(notebook: nbformat.NotebookNode) -> str:
    """Give the code of the cells in which nothing is to be answered."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return "\n".join(one for one in code if not _MARKED.match(one) and "SOLUTION" not in one)


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a source notebook; what a cell's first line says stands in its metadata too.

    Raises ``AssignmentError`` if it is not there or not a valid notebook.
    """
    try:
        notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
        nbformat.validate(notebook)
        for cell in notebook.cells:  # Colab, among others, has no way to write metadata
            if cell.cell_type == "code" and (line := _MARKED.match(cell.source)):
                cell.metadata.setdefault("grader", {"question": line[1]})
    except FileNotFoundError as error:
        said = phrase("there is no such file; an assignment's notebook is called after its id")
        raise AssignmentError(f"{path}: ", said) from error
    except (OSError, ValueError, AttributeError, nbformat.ValidationError) as error:
        said = phrase("not a notebook: {reason}", reason=str(error).splitlines()[0])
        raise AssignmentError(f"{path}: ", said) from error
    return notebook
