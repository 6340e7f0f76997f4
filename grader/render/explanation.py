"""A diagnosis taken apart, for pages and terminals alike: what happened, why it matters, what to try."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grader.records import CheckStatus, Diagnosis, QuestionReport
from grader.render import text
from grader.render.steps import Finding, findings

#: How the parts of a diagnosis begin, in either language, and what they are.
_PARTS = {
    "왜 문제인가요": "why",
    "Why it matters": "why",
    "이렇게 해 보세요": "try",
    "Try": "try",
    "이것은 아니에요": "not",
    "Not this": "not",
}
_LABELLED = re.compile(r"([^`:.]{2,60}): (.+)")


class Part(NamedTuple):
    """A paragraph of a diagnosis: ``why``, ``try``, ``not`` or, with another beginning, ``more``."""

    kind: str
    label: str
    text: str


@dataclass(frozen=True)
class Explanation:
    """A diagnosis taken apart: what happened, its paragraphs, and the findings it explains."""

    diagnosis: Diagnosis
    title: str
    parts: tuple[Part, ...]
    source: str
    evidence: tuple[Finding, ...]


def explained_and_rest(question: QuestionReport) -> tuple[tuple[Explanation, ...], tuple[Finding, ...]]:
    """Give the diagnoses with the findings each explains, and the findings that none does.

    The messages of ``question`` have their text already.
    """
    told = findings(question)
    explained = tuple(_explanation(it, told) for it in question.diagnoses)
    used = [finding for it in explained for finding in it.evidence]
    return explained, tuple(it for it in told if it not in used)


def _explanation(diagnosis: Diagnosis, told: Sequence[Finding]) -> Explanation:
    """Take a diagnosis apart; what its step's own checks found stands with it.

    What is right all the same is said only where nothing else is wrong: no diagnosis knows of the others.
    """
    title, *rest = diagnosis.message.text.split("\n") or [""]
    evidence = tuple(it for it in told if it.steps == (diagnosis.step,))
    alone = all(it in evidence or it.check.status is not CheckStatus.FAILED for it in told)
    parts = [part for part in map(_part, filter(None, rest)) if alone or part.kind != "not"]
    return Explanation(
        diagnosis=diagnosis,
        title=title,
        parts=tuple(sorted(parts, key=lambda part: part.kind == "more")),
        source=text.dedented(diagnosis.source or ""),
        evidence=evidence,
    )


def _part(line: str) -> Part:
    labelled = _LABELLED.fullmatch(line)
    if labelled is None:
        return Part("more", "", line)
    label, said = labelled.groups()
    if label.isascii():  # in English it goes on after a colon; here it begins a line of its own
        said = said[:1].upper() + said[1:]
    return Part(_PARTS.get(label, "more"), label, said)
