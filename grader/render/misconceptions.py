"""Which misconceptions a class has, the most frequent first, and who has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.records import Diagnosis, QuestionReport, Report, Step
from grader.render.messages import catalogue


@dataclass(frozen=True)
class Holder:
    """A student with a misconception: the place of the report in the class, the questions' numbers."""

    entry: int
    questions: tuple[int, ...]


@dataclass(frozen=True)
class Frequency:
    """A misconception, its name, the step it costs, and the students behind it, each once."""

    code: str
    name: str
    step: Step
    holders: tuple[Holder, ...]
    questions: tuple[int, ...]


def frequencies(reports: Sequence[Report], lang: str) -> list[Frequency]:
    """Give the misconceptions of ``reports``, whose messages have their text already."""
    found: dict[str, dict[int, list[int]]] = {}
    first: dict[str, Diagnosis] = {}
    for entry, report in enumerate(reports):
        for number, question in enumerate(report.questions, 1):
            for it in question.diagnoses:
                first.setdefault(it.code, it)
                found.setdefault(it.code, {}).setdefault(entry, []).append(number)
    told = [_frequency(first[code], holders, lang) for code, holders in found.items()]
    return sorted(told, key=lambda it: (-len(it.holders), it.questions, it.code))


def named(question: QuestionReport, lang: str) -> list[str]:
    """Give the names of a question's misconceptions."""
    return [_name(it, lang) for it in question.diagnoses]


def _frequency(it: Diagnosis, holders: dict[int, list[int]], lang: str) -> Frequency:
    return Frequency(
        code=it.code,
        name=_name(it, lang),
        step=it.step,
        holders=tuple(Holder(entry, tuple(dict.fromkeys(numbers))) for entry, numbers in holders.items()),
        questions=tuple(sorted({number for numbers in holders.values() for number in numbers})),
    )


def _name(it: Diagnosis, lang: str) -> str:
    """Give a misconception's name; of one that a newer grader knows, its first sentence."""
    return catalogue(lang).get(f"misconception.{it.code}") or it.message.text.split("\n")[0]
