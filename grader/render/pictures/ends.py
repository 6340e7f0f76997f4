"""Where two runs of two parameters each came to, as the pictures say it."""

from __future__ import annotations

from grader.records import QuestionReport, RunSummary
from grader.render.pictures.svg import Point
from grader.render.text import number

_DIGITS = 3  # a picture cannot show more


def end_of_run(run: RunSummary | None) -> Point | None:
    """Give the two parameters a run ended with; ``None`` if it has not two."""
    if run is None:
        return None
    flat = [value for it in run.parameters.values() for value in it.last]
    return (flat[0], flat[1]) if len(flat) == 2 else None


def end_of_reference(question: QuestionReport) -> Point | None:
    """Give the two parameters the reference ends with; ``None`` if its end is not known or it has not two."""
    path = question.reference.path if question.reference else ()
    if not path or "line_reference" not in (question.data or {}) or len(path[-1][1]) != 2:
        return None
    return (path[-1][1][0], path[-1][1][1])


def coefficients(point: Point) -> tuple[str, str]:
    """Give ``a`` and ``b`` as they stand in a + bx: the second with its sign."""
    a, b = map(_short, point)
    return a, f"− {b[1:]}" if b.startswith("-") else f"+ {b}"


def place(point: Point) -> str:
    """Give a point as people write it."""
    return f"({', '.join(map(_short, point))})"


def _short(value: float) -> str:
    return number(round(value) if 1e3 <= abs(value) < 1e6 else value, _DIGITS)
