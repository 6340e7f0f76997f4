"""One epoch that the kernel counted as several.

Gradients of parts of the data, added up by hand: ``loss1.backward(); g1 = What.grad; What.grad = None;
loss2.backward(); …`` clears a gradient that was put aside, and the parameters follow the sum. A gradient that
was cleared and that no update followed was looked at.

Partial derivatives, each followed by its parameter's update: where the loss was not computed anew, the others
are still those of the old parameters. Where it was, they are not what step 3 asks for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise

from grader.recording import Backward, Numbers
from grader.runs.epochs import EpochEvents, after_gaps, equal
from grader.runs.gradients import along, are_partial, both, counted, given

PART = "part"
"""How such a gradient was asked for: ``backward`` adds up by itself, ``grad`` may have been a look."""


def added_up(groups: Sequence[EpochEvents]) -> list[EpochEvents]:
    """Make one of the epochs whose gradients an update followed together; their order stays."""
    whole = _wholes(groups)
    places = _places(whole)
    found: list[EpochEvents] = []
    together = 1
    shares: tuple[float, ...] = ()
    for place, after in pairwise([*places, None]):
        assert place is not None
        if not found or found[-1].backwards[-1].line != place[-1].backwards[-1].line:
            together, shares = 1, ()  # another loop
        if len(place) == together == 1:
            found += place
            continue
        if (following := _following(place[-1], after)) is not None:
            count, shares = _led(place, following, shares)
            together = count or together
        found += _as_ones(_weighted(place, shares), together)
    thinned = any(after_gaps(groups))  # then nobody knows what was added up
    return _renumbered(found) if len(found) < len(groups) and not thinned else list(groups)


def _wholes(groups: Sequence[EpochEvents]) -> list[EpochEvents]:
    """Make one of the epochs that gave partial derivatives, one after the other, of a loss or of the next."""
    whole: list[EpochEvents] = []
    for group in groups:
        if whole and _is_rest(whole[-1], group):
            passes = [*whole[-1].backwards, *group.backwards]
            one_loss = are_partial(whole[-1].backwards[-1], group.backwards[0])
            whole[-1] = replace(whole[-1], backwards=counted(passes) if one_loss else [reduce(both, passes)])
        else:
            whole.append(group)
    return whole


def _is_rest(last: EpochEvents, group: EpochEvents) -> bool:
    """Tell whether only what has its derivative already has moved, and those of others come now."""
    if last.steps or group.steps or (last.cell, last.numbers) != (group.cell, group.numbers):
        return False
    one, other = last.backwards[-1], group.backwards[0]
    moved = {b.number for a, b in zip(one.leaves, other.leaves, strict=True) if a.value != b.value}
    return one.via == other.via == "grad" and moved <= given(one) and given(one).isdisjoint(given(other))


def _places(groups: Sequence[EpochEvents]) -> list[list[EpochEvents]]:
    """Gather the epochs that took their gradients of the same tensors at one place, one after the other."""
    places: list[list[EpochEvents]] = []
    for group in groups:
        if places and _goes_on(places[-1][-1], group):
            places[-1].append(group)
        else:
            places.append([group])
    return places


def _goes_on(last: EpochEvents, group: EpochEvents) -> bool:
    cleared = not any(any(leaf.before or ()) for leaf in group.leaves)
    same = (last.cell, last.numbers) == (group.cell, group.numbers) and not last.steps
    by_backward = group.backwards[0].via == last.backwards[0].via == "backward"
    return same and cleared and by_backward and equal(last.first_values, group.first_values)


def _following(last: EpochEvents, after: Sequence[EpochEvents] | None) -> Numbers | None:
    """Give the parameters after the update, where they were seen."""
    if last.stepped_to is not None or after is None:
        return last.stepped_to
    return after[0].first_values if after[0].key == last.key else None


def _together(place: Sequence[EpochEvents], following: Numbers) -> int | None:
    """Give of how many of the last gradients an update followed the sum; ``None`` if of none."""
    gradients = [group.last_after for group in reversed(place)]
    for count in range(1, len(place) + 1):
        if along(place[0].first_values, following, tuple(map(sum, zip(*gradients[:count], strict=True)))):
            return count
    return None


def _led(
    place: list[EpochEvents], following: Numbers, known: tuple[float, ...]
) -> tuple[int | None, tuple[float, ...]]:
    """Give of how many gradients an update followed the sum, and the shares by which they were multiplied.

    ``known`` are the shares of the place before it. Equal ones are those of a mean.
    """
    if (count := _together(place, following)) is not None:
        return count, ()
    shares = _shares(place) or known
    whole = _together(_weighted(place, shares), following) == len(place)
    return (len(place), shares) if whole else (None, ())


def _shares(place: Sequence[EpochEvents]) -> tuple[float, ...]:
    """Give the share of all rows that each loss of a place is the mean of; nothing where they are alike.

    Or where a graph, which tells how many rows there are, was not kept.
    """
    rows = [max((shape[0] for shape in _shapes(group) if shape), default=0) for group in place]
    return tuple(count / sum(rows) for count in rows) if all(rows) and len(set(rows)) > 1 else ()


def _shapes(group: EpochEvents) -> Iterator[tuple[int, ...]]:
    """Give the shapes of what a graph is known to hold, but for its leaves."""
    for node in group.backwards[0].graph or ():
        if node.leaf is None:
            yield from (value.shape for value in node.values if value.shape)


def _weighted(place: list[EpochEvents], shares: Sequence[float]) -> list[EpochEvents]:
    """Give the epochs of a place as if each loss had been multiplied by its share."""
    if len(shares) != len(place):
        return place
    return [
        replace(group, backwards=[_times(event, share) for event in group.backwards])
        for group, share in zip(place, shares, strict=True)
    ]


def _times(event: Backward, share: float) -> Backward:
    roots = (replace(root, value=_product(root.value, share)) for root in event.roots)
    leaves = (
        replace(leaf, before=_product(leaf.before, share), after=_product(leaf.after, share))
        for leaf in event.leaves
    )
    return replace(event, roots=tuple(roots), leaves=tuple(leaves))


def _product(numbers: Numbers | None, share: float) -> Numbers | None:
    return None if numbers is None else tuple(share * number for number in numbers)


def _as_ones(place: Sequence[EpochEvents], count: int) -> list[EpochEvents]:
    """Make one epoch of every ``count``, or of the last so many where looks were before them.

    A place with several times as many is that of a loop whose update was too small to be seen.
    """
    if count == 1 or count > len(place):
        return list(place)
    first = 0 if len(place) % count == 0 else len(place) - count
    parts = (place[i : i + count] for i in range(first, len(place), count))
    return [*place[:first], *map(_as_one, parts)]


def _as_one(parts: Sequence[EpochEvents]) -> EpochEvents:
    passes = [event for group in parts for event in group.backwards]
    backwards = sum(group.backwards[0].backwards for group in parts)
    return replace(
        parts[-1],
        stream=parts[0].stream,
        epoch=parts[0].epoch,
        backwards=[replace(passes[0], via=PART, backwards=backwards), *map(_alone, passes[1:])],
        rebound=any(group.rebound for group in parts),
    )


def _alone(event: Backward) -> Backward:
    """Give a pass with the gradient that it added, as if none had been there."""
    leaves = (
        replace(leaf, before=None, after=tuple(a - b for a, b in zip(leaf.after, leaf.before, strict=True)))
        if leaf.after and leaf.before
        else leaf
        for leaf in event.leaves
    )
    return replace(event, via=PART, leaves=tuple(leaves))


def _renumbered(groups: Sequence[EpochEvents]) -> list[EpochEvents]:
    """Count the epochs of each stream anew."""
    seen: Counter[tuple[int, int]] = Counter()
    numbered = []
    for group in groups:
        numbered.append(replace(group, epoch=seen[group.cell, group.stream]))
        seen[group.cell, group.stream] += 1
    return numbered
