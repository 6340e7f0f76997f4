"""The instructor's page over a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.records import Report
from grader.render import overview
from grader.render.messages import localize, translate, ui
from grader.render.pictures.histogram import histogram
from grader.render.template import fill_in


@dataclass(frozen=True)
class ClassEntry:
    """One submission on the class page; ``href`` is its report's path, relative to the page, not quoted."""

    report: Report
    href: str


def class_page(entries: Sequence[ClassEntry], lang: str = "ko", *, csv_href: str = "gradebook.csv") -> str:
    """Give the instructor's page over all ``entries``, in the order given."""
    entries = [ClassEntry(localize(entry.report, lang), entry.href) for entry in entries]
    reports = [entry.report for entry in entries]
    attention = [(entry, [translate(m, lang) for m in overview.attention(entry.report)]) for entry in entries]
    return fill_in(
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
