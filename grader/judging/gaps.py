"""Cells that were not recorded, or lacked what is not here: nothing of that is held against an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.checks.raised import UNKNOWN
from grader.checks.source import made_in
from grader.judging.questions import Judged, with_checks
from grader.recording import Recording
from grader.records import (
    CellOutcome,
    CellStatus,
    CheckResult,
    CheckStatus,
    Execution,
    Message,
    QuestionStatus,
    SourceCell,
)

NOTHING_SEEN = ("check.no-run", "check.by-formula", "value.missing")
NOT_RUN = {
    *NOTHING_SEEN,
    "check.no-python",
    "check.not-observed",
    "epochs.stopped",
    "init.raised",
    "step.raised",
    "value.raised",
}
"""What checks say where a cell has ended before it came to them."""
NO_PACKAGE = re.compile(r"No module named '(\w+)'")
"""What Python says where a whole package is missing, not a part of one that is there."""
FLAGS = {"check.package-missing": "flag.package-needed", "check.no-input": "flag.input-needed"}
"""What an instructor is told where a check says what a cell lacked."""


@dataclass(frozen=True)
class Gaps:
    """Notebook indices of cells whose record is not there, and of cells where the recorder failed.

    ``faulty`` has how often it failed. ``damage`` is what of the recording could not be read. ``lacking`` are
    cells that ended for want of what is not here, a package or somebody who answers ``input()``, with what
    their checks say: their recording has no gap. ``waiting`` are those that ended for want of a name which
    one of these would have made.
    """

    absent: frozenset[int]
    faulty: dict[int, int]
    damage: tuple[str, ...]
    lacking: Mapping[int, Message] = field(default_factory=dict)
    waiting: Mapping[int, Message] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.absent or self.faulty or self.damage)

    @property
    def flags(self) -> tuple[Message, ...]:
        """What the instructor is told."""
        absent = (Message("flag.not-recorded", {"cell": cell + 1}) for cell in sorted(self.absent))
        faulty = (
            Message("flag.recorder-faults", {"cell": cell + 1, "count": count})
            for cell, count in sorted(self.faulty.items())
        )
        damage = (Message("flag.recording-damaged", {"detail": "; ".join(self.damage[:5])}),)
        lacking = (
            Message(FLAGS[said.id], {"cell": cell + 1, **said.params})
            for cell, said in sorted(self.lacking.items())
        )
        return (*absent, *faulty, *(damage if self.damage else ()), *lacking)


def gaps(execution: Execution, cells: Sequence[SourceCell]) -> Gaps:
    """Find the gaps in the recording of an execution; a cell that hung or killed its kernel has none."""
    recording: Recording = execution.recording
    records = {record.cell: record for record in recording.cells}
    text = {cell.index for cell in cells if cell.source.strip()}  # a cell without any is not run
    ran = [
        outcome.index
        for outcome in execution.cells
        if outcome.status in (CellStatus.OK, CellStatus.RAISED) and outcome.index in text
    ]
    lacking = {one.index: said for one in execution.cells if (said := _lacked(one)) is not None}
    return Gaps(
        absent=frozenset(cell for cell in ran if cell not in records or not records[cell].complete),
        faulty={cell: record.faults for cell, record in records.items() if record.faults},
        damage=recording.damage,
        lacking=lacking,
        waiting=_waiting(execution, {cell.index: cell.source for cell in cells}, lacking),
    )


def missed_name(outcome: CellOutcome) -> str | None:
    """Give the name for want of which a cell ended."""
    error = outcome.error
    found = UNKNOWN.search(error.value) if error and error.name == "NameError" else None
    return found and found[1]


def _waiting(
    execution: Execution, sources: Mapping[int, str], lacking: Mapping[int, Message]
) -> dict[int, Message]:
    """Find the cells that miss a name which a cell above would have made, had it not ended so."""
    waiting: dict[int, Message] = {}
    unmade: dict[str, int] = {}
    for one in execution.cells:
        name = missed_name(one)
        if name in unmade:
            waiting[one.index] = Message("check.waiting", {"name": name, "cell": unmade[name] + 1})
        if one.index in lacking or one.index in waiting:
            unmade |= dict.fromkeys(made_in(sources[one.index]), one.index)
    return waiting


def _lacked(outcome: CellOutcome) -> Message | None:
    """Say what a cell ended for want of, if that is not the student's mistake."""
    error = outcome.error
    if error is None:
        return None
    if error.name == "StdinNotImplementedError":
        return Message("check.no-input")
    found = NO_PACKAGE.fullmatch(error.value) if error.name == "ModuleNotFoundError" else None
    return found and Message("check.package-missing", {"name": found[1]})


def excused(judged: Judged, found: Gaps) -> Judged:
    """Take back the verdicts on an answer that was not seen: they are errors of ours, not its faults."""
    report = judged.report
    cells = set() if report.matched is None else set(report.matched.cells)
    absent, faulty = bool(cells & found.absent), bool(cells & found.faulty.keys())
    wanted = {**found.waiting, **found.lacking}
    lacking = next((wanted[cell] for cell in sorted(cells) if cell in wanted), None)
    if report.status is QuestionStatus.UNANSWERED:
        return judged
    checks = report.checks
    if absent or faulty:
        checks = tuple(
            _not_recorded(check) if absent or check.message.id in NOTHING_SEEN else check for check in checks
        )
    if lacking is not None:
        checks = tuple(_not_run(check, lacking) for check in checks)
    if checks == report.checks:
        return judged
    judged = with_checks(judged, checks)
    return judged._replace(report=replace(judged.report, status=QuestionStatus.ERROR))


def _not_recorded(check: CheckResult) -> CheckResult:
    if check.status is not CheckStatus.FAILED and check.message.id not in NOTHING_SEEN:
        return check
    return replace(check, status=CheckStatus.ERROR, message=Message("check.not-recorded"))


def _not_run(check: CheckResult, lacked: Message) -> CheckResult:
    """Take back what a cell that ended early has not come to; what it did before is judged."""
    if check.message.id not in NOT_RUN:
        return check
    return replace(check, status=CheckStatus.ERROR, message=lacked)
