"""Which cells, or parts of cells, answer which question."""

from __future__ import annotations

from grader.matching.answers import match
from grader.matching.labels import has_code, lines_of
from grader.matching.matched import Answers, Matched
from grader.matching.units import units_of

__all__ = ["Answers", "Matched", "has_code", "lines_of", "match", "units_of"]
