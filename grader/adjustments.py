"""``adjustments.csv``: points that an instructor gives or takes; no grading and no rendering loses them."""

from __future__ import annotations

import csv
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import GraderError
from grader.records import Adjustment, Report, ReportStatus

FILE = "adjustments.csv"
#: The columns, as an instructor may head them in either language.
COLUMNS = {"submission": "파일", "points": "점수", "reason": "까닭"}
#: What tells these adjustments from any others that a result may have.
KIND = "by-hand"


@dataclass(frozen=True)
class Row:
    """One line of the file, and which it is: ``who`` is a submission's file or its student's number."""

    line: int
    who: str
    points: float
    reason: str


def read_adjustments(folder: Path) -> tuple[Row, ...]:
    """Read ``adjustments.csv`` in a folder of results; none where there is no such file.

    Excel writes it as UTF-8 or, in Korea, as cp949. Raises ``GraderError`` with the line that cannot be read.
    """
    path = folder / FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _wrong(
            "unreadable", path, f"cannot be read: {error.strerror}", reason=error.strerror
        ) from error
    rows = csv.DictReader(_text(path, content).splitlines())
    names = {_heading(name): name for name in rows.fieldnames or ()}
    if missing := [name for name in COLUMNS if name not in names]:
        either = " / ".join((",".join(COLUMNS), ",".join(COLUMNS.values())))
        said = f"there is no column {missing[0]!r}; the first line should be {either}"
        raise _wrong("column", path, said, column=missing[0], columns=either)
    cells = ({name: (row[names[name]] or "").strip() for name in COLUMNS} for row in rows)
    return tuple(_row(path, rows.line_num, row) for row in cells if any(row.values()))


def adjusted(
    folder: Path, rows: Sequence[Row], reports: Sequence[Report]
) -> tuple[tuple[Report, ...], GraderError | None]:
    """Give the reports of a class with the points of ``rows``, in place of what earlier rows gave them.

    A line that is no submission's, or more than one's, adjusts nothing; the first such is the error.
    """
    given: dict[int, list[Adjustment]] = {}
    wrong = None
    for row in rows:
        try:
            at = _whose(folder / FILE, row, reports)
        except GraderError as error:
            wrong = wrong or error
        else:
            given.setdefault(at, []).append(Adjustment(KIND, row.points, row.reason))
    return tuple(_with(report, given.get(at, ())) for at, report in enumerate(reports)), wrong


def _with(report: Report, given: Sequence[Adjustment]) -> Report:
    others = (one for one in report.adjustments if one.kind != KIND)
    adjustments = (*others, *given)
    if adjustments == report.adjustments or report.score is None:
        return report
    final = report.score + sum(one.points for one in adjustments)
    return replace(report, adjustments=adjustments, final_score=final)


def _whose(path: Path, row: Row, reports: Sequence[Report]) -> int:
    """Find the submission that a line means: by its file, else by the student's number, else by the name."""
    for name in (_file, _number, _name):
        found = [at for at, report in enumerate(reports) if name(report) == row.who]
        if len(found) > 1:
            said = f"{len(found)} submissions are {row.who!r}; write the file, as the gradebook has it"
            raise _wrong("several", path, said, row.line, who=row.who, count=len(found))
        if found and reports[found[0]].status is ReportStatus.ERROR:
            said = f"{row.who!r} could not be graded: there is no score to adjust"
            raise _wrong("ungraded", path, said, row.line, who=row.who)
        if found:
            return found[0]
    said = f"no submission is {row.who!r}; write the file, as the gradebook has it, or the student's number"
    raise _wrong("nobody", path, said, row.line, who=row.who)


def _file(report: Report) -> str:
    return _plain(report.submission.path)


def _number(report: Report) -> str:
    return report.submission.student.id or ""


def _name(report: Report) -> str:
    return _plain(report.submission.student.name or "")


def _row(path: Path, line: int, cells: Mapping[str, str]) -> Row:
    written = cells["points"].replace("−", "-")
    try:
        points = float(written)
    except ValueError:
        points = math.nan
    if not math.isfinite(points):
        said = f"{written!r} is no number of points; write -5 or 2.5"
        raise _wrong("points", path, said, line, given=written)
    if not cells["reason"]:
        raise _wrong("reason", path, "there is no reason; the student reads it on the page", line)
    return Row(line, _plain(cells["submission"]), points, cells["reason"])


def _plain(text: str) -> str:
    """Give a cell as it was meant: ``="0012345"`` is how the gradebook keeps a number's zeros."""
    return unicodedata.normalize("NFC", text.strip().removeprefix("=").strip('"').removeprefix("'"))


def _heading(name: str) -> str:
    plain = unicodedata.normalize("NFC", name.strip().casefold())
    return next((key for key, korean in COLUMNS.items() if plain == korean), plain)


def _text(path: Path, content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _wrong("not-text", path, "this is no text; save it as CSV UTF-8")


def _wrong(code: str, path: Path, said: str, line: int | None = None, **params: object) -> GraderError:
    where = f"{path}: line {line}: " if line else f"{path}: "
    return GraderError(where + said, f"adjustments-{code}", {"path": str(path), "line": line, **params})
