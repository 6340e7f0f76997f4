"""The source notebook -> what students are given."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING

from grader.errors import AssignmentError, phrase

if TYPE_CHECKING:
    from nbformat import NotebookNode

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "# 여기에 코드를 쓰세요"
_MARKER = re.compile(r"\b(?:BEGIN|END)\s+SOLUTION\b", re.IGNORECASE)
_SOLUTION = re.compile(rf"^([ \t]*){BEGIN}[ \t]*\n(?:.*\n)*?[ \t]*{END}[ \t]*$", re.MULTILINE)


def blank(notebook: NotebookNode, *, stub: str = STUB, name: str = "the source notebook") -> NotebookNode:
    """Give a copy with ``stub`` for each solution, without outputs; ids and the ``# 문제:`` lines stay.

    Raises ``AssignmentError``, with the file's ``name`` and the cell, for a marker that is misspelt, alone or
    outside code: the solution would be handed out.
    """
    released = deepcopy(notebook)
    for number, cell in enumerate(released.cells, 1):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.source = _SOLUTION.sub(partial(_stub, stub), cell.source)
        if left := _MARKER.search(cell.source):
            said = phrase(
                "cell {cell}: {mark} does not belong to a pair of {begin} and {end}",
                cell=number,
                mark=repr(left[0]),
                begin=BEGIN,
                end=END,
            )
            raise AssignmentError(f"{name}: ", said)
    return released


def _stub(stub: str, solution: re.Match[str]) -> str:
    """Give what stands in a solution's place; a function or loop needs a statement to run at all."""
    indent = solution[1]
    return f"{indent}{stub}\n{indent}..." if indent else stub
