"""The card of one question: the same in a student's page and in the output of a notebook cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.records import (
    CheckResult,
    CheckStatus,
    Match,
    QuestionReport,
    QuestionStatus,
    Step,
    Visibility,
)
from grader.render.explanation import Explanation, explained_and_rest
from grader.render.messages import localize_question, ui
from grader.render.pictures import Picture, pictures
from grader.render.problems import Problem
from grader.render.steps import Finding
from grader.render.template import fill_in

#: What a mark stands for: several things are asked for under their own names within one of these steps.
_NAMED = (Step.DATA, Step.VALUE)


@dataclass(frozen=True)
class Mark:
    """One mark in the row: of a step, or of a value where several are asked for. ``name`` is the value's."""

    step: Step
    name: str
    status: CheckStatus
    points: float
    max_points: float


@dataclass(frozen=True)
class Card:
    """All that the card of a question shows."""

    question: QuestionReport
    number: int | None
    marks: tuple[Mark, ...]
    explanations: tuple[Explanation, ...]
    findings: tuple[Finding, ...]
    passed: tuple[CheckResult, ...]
    problems: tuple[Problem, ...]
    pictures: tuple[Picture, ...]
    cells: tuple[int, ...]
    notebook: str | None
    open: bool

    @property
    def answered(self) -> bool:
        """Tell whether there is anything to show but that nothing was answered."""
        return self.question.status != QuestionStatus.UNANSWERED

    @property
    def chain(self) -> bool:
        """Tell whether the marks follow on one another, as steps do and values do not."""
        return not any(mark.name for mark in self.marks)

    @property
    def reason(self) -> str:
        """What to look at first: the name of the mistake, or else what the first check says."""
        said = [it.title for it in self.explanations] or [it.check.message.text for it in self.findings]
        return said[0] if said else ""


def question_card(question: QuestionReport, lang: str = "ko") -> str:
    """Give one question as a fragment of HTML that brings its own styles.

    It has no ids and no script and loads nothing, so that any number of cards can stand on one page: in the
    output of a cell in JupyterLab, Colab or VS Code, in the dark or in the light.
    """
    return fill_in("card.html", lang, card=card_of(localize_question(question, lang), lang))


def card_of(
    question: QuestionReport,
    lang: str,
    *,
    number: int | None = None,
    problems: Sequence[Problem] = (),
    notebook: str | None = None,
) -> Card:
    """Gather what the card of ``question``, whose messages have their text already, shows.

    Args:
        question: the question.
        lang: the language of the pictures' words.
        number: its place in the assignment, from 1.
        problems: the cells of its answer that did not finish.
        notebook: where the executed notebook's page is, if there is one.
    """
    explained, rest = explained_and_rest(question)
    return Card(
        question=question,
        number=number,
        marks=tuple(marks(question)),
        explanations=explained,
        findings=rest,
        passed=tuple(check for check in question.checks if _worth_showing(check)),
        problems=tuple(problems),
        pictures=tuple(pictures(question, ui(lang))),
        cells=_cells(question.matched),
        notebook=notebook,
        open=question.status != QuestionStatus.PASSED,
    )


def marks(question: QuestionReport) -> list[Mark]:
    """Give the row of marks, in the lecture's order: a mark a step, or a value where values are asked for."""
    told = []
    for step in Step:
        checks = [check for check in question.checks if check.step == step]
        named = step == Step.VALUE or (step in _NAMED and len(checks) > 1)
        told += [
            Mark(
                step,
                check.id.removeprefix(f"{question.id}.") if named else "",
                check.status,
                check.points,
                check.max_points,
            )
            for check in checks
        ]
    return told


def _worth_showing(check: CheckResult) -> bool:
    """Tell whether a check that passed has more to show than its mark."""
    shows = check.actual is not None or check.expected is not None
    return check.status == CheckStatus.PASSED and shows and check.visibility == Visibility.PUBLIC


def _cells(match: Match | None) -> tuple[int, ...]:
    return tuple(sorted(match.cells)) if match else ()
