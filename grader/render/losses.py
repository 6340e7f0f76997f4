"""The loss curve beside the reference's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.records import QuestionReport
from grader.render import svg
from grader.render.messages import Words
from grader.render.text import number

Losses = Sequence[tuple[int, float]]

_SIZE = (400, 220)
_DEPARTED = 1e-3  # relative; what is closer than this cannot be told apart in the picture


@dataclass(frozen=True)
class LossPicture:
    """The picture, the sentence that states what it shows, and whether it is drawn on a log scale."""

    image: Markup
    finding: str
    log: bool
    student: bool
    reference: bool


def loss_picture(question: QuestionReport, name: str, words: Words) -> LossPicture | None:
    """Draw the losses of ``question``; ``None`` where none are known."""
    student = question.run.losses if question.run else ()
    reference = question.reference.losses if question.reference else ()
    if not student and not reference:
        return None
    finding = _finding(student, reference, words)
    drawn, beside = _finite(student), _finite(reference)
    x = svg.span((epoch for epoch, _ in (*student, *reference)), start=52, end=388, log=False)
    y = svg.span((loss for _, loss in (*drawn, *beside)), start=180, end=32)
    body = [
        svg.axes(x, y, "epoch", "loss"),
        svg.curve(drawn, x, y, "student"),
        svg.curve(beside, x, y, "reference"),
        _end_mark(student, drawn, x, y),
    ]
    image = svg.picture(body, size=_SIZE, name=name, title=words("plot.loss"), finding=finding)
    return LossPicture(image, finding, y.log, bool(drawn), bool(beside))


def _finding(student: Losses, reference: Losses, words: Words) -> str:
    if not student:
        return words("plot.reference-alone")
    broken = next((epoch for epoch, loss in student if not math.isfinite(loss)), None)
    if broken is not None:
        return words("plot.not-finite", epoch=broken)
    if not reference:
        return words("plot.alone", first=student[0][1], last=student[-1][1])
    departed = _departure(student, reference)
    epoch, last = student[-1]
    if departed is None:
        return words("plot.same", epoch=epoch, actual=last)
    known, expected = reference[-1]
    if known < epoch and known in dict(student):  # of a long training the reference's beginning is known
        return words(
            "plot.departs-at", epoch=departed, at=known, actual=dict(student)[known], expected=expected
        )
    return words("plot.departs", epoch=departed, actual=last, expected=expected)


def _departure(student: Losses, reference: Losses) -> int | None:
    """Give the first epoch, of those both know, at which the two can be told apart."""
    right = dict(reference)
    for epoch, loss in student:
        if epoch in right and not math.isclose(loss, right[epoch], rel_tol=_DEPARTED, abs_tol=1e-9):
            return epoch
    return None


def _finite(losses: Losses) -> list[svg.Point]:
    """Give the losses up to the first that is not finite: what comes after means nothing."""
    known: list[svg.Point] = []
    for epoch, loss in losses:
        if not math.isfinite(loss):
            break
        known.append((epoch, loss))
    return known


def _end_mark(student: Losses, drawn: Sequence[svg.Point], x: svg.Scale, y: svg.Scale) -> Markup:
    """Mark where the student's curve stops being a number."""
    if len(drawn) == len(student):
        return Markup()
    epoch, loss = student[len(drawn)]
    left, top = x(epoch), y(drawn[-1][1]) if drawn else (y.start + y.end) / 2
    anchor = "end" if left > (x.start + x.end) / 2 else "start"
    return Markup(
        '<g class="stop"><path d="M{0:.1f} {1:.1f}l10 10m0 -10l-10 10"/>'
        '<text x="{2:.1f}" y="{3:.1f}" text-anchor="{4}">{5}</text></g>'
    ).format(left - 5, top - 5, left + (-9 if anchor == "end" else 9), max(top - 8, 26), anchor, number(loss))
