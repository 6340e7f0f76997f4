"""A student's own kernel: watched from the set-up cell on, judged when they ask."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from grader.assignment.model import Assignment
from grader.judging.adding_up import add_up
from grader.judging.gaps import gaps
from grader.judging.judge import judge
from grader.judging.questions import Judged
from grader.kit import Kit
from grader.recorder import install
from grader.recording import Recording, read
from grader.records import (
    Execution,
    Message,
    QuestionStatus,
    Report,
    SourceCell,
    Student,
    Submission,
)
from grader.runs.training_runs import TrainingRun, training_runs
from grader.selfcheck.history import Executed, History, label_of, superseded
from grader.selfcheck.public import public_part
from grader.selfcheck.undisturbed import undisturbed
from grader.withholding import withheld

NOT_RUN = Message("selfcheck.not-run")
BYTES = 200_000_000  # of a session's recording that is looked at


@dataclass(frozen=True)
class Look:
    """What was seen: a report of what could be judged, as a student may see it.

    ``unjudged`` says of the other questions, by their titles, why not and what to run; ``order`` whether the
    cells were run from top to bottom.
    """

    report: Report
    unjudged: Mapping[str, Message]
    order: Message


class Session:
    """One kernel with its recorder. A kernel has one at most."""

    def __init__(self, shell: Any, kit: Kit) -> None:
        """Begin to record. Raises ``KitError`` for a damaged kit."""
        self.kit, self.assignment = kit, kit.assignment()
        self._folder = tempfile.TemporaryDirectory(prefix="grader-")
        # Elsewhere a process that has started threads is no place to fork: functions are not called there.
        calls = self.assignment.calls if sys.platform == "linux" else {}
        self._cells = install(shell, Path(self._folder.name), inputs=calls)
        self._history = History(shell, self._cells.tape.cells)
        self._cells.begun, self._cells.ended = self._history.begun, self._history.ended

    def take(self, kit: Kit) -> None:
        """Go on with a kit, perhaps another one."""
        self.kit, self.assignment = kit, kit.assignment()

    def look(self, asked: Sequence[str]) -> Look:
        """Judge questions by what has been executed so far; nothing of the student's changes."""
        with self._unseen():
            judging = _Judging(self._history, Path(self._folder.name), self.assignment)
            return judging.look(asked)

    @contextmanager
    def _unseen(self) -> Iterator[None]:
        """Have the running cell written; then record nothing, and leave everything as it was."""
        log = self._cells.log
        with undisturbed():
            self._cells.look()
            log.paused = True
            try:
                yield
            finally:
                log.paused = False


