"""A question as a row of steps, and what in it wants explaining."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader.records import CheckResult, CheckStatus, QuestionReport, QuestionStatus, Report, Step

#: What stands for an outcome, of a check's or a question's, where there is room for one letter.
SIGNS = {
    "passed": "✓",
    "partial": "◐",
    "borderline": "≈",
    "failed": "✗",
    "unanswered": "·",
    "skipped": "-",
    "manual": "?",
    "error": "!",
}

#: Whichever of these a step's checks hold first is the step's own outcome.
_WORST_FIRST = (
    CheckStatus.ERROR,
    CheckStatus.FAILED,
    CheckStatus.BORDERLINE,
    CheckStatus.PASSED,
    CheckStatus.SKIPPED,
)


@dataclass(frozen=True)
class StepRow:
    """One step of a question: the outcome of its checks together."""

    step: Step
    status: CheckStatus
    points: float
    max_points: float
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True)
class Finding:
    """What one or more checks have to say. ``check`` is the first of those that say the same."""

    steps: tuple[Step, ...]
    check: CheckResult


def step_rows(question: QuestionReport) -> list[StepRow]:
    """Give the steps ``question`` was judged by, in the lecture's order."""
    rows = []
    for step in Step:
        checks = tuple(check for check in question.checks if check.step == step)
        if checks:
            rows.append(_row(step, checks))
    return rows


def findings(question: QuestionReport) -> list[Finding]:
    """Give what did not simply pass, each thing said once."""
    told: dict[object, Finding] = {}
    for check in question.checks:
        if check.status == CheckStatus.PASSED:
            continue
        key = _said_by(check)
        before = told.get(key, Finding((), check))
        told[key] = replace(before, steps=tuple(dict.fromkeys((*before.steps, check.step))))
    return list(told.values())


def lost_steps(question: QuestionReport) -> list[Step]:
    """Give the steps that cost ``question`` points."""
    return [row.step for row in step_rows(question) if row.status == CheckStatus.FAILED]


def headline(report: Report) -> tuple[str, dict[str, int]]:
    """Give the one sentence on top of a graded report: its message id and what fills it."""
    questions = report.questions
    right = sum(question.status == QuestionStatus.PASSED for question in questions)
    if questions and right == len(questions):
        return "headline.perfect", {}
    if questions and _all(questions, QuestionStatus.UNANSWERED):
        return "headline.unanswered", {}
    if not right:
        return "headline.failed", {}
    return "headline.partial", {"right": right, "total": len(questions)}


def _said_by(check: CheckResult) -> object:
    """Give what two checks share when there is no point in printing both."""
    if check.expected is None and check.actual is None:
        return check.message.text, check.status
    return check.id


def _all(questions: Iterable[QuestionReport], status: QuestionStatus) -> bool:
    return all(question.status == status for question in questions)


def _row(step: Step, checks: tuple[CheckResult, ...]) -> StepRow:
    held = {check.status for check in checks}
    status = next(status for status in _WORST_FIRST if status in held)
    return StepRow(
        step, status, sum(check.points for check in checks), sum(check.max_points for check in checks), checks
    )
