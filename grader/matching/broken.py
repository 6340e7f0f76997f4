"""A training that raised before its first epoch: nothing was recorded that tells whose answer it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from grader.checks.source import has_backward, has_loop
from grader.matching.units import END, RAISED, Unit


def broken_trainings(
    units: Sequence[Unit],
    sources: Mapping[int, str],
    missing: Collection[int],
    answered: Collection[tuple[int, int]],
) -> dict[int, int]:
    """Give, by cell, the question without an answer that it tried to train for: the one whose turn it is.

    Args:
        units: those of cells that nobody claims.
        sources: the texts of all cells.
        missing: the training questions without an answer, by their places in the order of all.
        answered: cells, and the place of a question that each answers.

    Only where between two answers, or at an end, as many are missing as cells raised.
    """
    tried = [
        unit.first[0]
        for unit in units
        if RAISED in unit.values and has_loop(text := sources[unit.first[0]]) and has_backward(text)
    ]
    between: dict[tuple[int, int], list[int]] = {}
    for cell in tried:
        before = [place for other, place in answered if other < cell]
        after = [place for other, place in answered if other > cell]
        between.setdefault((max(before, default=-1), min(after, default=END)), []).append(cell)
    found: dict[int, int] = {}
    for (first, last), cells in between.items():
        turn = sorted(place for place in missing if first < place < last)
        if len(turn) == len(cells):
            found |= zip(cells, turn, strict=True)
    return found
