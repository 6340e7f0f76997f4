"""Submissions of a class whose code is the same, or still what was handed out: told, and nothing else."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from grader.records import Message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from grader.submission.handed_in import HandedIn

#: What does not make code another one: comments, where the data are read from, and what a released notebook
#: has besides, the number it asks for and its checks.
_ASIDE = re.compile(r"#.*|^student_id\s*=.*|^%check\b.*|https?://[^\s\"'`)<>]*/", re.MULTILINE)
_KIT = "# grader-kit: "
SHOWN = 5  # names of others
LEAST = 400  # characters of code, three trainings or so: shorter answers are alike by themselves


def with_alike_flagged(notebooks: Sequence[HandedIn], released: Iterable[str]) -> list[HandedIn]:
    """Flag those of different students that have the same code, and those nobody wrote anything into.

    ``released`` are the cells of code that were handed out: they are everybody's. That two answers are the
    same proves nothing, short ones have to be: it is the instructor who looks.
    """
    given = {_bare(source) for source in released}
    written = [_written(one, given) for one in notebooks]
    same: defaultdict[tuple[str, ...], list[_Written]] = defaultdict(list)
    for one in written:
        if one.code and sum(map(len, one.code)) >= LEAST:
            same[one.code].append(one)
    flags = (_flags(one, same[one.code or ()]) for one in written)
    return [replace(one, flags=(*one.flags, *said)) for one, said in zip(notebooks, flags, strict=True)]


class _Written(NamedTuple):
    """Who wrote what, besides what was handed out; ``None`` where there is no code at all."""

    person: str
    name: str
    code: tuple[str, ...] | None


def _written(one: HandedIn, given: Collection[str]) -> _Written:
    try:
        submission = one.read("")
    except Exception:  # noqa: BLE001 - whatever it is, it is said where that one is graded
        return _Written("", "", None)
    sources = [cell.source for cell in submission.cells if cell.kind == "code"]
    bare = [lines for source in sources if _KIT not in source and (lines := _bare(source))]
    person = submission.student.id or submission.student.name or one.shown
    code = tuple(lines for lines in bare if lines not in given) if bare else None
    return _Written(person, submission.student.name or person, code)


def _flags(one: _Written, same: Sequence[_Written]) -> Iterator[Message]:
    if one.code == ():
        yield Message("flag.class.as-released")
    if others := list(dict.fromkeys(other.name for other in same if other.person != one.person)):
        params = {"others": ", ".join(others[:SHOWN]) + (", …" if len(others) > SHOWN else "")}
        yield Message("flag.class.same-code", params)


def _bare(source: str) -> str:
    """Give code without what makes no difference; what it loses within quotes, all lose."""
    return "".join(_ASIDE.sub("", source).split())