class _Judging:
    """Judges a session's history once."""

    def __init__(self, history: History, folder: Path, assignment: Assignment) -> None:
        self.assignment = assignment
        self.earlier = history.earlier
        self.executed = history.executed
        indices = [one.index for one in self.executed]
        self.recording = read(folder, cells=indices, limit=BYTES)
        self.replaced = superseded(self.executed, strictly=True)
        self.runs = training_runs(self.recording)

    def look(self, asked: Sequence[str]) -> Look:
        """Judge what can be, and say of each other question what to run again."""
        judged = self._best(asked)
        unjudged = {name: why for name, one in judged.items() if (why := self._unfit(one)) is not None}
        submission, execution = self._of(self.replaced, with_neighbours=True)
        whole = add_up(
            submission,
            self.assignment,
            execution,
            [one._replace(flags=()) for name, one in judged.items() if name not in unjudged],
            (),
        )
        whole = replace(whole, flags=(), max_score=sum(one.max_score for one in whole.questions))
        titles = {name: judged[name].report.title for name in unjudged}
        return Look(
            withheld(public_part(whole)),
            {titles[name]: why for name, why in unjudged.items()},
            self.order(),
        )

    def order(self) -> Message:
        """Say whether the cells were run from top to bottom, and if not, which was not."""
        if any(source.strip() for source in self.earlier.values()):
            return Message("selfcheck.not-from-start")
        if again := [one for one in self.executed if one.ordinal in self.replaced and _matters(one)]:
            latest = self._latest(again[-1])
            return Message("selfcheck.run-twice", {"cell": latest.index + 1})
        places = [question.id for question in self.assignment.questions]
        labelled = [one for one in self.executed if one.label in places]
        for one, other in pairwise(one for one in labelled if not self._tried_again(one)):
            if places.index(str(other.label)) < places.index(str(one.label)):
                return Message("selfcheck.other-order", {"cell": other.index + 1, "other": one.index + 1})
        return Message("selfcheck.in-order")

    def _tried_again(self, one: Executed) -> bool:
        """Tell whether a cell is another one than that with its label before it: it may lie anywhere."""
        earlier = {
            other.cell for other in self.executed if other.index < one.index and other.label == one.label
        }
        return one.cell is not None and bool(earlier) and earlier.isdisjoint({one.cell, None})

    def _latest(self, one: Executed) -> Executed:
        """Give the execution that has taken another's place."""
        same = (one.cell, one.label, one.source)
        return next(
            other
            for other in reversed(self.executed)
            if other is not one
            and ((other.cell == one.cell and one.cell) or other.label == same[1] or other.source == same[2])
        )

    # ── judging ───────────────────────────────────────────────────────────────────────────────────────────

    def _best(self, asked: Sequence[str]) -> dict[str, Judged]:
        """Judge in the ways in which the cells can belong together; for each question the best counts.

        A file has headings between the cells, a kernel has not: a cell without a label may go on with the
        answer before it, or have nothing to do with it.
        """
        best: dict[str, Judged] = {}
        ways = [(self.replaced, True), (self.replaced, False)]
        if any(one.cell is None for one in self.executed):
            ways.append((superseded(self.executed, strictly=False), True))
        for replaced, with_neighbours in dict.fromkeys(ways):
            for judged in self._judged(replaced, with_neighbours=with_neighbours):
                name = judged.report.id
                if name in asked and (name not in best or judged.report.score > best[name].report.score):
                    best[name] = judged
            if all(one.report.status is QuestionStatus.PASSED for one in best.values()):
                break
        return best

    def _judged(self, replaced: frozenset[int], *, with_neighbours: bool) -> tuple[Judged, ...]:
        submission, execution = self._of(replaced, with_neighbours=with_neighbours)
        found = gaps(execution, submission.cells)
        return judge(submission, self.assignment, execution, found).questions

    def _of(self, replaced: frozenset[int], *, with_neighbours: bool) -> tuple[Submission, Execution]:
        """Make of the history a notebook whose cells are the executions, in order.

        An execution that another has replaced is still where later ones found its values, and no answer.
        """
        gone = {one.index for one in self.executed if one.ordinal in replaced}
        cells = tuple(
            SourceCell(
                index=one.index,
                kind="code" if with_neighbours or one.label else "raw",
                source="" if one.index in gone else one.source,
            )
            for one in self.executed
        )
        records = tuple(
            replace(record, events=()) if record.cell in gone else record for record in self.recording.cells
        )
        execution = Execution(
            cells=tuple(one.outcome for one in self.executed if one.index not in gone),
            recording=Recording(records, self.recording.damage),
            notebook=None,
        )
        return Submission("", "", "", Student(), cells, None), execution

    # ── what cannot be judged ─────────────────────────────────────────────────────────────────────────────

    def _unfit(self, judged: Judged) -> Message | None:
        """Say why an answer cannot be judged as it was seen, and what to run; ``None`` if it can."""
        report = judged.report
        if report.status is QuestionStatus.PASSED:
            return None
        if report.matched is None and not any(one.label == report.id for one in self.executed):
            before = [n for n, source in self.earlier.items() if label_of(source) == report.id]
            return Message("selfcheck.too-late", {"cell": before[-1]}) if before else NOT_RUN
        if judged.judgement is not None and (first := self._goes_on(judged.judgement.run)) is not None:
            return self._set_again(first)
        return None

    def _goes_on(self, run: TrainingRun) -> TrainingRun | None:
        """Give the whole run that a run is the end of, where its beginning was an earlier execution."""
        begun = run.epochs[0]
        whole = next(
            (
                other
                for other in self.runs
                if any((e.cell, e.seqs) == (begun.cell, begun.seqs) for e in other.epochs)
            ),
            None,
        )
        if whole is None or (whole.epochs[0].cell, whole.epochs[0].seqs) == (begun.cell, begun.seqs):
            return None
        gone = {one.index for one in self.executed if one.ordinal in self.replaced}
        return whole if gone.intersection(whole.cells) else None

    def _set_again(self, whole: TrainingRun) -> Message:
        """Say from which cell on to run again: the last before the run that made its parameters."""
        names = {name for name, _, _ in whole.leaves if name}
        makers = [
            record.cell
            for record in self.recording.cells
            if record.cell < whole.cells[0] and names.intersection(record.values)
        ]
        if not makers:
            return Message("selfcheck.trained-already-here")
        return Message("selfcheck.trained-already", {"cell": makers[-1] + 1})


def _matters(one: Executed) -> bool:
    """Tell whether an execution can have changed an answer: the set-up cell and ``%check`` do not."""
    return not one.source.lstrip().startswith(("%check", "#@title", "grader.check"))
