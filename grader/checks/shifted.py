"""Losses made of those of other epochs: ŷ was not computed anew, the loop updates first, or adds them up."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from grader.checks.evaluation import Evaluation
from grader.checks.flow import updates_before_backward
from grader.checks.observed import Observed
from grader.checks.tolerance import ROUNDINGS


def stale(observed: Observed, right: Evaluation, losses: Tensor, wrong: Sequence[int]) -> bool:
    """Tell whether every wrong loss is the right one of an earlier epoch: ŷ was not computed anew."""
    tolerance = ROUNDINGS * observed.unit * right.loss_scale
    fits = right.loss - right.penalty  # a penalty is that of this epoch's parameters
    own = losses - right.penalty
    return all(t > 0 and bool(((own[t] - fits[:t]).abs() <= tolerance[:t]).any()) for t in wrong)


def late(observed: Observed, right: Evaluation, losses: Tensor, wrong: Sequence[int]) -> bool:
    """Tell whether every loss is the right one of the epoch before, in a loop that updates first."""
    before = torch.tensor([t - 1 for t in wrong])
    tolerance = ROUNDINGS * observed.unit * right.loss_scale[before]
    shifted = (losses[list(wrong)] - right.loss[before]).abs() <= tolerance
    return len(wrong) > 1 and bool(shifted.all()) and updates_before_backward(observed.source)


def accumulated(observed: Observed, right: Evaluation, losses: Tensor) -> bool:
    """Tell whether every loss but the first is the right one on top of the loss of the epoch before."""
    after = [t for t, (a, b) in enumerate(pairwise(observed.epochs), 1) if b.index == a.index + 1]
    if not after:
        return False
    before = [t - 1 for t in after]
    tolerance = ROUNDINGS * observed.unit * (right.loss_scale[after] + losses[after].abs())
    return bool(((losses[after] - losses[before] - right.loss[after]).abs() <= tolerance).all())
