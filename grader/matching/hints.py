"""What the texts of a notebook still say once its content has spoken.

A text is a hint. Where it names one question and what stands below it is plainly another's answer, the
content counts; a text above the answers of several other questions is a title, and says nothing of any cell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from grader.matching.content import Offer
from grader.matching.headings import Evidence, Text
from grader.matching.hits import Wanted
from grader.matching.labels import has_code
from grader.matching.moves import MISTAKES

MOST = 0.5  # of a question's points: with so many of its values there, its answer is
SEVERAL = 2  # other questions that what stands below a text is more like make it a title


@dataclass(frozen=True)
class Hints:
    """What is said of each unit, in their order, and of each code cell that has something said of it."""

    units: tuple[Evidence, ...]
    cells: Mapping[int, Evidence]


def hints(
    texts: Mapping[int, Text],
    offers: Sequence[Offer],
    labels: Sequence[str | None],
    wanted: Mapping[str, Wanted],
) -> Hints:
    """Hold texts against what content says.

    Args:
        texts: of code cells, by their notebook indices.
        offers: what each unit could answer, whatever is written above it.
        labels: the question that each answers, found by that alone.
        wanted: the values questions.
    """
    above = [texts.get(offer.unit.first[0], Text(-1, {})) for offer in offers]
    others: dict[int, int] = {}
    deaf: set[int] = set()
    for origin, question in dict.fromkeys((t.origin, q) for t, q in zip(above, labels, strict=True) if q):
        own = [i for i, text in enumerate(above) if (text.origin, labels[i]) == (origin, question)]
        text = above[own[0]].evidence
        if not text or question in text:
            continue
        below = {i: offers[i] for i in own}
        if question in wanted:
            under = [offer for one, offer in zip(above, offers, strict=True) if one.origin == origin]
            named = [offer for one, offer in zip(above, offers, strict=True) if question in one.evidence]
            better, plain = _values(question, text, below, (under, named), wanted)
        else:
            better, plain = _runs(question, text, below)
        others[origin] = others.get(origin, 0) + better
        deaf |= plain
    titles = {origin for origin, found in others.items() if found >= SEVERAL}
    belied = titles | {above[i].origin for i in deaf}
    return Hints(
        tuple({} if i in deaf or text.origin in titles else text.evidence for i, text in enumerate(above)),
        {cell: text.evidence for cell, text in texts.items() if text.evidence and text.origin not in belied},
    )


def _values(
    question: str,
    text: Evidence,
    below: Mapping[int, Offer],
    around: tuple[Sequence[Offer], Sequence[Offer]],
    wanted: Mapping[str, Wanted],
) -> tuple[bool, set[int]]:
    """Tell whether values are rather a question's than what the text names, and which plainly are.

    ``around`` is all that stands below the text, where more may be of what it names, and all below texts that
    name the question: what has as much of it there is its answer.
    """
    under, named = around
    share = _share(question, below.values(), wanted)
    better = all(share > _share(other, under, wanted) for other in text)
    better &= share > _share(question, named, wanted)
    return better, set(below) if better and share >= MOST else set()


def _runs(question: str, text: Evidence, below: Mapping[int, Offer]) -> tuple[bool, set[int]]:
    """Tell the same of runs; as with labels, one mistake may make an answer exactly another question's."""
    better = set()
    for i, offer in below.items():
        named = min(offer.wrong.get(other, MISTAKES) for other in text)
        if named >= MISTAKES and named > offer.wrong.get(question, MISTAKES):
            better.add(i)
    return bool(better), {i for i in better if question in below[i].exact}


def _share(question: str, offers: Collection[Offer], wanted: Mapping[str, Wanted]) -> float:
    """Give the share of a values question's points that some units have the values of."""
    if question not in wanted:
        return 0.0
    telling = wanted[question].telling
    names = {name for offer in offers for name in offer.values.get(question, ())}
    return sum(telling[name] for name in names) / sum(telling.values())


def named_code(cells: Mapping[int, Evidence], sources: Mapping[int, str]) -> dict[str, list[int]]:
    """Give for each question that texts name the code cells below those that name it best.

    Cells that import, install and set up answer nothing, whatever stands above them.
    """
    best: dict[str, float] = {}
    for text in cells.values():
        for question, weight in text.items():
            best[question] = max(weight, best.get(question, 0.0))
    found: dict[str, list[int]] = {}
    for cell, text in cells.items():
        for question, weight in text.items():
            if weight == best[question] and has_code(sources[cell], setup=False):
                found.setdefault(question, []).append(cell)
    return found
