"""``gradebook.csv``: one row a submission, for spreadsheets."""

import csv
import re
from collections.abc import Sequence
from io import StringIO

from grader.records import Report
from grader.render.messages import translate, ui
from grader.render.overview import final
from grader.render.text import clean

_FIRST = (
    "table.submission",
    "table.student-id",
    "table.student-name",
    "table.status",
    "table.score",
    "table.max-score",
    "table.final-score",
)
_LAST = ("table.flags", "table.error")

# A spreadsheet runs what begins like this as a formula; the wide forms count in East Asian locales.
# What a spreadsheet takes for a number loses its zeros at the front, and from twelve digits on its last ones.
_LOSES_DIGITS = re.compile(r"0\d+|\d{12,}", re.ASCII)
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")


def gradebook_csv(reports: Sequence[Report], lang: str = "ko") -> bytes:
    """Give the gradebook as CSV; the mark at its beginning makes Excel read it as UTF-8.

    Columns are called as people call them; programs read ``result.json``.
    """
    words = ui(lang)
    asked = list(dict.fromkeys(question.id for report in reports for question in report.questions))
    table = StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow([*map(words, _FIRST), *map(inert, asked), *map(words, _LAST)])
    writer.writerows(_row(report, asked, lang) for report in reports)
    return table.getvalue().encode("utf-8-sig")


def inert(value: str) -> str:
    """Give ``value`` as a cell that a spreadsheet takes for text, whatever it begins with."""
    shown = clean(value)
    return f"'{shown}" if _FORMULA.match(value) or _FORMULA.match(shown) else shown


def digits(number: str) -> str:
    """Give a student's number as a cell that keeps all of its digits, if need be the formula of a text."""
    return f'="{number}"' if _LOSES_DIGITS.fullmatch(number) else inert(number)


def _row(report: Report, asked: Sequence[str], lang: str) -> list[str | float | None]:
    """Give one row. Numbers stay numbers; a submission without a score has empty cells, never zeros."""
    student, got = report.submission.student, {question.id: question.score for question in report.questions}
    total = final(report)
    return [
        inert(report.submission.path),
        digits(student.id or ""),
        inert(student.name or ""),
        ui(lang)(f"table.status.{report.status}"),
        None if total is None else report.score,
        report.max_score,
        total,
        *(None if total is None else got.get(question) for question in asked),
        len(report.flags),
        inert(translate(report.error.message, lang)) if report.error else "",
    ]
