"""A class at a glance: the numbers behind the class page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median, pstdev

from grader.records import CheckStatus, Message, QuestionReport, QuestionStatus, Report, ReportStatus, Step
from grader.render.steps import lost_steps

#: Flags that every submission out of a repository has: which commit was graded, and how it was found.
_TELLING = ("flag.state.newest", "flag.state.by-push", "flag.state.by-commit")
#: Flags that say why a question needs a look; that it does need not be said again.
_OF_QUESTIONS = ("flag.borderline", "flag.unsure", "flag.by-formula")


@dataclass(frozen=True)
class Scores:
    """The final scores of those that have one; ``errors`` counts the others."""

    count: int
    errors: int
    mean: float
    median: float
    minimum: float
    maximum: float


@dataclass(frozen=True)
class QuestionOverview:
    """How a class did on one question; ``spread`` is the standard deviation of its scores."""

    id: str
    title: str
    mean: float
    spread: float
    max_score: float
    statuses: Counter[QuestionStatus]
    lost: Counter[Step]


def final(report: Report) -> float | None:
    """Give the score that counts: after adjustments where there are any; none where grading failed."""
    if report.status == ReportStatus.ERROR:
        return None
    return report.score if report.final_score is None else report.final_score


def scores(reports: Sequence[Report]) -> Scores | None:
    """Sum up the scores of a class; ``None`` where nobody has one."""
    known = [score for report in reports if (score := final(report)) is not None]
    if not known:
        return None
    return Scores(len(known), len(reports) - len(known), mean(known), median(known), min(known), max(known))


def distribution(reports: Sequence[Report], bins: int = 10) -> list[int]:
    """Count scores in equal shares of full marks; full marks belong to the last."""
    counts = [0] * bins
    for report in reports:
        score = final(report)
        if score is not None and report.max_score > 0:
            share = score / report.max_score
            counts[min(max(int(share * bins + 1e-9), 0), bins - 1)] += 1
    return counts


def questions(reports: Sequence[Report]) -> list[QuestionOverview]:
    """Give each question of a class, in the assignment's order."""
    asked: dict[str, list[QuestionReport]] = {}
    for report in reports:
        if report.status == ReportStatus.GRADED:
            for question in report.questions:
                asked.setdefault(question.id, []).append(question)
    return [_question(answers) for answers in asked.values()]


def attention(report: Report) -> list[Message]:
    """Give what in ``report`` a human should look at, as messages yet to be put into words."""
    reasons = [report.error.message] if report.error else []
    reasons += (flag for flag in report.flags if flag.id not in _TELLING)
    told = {flag.params.get("question") for flag in report.flags if flag.id in _OF_QUESTIONS}
    for question in report.questions:
        if told & {question.id, question.title}:
            continue
        if question.status == QuestionStatus.MANUAL:
            reasons.append(Message("class.manual", {"question": question.title}))
        held = {check.status for check in question.checks}
        if CheckStatus.BORDERLINE in held:
            reasons.append(Message("class.borderline", {"question": question.title}))
    return reasons


def _question(answers: Sequence[QuestionReport]) -> QuestionOverview:
    return QuestionOverview(
        id=answers[0].id,
        title=answers[0].title,
        mean=mean(answer.score for answer in answers),
        spread=pstdev(answer.score for answer in answers),
        max_score=answers[0].max_score,
        statuses=Counter(answer.status for answer in answers),
        lost=Counter(
            step
            for answer in answers
            if answer.status != QuestionStatus.UNANSWERED  # who did not answer lost no step in particular
            for step in lost_steps(answer)
        ),
    )
