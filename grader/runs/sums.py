"""Trainings side by side whose losses were added up: ``(loss1 + loss2).backward()`` of two networks.

Losses that share no parameter are trainings of their own, as if each had been sent back by itself. Whether a
question asks for one of them or for their sum nobody knows here, so both are read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import torch

from grader.recording import Backward, Event, Node, Recording, Root

MOST = 8  # losses of a sum
ROUNDED = 1e-5  # relative: what adding up in float32 may do to the terms
LOST = 32  # times a loss: in so large a sum too much of it has been rounded away


class _Term(NamedTuple):
    """One of the losses: its node, the leaves below that, and its value."""

    place: int
    leaves: frozenset[int]
    value: float | None


def taken_apart(recording: Recording) -> Recording | None:
    """Give a recording with each of several losses sent back by itself; ``None`` where none were added up."""
    cells = tuple(replace(record, events=tuple(_apart(record.events))) for record in recording.cells)
    changed = any(len(a.events) != len(b.events) for a, b in zip(cells, recording.cells, strict=True))
    return replace(recording, cells=cells) if changed else None


def _apart(events: Sequence[Event]) -> Iterator[Event]:
    """Give the events of a cell; what its sampled epochs say of a stream's losses holds for the others."""
    last = max((event.stream for event in events if isinstance(event, Backward)), default=0)
    known: dict[int, list[frozenset[int]]] = {}
    for event in events:
        if not isinstance(event, Backward):
            yield event
            continue
        terms = _terms(event)
        if event.graph is not None:
            known[event.stream] = [term.leaves for term in terms]
        for i, leaves in enumerate(known.get(event.stream, ())):
            yield _alone(event, last + 1 + event.stream * MOST + i, leaves, terms[i] if terms else None)
        if not known.get(event.stream):
            yield event


def _terms(event: Backward) -> list[_Term]:
    """Give the losses whose sum was sent back, if they share no leaves."""
    graph, total = event.graph or (), event.roots[0].value
    places = _added(graph, 0) if graph else []
    if len(places) < 2 or total is None or len(total) != 1:
        return []
    losses = _losses([_value(graph, place) for place in places], total[0])
    terms = [_Term(place, _leaves(graph, place), loss) for place, loss in zip(places, losses, strict=False)]
    found = sorted(leaf for term in terms for leaf in term.leaves)
    return terms if found == list(range(len(event.leaves))) else []


def _losses(values: Sequence[float], total: float) -> list[float | None]:
    """Give what was added up; nothing where the values do not come to the total.

    The one that nothing tells is what the others leave of it, if rounding has not taken that away.
    """
    known = [value for value in values if not math.isnan(value)]
    rest, unknown = total - sum(known), len(values) - len(known)
    fits = unknown == 1 if unknown else abs(rest) <= ROUNDED * abs(total)
    if math.isfinite(total) and not fits:
        return []
    told = rest if abs(rest) * LOST > abs(total) else None
    return [told if math.isnan(value) else value for value in values]


def _added(graph: Sequence[Node], first: int) -> list[int]:
    """Give what is added up at a node, number by number, down to the losses that have a name."""
    places = [first]
    added: list[int] = []
    while places and len(places) + len(added) < MOST:
        place = places.pop()
        below = _inputs(graph, place)
        is_sum = graph[place].op.startswith("AddBackward") and len(below) == 2
        if is_sum and (place == first or not graph[place].names):
            places += below
        else:
            added.append(place)
    return [*added, *places]


def _inputs(graph: Sequence[Node], place: int) -> list[int]:
    return [below for below in graph[place].inputs if below is not None and 0 <= below < len(graph)]


def _leaves(graph: Sequence[Node], place: int) -> frozenset[int]:
    seen, left = {place}, [place]
    while left:
        below = {*_inputs(graph, left.pop())} - seen
        seen |= below
        left += below
    return frozenset(leaf for node in seen if (leaf := graph[node].leaf) is not None)


def _value(graph: Sequence[Node], place: int) -> float:
    """Give a loss: as it was kept, or of the residuals that were; NaN where neither tells it."""
    node = graph[place]
    if node.out is not None and node.out.tensor is not None and node.out.tensor.numel() == 1:
        return float(node.out.tensor)
    below = next((graph[i] for i in _inputs(graph, place)), node)
    kept = below.saved.get("self")
    if kept is None or kept.tensor is None or not below.op.startswith("PowBackward"):
        return _of_module(node)
    residuals = kept.tensor.to(torch.float64) ** 2  # the sum of all tells whether it was a square
    return float(residuals.sum() if node.op.startswith("Sum") else residuals.mean())


def _of_module(node: Node) -> float:
    """Give the loss that torch's own mean squared error has kept the two sides of."""
    one, other = node.saved.get("self"), node.saved.get("target")
    sides = [side.tensor for side in (one, other) if side is not None and side.tensor is not None]
    if not node.op.startswith("MseLoss") or len(sides) != 2 or sides[0].shape != sides[1].shape:
        return math.nan
    return float((sides[0] - sides[1]).to(torch.float64).square().mean())


def _alone(event: Backward, stream: int, leaves: frozenset[int], term: _Term | None) -> Backward:
    """Give a backward of one of the losses, of which an epoch that was not sampled has no value."""
    kept = sorted(leaves)
    root = event.roots[0]
    value = None if term is None or term.value is None else (term.value,)
    return replace(
        event,
        stream=stream,
        roots=(Root(value, root.shape, root.dtype),),
        leaves=tuple(event.leaves[i] for i in kept),
        graph=None if term is None else tuple(_below(event.graph or (), term.place, kept)),
    )


def _below(graph: Sequence[Node], place: int, kept: Sequence[int]) -> Iterator[Node]:
    """Give a graph as it is seen from one of its nodes: that one first, and of the leaves the kept alone.

    The node that was first stands where this one did, and leads nowhere.
    """
    number = {leaf: i for i, leaf in enumerate(kept)}
    moved = {0: place, place: 0}
    for i in range(len(graph)):
        node = graph[moved.get(i, i)]
        inputs = () if i == place else tuple(None if b is None else moved.get(b, b) for b in node.inputs)
        yield replace(node, inputs=inputs, leaf=None if node.leaf is None else number.get(node.leaf))
