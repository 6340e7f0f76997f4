"""``gradebook.csv``: one row a submission, for spreadsheets."""

import re
from collections.abc import Sequence

import pandas as pd

from grader.records import Report
from grader.render.messages import translate
from grader.render.overview import final
from grader.render.text import clean

_FIRST = ("submission", "student_id", "student_name", "status", "score", "max_score", "final_score")
_LAST = ("flags", "error")

# A spreadsheet runs what begins like this as a formula; the wide forms count in East Asian locales.
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")


def gradebook_csv(reports: Sequence[Report], lang: str = "ko") -> bytes:
    """Give the gradebook as CSV; the mark at its beginning makes Excel read it as UTF-8."""
    asked = list(dict.fromkeys(question.id for report in reports for question in report.questions))
    rows = [_row(report, asked, lang) for report in reports]
    columns = [*_FIRST, *map(inert, asked), *_LAST]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def inert(value: str) -> str:
    """Give ``value`` as a cell that a spreadsheet takes for text, whatever it begins with."""
    shown = clean(value)
    return f"'{shown}" if _FORMULA.match(value) or _FORMULA.match(shown) else shown


def _row(report: Report, asked: Sequence[str], lang: str) -> list[str | float | None]:
    """Give one row. Numbers stay numbers; a submission without a score has empty cells, never zeros."""
    student, got = report.submission.student, {question.id: question.score for question in report.questions}
    total = final(report)
    return [
        inert(report.submission.path),
        inert(student.id or ""),
        inert(student.name or ""),
        report.status.value,
        None if total is None else report.score,
        report.max_score,
        total,
        *(None if total is None else got.get(question) for question in asked),
        len(report.flags),
        inert(translate(report.error.message, lang)) if report.error else "",
    ]
