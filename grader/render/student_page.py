"""The page a student learns from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.records import QuestionStatus, Report
from grader.render import overview
from grader.render.card import Card, card_of
from grader.render.flags import once
from grader.render.messages import localize, translate, ui
from grader.render.problems import Problem, unfinished, untold
from grader.render.steps import headline
from grader.render.template import fill_in


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
    cards = _cards(report, unfinished(report), lang, notebook)
    return fill_in(
        "student.html",
        lang,
        report=report,
        final=overview.final(report),
        sentence=words("headline.error") if report.error else words(sentence, **params),
        cards=cards,
        flags=[translate(it, lang) for it in once(report.flags, report.questions, words)],
        again=[card for card in cards if card.question.status != QuestionStatus.PASSED and card.answered],
        unfinished=untold(report),
        notebook=notebook,
    )


def _cards(report: Report, problems: Mapping[int, Problem], lang: str, notebook: str | None) -> list[Card]:
    """Gather the cards, each with what happened to its own cells."""
    cards = []
    for number, question in enumerate(report.questions, 1):
        own = question.matched.cells if question.matched else ()
        its = [problems[cell] for cell in own if cell in problems]
        cards.append(card_of(question, lang, number=number, problems=its, notebook=notebook))
    return _with_one_open(cards)


def _with_one_open(cards: list[Card]) -> list[Card]:
    """Open the first card with pictures where none is open: everybody should see what there is to see."""
    pictured = [n for n, card in enumerate(cards) if card.pictures]
    if pictured and not any(cards[n].open for n in pictured):
        cards[pictured[0]] = replace(cards[pictured[0]], open=True)
    return cards
