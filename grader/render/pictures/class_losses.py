"""All loss curves of a class on one question in one picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.records import QuestionReport, QuestionStatus
from grader.render.messages import Words
from grader.render.pictures import svg
from grader.render.pictures.losses import Losses, finite
from grader.render.pictures.picture import Key, Picture
from grader.render.text import clean

_SIZE = (460, 250)
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 450, 26, 208
_HIGHEST = 1e6  # times the first loss: what diverges further leaves the picture at its top
_LONGEST = 3  # times the reference's epochs: what goes on further leaves it at its right
_NAMES = 12  # of students told where a curve is pointed at


@dataclass(frozen=True)
class Trained:
    """A student's answer to the question."""

    name: str
    question: QuestionReport


def class_losses(answers: Sequence[Trained], words: Words) -> Picture | None:
    """Draw the curves of ``answers`` to one question; ``None`` where nobody has trained anything."""
    trained = [it for it in answers if it.question.run and it.question.run.losses]
    if not trained:
        return None
    curves = _together(trained)
    reference = max(
        (it.question.reference.losses for it in trained if it.question.reference), key=len, default=()
    )
    most = _LONGEST * reference[-1][0] if reference else math.inf
    epochs = (epoch for losses in (*curves, reference) for epoch, _ in losses if epoch <= most)
    x = svg.span(epochs, start=_LEFT, end=_RIGHT, log=False)
    y = _y_scale([*curves, reference])
    finding, title = _finding(trained, words), words("class.losses")
    drawn = [_curve(losses, students, x, y) for losses, students in curves.items()]
    body = [
        svg.axes(x, y, "epoch", "loss"),
        svg.framed(x, y, [*drawn, svg.curve(finite(reference), x, y, "reference")]),
    ]
    return Picture(
        title,
        words("plot.log") if y.log else "",
        svg.picture(body, size=_SIZE, title=f"{trained[0].question.title}, {title}", finding=finding),
        (
            Key(svg.key("line", "many"), words("class.curve-right")),
            Key(svg.key("line", "lost"), words("class.curve-wrong")),
            Key(svg.key("line", "reference"), words("plot.reference")),
        ),
        finding,
    )


def _together(trained: Sequence[Trained]) -> dict[Losses, list[Trained]]:
    """Give each curve once, with those whose it is; wrong ones last, on top of the others."""
    curves: dict[Losses, list[Trained]] = {}
    for it in sorted(trained, key=lambda it: it.question.status != QuestionStatus.PASSED):
        losses = it.question.run.losses if it.question.run else ()
        seen = tuple((int(epoch), float(f"{loss:.3g}")) for epoch, loss in finite(losses))
        if seen:
            curves.setdefault(seen, []).append(it)
    return curves


def _curve(losses: Losses, students: Sequence[Trained], x: svg.Scale, y: svg.Scale) -> Markup:
    """Draw one curve; pointed at, it tells whose it is."""
    wrong = any(it.question.status != QuestionStatus.PASSED for it in students)
    names = ", ".join(it.name for it in students[:_NAMES]) + (" …" if len(students) > _NAMES else "")
    inside = [(epoch, min(max(loss, y.low), y.high * 2)) for epoch, loss in losses]
    line = svg.curve(inside, x, y, "lost" if wrong else "many")
    return Markup("<g><title>{}</title>{}</g>").format(clean(names), line)


def _y_scale(curves: Sequence[Losses]) -> svg.Scale:
    values = [loss for losses in curves for _, loss in finite(losses)]
    first = max((losses[0][1] for losses in curves if losses and math.isfinite(losses[0][1])), default=1.0)
    limit = abs(first) * _HIGHEST
    near = [value for value in values if abs(value) <= limit] or values
    positive = svg.span((value for value in near if value > 0), start=_BOTTOM, end=_TOP)
    # A loss without a square falls below zero: on a log scale it leaves the picture at its bottom.
    return positive if positive.log else svg.span(near, start=_BOTTOM, end=_TOP)


def _finding(trained: Sequence[Trained], words: Words) -> str:
    right = sum(it.question.status == QuestionStatus.PASSED for it in trained)
    runs = [it.question.run.losses for it in trained if it.question.run]
    broken = sum(len(finite(losses)) < len(losses) for losses in runs)
    said = "class.losses-finding" if right else "class.losses-none-right"
    told = words(said, count=len(trained), right=right)
    return f"{told} {words('class.losses-broken', count=broken)}" if broken else told
