"""Gradients that pile up in ``.grad`` where no update looks at it.

A hook hands each one over, or a tensor that was made of the parameter keeps its own and is cleared:
``What = torch.tensor([-5.0, 10.0], requires_grad=True).reshape(2, 1)`` with ``What.retain_grad()``.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.runs.epochs import Epoch
from grader.runs.gradients import along


def unheaped(epochs: Sequence[Epoch]) -> tuple[Epoch, ...]:
    """Give the epochs as if each had found no gradient, where every update by hand followed its own alone."""
    heaped = [epoch for epoch in epochs if epoch.had_gradient and epoch.step is None]
    seen = [(epoch, epoch.following) for epoch in heaped if epoch.following is not None]
    if not any(not along(epoch.values, following, epoch.after) for epoch, following in seen):
        return tuple(epochs)
    if not all(along(epoch.values, following, epoch.gradient) for epoch, following in seen):
        return tuple(epochs)
    return tuple(epoch.alone if epoch.had_gradient else epoch for epoch in epochs)
