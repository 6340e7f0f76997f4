"""Which cells, or parts of cells, answer which question."""

from __future__ import annotations

from grader.matching.answers import Answers, Matched, match
from grader.matching.labels import has_code, lines_of

__all__ = ["Answers", "Matched", "has_code", "lines_of", "match"]
