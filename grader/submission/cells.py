"""The JSON of a notebook of any format and in any state -> a whole notebook of format 4.5."""

from __future__ import annotations

import math
import re
from itertools import chain
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.submission.damage import damaged

KINDS = ("code", "markdown", "raw")

#: A lecture worked through has a few hundred.
MOST_CELLS = 10_000

#: Metadata lie a few levels deep; what lies deeper is left out, so that nothing that walks them can overflow.
DEEPEST = 20

_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def rebuilt(parsed: dict[str, Any]) -> NotebookNode:
    """Rebuild a notebook from sources, ids and metadata, whole where the original is not.

    Stored outputs are dropped: nothing trusts them, and damage in them does no harm. Raises
    ``SubmissionError`` if there are no cells to be found.
    """
    cells, metadata = _cells(parsed, _format(parsed)), parsed.get("metadata")
    if len(cells) > MOST_CELLS:
        raise damaged("too-many-cells", count=len(cells), limit=MOST_CELLS)
    taken: set[str] = set()
    return nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": _plain(metadata) if isinstance(metadata, dict) else {},
            "cells": [_cell(cell, index, taken) for index, cell in enumerate(cells)],
        }
    )


def last_runs(parsed: dict[str, Any]) -> list[tuple[int | None, bool]]:
    """Give of each cell of ``rebuilt`` the number it was last run under, and whether it raised then."""
    return [_last_run(cell if isinstance(cell, dict) else {}) for cell in _cells(parsed, _format(parsed))]


def _last_run(cell: dict[str, Any]) -> tuple[int | None, bool]:
    count, outputs = cell.get("execution_count"), cell.get("outputs")
    found = outputs if isinstance(outputs, list) else []
    raised = any(isinstance(output, dict) and output.get("output_type") == "error" for output in found)
    return count if type(count) is int else None, raised


def _format(parsed: dict[str, Any]) -> int:
    """Give the major format; a notebook that has lost it, but has cells, is taken for one of today."""
    given, cells = parsed.get("nbformat"), parsed.get("cells")
    if type(given) is int:
        return given
    if isinstance(cells, list) and any(isinstance(c, dict) and c.get("cell_type") in KINDS for c in cells):
        return int(nbformat.current_nbformat)
    raise damaged("no-notebook")


def _cells(parsed: dict[str, Any], major: int) -> list[Any]:
    """Give the cells as format 4 has them."""
    if major > nbformat.current_nbformat:
        raise damaged("newer", format=major, known=nbformat.current_nbformat)
    cells = parsed.get("cells")
    if major < nbformat.current_nbformat:
        sheets = parsed.get("worksheets")
        if isinstance(sheets, list):
            within = (sheet.get("cells") for sheet in sheets if isinstance(sheet, dict))
            cells = list(chain.from_iterable(cells for cells in within if isinstance(cells, list)))
        if not isinstance(cells, list) or major < 1:
            raise damaged("old-damaged", format=major)
        return [_upgraded(cell) for cell in cells]
    if not isinstance(cells, list):
        raise damaged("no-cells")
    return cells


def _upgraded(cell: Any) -> Any:
    """Give a cell of format 1 to 3 under today's names: code was ``input``, titles had a level."""
    if not isinstance(cell, dict):
        return cell
    kind, source = cell.get("cell_type"), _text(cell.get("input", cell.get("code", cell.get("source"))))
    if kind == "heading":
        level = cell.get("level")
        mark = "#" * (level if type(level) is int and 1 <= level <= 6 else 1)
        kind, source = "markdown", f"{mark} {' '.join(source.split())}"
    kind = "markdown" if kind == "html" else kind
    return {"cell_type": kind, "source": source, "metadata": cell.get("metadata")}


def _cell(given: Any, index: int, taken: set[str]) -> dict[str, Any]:
    """Rebuild one cell; what is no cell becomes a raw one, so that the others keep their numbers."""
    given = given if isinstance(given, dict) else {}
    kind, metadata = given.get("cell_type"), given.get("metadata")
    cell = {
        "cell_type": kind if kind in KINDS else "raw",
        "id": _free_id(given.get("id"), index, taken),
        "metadata": _plain(metadata) if isinstance(metadata, dict) else {},
        "source": _text(given.get("source")),
    }
    if cell["cell_type"] == "code":
        return {**cell, "execution_count": None, "outputs": []}
    return {**cell, "attachments": _attachments(given.get("attachments"))}


def _attachments(given: Any) -> dict[str, Any]:
    """Keep the pictures of a text: ``{name: {media type: content}}``."""
    given = given if isinstance(given, dict) else {}
    return {name: _plain(picture) for name, picture in given.items() if isinstance(picture, dict)}


def _plain(value: Any, depth: int = 0) -> Any:
    """Copy metadata without what could not be written as JSON again or lies too deep."""
    if depth > DEEPEST or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, dict):
        return {key: _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    return value


def _free_id(given: Any, index: int, taken: set[str]) -> str:
    """Keep a cell's id if it has a legal one of its own, else number it."""
    free = given if isinstance(given, str) and _CELL_ID.fullmatch(given) else f"cell-{index}"
    if free in taken:
        free = f"cell-{index}"
    while free in taken:
        free += "-"
    taken.add(free)
    return free


def _text(source: Any) -> str:
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""
