"""A parameter that ŷ is computed with and that needs no gradient: a part of the start, not of step 1."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks.observed import Observed
from grader.checks.readings import loss_of, prediction_of
from grader.checks.tolerance import CLEARLY_WRONG, ROUNDINGS
from grader.training import Data, Training, cast


def frozen(training: Training, observed: Observed, data: Data) -> tuple[str, bool] | None:
    """Give the name of a number that stands for a missing parameter, if it explains ŷ or the loss.

    That is, if either is right with the parameter at its start; and whether it is the loss, ŷ within it.
    """
    epoch, alignment = observed.epochs[0], observed.alignment
    if alignment.extra:
        return None
    start = torch.cat([value.flatten().to(torch.float64) for value in training.init().values()])
    flat = torch.stack(
        [start[k] if at is None else observed.states[0, at] for k, at in enumerate(alignment.places)]
    )
    exact = cast(data, torch.float64)
    right = training.step1(alignment.parameters(flat), exact)
    by_loss = _is_right_loss(float(training.step2(right, exact)), observed)
    if not by_loss and not _is_right_yhat(right.flatten(), observed, data):
        return None
    missing = {float(start[k]) for k, at in enumerate(alignment.places) if at is None}
    for name, value in (epoch.variables or {}).items():
        number = value.tensor
        if (
            number is not None
            and number.numel() == 1
            and not value.requires_grad
            and float(number) in missing
        ):
            return name, by_loss
    return None


def _is_right_loss(right: float, observed: Observed) -> bool:
    loss = loss_of(observed.epochs[0])
    return loss is not None and abs(loss - right) <= CLEARLY_WRONG * ROUNDINGS * observed.unit * abs(right)


def _is_right_yhat(right: Tensor, observed: Observed, data: Data) -> bool:
    prediction = prediction_of(observed, data, observed.epochs[0])
    if prediction is None or prediction.values is None or right.numel() != prediction.values.numel():
        return False
    allowed = CLEARLY_WRONG * ROUNDINGS * observed.unit * (right.abs().max() + data.y.abs().max())
    return bool(((right - prediction.values).abs() <= allowed).all())
