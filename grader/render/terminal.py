"""The same facts for a terminal, through rich."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.records import CheckStatus, Examination, QuestionReport, QuestionStatus, Report
from grader.render import overview
from grader.render.messages import Words, localize, ui
from grader.render.steps import SIGNS, findings, headline, step_rows
from grader.render.text import clean, points

#: The style of an outcome, of a check's or a question's; the word stands beside it where there is room.
_STYLES = {
    "passed": "green",
    "partial": "yellow",
    "borderline": "yellow",
    "failed": "red",
    "unanswered": "dim",
    "skipped": "dim",
    "manual": "yellow",
    "error": "bold yellow",
}


def summary(reports: Sequence[Report], lang: str = "ko") -> Table:
    """Give a class as a table: a line a submission, a sign a question."""
    words = ui(lang)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(words("class.student"))
    table.add_column(words("class.file"), overflow="fold")
    table.add_column(words("ui.score"), justify="right", no_wrap=True)
    table.add_column(words("ui.questions"))
    table.add_column(words("class.flags"), justify="right")
    for report in (localize(report, lang) for report in reports):
        student = report.submission.student
        table.add_row(
            _plain(student.name or student.id or words("class.unknown-student")),
            _plain(report.submission.path),
            _score(report, words),
            _plain(report.error.message.text, "yellow") if report.error else _signs(report.questions),
            str(len(report.flags)) if report.flags else "",
        )
    return table


def detail(report: Report, lang: str = "ko") -> RenderableType:
    """Give one submission: its score, then each question's steps and what in them wants explaining."""
    report, words = localize(report, lang), ui(lang)
    parts: list[RenderableType] = [_top(report, words)]
    if report.error:
        return Group(*parts, _plain(report.error.message.text))
    sentence, params = headline(report)
    parts.append(Text(words(sentence, **params)))
    parts += [_plain(f"! {flag.text}", "yellow") for flag in report.flags]
    for question in report.questions:
        parts += ["", _title(question, words), *_said(question, words)]
    return Group(*parts)


def examination(found: Examination, lang: str = "ko") -> RenderableType:
    """Give what ``grader doctor`` found: a line a protection, what is missing and what to do about it."""
    words = ui(lang)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for it in found.protections:
        missing = "doctor.missing" if it.required else "doctor.weaker"
        sign, state = ("passed", "doctor.in-force") if it.in_force else ("failed", missing)
        table.add_row(_sign(CheckStatus(sign), words(state)), _plain(words(f"doctor.{it.key}", name=it.name)))
        if not it.in_force:
            table.add_row("", _plain(f"{it.reason}. {words(f'doctor.{it.key}.advice')}", "yellow"))
    machine = words(
        "doctor.machine", **asdict(found.environment), cores=found.cores, memory=f"{found.memory / 2**30:.1f}"
    )
    if found.seconds is not None:
        trial = words("doctor.trial", seconds=f"{found.seconds:.2f}")
    else:
        trial = words("doctor.trial-failed", reason=found.error)
    verdict = _plain(words("doctor.fit" if found.fit else "doctor.unfit"), "bold")
    return Group(
        _plain(machine, "dim"), "", table, "", _plain(trial), verdict, _plain(words("doctor.residual"), "dim")
    )


def _top(report: Report, words: Words) -> Text:
    who = report.submission.student.name or report.submission.path
    return Text("  ").join((_plain(report.assignment.title, "bold"), _plain(who), _score(report, words)))


def _title(question: QuestionReport, words: Words) -> Text:
    got = words("ui.points", points=points(question.score), max=points(question.max_score))
    return Text("  ").join(
        (
            _sign(question.status, words(f"question.{question.status}")),
            _plain(question.title, "bold"),
            Text(got, "dim"),
        )
    )


def _said(question: QuestionReport, words: Words) -> list[RenderableType]:
    """Give the row of steps, and below it what did not simply pass."""
    told = findings(question)
    lines = [it.check.message.text for it in told]
    if question.status == QuestionStatus.UNANSWERED:
        return [Padding(_plain(line), (0, 0, 0, 4)) for line in dict.fromkeys(lines)]
    row = Text("  ").join(_sign(row.status, words(f"step.{row.step}")) for row in step_rows(question))
    said = [_plain(diagnosis.message.text) for diagnosis in question.diagnoses]
    for it, line in zip(told, lines, strict=True):
        steps = ", ".join(words(f"step.{step}") for step in it.steps)
        said.append(Text(": ").join((_sign(it.check.status, steps), _plain(line))))
    return [Padding(line, (0, 0, 0, 4)) for line in (row, *said)]


def _signs(questions: Sequence[QuestionReport]) -> Text:
    return Text(" ").join(_sign(question.status) for question in questions)


def _score(report: Report, words: Words) -> Text:
    total = overview.final(report)
    if total is None:
        return Text(words("ui.no-score"), "yellow")
    return Text.assemble((points(total), "bold"), (f"/{points(report.max_score)}", "dim"))


def _sign(status: CheckStatus | QuestionStatus, word: str = "") -> Text:
    return Text(f"{SIGNS[status]} {word}".rstrip(), _STYLES[status])


def _plain(text: str, style: str = "") -> Text:
    """Give a stranger's text as text: no markup, no control characters, one line break at most as a space."""
    return Text(" ".join(clean(text).split()), style)
