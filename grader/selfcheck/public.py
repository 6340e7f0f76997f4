"""What a kit can judge of a notebook, as a report of its own."""

from __future__ import annotations

from dataclasses import replace

from grader.assignment.model import Assignment
from grader.judging.questions import status_of
from grader.records import CheckResult, CheckStatus, QuestionReport, QuestionStatus, Report, Step

SAME = 1e-9  # of a point: sums of points are rounded
LATER = (QuestionStatus.UNANSWERED, QuestionStatus.ERROR)


def public_part(report: Report) -> Report:
    """Give a report without the points of what is judged after handing in alone.

    These are values of which the kit knows the form only, where it is right, and functions that nobody could
    call: they are worth nothing here, either way.
    """
    questions = tuple(map(_question, report.questions))
    score = sum(question.score for question in questions)
    most = sum(question.max_score for question in questions)
    if report.score is None:
        return report
    return replace(report, questions=questions, score=score, final_score=score, max_score=most)


def passes(report: Report, assignment: Assignment) -> bool:
    """Tell whether a report has the share of its points that passes."""
    share = assignment.passing_score / assignment.max_score
    return report.final_score is not None and report.final_score >= share * report.max_score - SAME


def _question(question: QuestionReport) -> QuestionReport:
    checks = tuple(replace(it, max_points=0.0) if _is_judged_later(it) else it for it in question.checks)
    if checks == question.checks or question.status in LATER:
        return question
    most = sum(check.max_points for check in checks)
    failed = any(check.status is CheckStatus.FAILED for check in checks)
    status = status_of(question.score, most) if most or failed else QuestionStatus.PASSED
    return replace(question, checks=checks, max_score=most, status=status)


def _is_judged_later(check: CheckResult) -> bool:
    unseen = check.message.id == "check.not-observed" and check.step in (Step.VALUE, Step.DATA)
    return check.status is CheckStatus.SKIPPED and (unseen or check.message.id == "value.form")
