"""The page a student learns from."""

from __future__ import annotations

from collections.abc import Mapping

from grader.records import CellStatus, QuestionStatus, Report
from grader.render import overview
from grader.render.card import Card, card_of
from grader.render.messages import localize, ui
from grader.render.problems import Problem, problem
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
    unfinished = {c.index: problem(c, lang) for c in report.cells if c.status != CellStatus.OK}
    told = {flag.params.get("cell", 0) - 1 for flag in report.flags if flag.id.startswith(_CELL_FLAGS)}
    cards = _cards(report, unfinished, lang, notebook)
    return fill_in(
        "student.html",
        lang,
        report=report,
        final=overview.final(report),
        sentence=words("headline.error") if report.error else words(sentence, **params),
        cards=cards,
        again=[card for card in cards if card.question.status != QuestionStatus.PASSED and card.answered],
        unfinished=[it for cell, it in unfinished.items() if cell not in told],
        notebook=notebook,
    )


def _cards(report: Report, unfinished: Mapping[int, Problem], lang: str, notebook: str | None) -> list[Card]:
    """Gather the cards, each with what happened to its own cells."""
    cards = []
    for number, question in enumerate(report.questions, 1):
        own = question.matched.cells if question.matched else ()
        problems = [unfinished[cell] for cell in own if cell in unfinished]
        cards.append(card_of(question, lang, number=number, problems=problems, notebook=notebook))
    return cards
