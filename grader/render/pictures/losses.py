"""The loss curve beside the reference's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from markupsafe import Markup

from grader.records import QuestionReport
from grader.render.messages import Words
from grader.render.pictures import svg
from grader.render.pictures.picture import BOTTOM, LEFT, RIGHT, SIZE, TOP, Picture, lines
from grader.render.text import number

Losses: TypeAlias = Sequence[tuple[int, float]]

_DEPARTED = 1e-3  # relative; what is closer than this cannot be told apart in the picture


def loss_picture(question: QuestionReport, words: Words) -> Picture | None:
    """Draw the losses of ``question``; ``None`` where none are known."""
    student = question.run.losses if question.run else ()
    reference = question.reference.losses if question.reference else ()
    if not student and not reference:
        return None
    finding, title = _finding(student, reference, words), words("plot.loss")
    last = _last_epoch(student, reference)
    student, reference = (tuple(it for it in losses if it[0] <= last) for losses in (student, reference))
    drawn, beside = finite(student), finite(reference)
    x = svg.span((epoch for epoch, _ in (*student, *reference)), start=LEFT, end=RIGHT, log=False)
    y = svg.span((loss for _, loss in (*drawn, *beside)), start=BOTTOM, end=TOP)
    body = [
        _void(student, drawn, x, y),
        svg.axes(x, y, "epoch", "loss"),
        svg.curve(drawn, x, y, "student"),
        svg.curve(beside, x, y, "reference"),
        _end_mark(student, drawn, x, y),
    ]
    return Picture(
        title,
        words("plot.log") if y.log else "",
        svg.picture(body, size=SIZE, title=title, finding=finding),
        lines(words, student=bool(drawn), reference=bool(beside)),
        finding,
    )


def finite(losses: Losses) -> list[svg.Point]:
    """Give the losses up to the first that is not finite: what comes after means nothing."""
    known: list[svg.Point] = []
    for epoch, loss in losses:
        if not math.isfinite(loss):
            break
        known.append((epoch, loss))
    return known


def _finding(student: Losses, reference: Losses, words: Words) -> str:
    if not student:
        return words("plot.reference-alone")
    broken = next((epoch for epoch, loss in student if not math.isfinite(loss)), None)
    if broken is not None:
        return words("plot.not-finite", epoch=broken)
    if not reference:
        return words("plot.alone", first=_short(student[0][1]), last=_short(student[-1][1]))
    departed = _departure(student, reference)
    epoch, last = student[-1]
    if departed is None:
        return words("plot.same", epoch=epoch, actual=_short(last))
    known, expected = reference[-1]
    if known < epoch and known in dict(student):  # of a long training the reference's beginning is known
        actual = _short(dict(student)[known])
        return words("plot.departs-at", epoch=departed, at=known, actual=actual, expected=_short(expected))
    return words("plot.departs", epoch=departed, actual=_short(last), expected=_short(expected))


def _short(loss: float) -> str:
    return number(loss, 4)


def _last_epoch(student: Losses, reference: Losses) -> int:
    """Give the last epoch that is drawn: where the loss stops being a number, as many again as it was one."""
    last = max(epoch for epoch, _ in (*student, *reference))
    known = len(finite(student))
    return last if known == len(student) else min(last, max(2 * student[known][0], 10))


def _departure(student: Losses, reference: Losses) -> int | None:
    """Give the first epoch, of those both know, at which the two can be told apart."""
    right = dict(reference)
    for epoch, loss in student:
        if epoch in right and not math.isclose(loss, right[epoch], rel_tol=_DEPARTED, abs_tol=1e-9):
            return epoch
    return None


def _void(student: Losses, drawn: Sequence[svg.Point], x: svg.Scale, y: svg.Scale) -> Markup:
    """Shade the epochs in which the student's loss is no number any more."""
    if len(drawn) == len(student):
        return Markup()
    left = x(student[len(drawn)][0])
    box = Markup('<rect class="void" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>')
    return box.format(left, y.end, x.end - left, y.start - y.end)


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
