"""What was executed in a student's own kernel, in order, and which of it counts by now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.matching.labels import MARKER
from grader.records import CellError, CellOutcome, CellStatus

ERROR = 300  # characters of an exception's text


@dataclass(frozen=True)
class Executed:
    """One execution of a cell. ``index`` is one less than the number in its brackets.

    ``cell`` tells one cell from another, where the front end says which it was.
    """

    ordinal: int
    index: int
    source: str
    cell: str | None
    outcome: CellOutcome

    @property
    def label(self) -> str | None:
        """The question that the visible line names."""
        return label_of(self.source)


def label_of(source: str) -> str | None:
    """Give the question that a cell's visible line names."""
    found = MARKER.search(source)
    return found and found[1]


class History:
    """Listens to the recorder's cells; ``earlier`` are the sources of what ran before it was there."""

    def __init__(self, shell: Any, files: Mapping[str, int]) -> None:
        """Take ``files``, the ordinals of the cells by the file names under which Python compiles them."""
        self._shell, self._files = shell, files
        self._executed: list[Executed] = []
        self._running = False
        self.earlier = dict(enumerate(self._inputs()[:-1]))

    @property
    def executed(self) -> tuple[Executed, ...]:
        """All executions, the running one among them."""
        if self._running:
            self._number(len(self._inputs()) - 1)
        return tuple(self._executed)

    def begun(self, ordinal: int, info: Any) -> None:
        """Note a cell that begins. Called by the recorder."""
        index = self._executed[-1].index + 1 if self._executed else 0
        source = str(getattr(info, "raw_cell", "") or "")
        outcome = CellOutcome(index, CellStatus.OK)
        self._executed.append(Executed(ordinal, index, source, _cell_id(self._shell, info), outcome))
        self._running = True

    def ended(self, ordinal: int, result: Any) -> None:
        """Note how it ended. Called by the recorder."""
        self._running = False
        self._number(getattr(result, "execution_count", None))
        error = getattr(result, "error_before_exec", None) or getattr(result, "error_in_exec", None)
        last = self._executed[-1]
        if error is None:
            return
        lines = last.source.splitlines()
        line = self._line(ordinal, error)
        source = lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else ""
        what = CellError(type(error).__name__, _said(error), line, source)
        self._executed[-1] = replace(last, outcome=CellOutcome(last.index, CellStatus.RAISED, what))

    def _inputs(self) -> Sequence[str]:
        """Give what was executed, by its numbers; the running cell is the last."""
        return tuple(map(str, self._shell.user_ns.get("In", ())))

    def _number(self, number: int | None) -> None:
        """Give the last execution the number in its brackets, which is known once the cell runs."""
        before = self._executed[-2].index if len(self._executed) > 1 else -1
        last = self._executed[-1]
        if number is not None and number - 1 > before:
            outcome = replace(last.outcome, index=number - 1)
            self._executed[-1] = replace(last, index=number - 1, outcome=outcome)

    def _line(self, ordinal: int, error: BaseException) -> int | None:
        """Find the cell's own line, from 1, through which an exception went last."""
        if isinstance(error, SyntaxError):
            return error.lineno
        line, trace = None, error.__traceback__
        while trace is not None:
            if self._files.get(trace.tb_frame.f_code.co_filename) == ordinal:
                line = trace.tb_lineno
            trace = trace.tb_next
        return line


def _said(error: BaseException) -> str:
    try:
        return str(error)[:ERROR]
    except Exception:  # noqa: BLE001 - a class of the student's, with a __str__ of its own
        return ""


def _cell_id(shell: Any, info: Any) -> str | None:
    """Give what the front end calls the cell: IPython knows, or the message it came in tells."""
    found = getattr(info, "cell_id", None)
    if found is None:
        parent = getattr(shell, "parent_header", None)
        metadata = parent.get("metadata", {}) if isinstance(parent, dict) else {}
        found = metadata.get("cellId") if isinstance(metadata, dict) else None
    return str(found) if found else None


def superseded(executed: Sequence[Executed], *, strictly: bool) -> frozenset[int]:
    """Give the ordinals of executions that later ones have taken the place of.

    A cell takes its own place when it is run again. Where the front end does not say which cell it was, the
    same text is the same cell, and, ``strictly``, so is the same question.
    """
    latest: dict[Any, int] = {}
    gone = set()
    for one in executed:
        for key in _keys(one, strictly=strictly):
            if key in latest:
                gone.add(latest[key])
            latest[key] = one.ordinal
    return frozenset(gone)


def _keys(one: Executed, *, strictly: bool) -> Iterable[Any]:
    if one.cell is not None:
        return [("cell", one.cell)]
    text = re.sub(r"\s+", " ", one.source).strip()
    return [("text", text), *([("label", one.label)] if strictly and one.label else [])]
