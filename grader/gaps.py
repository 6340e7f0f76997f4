"""Cells that ran and were not recorded: no fault of the student's, so nothing is held against an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.questions import Judged, with_checks
from grader.recording import Recording
from grader.records import (
    CellStatus,
    CheckResult,
    CheckStatus,
    Execution,
    Message,
    QuestionStatus,
    SourceCell,
)

NOTHING_SEEN = ("check.no-run", "value.missing")


@dataclass(frozen=True)
class Gaps:
    """Notebook indices of cells whose record is not there, and of cells where the recorder failed.

    ``faulty`` has how often it failed. ``damage`` is what of the recording could not be read.
    """

    absent: frozenset[int]
    faulty: dict[int, int]
    damage: tuple[str, ...]

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
        return (*absent, *faulty, *(damage if self.damage else ()))


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
    return Gaps(
        absent=frozenset(cell for cell in ran if cell not in records or not records[cell].complete),
        faulty={cell: record.faults for cell, record in records.items() if record.faults},
        damage=recording.damage,
    )


def excused(judged: Judged, found: Gaps) -> Judged:
    """Take back the verdicts on an answer that was not seen: they are errors of ours, not its faults."""
    report = judged.report
    cells = set() if report.matched is None else set(report.matched.cells)
    absent, faulty = bool(cells & found.absent), bool(cells & found.faulty.keys())
    if not (absent or faulty) or report.status is QuestionStatus.UNANSWERED:
        return judged
    checks = tuple(
        _not_recorded(check) if absent or check.message.id in NOTHING_SEEN else check
        for check in report.checks
    )
    if checks == report.checks:
        return judged
    judged = with_checks(judged, checks)
    return judged._replace(report=replace(judged.report, status=QuestionStatus.ERROR))


def _not_recorded(check: CheckResult) -> CheckResult:
    if check.status is not CheckStatus.FAILED:
        return check
    return replace(check, status=CheckStatus.ERROR, message=Message("check.not-recorded"))
