"""Which cells answer which question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grader.records import Match, MatchedBy, SourceCell

MARKER = re.compile(r"^\s*#+\s*문제\s*[:：]\s*([\w-]+)", re.MULTILINE)
HEADING = re.compile(r"^\s{0,3}#{1,6}\s", re.MULTILINE)


def match(cells: Sequence[SourceCell], questions: Iterable[str]) -> dict[str, Match]:
    """Give each question the cells that answer it; a question without any is not in the result.

    A cell belongs to a question by its metadata, failing that by its line ``# 문제: …``. A code cell without
    either goes with the labelled one before it, or, where a heading stands between, with the labelled one
    after it.
    """
    known = set(questions)
    code = [cell for cell in cells if cell.kind == "code"]
    labels = {cell.index: label for cell in code if (label := _label(cell, known)) is not None}
    headings = [cell.index for cell in cells if cell.kind == "markdown" and HEADING.search(cell.source)]
    found: dict[str, tuple[MatchedBy, list[int]]] = {}
    for cell in code:
        label = labels.get(cell.index) or _neighbour(cell.index, labels, headings)
        if label is None:
            continue
        by, question = label
        found.setdefault(question, (by, []))[1].append(cell.index)
    return {question: Match(by, 1.0, tuple(indices)) for question, (by, indices) in found.items()}


def has_code(source: str) -> bool:
    """Tell whether a cell holds more than comments and blank lines."""
    lines = (line.strip() for line in source.splitlines())
    return any(line and not line.startswith("#") for line in lines)


def _label(cell: SourceCell, known: set[str]) -> tuple[MatchedBy, str] | None:
    if cell.question in known:
        return MatchedBy.METADATA, str(cell.question)
    for found in MARKER.findall(cell.source):
        if found in known:
            return MatchedBy.MARKER, found
    return None


def _neighbour(
    index: int, labels: dict[int, tuple[MatchedBy, str]], headings: Sequence[int]
) -> tuple[MatchedBy, str] | None:
    """Give the label of the neighbouring labelled cell with no heading in between, the one before first."""
    before = max((other for other in labels if other < index), default=None)
    if before is not None and not any(before < heading < index for heading in headings):
        return labels[before]
    after = min((other for other in labels if other > index), default=None)
    if after is not None and not any(index < heading < after for heading in headings):
        return labels[after]
    return None
