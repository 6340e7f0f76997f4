"""The data with the student's line and the reference's; a curve of probabilities where y is 0 or 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup

from grader.records import CheckStatus, QuestionReport, Step
from grader.render.messages import Words
from grader.render.pictures import svg
from grader.render.pictures.ends import coefficients, end_of_reference, end_of_run
from grader.render.pictures.picture import BOTTOM, LEFT, RIGHT, SIZE, TOP, Key, Picture, lines
from grader.render.text import number

_MARGIN = 0.06  # of the range of y, above and below the data


def fit_picture(question: QuestionReport, words: Words) -> Picture | None:
    """Draw the data and what was fitted; ``None`` where no data are known, or no line goes through them."""
    data = question.data or {}
    points = tuple(
        (a, b) for a, b in zip(data.get("x", ()), data.get("y", ()), strict=False) if _finite(a, b)
    )
    if not points:
        return None
    student = _line(data.get("line_x", ()), data.get("line_student", ()))
    reference = _line(data.get("line_x", ()), data.get("line_reference", ())) if question.reference else []
    binary = {b for _, b in points} <= {0.0, 1.0}
    x = svg.span((a for a, _ in points), start=LEFT, end=RIGHT, log=False)
    y = _y_scale(points)
    title = words("plot.probability" if binary else "plot.line")
    finding = _finding(question, words, binary=binary, drawn=bool(student))
    if question.run and not (student or reference) and finding == words("plot.fit-unknown"):
        return None
    body = [
        svg.axes(x, y, "x", "y"),
        (_ticks if binary else _dots)(points, x, y),
        svg.framed(x, y, [svg.curve(student, x, y, "student"), svg.curve(reference, x, y, "reference")]),
    ]
    keys = lines(words, student=bool(student), reference=bool(reference))
    return Picture(
        title,
        "",
        svg.picture(body, size=SIZE, title=title, finding=finding),
        (Key(svg.key("strokes" if binary else "dots", "data"), words("plot.data")), *keys),
        finding,
    )


def _finding(question: QuestionReport, words: Words, *, binary: bool, drawn: bool) -> str:
    mine, right = end_of_run(question.run), end_of_reference(question)
    if mine is None and drawn:  # of more parameters than a line has
        return words("plot.fit-curve")
    if mine is None or not drawn:
        not_finite = mine is not None and not _finite(*mine)
        return words("plot.fit-not-finite" if not_finite else "plot.fit-unknown")
    said = _half(mine, right, words) if binary else _equation(mine, right, words)
    other = any(it.step is Step.STEP1 and it.status is CheckStatus.FAILED for it in question.checks)
    return f"{said} {words('plot.fit-of-parameters')}" if other else said


def _half(mine: svg.Point, right: svg.Point | None, words: Words) -> str:
    """Say where the curves pass a probability of one half: at x = -ŵ0/ŵ1."""
    told = [number(-it[0] / it[1], 3) for it in (mine, right) if it is not None and it[1]]
    if len(told) == 2:
        same = told[0] == told[1]
        return words("plot.half-same" if same else "plot.half-both", actual=told[0], expected=told[1])
    return words("plot.half", actual=told[0]) if told and mine[1] else words("plot.fit-unknown")


def _equation(mine: svg.Point, right: svg.Point | None, words: Words) -> str:
    (a, b), (c, d) = coefficients(mine), coefficients(right or mine)
    if right is None:
        return words("plot.fit", a=a, b=b)
    return words("plot.fit-same" if (a, b) == (c, d) else "plot.fit-both", a=a, b=b, c=c, d=d)


def _line(x: Sequence[float], y: Sequence[float]) -> list[svg.Point]:
    return [(a, b) for a, b in zip(x, y, strict=False) if _finite(a, b) and abs(b) < 1e12]


def _y_scale(points: Sequence[svg.Point]) -> svg.Scale:
    values = [b for _, b in points]
    margin = _MARGIN * (max(values) - min(values))
    return svg.span((min(values) - margin, max(values) + margin), start=BOTTOM, end=TOP, log=False)


@lru_cache(maxsize=64)  # most of a class has the same data
def _ticks(points: tuple[svg.Point, ...], x: svg.Scale, y: svg.Scale) -> Markup:
    """Draw points that are 0 or 1 as strokes: dots would run into one line."""
    drawn = "".join(f"M{x(a):.1f} {y(b) - 5:.1f}v10" for a, b in points)
    return Markup('<path class="strokes" d="{}"/>').format(drawn)


@lru_cache(maxsize=64)
def _dots(points: tuple[svg.Point, ...], x: svg.Scale, y: svg.Scale) -> Markup:
    return svg.dots(points, x, y, "data")


def _finite(*values: float) -> bool:
    return all(map(math.isfinite, values))
