"""One question of one submission: its cells and what they did -> ``QuestionReport``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grader.assignment import Assignment, Question
from grader.checks import TrainingJudgement, check_training, check_values, never_ran, no_run, pick
from grader.matching import has_code
from grader.own_data import OwnData
from grader.recording import Recording, Value
from grader.records import (
    CellError,
    CellOutcome,
    CellStatus,
    CheckResult,
    CheckStatus,
    Execution,
    Match,
    Message,
    QuestionReport,
    QuestionStatus,
    Submission,
)
from grader.runs import TrainingRun, training_runs
from grader.summaries import data_points, reference_summary, run_summary
from grader.training import Data


class Judged(NamedTuple):
    """A question judged: its report, the flags it raised, and what they rest on.

    ``judgement`` is that of the run that counts, ``namespace`` the student's names at the end of the
    question's cells.
    """

    report: QuestionReport
    flags: tuple[Message, ...] = ()
    judgement: TrainingJudgement | None = None
    namespace: Mapping[str, Value] = {}


@dataclass(frozen=True)
class Answer:
    """What a question's cells did: their recording alone, the names at their end, how they ended."""

    cells: tuple[int, ...]
    recording: Recording
    namespace: Mapping[str, Value]
    changed: Mapping[str, Value]
    outcomes: tuple[CellOutcome, ...]
    sources: Mapping[int, str]

    @property
    def error(self) -> str | None:
        """The last exception that ended one of the cells, in one line."""
        errors = [error for cell in self.cells if (error := self.error_in(cell)) is not None]
        return errors[-1] if errors else None

    @property
    def errors(self) -> tuple[CellError, ...]:
        """The exceptions that ended the cells, in order."""
        return tuple(o.error for o in self.outcomes if o.status is CellStatus.RAISED and o.error is not None)

    def error_in(self, cell: int) -> str | None:
        """Give what ended a cell early, an exception or a limit, in one line; ``None`` if nothing did."""
        outcome = next((o for o in self.outcomes if o.index == cell), None)
        if outcome is None or outcome.status is CellStatus.OK:
            return None
        error = outcome.error
        return outcome.status.value if error is None else f"{error.name}: {error.value}"[:300]


def answer_of(match: Match, submission: Submission, execution: Execution) -> Answer:
    """Gather what the matched cells did."""
    recording: Recording = execution.recording
    own = tuple(record for record in recording.cells if record.cell in match.cells)
    changed = {name: value for record in own for name, value in record.values.items()}
    namespace = recording.namespace(after=max(match.cells))
    return Answer(
        cells=match.cells,
        recording=Recording(own),
        namespace=namespace,
        changed={name: namespace[name] for name in changed if name in namespace},
        outcomes=tuple(outcome for outcome in execution.cells if outcome.index in match.cells),
        sources={cell.index: cell.source for cell in submission.cells},
    )


def judge_question(  # noqa: PLR0913, PLR0917 - a question, an answer, and what both are part of
    question: Question,
    match: Match | None,
    submission: Submission,
    execution: Execution,
    assignment: Assignment,
    own: OwnData | None = None,
) -> Judged:
    """Judge one question.

    ``own`` are the data with what is the student's own in place; without, they are the assignment's.
    """
    if own is None:
        data = assignment.data()
        own = OwnData(data, data)
    sources = {cell.index: cell.source for cell in submission.cells}
    if match is None or not any(has_code(sources[index]) for index in match.cells):
        return Judged(_report(question, match, _unanswered(question), answered=False))
    answer = answer_of(match, submission, execution)
    if question.training is None:
        checks = check_values(
            question,
            answer.namespace,
            answer.changed,
            answer.error,
            data=own.data,
            nominal=own.nominal,
            raised=answer.errors,
        )
        report = _report(question, match, checks)
        return Judged(report, _borderline(question, checks), None, answer.namespace)
    judgement = _judge_training(question, answer, execution.recording, own)
    if judgement is None:
        return Judged(_report(question, match, _without_run(question, answer, own.data)))
    report = _report(question, match, judgement.checks, judgement=judgement)
    flags = (*_borderline(question, judgement.checks), *_flags(question, judgement, answer.outcomes))
    return Judged(report, flags, judgement, answer.namespace)


def _judge_training(
    question: Question, answer: Answer, recording: Recording, own: OwnData
) -> TrainingJudgement | None:
    runs = training_runs(answer.recording)
    judged = []
    for i, run in enumerate(runs):
        namespace = _until(runs[i + 1 :], run, answer.namespace, recording)
        source = "\n".join(answer.sources[cell] for cell in run.cells)
        error = answer.error_in(run.cells[-1])
        judged.append(
            check_training(
                question, run, own.data, namespace, source=source, error=error, accepts=own.accepts
            )
        )
    return pick(judged)


def _until(
    later: Sequence[TrainingRun], run: TrainingRun, namespace: Mapping[str, Value], recording: Recording
) -> Mapping[str, Value]:
    """Give the names as they stood before the next try took them; within one cell nobody has seen that."""
    names = {name for name, _, _ in run.leaves}
    again = next((other for other in later if names & {name for name, _, _ in other.leaves}), None)
    if again is None:
        return namespace
    if again.epochs[0].cell > run.cells[-1]:
        return recording.namespace(after=again.epochs[0].cell - 1)
    return {name: value for name, value in namespace.items() if name not in names}


def _unanswered(question: Question) -> tuple[CheckResult, ...]:
    return no_run(question, "check.unanswered")


def _without_run(question: Question, answer: Answer, data: Data) -> tuple[CheckResult, ...]:
    if answer.error is not None:
        return never_ran(question, answer.error, answer.changed, data)
    return no_run(question, "check.no-run")


def _report(
    question: Question,
    match: Match | None,
    checks: Sequence[CheckResult],
    *,
    answered: bool = True,
    judgement: TrainingJudgement | None = None,
) -> QuestionReport:
    score = sum(check.points for check in checks)
    return QuestionReport(
        id=question.id,
        title=question.title,
        score=score,
        max_score=question.points,
        status=status_of(score, question.points) if answered else QuestionStatus.UNANSWERED,
        matched=match,
        checks=tuple(checks),
        run=None if judgement is None else run_summary(judgement.observed),
        reference=None
        if question.training is None or judgement is None
        else reference_summary(question.training, judgement),
        data=None if judgement is None else data_points(judgement.data),
    )


def status_of(score: float, max_score: float) -> QuestionStatus:
    """Give the outcome of a question that was answered and judged."""
    if score >= max_score:
        return QuestionStatus.PASSED
    return QuestionStatus.PARTIAL if score > 0 else QuestionStatus.FAILED


def _borderline(question: Question, checks: Sequence[CheckResult]) -> tuple[Message, ...]:
    near = any(check.status is CheckStatus.BORDERLINE for check in checks)
    return (Message("flag.borderline", {"question": question.title}),) if near else ()


def _flags(
    question: Question, judgement: TrainingJudgement, outcomes: Sequence[CellOutcome]
) -> tuple[Message, ...]:
    flags = []
    if judgement.own_data:
        flags.append(Message("flag.own-data", {"question": question.title}))
    slow = next((o for o in outcomes if o.status in (CellStatus.TIMED_OUT, CellStatus.KILLED)), None)
    if slow is not None and judgement.broadcast is not None:
        params = {"cell": slow.index + 1, "shape": list(judgement.broadcast)}
        flags.append(Message("flag.broadcast-slow", params))
    return tuple(flags)
