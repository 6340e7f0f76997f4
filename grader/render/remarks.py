"""What a report has to tell about a question, as plain text: for logs, annotations, XML and Markdown."""

from dataclasses import dataclass

from grader.records import CheckResult, CheckStatus, QuestionReport, Step
from grader.render.comparison import compared_lines
from grader.render.explanation import Explanation, explained_and_rest
from grader.render.messages import Words
from grader.render.text import clean


@dataclass(frozen=True)
class Remark:
    """One thing to tell.

    ``steps`` are what it is about and ``text`` is what happened; ``advice`` are the paragraphs on why it
    matters and what to try, ``compared`` those on what was expected and what came. ``cell`` counts from 0,
    ``line`` from 1; ``source`` is the student's own line.
    """

    status: CheckStatus
    steps: tuple[Step, ...]
    text: str
    advice: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    cell: int | None = None
    line: int | None = None
    source: str = ""


def remarks(question: QuestionReport, words: Words) -> list[Remark]:
    """Give the remarks on a question of a localized report: each diagnosis, then what none explains."""
    explanations, rest = explained_and_rest(question)
    return [
        *(explanation_remark(it, words) for it in explanations),
        *(_of_check(it.check, it.steps, words) for it in rest),
    ]


def place(remark: Remark, words: Words) -> str:
    """Say where a remark belongs: cell and line as people count them; nothing where nobody knows."""
    if remark.cell is None:
        return ""
    if remark.line is None:
        return words("ui.at-cell", cell=remark.cell + 1)
    return words("ui.at-line", cell=remark.cell + 1, line=remark.line)


def named(steps: tuple[Step, ...], words: Words) -> str:
    """Name steps in the lecture's words."""
    return ", ".join(words(f"step.{step}") for step in steps)


def check_name(check: CheckResult, words: Words) -> str:
    """Name a check: its step, and the value it looks at where the step alone does not tell it."""
    name, step = one_line(check.id.partition(".")[2]), words(f"step.{check.step}")
    return step if name in (check.step, "") else f"{step} {name}"


def one_line(text: str) -> str:
    """Give a stranger's text as one line of text that can be shown."""
    return " ".join(clean(text).split())


def explanation_remark(it: Explanation, words: Words) -> Remark:
    """Give a diagnosis as a remark, with what its step's own checks found."""
    advice = (f"{part.label}: {part.text}" if part.label else part.text for part in it.parts)
    return Remark(
        CheckStatus.FAILED,
        (it.diagnosis.step,),
        one_line(it.title),
        tuple(map(one_line, advice)),
        tuple(one_line(line) for found in it.evidence for line in compared_lines(found.check, words)),
        cell=it.diagnosis.cell,
        line=it.diagnosis.line,
        source=it.source,
    )


def _of_check(check: CheckResult, steps: tuple[Step, ...], words: Words) -> Remark:
    compared = tuple(map(one_line, compared_lines(check, words)))
    return Remark(check.status, steps, one_line(check.message.text), compared=compared)
