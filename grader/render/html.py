"""The student's page and the class page: self-contained HTML, made from reports alone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.records import (
    CellStatus,
    CheckStatus,
    Match,
    QuestionReport,
    QuestionStatus,
    Report,
    Shown,
)
from grader.render import overview, text
from grader.render.histogram import histogram
from grader.render.losses import loss_picture
from grader.render.messages import catalogue, localize, translate, ui
from grader.render.problems import CellProblem, problem
from grader.render.steps import findings, headline, is_secret, step_rows

#: What flags begin with that already say what became of their cell.
_CELL_FLAGS = ("flag.cell-killed", "flag.limit.")


@dataclass(frozen=True)
class ClassEntry:
    """One submission on the class page; ``href`` is its report's path, relative to the page, not quoted."""

    report: Report
    href: str


def student_page(report: Report, lang: str = "ko", *, show_expected: bool = True) -> str:
    """Give the page a student learns from; without ``show_expected`` hidden checks show their mark alone."""
    report = localize(report, lang)
    words = ui(lang)
    sentence, params = headline(report)
    unfinished = {cell.index: problem(cell, lang) for cell in report.cells if cell.status != CellStatus.OK}
    told = {flag.params.get("cell", 0) - 1 for flag in report.flags if flag.id.startswith(_CELL_FLAGS)}
    return page(
        "student.html",
        lang,
        report=report,
        final=overview.final(report),
        sentence=words("headline.error") if report.error else words(sentence, **params),
        views=[
            _view(number, question, unfinished, lang, show_expected=show_expected)
            for number, question in enumerate(report.questions, 1)
        ],
        unfinished=[problem for cell, problem in unfinished.items() if cell not in told],
    )


def class_page(entries: Sequence[ClassEntry], lang: str = "ko", *, csv_href: str = "gradebook.csv") -> str:
    """Give the instructor's page over all ``entries``, in the order given."""
    entries = [ClassEntry(localize(entry.report, lang), entry.href) for entry in entries]
    reports = [entry.report for entry in entries]
    attention = [(entry, [translate(m, lang) for m in overview.attention(entry.report)]) for entry in entries]
    return page(
        "class.html",
        lang,
        title=reports[0].assignment.title if reports else "",
        entries=entries,
        scores=overview.scores(reports),
        questions=overview.questions(reports),
        attention=[(entry, reasons) for entry, reasons in attention if reasons],
        histogram=histogram(overview.distribution(reports), ui(lang)),
        csv_href=csv_href,
        final=overview.final,
    )


def _view(
    number: int,
    question: QuestionReport,
    unfinished: Mapping[int, CellProblem],
    lang: str,
    *,
    show_expected: bool,
) -> dict[str, Any]:
    """Gather what the card of one question shows."""
    own = question.matched.cells if question.matched else ()
    return {
        "number": number,
        "question": question,
        "rows": step_rows(question),
        "findings": findings(question, show_expected=show_expected),
        "passed": [
            check
            for check in question.checks
            if check.status == CheckStatus.PASSED and not is_secret(check, show_expected=show_expected)
        ],
        "losses": loss_picture(question, f"loss-{number}", ui(lang)),
        "problems": [unfinished[cell] for cell in own if cell in unfinished],
    }


def page(template: str, lang: str, **given: Any) -> str:
    """Fill a template of this package in with what is given and the words of ``lang``."""

    def named(family: str, key: str) -> str:
        """Give the word for ``key`` where there is one: what an update is called is the checks' to decide."""
        return catalogue(lang).get(f"{family}.{key}", key)

    return _environment().get_template(template).render(lang=lang, t=ui(lang), named=named, **given)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": text.number,
        "points": text.points,
        "shape": text.shape,
        "values": text.nested,
        "cells": _cells,
        "numbers": _numbers,
        "dedent": lambda source: dedent(source).strip("\n"),
        "path": lambda href: quote(href, safe="/"),
    }
    environment.globals["QuestionStatus"] = QuestionStatus
    return environment


def _shown_clean(value: Any) -> Any:
    """Clean every text on its way into a page; what we marked up ourselves has been already."""
    return text.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _cells(match: Match) -> str:
    """Give cells as people count them, from 1, runs of them as ranges: ``3-5, 8``."""
    spans: list[list[int]] = []
    for index in sorted(match.cells):
        if spans and spans[-1][-1] == index:
            spans[-1][-1] = index + 1
        else:
            spans.append([index + 1, index + 1])
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in spans)


def _numbers(shown: Shown) -> str:
    """Give the numbers of a value; an ellipsis stands for those that the record left out."""
    written = text.nested(shown.value)
    if isinstance(shown.value, list | tuple) and _count(shown.value) < math.prod(shown.shape or ()):
        return written.removesuffix("]").rstrip("…, ") + ", …]"
    return written


def _count(value: Any) -> int:
    return sum(map(_count, value)) if isinstance(value, list | tuple) else 1
