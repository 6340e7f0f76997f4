"""A parameter that ŷ is computed with and that needs no gradient: a part of the start, not of step 1."""

from __future__ import annotations

import torch

from grader.checks.observed import Observed
from grader.checks.readings import prediction_of
from grader.checks.tolerance import CLEARLY_WRONG, ROUNDINGS
from grader.training import Data, Training, cast


def frozen(training: Training, observed: Observed, data: Data) -> str | None:
    """Give the name of a number that stands for a missing parameter, if ŷ is right with it at its start."""
    epoch, alignment = observed.epochs[0], observed.alignment
    prediction = prediction_of(observed, data, epoch)
    if alignment.extra or prediction is None or prediction.values is None:
        return None
    start = torch.cat([value.flatten().to(torch.float64) for value in training.init().values()])
    flat = torch.stack(
        [start[k] if at is None else observed.states[0, at] for k, at in enumerate(alignment.places)]
    )
    right = training.step1(alignment.parameters(flat), cast(data, torch.float64)).flatten()
    if right.numel() != prediction.values.numel():
        return None
    allowed = CLEARLY_WRONG * ROUNDINGS * observed.unit * (right.abs().max() + data.y.abs().max())
    if not bool(((right - prediction.values).abs() <= allowed).all()):
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
            return name
    return None
