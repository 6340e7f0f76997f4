"""Markdown as forges render it: the same facts as the page, for a job's summary or a comment."""

import re
from collections.abc import Sequence

from grader.records import CheckStatus, QuestionReport, QuestionStatus, Report
from grader.render import overview
from grader.render.flags import once
from grader.render.messages import Words, localize, translate, ui
from grader.render.problems import untold
from grader.render.remarks import Remark, named, one_line, place, remarks
from grader.render.steps import SIGNS, headline, step_rows
from grader.render.text import points

#: What Markdown, HTML, tables and mathematics are made of, and what begins a list, heading or link.
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~&$#^]|:(?=//)|(?<=\bwww)\.|^[-+=:]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
#: People and issues, which forges look for in the finished page, where no backslash is left.
_REFERENCE = re.compile(r"@(?=\w)|(?<=#)(?=\d)|(?<=[Gg][Hh]-)(?=\d)")
_NOTHING = "\N{ZERO WIDTH SPACE}"


def markdown(reports: Sequence[Report], lang: str = "ko") -> str:
    """Give one report in full, several as a table."""
    words = ui(lang)
    reports = [localize(report, lang) for report in reports]
    blocks = _submission(reports[0], words) if len(reports) == 1 else _class(reports, words)
    return "\n\n".join(filter(None, blocks)) + "\n"


def escaped(text: str) -> str:
    """Give a stranger's text as a line of Markdown that shows just that: no markup, link or mention."""
    return _escaped(one_line(text))


def _escaped(shown: str) -> str:
    shown = _REFERENCE.sub(lambda found: found[0] + _NOTHING, shown)
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", shown)


def code(text: str) -> str:
    """Give a line of code as a code span, whatever backticks it holds."""
    shown = one_line(text)
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    return (
        f"{fence} {shown} {fence}"
        if shown.startswith("`") or shown.endswith("`")
        else f"{fence}{shown}{fence}"
    )


def _submission(report: Report, words: Words) -> list[str]:
    sentence, params = ("headline.error", {}) if report.error else headline(report)
    student = report.submission.student
    who = (student.name or "", student.id or "", report.submission.path)
    return [
        f"## {escaped(report.assignment.title)}: {_score(report, words)}",
        " · ".join(escaped(part) for part in who if part),
        f"**{escaped(words(sentence, **params))}**",
        escaped(report.error.message.text) if report.error else "",
        _noted(report, words),
        _questions(report.questions, words),
        *(_question(question, words) for question in report.questions),
    ]


def _class(reports: Sequence[Report], words: Words) -> list[str]:
    head = ("class.student", "class.file", "ui.score", "ui.questions", "class.flags")
    rows = [
        (
            escaped(report.submission.student.name or report.submission.student.id or report.submission.path),
            escaped(report.submission.path),
            _score(report, words),
            escaped(report.error.message.text)
            if report.error
            else " ".join(SIGNS[question.status] for question in report.questions),
            str(len(report.flags) or ""),
        )
        for report in reports
    ]
    title = escaped(reports[0].assignment.title if reports else words("class.title"))
    return [f"## {title}", _table([words(key) for key in head], rows)]


def _noted(report: Report, words: Words) -> str:
    """List what is to be known of the whole notebook: flags, and cells that did not finish."""
    flags = once(report.flags, report.questions, words)
    said = [escaped(translate(flag, report.language)) for flag in flags]
    for it in untold(report):
        parts = (escaped(it.text), it.source and code(it.source), escaped(it.hint))
        said.append(" ".join(filter(None, parts)))
    return _listed(words("ui.flags"), said)


def _questions(questions: Sequence[QuestionReport], words: Words) -> str:
    """Give a row a question: the outcome, its points, and the steps that did not pass."""
    if not questions:
        return ""
    head = ("ui.questions", "ui.steps", "ui.score")
    rows = [
        (
            f"{SIGNS[question.status]} {escaped(question.title)}",
            words(f"question.{question.status}") + _lost(question, words),
            f"{points(question.score)} / {points(question.max_score)}",
        )
        for question in questions
    ]
    return _table([words(key) for key in head], rows)


def _lost(question: QuestionReport, words: Words) -> str:
    """Name the steps that are not as they should be; those nobody could see are told below."""
    if question.status == QuestionStatus.UNANSWERED:
        return ""
    lost = [row for row in step_rows(question) if row.status not in (CheckStatus.PASSED, CheckStatus.SKIPPED)]
    return "".join(f" · {SIGNS[row.status]} {escaped(words(f'step.{row.step}'))}" for row in lost)


def _question(question: QuestionReport, words: Words) -> str:
    """Say what did not simply pass in a question; nothing where the table says it all."""
    if question.status == QuestionStatus.UNANSWERED:
        return ""
    said = [_remark(remark, words) for remark in remarks(question, words)]
    title = f"{SIGNS[question.status]} {escaped(question.title)}"
    return f"### {title}\n\n" + "\n".join(f"- {line}" for line in said) if said else ""


def _remark(remark: Remark, words: Words) -> str:
    steps = f"{escaped(SIGNS[remark.status])} **{escaped(named(remark.steps, words))}**: "
    where = " ".join(filter(None, (escaped(place(remark, words)), remark.source and code(remark.source))))
    more = (*map(_prose, remark.advice), *map(escaped, remark.compared), where)
    return "".join((steps, escaped(remark.text), *(f"\\\n  {line}" for line in more if line)))


def _prose(text: str) -> str:
    """Give advice, in which code stands in backticks."""
    parts = re.split(r"`([^`]+)`", one_line(text))
    return "".join(code(part) if odd % 2 else _escaped(part) for odd, part in enumerate(parts) if part)


def _score(report: Report, words: Words) -> str:
    total = overview.final(report)
    if total is None:
        return words("ui.no-score")
    return words("ui.points", points=points(total), max=points(report.max_score))


def _listed(title: str, lines: Sequence[str]) -> str:
    return f"**{title}**\n\n" + "\n".join(f"- {line}" for line in dict.fromkeys(lines)) if lines else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
