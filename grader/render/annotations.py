"""The few remarks of a report that belong beside a line of the notebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.records import CellStatus, CheckStatus, QuestionReport, QuestionStatus, Report
from grader.render.messages import Words, localize, ui
from grader.render.problems import problem
from grader.render.remarks import Remark, named, one_line, place, remarks

MOST = 10


@dataclass(frozen=True)
class Annotation:
    """One remark. ``cell`` counts from 0, ``line`` within it from 1; it is an ``error`` or a ``warning``."""

    level: str
    title: str
    text: str
    cell: int | None = None
    line: int | None = None


def annotated(report: Report, lang: str = "ko", most: int = MOST) -> list[Annotation]:
    """Give at most so many remarks: what raised, mistakes with a name, then what else is wrong."""
    report, words = localize(report, lang), ui(lang)
    if report.error:
        return [Annotation("error", one_line(report.assignment.title), one_line(report.error.message.text))]
    found = [it for question in report.questions for it in _of_question(question, report, words)]
    found.sort(key=lambda it: (it.level != "error", it.line is None, it.cell is None))
    return found[:most]


def _of_question(question: QuestionReport, report: Report, words: Words) -> Iterator[Annotation]:
    """Give what is wrong with one question; where a cell raised, the rest follows from that.

    Nobody is told what they have not answered yet.
    """
    if question.status in (QuestionStatus.PASSED, QuestionStatus.UNANSWERED):
        return
    title = one_line(question.title)
    own = question.matched.cells if question.matched else ()
    raised = [cell for cell in report.cells if cell.index in own and cell.status != CellStatus.OK]
    for outcome in raised:
        it = problem(outcome, report.language)
        line = outcome.error.line if outcome.error else None
        text = "\n".join(filter(None, (one_line(it.text), one_line(it.hint))))
        yield Annotation("error", title, text, outcome.index, line)
    for remark in remarks(question, words):
        explained = raised and remark.line is None
        if remark.status in (CheckStatus.FAILED, CheckStatus.BORDERLINE) and not explained:
            cell = remark.cell if remark.cell is not None else next(iter(own), None)
            level = "error" if remark.status == CheckStatus.FAILED else "warning"
            heading = f"{title} · {named(remark.steps, words)}"
            yield Annotation(level, heading, _text(remark, words), cell, remark.line)


def _text(remark: Remark, words: Words) -> str:
    where = ": ".join(filter(None, (place(remark, words), one_line(remark.source))))
    return "\n".join(filter(None, (remark.text, *remark.advice, *remark.compared, where)))
