"""Where in the notebook one answer ends and the next begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from grader.matching.labels import HEADING
from grader.matching.units import END
from grader.recording import Part, Recording
from grader.records import SourceCell

Place = tuple[int, int]
"""A cell's index and an event's ``seq`` in it."""


@dataclass(frozen=True)
class Claim:
    """From one place to another something happened that answers a question, or none."""

    question: str | None
    first: Place
    last: Place


class Notebook:
    """The cells and statements between which it can be cut."""

    def __init__(self, cells: Sequence[SourceCell], recording: Recording) -> None:
        self.code = [cell.index for cell in cells if cell.kind == "code"]
        self.headings = [c.index for c in cells if c.kind == "markdown" and HEADING.search(c.source)]
        self._lines = {
            record.cell: [
                (s.seq, s.line[1] if s.line and s.line[0] == record.cell else 1) for s in record.statements
            ]
            for record in recording.cells
        }

    def stretches(self, claims: Sequence[Claim]) -> dict[str, list[Part]]:
        """Give each claimed question its parts of cells: from where the claim before it ends to its own end.

        An answer ends at the first heading after it, without one with its cell; where the next begins
        in the same cell, with its statement. What stands between it and the next belongs to the next:
        it prepares it.
        """
        found: dict[str, list[Part]] = {}
        merged = _merged(claims)
        begin = (-1, END)
        for i, claim in enumerate(merged):
            following = merged[i + 1] if i + 1 < len(merged) else None
            begin = min(begin, self._before(claim.first)) if i else self._begin(claim)
            end = self._end(claim, following)
            if claim.question is not None:
                found.setdefault(claim.question, []).extend(self._parts(begin, end))
            begin = max(begin, end)
        return found

    def since(self, previous: Place | None, claim: Claim) -> list[Part]:
        """Give the claim's statements and those before it, since what happened there last."""
        begin = (claim.first[0], -1) if previous is None else self._after(previous)
        return self._parts(min(begin, self._before(claim.first)), self._after(claim.last))

    def _begin(self, claim: Claim) -> Place:
        return max((h for h in self.headings if h < claim.first[0]), default=-1), END

    def _end(self, claim: Claim, following: Claim | None) -> Place:
        cell = claim.last[0]
        if following is not None and following.first[0] <= cell:
            return self._after(claim.last)
        heading = next((h for h in self.headings if h > cell), None)
        if following is None:
            return (END, END) if heading is None else (heading, END)
        return (heading, END) if heading is not None and heading < following.first[0] else (cell, END)

    def _before(self, place: Place) -> Place:
        """Give the begin of the statement in which something happened: a loop may train in two ways."""
        cell, seq = place
        return cell, max((s for s, _ in self._lines.get(cell, ()) if s < seq), default=-1)

    def _after(self, place: Place) -> Place:
        """Give the end of the statement in which something happened."""
        cell, seq = place
        return cell, next((s for s, _ in self._lines.get(cell, ()) if s >= seq), seq)

    def _parts(self, begin: Place, end: Place) -> list[Part]:
        parts = []
        for cell in self.code:
            if begin[0] <= cell <= end[0] and (cell, END) > begin:
                after = begin[1] if cell == begin[0] else -1
                until = end[1] if cell == end[0] and end[1] < END else None
                parts.append(Part(cell, after, until, self._rows(cell, after, until)))
        return parts

    def _rows(self, cell: int, after: int, until: int | None) -> tuple[int, int | None]:
        """Give a part's lines: from its first statement to the line before the next part's."""
        statements = self._lines.get(cell, [])
        seqs = [seq for seq, _ in statements]
        first = 1 if after < 0 else _line_at(statements, bisect_right(seqs, after)) or 1
        following = None if until is None else _line_at(statements, bisect_right(seqs, until))
        return first, None if following is None else following - 1


def without(part: Part, taken: Sequence[Part]) -> list[Part]:
    """Give what is left of a part once others have been taken out of it."""
    left = [part]
    for other in taken:
        left = [piece for old in left for piece in _minus(old, other)]
    return left


def _minus(part: Part, other: Part) -> list[Part]:
    if part.cell != other.cell:
        return [part]
    end = END if part.until is None else part.until
    taken_end = END if other.until is None else other.until
    if other.after >= end or taken_end <= part.after:
        return [part]
    pieces = []
    if other.after > part.after:
        pieces.append(Part(part.cell, part.after, other.after, (part.lines[0], other.lines[0] - 1)))
    if taken_end < end and other.lines[1] is not None:
        pieces.append(Part(part.cell, taken_end, part.until, (other.lines[1] + 1, part.lines[1])))
    return pieces


def _line_at(statements: Sequence[tuple[int, int]], place: int) -> int | None:
    return statements[place][1] if place < len(statements) else None


def _merged(claims: Sequence[Claim]) -> list[Claim]:
    """Join neighbours that answer the same question."""
    merged: list[Claim] = []
    for claim in sorted(claims, key=lambda claim: claim.first):
        if merged and merged[-1].question == claim.question and claim.question is not None:
            last = merged.pop()
            claim = Claim(claim.question, last.first, max(last.last, claim.last))  # noqa: PLW2901 - the joint one
        merged.append(claim)
    return merged
