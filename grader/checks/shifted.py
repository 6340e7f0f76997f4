"""Losses that are right ones of another epoch: ŷ was not computed anew, or the loop updates first."""

from __future__ import annotations

from collections.abc import Sequence

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
