"""The instructor's page over a class."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from grader.records import QuestionReport, Report
from grader.render import overview
from grader.render.flags import once
from grader.render.messages import localize, translate, ui
from grader.render.misconceptions import frequencies, named
from grader.render.names import told_apart
from grader.render.pictures import Picture
from grader.render.pictures.class_losses import Trained, class_losses
from grader.render.pictures.histogram import histogram
from grader.render.template import fill_in

OUTCOMES = ("passed", "partial", "failed", "unanswered")


@dataclass(frozen=True)
class ClassEntry:
    """One submission on the class page; ``href`` is its report's path, relative to the page, not quoted."""

    report: Report
    href: str


@dataclass(frozen=True)
class Row:
    """A line of the table: a submission, its questions by id with their numbers, what it is found by."""

    entry: ClassEntry
    by_id: Mapping[str, QuestionReport]
    numbers: Mapping[str, int]
    words: str


def class_page(entries: Sequence[ClassEntry], lang: str = "ko", *, csv_href: str = "gradebook.csv") -> str:
    """Give the instructor's page over all ``entries``, in the order given."""
    entries = [ClassEntry(localize(entry.report, lang), entry.href) for entry in entries]
    reports = [entry.report for entry in entries]
    names = told_apart(reports)
    questions = overview.questions(reports)
    misconceptions = frequencies(reports, lang)
    return fill_in(
        "class.html",
        lang,
        title=reports[0].assignment.title if reports else "",
        entries=entries,
        rows=[_row(entry, lang) for entry in entries],
        scores=overview.scores(reports),
        questions=questions,
        outcomes=OUTCOMES,
        misconceptions=misconceptions,
        most=max((len(it.holders) for it in misconceptions), default=1),
        names=names,
        attention=_attention(entries, names, lang),
        losses=_losses(reports, names, questions, lang),
        histogram=histogram(overview.distribution(reports), ui(lang)),
        csv_href=csv_href,
        final=overview.final,
        script=_script(),
        script_hash=_script_hash(),
    )


def _row(entry: ClassEntry, lang: str) -> Row:
    student, questions = entry.report.submission.student, entry.report.questions
    said = dict.fromkeys(name for question in questions for name in named(question, lang))
    words = (student.name, student.id, entry.report.submission.path, *said)
    return Row(
        entry,
        {question.id: question for question in questions},
        {question.id: number for number, question in enumerate(questions, 1)},
        " ".join(filter(None, words)),
    )


def _attention(
    entries: Sequence[ClassEntry], names: Sequence[str], lang: str
) -> list[tuple[ClassEntry, str, list[str]]]:
    """Give whom to look at and why, first those without a score."""
    told = []
    named_entries = zip(entries, names, strict=True)
    for entry, name in sorted(named_entries, key=lambda it: it[0].report.error is None):
        reasons = once(overview.attention(entry.report), entry.report.questions, ui(lang))
        if reasons:
            told.append((entry, name, [translate(it, lang) for it in reasons]))
    return told


def _losses(
    reports: Sequence[Report],
    names: Sequence[str],
    questions: Sequence[overview.QuestionOverview],
    lang: str,
) -> list[tuple[int, Picture, str]]:
    """Give the picture of each question that somebody has trained, with its number and title."""
    pictures = []
    for number, asked in enumerate(questions, 1):
        answers = [
            Trained(name, question)
            for name, report in zip(names, reports, strict=True)
            for question in report.questions
            if question.id == asked.id
        ]
        picture = class_losses(answers, ui(lang))
        if picture is not None:
            pictures.append((number, picture, asked.title))
    return pictures


@cache
def _script() -> Markup:
    """Give the script that sorts and searches: the page is whole without it."""
    file = Path(__file__).parent / "templates" / "class.js"
    return Markup(file.read_text(encoding="utf-8"))  # noqa: S704 - a file of this package


@cache
def _script_hash() -> Markup:
    """Give what the page's policy knows the script by; no other script runs."""
    digest = hashlib.sha256(_script().encode()).digest()
    return Markup(f"sha256-{base64.b64encode(digest).decode()}")  # noqa: S704 - letters, digits, + / =
