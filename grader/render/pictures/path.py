"""The path of (ŵ0, ŵ1) on the contours of the loss, the student's beside the reference's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from markupsafe import Markup

from grader.records import QuestionReport
from grader.render.messages import Words
from grader.render.pictures import svg
from grader.render.pictures.contours import Ground, ground
from grader.render.pictures.ends import end_of_run, place
from grader.render.pictures.picture import BOTTOM, LEFT, RIGHT, SIZE, TOP, Key, Picture, lines

_APART = 0.01  # of the picture's size: paths closer than this look the same
_DOTTED = 45  # a path of more epochs is drawn without a dot for each

Path: TypeAlias = Sequence[svg.Point]
Frame: TypeAlias = tuple[svg.Scale, svg.Scale]


def path_picture(question: QuestionReport, words: Words) -> Picture | None:
    """Draw the path; ``None`` where the question has not two parameters or no loss is known around it."""
    frame = _frame(question.data or {})
    student, reference = _paths(question)
    if frame is None or not student:
        return None
    x, y = frame
    below = ground(tuple((question.data or {})["loss"]), ((x.low, x.high), (y.low, y.high)), x, y)
    if below is None:
        return None
    title, finding = words("plot.path"), _finding(question, student, reference, frame, words)
    body = [
        svg.framed(x, y, _drawn(below, student, reference, x, y)),
        _axes(x, y),
    ]
    keys = (
        *lines(words, student=True, reference=bool(reference)),
        Key(svg.key("ring", "student"), words("plot.start")),
        Key(svg.key("disc", "student"), words("plot.end")),
        Key(svg.key("cross", "lowest"), words("plot.lowest")),
    )
    image = svg.picture(body, size=SIZE, title=title, finding=finding)
    return Picture(title, words("plot.contours"), image, keys, finding)


def _frame(data: Mapping[str, Sequence[float]]) -> Frame | None:
    """Give the scales of ŵ0 and ŵ1 over the grid on which the loss is known."""
    first, second, loss = (data.get(name, ()) for name in ("loss_w0", "loss_w1", "loss"))
    side = math.isqrt(len(loss))
    if side < 4 or side * side != len(loss) or len(first) != 2 or len(second) != 2:
        return None
    if not all(map(math.isfinite, (*first, *second))) or first[0] >= first[1] or second[0] >= second[1]:
        return None
    return svg.Scale(first[0], first[1], LEFT, RIGHT), svg.Scale(second[0], second[1], BOTTOM, TOP)


def _paths(question: QuestionReport) -> tuple[list[svg.Point], list[svg.Point]]:
    """Give both paths to their ends, each up to where it stops being finite."""
    run, reference = question.run, question.reference
    end = end_of_run(run)
    mine = [values for _, values in run.path] + [end] if run and end else []
    right = [values for _, values in reference.path] if reference else []
    return _finite(mine), _finite(right)


def _finite(path: Sequence[Sequence[float]]) -> list[svg.Point]:
    known: list[svg.Point] = []
    for values in path:
        if len(values) != 2 or not all(map(math.isfinite, values)):
            break
        known.append((values[0], values[1]))
    return known


def _drawn(below: Ground, student: Path, reference: Path, x: svg.Scale, y: svg.Scale) -> list[Markup]:
    """Draw what stands within the frame, from the ground up."""
    near = _near(student, x, y)
    parts = [
        below.drawn,
        svg.curve(near, x, y, "student"),
        svg.dots(near if len(near) <= _DOTTED else (), x, y, "student"),
        svg.curve(_near(reference, x, y), x, y, "reference"),
        _cross(below.lowest, x, y),
        Markup('<circle class="ring student" cx="{:.1f}" cy="{:.1f}" r="5"/>').format(
            x(student[0][0]), y(student[0][1])
        ),
    ]
    ends = (("student", student), ("reference", reference))
    return [*parts, *(svg.dots(path[-1:], x, y, f"end {kind}") for kind, path in ends if _within(path, x, y))]


def _within(path: Path, x: svg.Scale, y: svg.Scale) -> bool:
    """Tell whether a path ends in the picture."""
    return bool(path) and x.holds(path[-1][0]) and y.holds(path[-1][1])


def _near(path: Path, x: svg.Scale, y: svg.Scale) -> list[svg.Point]:
    """Give the path as far as its first point that is far off: the frame cuts the line to it."""
    reach = 20.0
    known: list[svg.Point] = []
    for a, b in path:
        wide, tall = x.high - x.low, y.high - y.low
        if abs(a - x.low) > reach * wide or abs(b - y.low) > reach * tall:
            if known:  # a point in the same direction, near enough to be drawn
                known.append(_towards(known[-1], (a, b), reach * max(wide, tall)))
            break
        known.append((a, b))
    return known


def _towards(start: svg.Point, to: svg.Point, far: float) -> svg.Point:
    length = math.hypot(to[0] / 2 - start[0] / 2, to[1] / 2 - start[1] / 2) * 2
    share = far / length if math.isfinite(length) else 0.0
    return start[0] + share * (to[0] - start[0]), start[1] + share * (to[1] - start[1])


def _cross(at: svg.Point, x: svg.Scale, y: svg.Scale) -> Markup:
    left, top = x(at[0]), y(at[1])
    return Markup('<path class="cross lowest" d="M{:.1f} {:.1f}l8 8m0-8l-8 8"/>').format(left - 4, top - 4)


def _axes(x: svg.Scale, y: svg.Scale) -> Markup:
    """Name both axes; the contours are grid enough."""
    values = [svg.label(x(value), y.start + 17, svg.tick(value), "mid") for value in x.ticks()]
    values += [svg.label(x.start - 7, y(value) + 4, svg.tick(value), "end") for value in y.ticks()]
    names = [
        svg.label(x.end, y.start + 34, "ŵ0", "end name"),
        svg.label(4, y.end - 12, "ŵ1", "start name"),
    ]
    frame = Markup('<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>').format(
        x.start, y.end, x.end - x.start, y.start - y.end
    )
    return Markup().join((Markup('<g class="grid">'), frame, *values, *names, Markup("</g>")))


def _finding(question: QuestionReport, student: Path, reference: Path, frame: Frame, words: Words) -> str:
    params = {"start": place(student[0]), "actual": place(student[-1])}
    told = _unusual(question, student, frame)
    if told:
        return words(told, **params)
    if not reference or question.reference is None:
        return words("plot.path-alone", **params)
    if _alike(student, reference, *frame):
        return words("plot.path-same", **params)
    if "line_reference" in (question.data or {}):
        return words("plot.path-differs", expected=place(reference[-1]), **params)
    return words("plot.path-beginning", epoch=question.reference.path[-1][0], **params)


def _unusual(question: QuestionReport, student: Path, frame: Frame) -> str:
    """Name what there is to say of a path that cannot be compared with another: it did not arrive."""
    if question.run and len(student) <= len(question.run.path):
        return "plot.path-not-finite"
    if len(set(student)) == 1:
        return "plot.path-unmoved"
    arrived = all(scale.holds(value) for scale, value in zip(frame, student[-1], strict=True))
    return "" if arrived else "plot.path-left"


def _alike(one: Path, other: Path, x: svg.Scale, y: svg.Scale) -> bool:
    if len(one) != len(other):
        return False
    wide, tall = _APART * (x.high - x.low), _APART * (y.high - y.low)
    return all(abs(a - c) <= wide and abs(b - d) <= tall for (a, b), (c, d) in zip(one, other, strict=True))
