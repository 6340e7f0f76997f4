"""One question of one submission: its cells and what they did -> ``QuestionReport``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from grader.assignment.model import Assignment, Question
from grader.checks import (
    TrainingJudgement,
    by_formula,
    check_training,
    check_values,
    cut_off,
    ends_right,
    never_ran,
    no_run,
    pick,
    was_cut,
    without_backward,
)
from grader.diagnosis import Case, diagnose
from grader.judging.afterwards import names_after, taken_at_once
from grader.judging.answer import Answer, answer_of
from grader.judging.landscape import landscape
from grader.judging.own_data import OwnData
from grader.judging.summaries import data_points, ends, reference_summary, run_summary
from grader.matching import Matched, has_code, lines_of
from grader.recording import Recording, Value
from grader.records import (
    CellOutcome,
    CellStatus,
    CheckResult,
    CheckStatus,
    Execution,
    Message,
    QuestionReport,
    QuestionStatus,
    ReferenceSummary,
    RunSummary,
    Step,
    Submission,
)
from grader.runs.training_runs import training_runs
from grader.training import Data


class Judged(NamedTuple):
    """A question judged: its report, the flags it raised, and what they rest on.

    ``case`` is what its diagnoses were made from, ``judgement`` that of the run that counts.
    """

    report: QuestionReport
    case: Case
    flags: tuple[Message, ...] = ()
    judgement: TrainingJudgement | None = None

    @property
    def namespace(self) -> Mapping[str, Value]:
        """The student's names at the end of the question's cells."""
        return self.case.namespace


def judge_question(  # noqa: PLR0913, PLR0917 - a question, an answer, and what both are part of
    question: Question,
    matched: Matched | None,
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
    if matched is None or not any(has_code(lines_of(sources[part.cell], part)) for part in matched.parts):
        case = Case(question, no_run(question, "check.unanswered"))
        report = replace(_report(case, matched), status=QuestionStatus.UNANSWERED)
        return Judged(report, case)
    answer = answer_of(matched, submission, execution)
    if question.training is None:
        answer = answer.standing(matched.values, vars(own.nominal))
        judge = partial(
            check_values,
            question,
            answer.namespace,
            answer.changed,
            answer.error,
            raised=answer.errors,
            caught=answer.caught,
        )
        readings = own.readings(answer.namespace, [spec.name for spec in question.checks])
        judged = [judge(data=data, nominal=nominal) for data, nominal in readings]
        checks = max(judged, key=lambda checks: sum(check.points for check in checks))
        case = _case(question, checks, answer)
        return Judged(_report(case, matched), case, _borderline(question, checks))
    judgement = _judge_training(question, answer, execution.recording, own)
    if judgement is None:
        return _without_run(question, matched, answer, own.data)
    case = _case(question, judgement.checks, answer, judgement)
    flags = (*_borderline(question, judgement.checks), *_flags(question, judgement, answer.outcomes))
    return Judged(_report(case, matched, judgement), case, flags, judgement)


def _judge_training(
    question: Question, answer: Answer, recording: Recording, own: OwnData
) -> TrainingJudgement | None:
    assert question.training is not None
    runs = training_runs(answer.recording)
    begin = min(answer.parts, key=lambda part: (part.cell, part.after))
    judged = []
    for run in answer.own(runs):
        if cut_off(run, own.data, answer.changed) is not None:
            continue
        later = runs[runs.index(run) + 1 :]
        namespace = names_after(run, later, answer, recording)
        judge = partial(
            check_training,
            question,
            data=own.data,
            source=answer.text_of(run.cells),
            raised=answer.raised_in(run.cells[-1]),
            accepts=partial(own.accepts, recording, begin),
            before=recording.namespace(begin.cell, begin.after),
            steps=answer.steps,
        )
        readings = (run.mirrored, run.averaged, run.before_copy, run)
        found = [judge(one, namespace=namespace) for one in readings if one is not None]
        if (first := run.in_first_cell) is not None and not answer.repeats_first(run.cells):
            alone = judge(first, namespace=recording.namespace(after=first.cells[0]))
            whole = first.count == question.training.epochs
            found = [alone] if whole else [alone, *found]
        if found[-1].lost(Step.RESULT) and (taken := taken_at_once(later, run, recording)):
            left = {name: value for name, value in namespace.items() if name not in taken}
            found = [judge(run, namespace=left)]
        judged += found
    return pick(judged)


def _without_run(question: Question, matched: Matched, answer: Answer, data: Data) -> Judged:
    """Judge a training question of which no training was recorded; what may be right all the same is left."""
    assert question.training is not None
    source = "\n".join(answer.own_sources.values())
    if answer.raised is None and ends_right(question.training, source, answer.changed, data):
        case = _case(question, by_formula(question), answer)
        report = replace(_report(case, matched), status=QuestionStatus.MANUAL)
        return Judged(report, case, (Message("flag.by-formula", {"question": question.title}),))
    runs = answer.own(training_runs(answer.recording))
    cuts = (cut_off(run, data, answer.changed) for run in runs)
    if (cut := next(filter(None, cuts), None)) is not None:
        checks = was_cut(question, cut, answer.made, data)
    elif answer.raised is not None:
        checks = never_ran(question, answer.raised, answer.made, data)
    else:
        nothing = without_backward(question, source, answer.made, data, answer.steps)
        checks = nothing or no_run(question, "check.no-run")
    case = _case(question, checks, answer)
    return Judged(_report(case, matched), case)


def _report(
    case: Case, matched: Matched | None, judgement: TrainingJudgement | None = None
) -> QuestionReport:
    question = case.question
    score = sum(check.points for check in case.checks)
    run, reference, data = _training(question, judgement)
    return QuestionReport(
        id=question.id,
        title=question.title,
        score=score,
        max_score=question.points,
        status=status_of(score, question.points),
        matched=None if matched is None else matched.match,
        checks=case.checks,
        diagnoses=diagnose(case),
        run=run,
        reference=reference,
        data=data,
    )


def _training(
    question: Question, judgement: TrainingJudgement | None
) -> tuple[RunSummary | None, ReferenceSummary | None, Mapping[str, tuple[float, ...]] | None]:
    """Sum up the run that counts, the reference's beside it, and what the pictures of them need."""
    if question.training is None or judgement is None:
        return None, None, None
    run, reference = run_summary(judgement.observed), reference_summary(question.training, judgement)
    points = data_points(judgement.data)
    if points is not None:
        given = judgement.data, judgement.observed.alignment
        came_to = ends(question.training, judgement)
        points = {**points, **landscape(question.training, *given, run, reference, came_to)}
    return run, reference, points


