"""What cells say themselves: the question's id in their metadata, the visible line ``# 문제: …``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from grader.recording import Part, Recording
from grader.records import MatchedBy, SourceCell

MARKER = re.compile(r"^[ \t]*#+[ \t]*문제[ \t]*[:：][ \t]*([\w-]+)", re.MULTILINE)
SETUP = re.compile(r"(import|from)\s|[%!]")
CHECKING = re.compile(r"%check\b|%(re)?load_ext grader$|import grader$|grader\.check\(")
FEW = 2  # answers left empty one after the other, and the last one written below its own cell
NOTHING = re.compile(r"(?:pass|\.\.\.|raise NotImplementedError(?:\([^()]*\))?)?(?:\s+#.*)?")
"""What stands where an answer should be written."""
HEADING = re.compile(r"^\s{0,3}#{1,6}\s", re.MULTILINE)


@dataclass(frozen=True)
class Label:
    """A stretch of a cell that is said to answer a question; ``own`` if by itself, not by its neighbour."""

    question: str
    by: MatchedBy
    part: Part
    own: bool = True


def read_labels(
    cells: Sequence[SourceCell], questions: Iterable[str], recording: Recording, *, metadata: bool = True
) -> list[Label]:
    """Give the labels of all code cells that have one, in order.

    The visible line counts before the metadata, which nobody sees and every copy of a cell takes along.
    A cell with the lines of several questions is cut at them. A code cell without either goes with the
    labelled one before it, or, where a heading stands between, with the labelled one after it; not where
    several before it were left empty, whose answers may all be written below the last of them. Without
    ``metadata`` the visible lines count alone.
    """
    known = set(questions)
    code = [cell for cell in cells if cell.kind == "code"]
    found = {cell.index: own for cell in code if (own := _labels(cell, known, recording, metadata=metadata))}
    headings = [cell.index for cell in cells if cell.kind == "markdown" and HEADING.search(cell.source)]
    elsewhere = _below_empty_ones(code, found)
    labels: list[Label] = []
    for cell in code:
        alone = cell.index in found or cell.index in elsewhere
        neighbour = None if alone else _neighbour(cell.index, found, headings)
        if neighbour is not None:
            labels.append(Label(neighbour.question, neighbour.by, Part(cell.index), own=False))
        labels += found.get(cell.index, [])
    return labels


def has_code(source: str, *, setup: bool = True) -> bool:
    """Tell whether a text holds more than comments, ``pass`` or the like, and calls of the student's checker.

    Without ``setup`` imports and lines for IPython or the shell are nothing, either.
    """
    lines = [line.strip() for line in source.splitlines()]
    code = [line for line in lines if not line.startswith("#") and not CHECKING.match(line)]
    return any(not NOTHING.fullmatch(line) and (setup or not SETUP.match(line)) for line in code)


def lines_of(source: str, part: Part) -> str:
    """Give the lines of a stretch of a cell."""
    first, last = part.lines
    return "\n".join(source.splitlines()[first - 1 : last])


def _labels(cell: SourceCell, known: Collection[str], recording: Recording, *, metadata: bool) -> list[Label]:
    marks = [(found[1], _line(cell.source, found.start())) for found in MARKER.finditer(cell.source)]
    marks = [mark for mark in marks if mark[0] in known]
    if not marks:
        by_metadata = metadata and cell.question in known
        return [Label(str(cell.question), MatchedBy.METADATA, Part(cell.index))] if by_metadata else []
    if len({question for question, _ in marks}) == 1:
        return [Label(marks[0][0], MatchedBy.MARKER, Part(cell.index))]
    starts = [1, *(line for _, line in marks[1:])]
    parts = cut_at_lines(cell.index, starts, recording)
    return [Label(question, MatchedBy.MARKER, part) for (question, _), part in zip(marks, parts, strict=True)]


def cut_at_lines(cell: int, starts: Sequence[int], recording: Recording) -> list[Part]:
    """Cut a cell before the statements that begin at these lines, the first of which is 1."""
    statements = [s for record in recording.cells if record.cell == cell for s in record.statements]
    ends = [-1]
    for line in starts[1:]:
        before = [s.seq for s in statements if s.line is not None and s.line[0] == cell and s.line[1] < line]
        ends.append(max(before, default=-1))
    return [
        Part(cell, after, until, (line, None if following is None else following - 1))
        for after, until, line, following in zip(
            ends, [*ends[1:], None], starts, [*starts[1:], None], strict=True
        )
    ]


def _line(source: str, place: int) -> int:
    return source.count("\n", 0, place) + 1


def _below_empty_ones(code: Sequence[SourceCell], labelled: Collection[int]) -> set[int]:
    """Give the cells below more than ``FEW`` labelled ones in a row that hold nothing."""
    below: set[int] = set()
    empty = 0
    for cell in code:
        if not has_code(cell.source):
            empty += cell.index in labelled
        elif cell.index not in labelled and empty > FEW:
            below.add(cell.index)
        else:
            empty = 0
    return below


def _neighbour(index: int, labels: dict[int, list[Label]], headings: Sequence[int]) -> Label | None:
    """Give the label of the neighbouring labelled cell with no heading in between, the one before first."""
    before = max((other for other in labels if other < index), default=None)
    if before is not None and not any(before < heading < index for heading in headings):
        return labels[before][-1]
    after = min((other for other in labels if other > index), default=None)
    if after is not None and not any(index < heading < after for heading in headings):
        return labels[after][0]
    return None
