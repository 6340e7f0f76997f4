"""The same facts for a terminal, through rich."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.records import CheckResult, CheckStatus, Examination, QuestionReport, QuestionStatus, Report
from grader.render import overview
from grader.render.card import Mark, marks
from grader.render.comparison import compared_lines
from grader.render.explanation import Explanation, explained_and_rest
from grader.render.flags import once
from grader.render.messages import Words, counted, localize, translate, ui
from grader.render.misconceptions import frequencies
from grader.render.names import told_apart
from grader.render.problems import raised
from grader.render.steps import SIGNS, headline
from grader.render.text import clean, number, points

#: Misconceptions, and reasons to look at a submission, that a terminal lists; the class page has them all.
_MOST, _LOOKS = 8, 20

#: What the word for a question without an answer says already.
SAID_BY_THE_SIGN = "check.unanswered"

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


def summary(reports: Sequence[Report], lang: str = "ko") -> RenderableType:
    """Give a class: a line a submission with a sign a question, what to teach again, what needs a look."""
    words, reports = ui(lang), [localize(report, lang) for report in reports]
    return Group(
        _submissions(reports, words),
        *_together(reports, words),
        *_again(reports, lang),
        *_attention(reports, words, lang),
    )


def detail(report: Report, lang: str = "ko") -> RenderableType:
    """Give one submission: its score, then each question's steps and what in them wants explaining."""
    report, words = localize(report, lang), ui(lang)
    parts: list[RenderableType] = [_top(report, words)]
    if report.error:
        return Group(*parts, _plain(report.error.message.text))
    sentence, params = headline(report)
    parts.append(Text(words(sentence, **params)))
    flags = once(report.flags, report.questions, words)
    told = [*(translate(flag, lang) for flag in flags), *raised(report)]
    parts += [_plain(f"! {line}", "yellow") for line in told]
    apart = True
    for question in report.questions:
        said = _said(question, words)
        parts += [*([""] if apart or said else []), _title(question, words), *said]
        apart = bool(said)
    return Group(*parts)


def _submissions(reports: Sequence[Report], words: Words) -> Table:
    """Give the table of everybody."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(words("class.student"), overflow="fold")
    table.add_column(words("ui.score"), justify="right", no_wrap=True)
    table.add_column(words("ui.questions"), overflow="fold")
    table.add_column(words("class.flags"), justify="right")
    for report, name in zip(reports, told_apart(reports), strict=True):
        number = report.submission.student.id or ""
        table.add_row(
            _plain(name) if number in name else Text("  ").join((_plain(name), _plain(number, "dim"))),
            _score(report, words),
            _signs(report.questions),
            str(len(report.flags)) if report.flags else "",
        )
    return table


def _together(reports: Sequence[Report], words: Words) -> list[RenderableType]:
    """Give the numbers of the class, and how many lost which step of which question."""
    scores = overview.scores(reports)
    if scores is None or len(reports) == 1:
        return []
    told = (
        ("class.mean", scores.mean),
        ("class.median", scores.median),
        ("class.minimum", scores.minimum),
        ("class.maximum", scores.maximum),
    )
    table = _lines(3)
    for place, question in enumerate(overview.questions(reports), 1):
        if question.lost:
            lost = [_plain(f"{words(f'step.{step}')} {n}") for step, n in question.lost.most_common()]
            mean = f"{points(question.mean)}/{points(question.max_score)}"
            table.add_row(Text(f"{place:>2}"), Text(mean, "dim"), Columns(lost, padding=(0, 2)))
    line = Text("  ").join(_plain(f"{words(key)} {number(value, 3)}") for key, value in told)
    return ["", line, *([table] if table.row_count else [])]


def _again(reports: Sequence[Report], lang: str) -> list[RenderableType]:
    """Give the misconceptions, the most frequent first."""
    found = frequencies(reports, lang)
    if not found or len(reports) == 1:
        return []
    table = _lines(3)
    for it in found[:_MOST]:
        numbers = ", ".join(map(str, it.questions))
        where = counted(lang, "class.in-questions", len(it.questions), numbers=numbers)
        who = counted(lang, "class.students", len(it.holders))
        table.add_row(_plain(who, "bold"), _plain(it.name), _plain(where, "dim"))
    return ["", _plain(ui(lang)("class.misconceptions"), "bold"), table]


def _attention(reports: Sequence[Report], words: Words, lang: str) -> list[RenderableType]:
    """Give whom to look at, and why: first those without a score."""
    named = zip(reports, told_apart(reports), strict=True)
    told = [
        (name, it)
        for report, name in sorted(named, key=lambda it: it[0].error is None)
        for it in once(overview.attention(report), report.questions, words)
    ]
    if not told:
        return []
    table = _lines(2)
    for name, it in told[:_LOOKS]:
        table.add_row(_plain(name, "bold yellow"), _plain(translate(it, lang)))
    more = [_plain(words("class.attention-more", count=len(told) - _LOOKS), "dim")] if told[_LOOKS:] else []
    return ["", _plain(words("class.attention"), "bold"), table, *more]


def _lines(columns: int) -> Table:
    """Give a table without a head whose last column takes what room there is."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(columns):
        table.add_column(overflow="fold")
    return table


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
    explanations, rest = explained_and_rest(question)
    if question.status == QuestionStatus.UNANSWERED:
        told = dict.fromkeys(it.check.message.text for it in rest if it.check.message.id != SAID_BY_THE_SIGN)
        return [_under(_plain(line)) for line in told]
    if question.status == QuestionStatus.PASSED and not rest:
        return []
    row = Columns([_mark(mark, words) for mark in marks(question)], padding=(0, 1))
    said: list[RenderableType] = [row, *(line for it in explanations for line in _explained(it, words))]
    for it in rest:
        steps = ", ".join(words(f"step.{step}") for step in it.steps)
        said.append(Text(": ").join((_sign(it.check.status, steps), _plain(it.check.message.text))))
        said += _compared(it.check, words)
    return [_under(line) for line in said]


def _mark(mark: Mark, words: Words) -> Text:
    return _sign(mark.status, mark.name or words(f"step.{mark.step}"))


def _explained(it: Explanation, words: Words) -> list[Text]:
    """Give a diagnosis: what happened, the student's own line, why it matters and what to try."""
    lines = [_plain(it.title, "bold")]
    if it.diagnosis.cell is not None and it.diagnosis.line is not None:
        where = words("ui.at-line", cell=it.diagnosis.cell + 1, line=it.diagnosis.line)
        lines.append(Text("  ").join((_plain(where, "dim"), _plain(it.source, "cyan"))))
    told = (part for part in it.parts if part.kind != "more")
    lines += [Text("  ").join((_plain(part.label, "dim"), _plain(part.text))) for part in told]
    return [*lines, *(line for found in it.evidence for line in _compared(found.check, words))]


def _compared(check: CheckResult, words: Words) -> list[Text]:
    return [_plain(line, "dim") for line in compared_lines(check, words)]


def _under(line: RenderableType) -> Padding:
    return Padding(line, (0, 0, 0, 4))


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
