"""Backwards that were only looked at: cleared again before anything moved, wherever they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

from grader.runs.epochs import EpochEvents, equal


def looks_between(groups: Sequence[EpochEvents]) -> list[int]:
    """Give the places of the backwards before others of a run that were only looked at.

    That is one of them, or all of a line that does nothing else, as a loop of looks does.
    """
    lines = [group.backwards[0].line for group in groups]
    total = Counter(lines)
    found = {i for i, pair in enumerate(pairwise(groups)) if is_a_look(*pair)}
    for line, block in groupby(range(len(groups) - 1), key=lines.__getitem__):
        places = [*block]
        if len(places) == total[line] and only_looked_at(groups[places[0] : places[-1] + 2]):
            found.update(places)
    return sorted(found)


def is_a_look(group: EpochEvents, following: EpochEvents) -> bool:
    """Tell whether a gradient was asked for again before anything moved, and the first one adds up nowhere.

    That of ``autograd.grad`` never does, that of a ``backward()`` in another line where it was cleared.
    """
    if group.steps or group.epoch + 1 != following.epoch or not stays_put(group, following):
        return False
    adds_up = any(event.via != "grad" for event in group.backwards)
    elsewhere = group.backwards[0].line != following.backwards[0].line and is_cleared(following)
    return elsewhere or not adds_up


def looks_in_front(groups: Sequence[EpochEvents]) -> int:
    """Count the backwards of the first line, or of its loop, that were only looked at, above a training."""
    lines = [group.backwards[0].line for group in groups]
    count = next((i for i, line in enumerate(lines) if line != lines[0]), 0)
    in_turns = count > 1 and lines[0] in lines[count:]
    return count if only_looked_at(groups[: count + 1]) and not in_turns else 0


def looks_below(groups: Sequence[EpochEvents]) -> int:
    """Count the backwards of the last line, of a loop that only looks at them: the training is above."""
    lines = [group.backwards[0].line for group in groups]
    above = next((i for i, line in reversed(list(enumerate(lines))) if line != lines[-1]), -1)
    block = groups[above + 1 :]
    nowhere = only_looked_at(block) and not block[-1].steps
    return len(block) if above >= 0 and nowhere and lines[-1] not in lines[: above + 1] else 0


def only_looked_at(groups: Sequence[EpochEvents]) -> bool:
    """Tell whether each gradient but the last was cleared again before anything moved."""
    return all(not a.steps and is_cleared(b) and stays_put(a, b) for a, b in pairwise(groups))


def stays_put(group: EpochEvents, following: EpochEvents) -> bool:
    """Tell whether nothing moved between two backwards."""
    return equal(group.first_values, following.first_values)


def is_cleared(group: EpochEvents) -> bool:
    """Tell whether an epoch found no gradient of others."""
    return not any(any(leaf.before or ()) for leaf in group.leaves)
