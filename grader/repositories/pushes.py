"""When commits were pushed: a CSV that the instructor has from the forge; students do not write it."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.errors import GraderError

COLUMNS = ("repository", "commit", "pushed-at")


@dataclass(frozen=True)
class Push:
    """A branch's new commit, and when it arrived."""

    commit: str
    at: datetime


def read_pushes(path: Path) -> Mapping[str, Sequence[Push]]:
    """Read a file with the columns repository, commit, pushed-at; give each repository's pushes by time.

    Raises ``GraderError`` with the line that cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except ValueError as error:
        raise GraderError(
            f"{path}: this is not UTF-8 text; save it as UTF-8", "pushes-not-text", {"path": str(path)}
        ) from error
    rows = csv.DictReader(lines)
    if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
        raise GraderError(
            f"{path}: there is no column {missing[0]!r}; the first line should be {','.join(COLUMNS)}",
            "pushes-column",
            {"path": str(path), "column": missing[0], "columns": ",".join(COLUMNS)},
        )
    found: dict[str, list[Push]] = {}
    for row in rows:
        try:
            push = Push(_commit(row["commit"] or ""), moment(row["pushed-at"] or ""))
        except GraderError as error:
            where = {"path": str(path), "line": rows.line_num}
            said = f"{path}: line {rows.line_num}: {error}"
            raise GraderError(said, f"pushes-{error.code}", error.params | where) from error
        found.setdefault(repository_key(row["repository"] or ""), []).append(push)
    return {name: sorted(pushes, key=lambda push: push.at) for name, pushes in found.items()}


def _commit(text: str) -> str:
    commit = text.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", commit):
        raise GraderError(f"{text!r} is no whole commit id", "commit", {"text": text})
    return commit


def repository_key(name: str) -> str:
    """Give what ``organisation/Name.git`` and the folder ``name`` have in common."""
    last = unicodedata.normalize("NFC", name.strip()).rstrip("/").rpartition("/")[2]
    return last.removesuffix(".git").casefold()


def moment(text: str) -> datetime:
    """Read ``2026-10-05 23:59 +09:00`` and other forms of ISO 8601; the offset is needed.

    Raises ``GraderError``: a time without an offset means another moment on every machine.
    """
    written = re.sub(r"\s+(?=[+-]\d|Z$)", "", text.strip())
    try:
        read = datetime.fromisoformat(written)
    except ValueError as error:
        said = f"{text!r} is no time; write it like 2026-10-05 23:59 +09:00"
        raise GraderError(said, "time", {"text": text}) from error
    if read.tzinfo is None:
        said = f"{text!r} has no offset from UTC; write it like 2026-10-05 23:59 +09:00"
        raise GraderError(said, "time-offset", {"text": text})
    return read
