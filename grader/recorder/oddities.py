"""Which epochs of a long loop are worth keeping for what they are: those unlike the one before."""

from __future__ import annotations

from array import array
from typing import Any

import torch

JUMP = 1 / 20  # by how much the length of the update, in units of the gradient, may change
ROUNDING = 1e-4  # of a parameter; what moved less shows rounding, not the length of an update


def odd_ones(epochs: list[Any]) -> list[Any]:
    """Give the epochs that are unlike the one before, each with the one before.

    What consecutive epochs of an ordinary loop share: how many events, whether the gradient was cleared,
    whether all is finite, and the length of the update in units of the gradient.
    """
    table = array("d")
    kinds = []
    for epoch in epochs:
        events = epoch.events
        row, cleared = events[0].numbers()
        table.extend(row)
        kinds.append((len(row), len(events), cleared))
    odd = {i for i in range(1, len(kinds)) if kinds[i] != kinds[i - 1]} if len(set(kinds)) > 1 else set()
    length = kinds[0][0]
    if length > 1 and length % 2 and all(kind[0] == length for kind in kinds):
        odd.update(_jumps(torch.frombuffer(table, dtype=torch.float64).view(len(kinds), length)))
    return [epochs[i] for i in sorted(odd | {i - 1 for i in odd})]


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
