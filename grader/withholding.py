"""What students may not see yet is taken out of a report, in one place, before anything of it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from grader.records import AssignmentRef, CheckResult, Message, QuestionReport, Report, Visibility

#: Messages that name a number nobody but the reference has told, and what fills them without it.
REVEALING = {
    "step1.differs": ("epoch",),
    "step2.differs": ("epoch",),
    "step3.differs": ("epoch", "name"),
    "step4.differs": ("epoch", "name"),
    "value.differs": ("name", "position"),
    "value.wrong": ("name",),
    "value.call-differs": ("name",),
    "value.not-drawn": ("name",),
}
#: Among the points for the pictures: the line that the reference has fitted.
LINE = "line_reference"
#: Flags about what the instructor decides: nothing that a student could do about their notebook.
INSTRUCTORS = ("flag.class.doubled", "flag.class.same-code")


def withheld(report: Report, now: datetime | None = None) -> Report:
    """Give ``report`` as students may see it: all of it, or without expected values and hidden checks' words.

    The assignment's ``show_expected`` and ``deadline`` decide; ``now`` is the present by default. What is
    left out: expected values, numbers that a message names, the reference's run, what diagnoses rest on, and
    of hidden checks all but their outcome and points. Shapes, dtypes, starts, learning rates and epochs stay:
    the question itself tells them. What an instructor has to decide is none of their business at any time.
    Whatever students are shown has passed through here.
    """
    report = replace(report, flags=tuple(flag for flag in report.flags if flag.id not in INSTRUCTORS))
    if is_open(report.assignment, now or datetime.now(UTC)):
        return report
    return replace(report, questions=tuple(map(_question, report.questions)))


def is_open(assignment: AssignmentRef, now: datetime) -> bool:
    """Tell whether expected values may be shown at a time."""
    if assignment.show_expected == "after-deadline" and assignment.deadline is not None:
        return now >= datetime.fromisoformat(assignment.deadline)
    return assignment.show_expected == "always"


def _question(question: QuestionReport) -> QuestionReport:
    told = {check.step for check in question.checks if check.visibility is Visibility.PUBLIC}
    data = question.data and {name: points for name, points in question.data.items() if name != LINE}
    return replace(
        question,
        checks=tuple(map(_check, question.checks)),
        diagnoses=tuple(replace(it, evidence={}) for it in question.diagnoses if it.step in told),
        reference=None,
        data=data,
    )


def _check(check: CheckResult) -> CheckResult:
    if check.visibility is Visibility.HIDDEN:
        return replace(check, expected=None, actual=None, message=Message("check.hidden"))
    return replace(check, expected=None, message=_message(check.message))


def _message(message: Message) -> Message:
    if message.id not in REVEALING:
        return message
    kept = {name: message.params[name] for name in REVEALING[message.id] if name in message.params}
    return Message(f"{message.id}.withheld", kept)
