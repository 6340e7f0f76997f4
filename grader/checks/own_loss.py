"""The loss of the student's own ŷ: a wrong step 1 does not cost step 2."""

from __future__ import annotations

from math import isnan

import torch

from grader.checks.evaluation import loss_of_yhat
from grader.checks.finding import Finding, by_status, failed, shown_numbers, text
from grader.checks.observed import Observed
from grader.checks.prediction import Prediction
from grader.checks.readings import broadcast
from grader.checks.tolerance import ROUNDINGS, verdict
from grader.epochs import Epoch
from grader.records import CheckStatus
from grader.training import Data, Training, cast


def judge_own_loss(  # noqa: PLR0913, PLR0917 - a run, an epoch of it, and what was read there
    training: Training, observed: Observed, data: Data, epoch: Epoch, prediction: Prediction, loss: float
) -> Finding | None:
    """Judge an epoch's ``loss`` by the reference's of the ŷ in ``prediction``.

    ``None`` where ŷ is not known, or has other rows than there are, which tell nothing of the loss.
    """
    if prediction.values is None or isnan(loss):
        return None
    try:
        wanted = float(loss_of_yhat(training, prediction.values, cast(data, torch.float64)))
    except RuntimeError:
        return None
    scale = torch.tensor(abs(wanted) + abs(loss), dtype=torch.float64)
    off = torch.tensor(abs(wanted - loss), dtype=torch.float64)
    wrong = broadcast(observed, data) or failed(
        "step2.differs",
        wanted=shown_numbers([wanted]),
        given=shown_numbers([loss]),
        epoch=epoch.index + 1,
        expected=text(wanted),
        actual=text(loss),
    )
    finding = by_status(verdict(off, 4 * ROUNDINGS * observed.unit * scale), wrong)
    rows = getattr(data, "y", prediction.values).numel()
    told = prediction.values.numel() == rows or finding.status is not CheckStatus.FAILED
    return finding if told else None
