"""Several notebooks, one of which is the answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.records import SourceCell, Submission


def choose(
    found: Mapping[str, Submission], name: str, markers: Mapping[str, str], given: Collection[str]
) -> str:
    """Give the path of the notebook that answers most of what is asked.

    Args:
        found: the notebooks by their path.
        name: what the released notebook is called; it is preferred to another with as many answers.
        markers: the visible line of each question, by id.
        given: the cells as they were released, without their outer blanks: none of them is an answer.
    """

    def rank(path: str) -> tuple[int, bool, bool, int, int]:
        code = (cell for cell in found[path].cells if cell.kind == "code" and _is_code(cell.source))
        own = [cell for cell in code if cell.source.strip() not in given]
        answered = {label for cell in own if (label := _label(cell, markers))}
        return len(answered), bool(own), path.rpartition("/")[2] == name, len(own), -path.count("/")

    return max(sorted(found), key=rank)


def _is_code(source: str) -> bool:
    """Tell whether there is more than comments and what stands for an answer that is still to come."""
    lines = (line.strip() for line in source.splitlines())
    return any(line not in {"", "...", "pass"} and not line.startswith("#") for line in lines)


def _label(cell: SourceCell, markers: Mapping[str, str]) -> str | None:
    """Give the question that a cell says it answers."""
    lines = {line.strip() for line in cell.source.splitlines()}
    marked = next((question for question, marker in markers.items() if marker in lines), None)
    return marked or (cell.question if cell.question in markers else None)
