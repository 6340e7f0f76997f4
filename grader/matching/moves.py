"""Answers that stand under another question's label."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from grader.matching.content import Offer
from grader.matching.hits import Wanted
from grader.matching.labels import Label
from grader.matching.units import Unit
from grader.recording import Part

MISTAKES = 2
"""With so many mistakes a run that is exactly another question's answer is that; with one it is its label's:
``sgd-what`` without the optimizer is ``mse`` to the last digit."""

FEW = 2  # questions answered in one another's cells say nothing about the rest


def holds(parts: Sequence[Part], unit: Unit) -> bool:
    """Tell whether a unit lies in one of the parts."""
    cell, seq = unit.first
    return any(part.cell == cell and part.holds(seq) for part in parts)


def answered(offers: Sequence[Offer], wanted: Mapping[str, Wanted]) -> set[str]:
    """Give the questions that some units together answer exactly."""
    exact = {question for offer in offers for question in offer.exact}
    for question, values in wanted.items():
        names = {name for offer in offers for name in offer.values.get(question, ())}
        if names and names == set(values.telling):
            exact.add(question)
    return exact


def metadata_are_wrong(
    labels: Sequence[Label], offers: Sequence[Offer], wanted: Mapping[str, Wanted]
) -> bool:
    """Tell whether most of what says itself what it answers says another thing in its cell's metadata.

    That is each run that answers some question exactly, and all values below a label together.
    """
    right = wrong = 0
    for question in {label.question for label in labels}:
        parts = [label.part for label in labels if label.question == question]
        own = [offer for offer in offers if holds(parts, offer.unit)]
        runs = [offer for offer in own if offer.exact]
        right += sum(question in offer.exact for offer in runs)
        wrong += sum(offer.wrong.get(question, MISTAKES) >= MISTAKES for offer in runs)
        values = answered([offer for offer in own if offer.unit.run is None], wanted)
        right += question in values
        wrong += question in wanted and bool(values) and question not in values
    return wrong > max(right, FEW)


def moved(
    offers: Sequence[Offer], owners: Sequence[str | None], wanted: Mapping[str, Wanted]
) -> dict[int, str]:
    """Give the units that are not their label's, by their place, and whose they are.

    Only what answers a question that has no exact answer of its own moves, and nothing that its label's
    question needs: a run that comes near to that, unless it has a better one, or values that it asks for.
    """
    labels = [question for question in dict.fromkeys(owners) if question is not None]
    own = {question: _of(offers, owners, question) for question in labels}
    lacking = [
        q for q in _all(offers, wanted) if q not in answered([offers[i] for i in own.get(q, ())], wanted)
    ]
    open_ones = [offer for offer, owner in zip(offers, owners, strict=True) if owner is None]
    claimed = {question for offer in open_ones for question in (*offer.exact, _likest(offer))}
    out: dict[int, str] = {}
    for label, places in own.items():
        here = [offers[i] for i in places]
        spare = label in answered(here, wanted) or any(_likest(offer) == label for offer in here)
        for i in places:
            question = _elsewhere(offers[i], label, lacking, spare=spare)
            if question is not None and (question in offers[i].exact or question not in claimed):
                out[i] = question
        for question in lacking:
            if question in wanted and question != label:
                out |= dict.fromkeys(_values(question, label, places, offers, wanted), question)
    return _to_the_lacking(out, own, offers)


def _elsewhere(offer: Offer, label: str, lacking: Collection[str], *, spare: bool) -> str | None:
    """Give the question that a run answers rather than its label's; ``spare``: this has another run.

    A network without a bias trains like one with it, so where its label can spare a run what it is most like
    says enough, right or wrong.
    """
    exact = [question for question in offer.exact if question in lacking]
    if len(exact) == 1 and label not in offer.exact:
        return exact[0] if spare or offer.wrong.get(label, MISTAKES) >= MISTAKES else None
    likest = _likest(offer)
    return likest if spare and not offer.exact and likest != label and likest in lacking else None


def _likest(offer: Offer) -> str | None:
    """Give the question that a run of several epochs is more like than any other."""
    if offer.unit.run is None or offer.unit.run.count == 1:
        return None
    best = max(offer.points.values(), default=0.0)
    alike = [question for question, points in offer.points.items() if points == best]
    return alike[0] if len(alike) == 1 else None


def _to_the_lacking(
    out: dict[int, str], own: Mapping[str, Sequence[int]], offers: Sequence[Offer]
) -> dict[int, str]:
    """Leave out the moves to questions whose own label has a training that stays there, right or wrong."""
    while True:
        stay = {
            question
            for question, places in own.items()
            if any(i not in out and (run := offers[i].unit.run) and run.count > 1 for i in places)
        }
        left = {i: question for i, question in out.items() if question not in stay}
        if left == out:
            return out
        out = left


def _values(
    question: str, label: str, places: Sequence[int], offers: Sequence[Offer], wanted: Mapping[str, Wanted]
) -> list[int]:
    """Give the units below a label that have all values of another question, if the label can spare them.

    Of what both ask for, a line say, the label has the first.
    """
    taken = [i for i in places if offers[i].values.get(question)]
    kept = [i for i in places if i not in taken]
    if any(offers[i].values.get(label) for i in taken):
        kept += _first_of(label, kept, taken, offers)
        if label not in answered([offers[i] for i in kept], wanted):
            return []
    left = [i for i in taken if i not in kept]
    return left if question in answered([offers[i] for i in left], wanted) else []


def _first_of(label: str, kept: Sequence[int], units: Sequence[int], offers: Sequence[Offer]) -> list[int]:
    """Give the first units that have the values of a label which those it keeps have not."""
    found: list[int] = []
    had = {name for i in kept for name in offers[i].values.get(label, ())}
    for i in units:
        if new := offers[i].values.get(label, {}).keys() - had:
            found.append(i)
            had |= new
    return found


def _of(offers: Sequence[Offer], owners: Sequence[str | None], question: str) -> list[int]:
    return [i for i in range(len(offers)) if owners[i] == question]


def _all(offers: Sequence[Offer], wanted: Mapping[str, Wanted]) -> Collection[str]:
    """Give all questions that any unit could answer."""
    return dict.fromkeys([*(q for offer in offers for q in offer.options), *wanted])
