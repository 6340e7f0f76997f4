"""What a report has to tell about a question, as plain text: for logs, annotations, XML and Markdown."""

from dataclasses import dataclass, replace

from grader.records import CheckResult, CheckStatus, Diagnosis, QuestionReport, Shown, Step
from grader.render.messages import Words
from grader.render.steps import findings
from grader.render.text import clean, dedented, nested, shape


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
    """Give the remarks on a question of a localized report: each diagnosis, then what it does not explain."""
    told = [_of_check(it.check, it.steps, words) for it in findings(question)]
    explained = []
    for remark in map(of_diagnosis, question.diagnoses):
        seen = (line for it in told if it.steps == remark.steps for line in it.compared)
        explained.append(replace(remark, compared=tuple(seen)))
    steps = {remark.steps for remark in explained}
    return [*explained, *(remark for remark in told if remark.steps not in steps)]


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


def of_diagnosis(diagnosis: Diagnosis) -> Remark:
    """Give a diagnosis as a remark: the first line is what happened, the others are advice."""
    first, *advice = list(filter(None, map(one_line, diagnosis.message.text.splitlines()))) or [""]
    return Remark(
        CheckStatus.FAILED,
        (diagnosis.step,),
        first,
        tuple(advice),
        cell=diagnosis.cell,
        line=diagnosis.line,
        source=dedented(diagnosis.source or ""),
    )


def _of_check(check: CheckResult, steps: tuple[Step, ...], words: Words) -> Remark:
    return Remark(check.status, steps, one_line(check.message.text), compared=compared(check, words))


def compared(check: CheckResult, words: Words) -> tuple[str, ...]:
    """Say what a check expected and what came, as far as it tells."""
    shown = {"ui.expected": check.expected, "ui.actual": check.actual}
    return tuple(f"{words(label)}: {_value(value)}" for label, value in shown.items() if value)


def _value(shown: Shown) -> str:
    """Give a value in a line: its numbers, shape and dtype, as far as it has them."""
    parts = (
        "" if shown.value is None else nested(shown.value),
        "" if shown.shape is None else shape(shown.shape),
        shown.dtype or "",
    )
    return one_line(" ".join(filter(None, parts))) or one_line(shown.kind)
