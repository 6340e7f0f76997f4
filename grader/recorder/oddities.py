"""Which epochs of a long loop are worth keeping for what they are: those unlike the one before."""

from __future__ import annotations

from array import array
from itertools import chain
from typing import Any

import torch

JUMP = 1 / 20  # by how much the length of the update, in units of the gradient, may change
ROUNDING = 1e-4  # of a parameter; what moved less shows rounding, not the length of an update


def odd_ones(epochs: list[Any]) -> list[Any]:
    """Give the epochs that are unlike the one before, each with the one before.

    What consecutive epochs of an ordinary loop share: how many events, whether the gradient was cleared,
    whether all is finite, and the length of the update in units of the gradient.
    """
    rows, kinds = [], []
    for epoch in epochs:
        row, cleared = _row(epoch.events[0])
        rows.append(row)
        kinds.append((len(epoch.events), len(row), cleared))
    odd = {i for i in range(1, len(kinds)) if kinds[i] != kinds[i - 1]}
    length = len(rows[0])
    if length > 1 and length % 2 and all(len(row) == length for row in rows):
        table = torch.frombuffer(array("d", chain.from_iterable(rows)), dtype=torch.float64)
        odd.update(_jumps(table.view(len(rows), length)))
    return [epochs[i] for i in sorted(odd | {i - 1 for i in odd})]


def _row(event: Any) -> tuple[list[float], bool]:
    """Give loss, values and gradients of a backward, and whether the gradient had been cleared before."""
    row: list[float] | None = getattr(event, "row", None)
    if row is not None:
        return row, True
    loss = event.roots[0][0]
    row = [loss[0] if loss else 0.0, *_joined(event.values), *_joined(event.after)]
    return row, not any(_joined(event.before))


def _jumps(table: torch.Tensor) -> list[int]:
    """Give the rows of ``table`` (epochs, 1 + 2 count) after an update of another length than before."""
    count = table.shape[1] // 2
    values, gradients = table[:, 1 : 1 + count], table[:-1, 1 + count :]
    largest = gradients.abs().argmax(1, keepdim=True)
    moved = (values[1:] - values[:-1]).gather(1, largest).squeeze(1)
    scale = values[:-1].gather(1, largest).squeeze(1).abs()
    rate = moved / gradients.gather(1, largest).squeeze(1)
    clear = moved.abs() > ROUNDING * scale
    unlike = (rate[1:] - rate[:-1]).abs() > rate[:-1].abs() * JUMP
    finite = table.isfinite().all(1)
    unlike = (unlike & clear[1:] & clear[:-1]) | (finite[2:] != finite[1:-1])
    indices: list[int] = (unlike.nonzero().flatten() + 2).tolist()
    return indices


def _joined(values: list[Any]) -> list[float]:
    return [number for value in values if value is not None for number in value]
