"""Where in a notebook's file a line of a cell stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.records import Submission


def lines_of(submission: Submission, raw: str) -> dict[tuple[int, int], int]:
    """Give the line in the file, from 1, by cell (from 0) and line in it (from 1).

    Cells and their lines stand in a notebook in their order, as JSON strings; what is not found, since the
    file writes it in another way, is left out.
    """
    found: dict[tuple[int, int], int] = {}
    at, line = 0, 1
    for cell in submission.cells:
        for number, text in enumerate(cell.source.splitlines(), 1):
            forms = (json.dumps(text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (False, True))
            places = [place for form in forms if form and (place := raw.find(form, at)) >= 0]
            if places:
                line += raw.count("\n", at, min(places))
                at = min(places)
                found[cell.index, number] = line
    return found
