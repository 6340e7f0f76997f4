"""What an epoch's record is read for: its loss, its graph, the ŷ in it, a residual that was spread."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from grader.checks.finding import Finding, failed
from grader.checks.observed import Observed
from grader.checks.prediction import Graph, Prediction
from grader.checks.rows import put_back
from grader.runs.epochs import Epoch
from grader.training import Data


def loss_of(epoch: Epoch) -> float | None:
    """Give an epoch's loss: what its backwards started from, added up; ``None`` where not all were kept."""
    values = [root.value for root in epoch.roots]
    if len(values) < epoch.backwards or any(
        value is None or torch.Size(root.shape).numel() != len(value)
        for value, root in zip(values, epoch.roots, strict=True)
    ):
        return None
    return sum(number for value in values if value is not None for number in value)


def prediction_of(observed: Observed, data: Data, epoch: Epoch) -> Prediction | None:
    """Read ŷ off an epoch's graph, in the order of the data whatever order the epoch has shuffled them to.

    ``None`` where it was not kept or ŷ cannot be told from the loss.
    """
    graph = graph_of(observed, data, epoch)
    found = None if graph is None else graph.prediction()
    if found is None or found.values is None:
        return found
    return replace(found, values=put_back(found.values, data, epoch.variables or {}))


def graph_of(observed: Observed, data: Data, epoch: Epoch) -> Graph | None:
    """Give an epoch's graph with the values of its leaves; ``None`` where it was not kept."""
    if epoch.graph is None:
        return None
    leaves, at = [], 0
    for _, shape, _ in observed.run.leaves:
        count = torch.Size(shape).numel()
        numbers = torch.tensor(epoch.values[at : at + count], dtype=torch.float64)
        leaves.append(numbers.reshape(shape) if numbers.numel() == count else numbers)
        at += count
    own = (epoch.variables or {}).get("y")
    known = own is not None and own.tensor is not None
    return Graph(epoch.graph, leaves, own.tensor if own is not None and known else getattr(data, "y", None))


def told_apart_from_loss(
    observed: Observed, data: Data, epoch: Epoch, yhat: Tensor, tolerance: Tensor
) -> bool | None:
    """Tell whether the right ``yhat`` has a name of its own, so that a wrong loss is wrong by itself.

    It is what the student named last before the loss; or it has a name and was not used.
    ``yhat`` and ``tolerance`` are flat. ``None`` where the epoch's graph was not kept.
    """
    graph = graph_of(observed, data, epoch)
    if graph is None:
        return None

    def right(value: Tensor | None) -> bool:
        if value is None or value.numel() != yhat.numel():
            return False
        return bool(((value.flatten() - yhat).abs() <= tolerance).all())

    used = {name for node in graph.nodes for name in node.names}
    idle = (value for name, value in (epoch.variables or {}).items() if name not in used)
    named = graph.last_named(yhat.numel())
    return (bool(named) and all(map(right, named))) or any(v.requires_grad and right(v.tensor) for v in idle)


def broadcast_shape(observed: Observed, data: Data) -> tuple[int, ...] | None:
    """Give the shape of a residual that was spread from n to n × n, if there is one."""
    y = getattr(data, "y", None)
    graph = next((g for epoch in observed.epochs if (g := graph_of(observed, data, epoch)) is not None), None)
    if graph is None or y is None or y.numel() < 2:
        return None
    shape = graph.largest()
    return shape if len(shape) >= 2 and shape[-1] == shape[-2] == y.numel() else None


def broadcast(observed: Observed, data: Data) -> Finding | None:
    """Say that a residual was spread, with the shapes it was made of; ``None`` where none was."""
    shape = broadcast_shape(observed, data)
    if shape is None:
        return None
    epoch = next(epoch for epoch in observed.epochs if epoch.graph is not None)
    prediction = prediction_of(observed, data, epoch)
    y = (epoch.variables or {}).get("y")
    yhat = prediction.shape if prediction and prediction.shape else (shape[-1],)
    target = y.shape if y is not None and y.shape is not None else tuple(data.y.shape)
    if target == yhat:  # what was subtracted is not the y there is: it was reshaped in the line itself
        target = (shape[-1],) if len(yhat) > 1 else (shape[-1], 1)
    return failed("step2.broadcast", left=list(target), right=list(yhat), result=list(shape))
