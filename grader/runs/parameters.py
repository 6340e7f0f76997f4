"""Which leaves of a backward are parameters: data that were made to require a gradient are none."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from torch import Tensor

from grader.recording import SAMPLE, Backward, Leaf, Node, Numbers, OptimizerStep, Recording
from grader.training import LARGEST

SMALL = 16
"""Numbers that a leaf has at most to be a parameter whatever becomes of it; the lecture's models have two."""
OF_LAYERS = ("weight", "bias")
"""What the parameters of a layer are called, which are no data though they never move."""


def recorded(tensor: Tensor) -> Tensor:
    """Give the numbers of a tensor, flat, that a recording has of a leaf."""
    numbers = tensor.flatten()
    return numbers if tensor.numel() <= LARGEST else numbers[:: tensor.numel() // SAMPLE][:SAMPLE]


def data_leaves(recording: Recording) -> frozenset[int]:
    """Give the numbers of the leaves that are data: large, the same at every backward, in no optimizer."""
    values: dict[int, set[Numbers | None]] = {}
    held: set[int] = set()
    for event in (event for record in recording.cells for event in record.events):
        if isinstance(event, Backward):
            for leaf in event.leaves:
                if prod(leaf.shape) > SMALL and leaf.name.rpartition(".")[2] not in OF_LAYERS:
                    values.setdefault(leaf.number, set()).add(leaf.value)
        elif isinstance(event, OptimizerStep):
            held.update(parameter.number for parameter in event.parameters)
    return frozenset(number for number, seen in values.items() if len(seen) == 1) - held


def of_parameters(event: Backward, data: frozenset[int]) -> Backward:
    """Give a backward as it were if ``data`` required no gradient; as it is where nothing would be left."""
    kept = tuple(leaf for leaf in event.leaves if leaf.number not in data)
    if not kept or len(kept) == len(event.leaves):
        return event
    graph = None if event.graph is None else _without(event.graph, event.leaves, kept)
    return replace(event, leaves=kept, graph=graph)


def _without(graph: tuple[Node, ...], leaves: tuple[Leaf, ...], kept: tuple[Leaf, ...]) -> tuple[Node, ...]:
    """Give a graph in which nothing leads to the other leaves; its nodes keep their places."""
    place = {leaves.index(leaf): i for i, leaf in enumerate(kept)}
    constant = {i for i, node in enumerate(graph) if node.leaf is not None and node.leaf not in place}
    for _ in graph:  # what is computed of constants alone is one
        constant |= {
            i
            for i, node in enumerate(graph)
            if (below := [b for b in node.inputs if b is not None]) and constant.issuperset(below)
        }
    return tuple(
        replace(node, inputs=(), names=(), leaf=None, out=None)
        if i in constant
        else replace(
            node,
            inputs=tuple(None if below in constant else below for below in node.inputs),
            leaf=None if node.leaf is None else place[node.leaf],
        )
        for i, node in enumerate(graph)
    )
