"""What the text before a cell says about the question it answers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.assignment.model import Question
from grader.records import SourceCell

NAMED = 2.0  # how much more the question's own id says than words it shares with its title
SAID = 0.6  # of a title's telling words; fewer are coincidence
LOWEST = 6  # rank of a heading
COMMENTS = 5  # lines of comments that begin a cell and are read like a heading

Evidence = Mapping[str, float]
"""Question id -> how much a text speaks for it, 0 (or not there) to ``NAMED``."""


@dataclass(frozen=True)
class Text:
    """What is said of a code cell, and ``origin``, the cell that says it: all that one text heads has it."""

    origin: int
    evidence: Evidence


def texts_of(cells: Sequence[SourceCell], questions: Sequence[Question]) -> dict[int, Text]:
    """Give for each code cell the text before it, or the comments it begins with, if they name a question.

    A text holds for the cells up to the next one that names a question, or the next heading: of its own
    rank where it names the question's id.
    """
    titles = Titles(questions)
    found: dict[int, Text] = {}
    current = Text(-1, {})
    rank = LOWEST
    for cell in cells:
        if cell.kind == "code":
            own = titles.named_in(cell.source)
            found[cell.index] = Text(cell.index, own) if own else current
            continue
        said = titles.named_by(cell.source) or titles.named_by(_heading(cell.source))
        level = _rank(cell.source)
        if said or level <= rank:
            current = Text(cell.index, said)
            rank = level if NAMED in said.values() else LOWEST
    return found


class Titles:
    """The questions' ids and titles, as texts are compared with them."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._ids = {q.id: re.compile(_ID.format(re.escape(q.id)), re.IGNORECASE) for q in questions}
        words = {q.id: set(_words(q.title)) for q in questions}
        common = Counter(word for found in words.values() for word in found)
        self._words = {
            question: {word: math.log(len(words) / common[word]) for word in found}
            for question, found in words.items()
        }

    def named_in(self, source: str) -> Evidence:
        """Give the one question that a cell's first comments name, if none further down names another."""
        comments = _comments(source)
        if not (said := self.named_by("\n".join(comments[:COMMENTS]))):
            return {}
        return said if all(self.named_by(line).keys() <= said.keys() for line in {*comments}) else {}

    def named_by(self, text: str) -> Evidence:
        """Give the one question that a text speaks of, if it does."""
        ids = [question for question, pattern in self._ids.items() if pattern.search(text)]
        if ids:
            return {ids[0]: NAMED} if len(ids) == 1 else {}
        if not (there := set(_words(_COUNTED.sub("", text)))):
            return {}
        shared = {question: there & words.keys() for question, words in self._words.items()}
        likeness = {question: _share(self._words[question], there) for question in shared}
        alike = [question for question in shared if likeness[question] >= SAID]
        if not alike:
            return {}
        # Of two whole titles the longer, which may have all words of the other.
        first = max(
            alike, key=lambda q: (likeness[q] == 1.0, sum(self._words[q][word] for word in shared[q]))
        )
        if not all(shared[question] <= shared[first] for question in alike):
            return {}  # it names several
        others = [words.keys() for question, words in self._words.items() if question != first]
        if likeness[first] < 1.0 and any(shared[first] <= words for words in others):
            return {}  # all that is said is said of another question, too
        return {first: likeness[first]}


_ID = r"""[(\[`'"「‘]\s*+{0}\s*+[)\]`'"」’]|문제\s*+[:：]?+\s*+{0}(?![\w-])|^\W*{0}\W*$"""
"""An id in brackets or quotes, after the word 문제, or all there is: ``data`` alone is any word."""


_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s", re.MULTILINE)

_COUNTED = re.compile(
    r"^[^\w\n]*+(?:문제|q|problem|question)?[^\S\n]*+\d++[^\S\n]*+[.):번]", re.IGNORECASE | re.MULTILINE
)
"""A line's own number, as in ``## 4. step1의 다른 표현``: it is no word of another title."""


_CALL = re.compile(r"(?<![a-z_])[a-z_]++\([^()가-힣]*+\)")
"""``Linear(1,1)``, which has no word that ``Linear(2,1,bias=False)`` has not."""


def _share(weights: Mapping[str, float], there: set[str]) -> float:
    whole = sum(weights.values())
    missing = sum(weight for word, weight in weights.items() if word not in there)
    return 1.0 - missing / whole if whole else 0.0


def _words(text: str) -> list[str]:
    """Give words, numbers, calls as a whole and, since endings vary, each two letters of Korean words."""
    text = text.lower()
    words = [re.sub(r"\s", "", call) for call in _CALL.findall(text)]
    for word in re.findall(r"[a-z_]+|\d+|[가-힣]+", text):
        words += [word[i : i + 2] for i in range(len(word) - 1)] or [word] if word[0] >= "가" else [word]
    return words


def _comments(source: str) -> list[str]:
    """Give a cell's lines, those that are no comments empty."""
    lines = [line.strip() for line in source.splitlines()]
    return [line if line.startswith("#") else "" for line in lines]


def _heading(text: str) -> str:
    """Give a text's only heading, which may name one question where what stands below it names several."""
    lines = [line for line in text.splitlines() if _HEADING.match(line)]
    return lines[0] if len(lines) == 1 else ""


def _rank(text: str) -> int:
    """Give the rank of the highest heading in a text, 7 where there is none."""
    return min((len(found) for found in _HEADING.findall(text)), default=LOWEST + 1)
