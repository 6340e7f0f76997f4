"""Which gradient an update followed, where ``autograd.grad`` gave several in one epoch.

``backward()`` adds up by itself, in ``.grad``. What ``autograd.grad`` gives is the student's to use: parts of
a loss that they add up, or a gradient and others that are only looked at, a second derivative say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice, pairwise, starmap

import torch

from grader.recording import Backward, Event, Leaf, Numbers

Pair = tuple[Backward, Backward]

ALL: int = -1
"""The choice of all gradients, added up; other choices are the place of one."""

STREAMS = 100
"""Streams of a cell that may be parts of others: a forged recording has any number."""


def side_by_side(events: Sequence[Event]) -> list[Event]:
    """Make one pass of those that ``torch.func.grad`` made of one loss, by another parameter each.

    Within each the other parameters are numbers like any other. Trainings that take turns have the same loss
    once, at the start: here all passes of two streams have.
    """
    found, last = list(events), -1
    streams = dict.fromkeys(event.stream for event in events if isinstance(event, Backward) and _asked(event))
    pairs_of, own = _in_a_row(found)
    for stream in islice(streams, STREAMS):
        pairs = pairs_of.get((last, stream))
        if pairs and own[last] == own[stream] == len(pairs) and all(starmap(_of_one_loss, pairs)):
            whole = {a.seq: replace(a, leaves=a.leaves + b.leaves) for a, b in pairs}
            rest = {b.seq for _, b in pairs}
            found = [whole.get(event.seq, event) for event in found if event.seq not in rest]
            pairs_of, own = _in_a_row(found)
        else:
            last = stream
    return found


def _in_a_row(events: Sequence[Event]) -> tuple[Mapping[tuple[int, int], list[Pair]], Counter[int]]:
    """Give the passes that come right after one another, by their streams, and how many each stream has."""
    passes = [event for event in events if isinstance(event, Backward)]
    pairs: dict[tuple[int, int], list[Pair]] = {}
    for pair in pairwise(passes):
        pairs.setdefault((pair[0].stream, pair[1].stream), []).append(pair)
    return pairs, Counter(event.stream for event in passes)


def _asked(event: Backward) -> bool:
    """Tell whether a gradient was asked for, and not sent back to the parameters."""
    return event.via == "grad"


def _of_one_loss(one: Backward, other: Backward) -> bool:
    by_function = _asked(one) and _asked(other) and all(leaf.after for leaf in (*one.leaves, *other.leaves))
    return by_function and _values(one) == _values(other) and set(one.numbers).isdisjoint(other.numbers)


def counted(passes: Sequence[Backward]) -> list[Backward]:
    """Give the passes that count: where there is a ``backward()``, the rest is looked at."""
    kept = [event for event in passes if event.via == "backward"] or list(passes)
    whole = _whole(kept)
    return kept if len(whole) == len(passes) else [replace(e, backwards=len(whole)) for e in whole]


def _whole(passes: Sequence[Backward]) -> list[Backward]:
    """Make one pass of those that gave the partial derivatives of one loss, one after the other.

    One that ``autograd.grad`` gave again, of the same parameters, is the same one.
    """
    whole = [passes[0]]
    for event in passes[1:]:
        last = whole[-1]
        if event.via == "grad" and _values(last) == _values(event) and _afters(last) == _afters(event):
            continue
        if are_partial(last, event):
            whole[-1] = both(last, event)
        else:
            whole.append(event)
    return whole


def both(last: Backward, event: Backward) -> Backward:
    """Give a pass with the derivatives that another one found of the same leaves as well."""
    pairs = zip(last.leaves, event.leaves, strict=True)
    return replace(
        last, leaves=tuple(replace(a, after=a.after if b.after is None else b.after) for a, b in pairs)
    )


def are_partial(last: Backward, event: Backward) -> bool:
    """Tell whether two passes gave derivatives of one loss, by other parameters each."""
    return _values(last) == _values(event) and given(last).isdisjoint(given(event))


def _values(event: Backward) -> list[Numbers | None]:
    return [root.value for root in event.roots]


def _afters(event: Backward) -> list[Numbers | None]:
    return [leaf.after for leaf in event.leaves]


def given(event: Backward) -> set[int]:
    """Give the numbers of the leaves whose gradient a pass has found."""
    return {leaf.number for leaf in event.leaves if leaf.after is not None and leaf.after != leaf.before}


def choice(passes: Sequence[Backward], old: Numbers, new: Numbers, last: int | None = None) -> int | None:
    """Give which gradients lead from ``old`` parameters to ``new`` ones, ``None`` if none do.

    It is the choice of the epoch before, ``last``, where that leads there: a short way says little. Of those
    that point the same way it is the last pass: one that was printed before it was another look.
    """
    if passes[0].via != "grad" or len(passes) == 1:
        return ALL if along(old, new, chosen(passes, ALL)[-1].gradient) else None
    places: list[int] = [*reversed(range(len(passes))), ALL]
    for place in places if last is None else [last, *places]:
        if along(old, new, chosen(passes, place)[-1].gradient):
            return place
    return None


def chosen(passes: Sequence[Backward], place: int) -> list[Backward]:
    """Give the passes of a choice; of all, each as if it had found the gradient of those before it."""
    if passes[0].via == "backward" or len(passes) == 1:
        return list(passes)
    if place != ALL:
        return [replace(passes[min(place, len(passes) - 1)], backwards=1)]
    added = [passes[0]]
    for event in passes[1:]:
        leaves = zip(event.leaves, added[-1].leaves, strict=True)
        added.append(replace(event, leaves=tuple(_on_top(leaf, left.after) for leaf, left in leaves)))
    return added


def _on_top(leaf: Leaf, left: Numbers | None) -> Leaf:
    if left is None:
        return leaf
    own = leaf.after or (0.0,) * len(left)
    added = torch.tensor([left, own], dtype=torch.float64).sum(0).to(getattr(torch, leaf.dtype))
    return replace(leaf, before=left, after=tuple(added.tolist()))


def along(old: Numbers, new: Numbers, gradient: Numbers) -> bool:
    """Tell whether ``new - old`` is one multiple of the gradient, but for what float32 rounds away."""
    moved = [b - a for a, b in zip(old, new, strict=True)]
    square = sum(g * g for g in gradient)
    if not 0.0 < square < float("inf"):
        return False
    factor = sum(m * g for m, g in zip(moved, gradient, strict=True)) / square
    allowed = 1e-6 * max(abs(value) for value in (*old, *new)) + 1e-4 * max(abs(m) for m in moved)
    return factor != 0.0 and all(abs(m - factor * g) <= allowed for m, g in zip(moved, gradient, strict=True))