def _case(
    question: Question,
    checks: Sequence[CheckResult],
    answer: Answer,
    judgement: TrainingJudgement | None = None,
) -> Case:
    return Case(
        question=question,
        checks=tuple(checks),
        observed=None if judgement is None else judgement.observed,
        data=None if judgement is None else judgement.data,
        sources=answer.used_sources,
        namespace=answer.namespace,
        changed=answer.changed,
        error=answer.error,
    )


def with_checks(one: Judged, checks: tuple[CheckResult, ...]) -> Judged:
    """Give a question with other verdicts, and the points, the outcome and the diagnoses that follow."""
    case = replace(one.case, checks=checks)
    score = sum(check.points for check in checks)
    status = status_of(score, one.report.max_score)
    report = replace(one.report, checks=checks, diagnoses=diagnose(case), score=score, status=status)
    return one._replace(report=report, case=case)


def status_of(score: float, max_score: float) -> QuestionStatus:
    """Give the outcome of a question that was answered and judged."""
    if score >= max_score:
        return QuestionStatus.PASSED
    return QuestionStatus.PARTIAL if score > 0 else QuestionStatus.FAILED


def _borderline(question: Question, checks: Sequence[CheckResult]) -> tuple[Message, ...]:
    """Say what needs a person's eye: numbers that differ by a hair, and whatever else its check tells."""
    near = {
        check.message.id == "check.borderline" for check in checks if check.status is CheckStatus.BORDERLINE
    }
    ids = {True: "flag.borderline", False: "flag.unsure"}
    return tuple(Message(ids[one], {"question": question.title}) for one in sorted(near))


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
