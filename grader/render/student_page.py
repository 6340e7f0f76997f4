"""The page a student learns from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.records import CellError, CellOutcome, CellStatus, Message, QuestionStatus, Report
from grader.render import overview, text
from grader.render.card import Card, Problem, card_of
from grader.render.flags import once
from grader.render.messages import catalogue, localize, translate, ui
from grader.render.steps import headline
from grader.render.template import fill_in

#: What flags begin with that already say what became of their cell.
_CELL_FLAGS = ("flag.cell-killed", "flag.limit.")


def student_page(report: Report, lang: str = "ko", *, notebook: str | None = None) -> str:
    """Give the page a student learns from.

    Args:
        report: all that is known of the submission; what a student may not see is not in it any more.
        lang: the page's language.
        notebook: where the executed notebook's page is, relative to this page, if there is one.
    """
    report = localize(report, lang)
    words = ui(lang)
    sentence, params = headline(report)
    unfinished = {c.index: _problem(c, lang) for c in report.cells if c.status != CellStatus.OK}
    told = {flag.params.get("cell", 0) - 1 for flag in report.flags if flag.id.startswith(_CELL_FLAGS)}
    cards = _cards(report, unfinished, lang, notebook)
    return fill_in(
        "student.html",
        lang,
        report=report,
        final=overview.final(report),
        sentence=words("headline.error") if report.error else words(sentence, **params),
        cards=cards,
        flags=[translate(it, lang) for it in once(report.flags, report.questions, words)],
        again=[card for card in cards if card.question.status != QuestionStatus.PASSED and card.answered],
        unfinished=[problem for cell, problem in unfinished.items() if cell not in told],
        notebook=notebook,
    )


def _cards(report: Report, unfinished: Mapping[int, Problem], lang: str, notebook: str | None) -> list[Card]:
    """Gather the cards, each with what happened to its own cells."""
    cards = []
    for number, question in enumerate(report.questions, 1):
        own = question.matched.cells if question.matched else ()
        problems = [unfinished[cell] for cell in own if cell in unfinished]
        cards.append(card_of(question, lang, number=number, problems=problems, notebook=notebook))
    return _with_one_open(cards)


def _with_one_open(cards: list[Card]) -> list[Card]:
    """Open the first card with pictures where none is open: everybody should see what there is to see."""
    pictured = [n for n, card in enumerate(cards) if card.pictures]
    if pictured and not any(cards[n].open for n in pictured):
        cards[pictured[0]] = replace(cards[pictured[0]], open=True)
    return cards


def _problem(cell: CellOutcome, lang: str) -> Problem:
    """Say what happened to a cell that did not finish: one sentence, a hint, and the line it happened on."""
    error, at = cell.error, {"cell": cell.index + 1}
    hint = _hint(error, lang) if error else ""
    if cell.status == CellStatus.TIMED_OUT:
        message = Message("cell.stopped", at)
    elif cell.status == CellStatus.KILLED:
        message = Message("cell.killed", at)
    elif cell.status == CellStatus.NOT_REACHED or not error:
        message = Message("cell.not-reached", at)
    elif error.line is None:
        message = Message("cell.raised-somewhere", {**at, "name": error.name, "value": error.value})
    else:
        params = {**at, "line": error.line, "name": error.name, "value": error.value}
        message = Message("cell.raised", params)
    source = text.dedented(error.source) if error else ""
    return Problem(translate(message, lang), hint, source, cell.index)


def _hint(error: CellError, lang: str) -> str:
    """Explain an exception: by its message where there are words for it, else by its kind."""
    return error.hint.text if error.hint else catalogue(lang).get(f"exception.{error.name}", "")
