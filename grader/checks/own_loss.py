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
from grader.records import CheckStatus
from grader.runs.epochs import Epoch
from grader.training import MISFIT, Data, Training, cast


def judge_own_loss(  # noqa: PLR0913, PLR0917 - a run, an epoch of it, and what was read there
    training: Training, observed: Observed, data: Data, epoch: Epoch, prediction: Prediction, loss: float
) -> Finding | None:
    """Judge an epoch's ``loss`` by the reference's of the ŷ in ``prediction``.

    ``None`` where ŷ or a penalty is not known, or ŷ has other rows than there are, which tell nothing of the
    loss.
    """
    added = penalty_of(training, observed, epoch)
    if prediction.values is None or isnan(loss) or added is None:
        return None
    try:
        wanted = float(loss_of_yhat(training, prediction.values, cast(data, torch.float64), added))
    except MISFIT:
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


def penalty_of(training: Training, observed: Observed, epoch: Epoch) -> float | None:
    """Give what an epoch's parameters add to the loss; ``None`` where they are not the reference's."""
    if not training.penalised:
        return 0.0
    if not observed.alignment.complete:
        return None
    (flat,) = observed.alignment.to_reference(torch.tensor([epoch.values], dtype=torch.float64))
    return float(training.penalty(observed.alignment.parameters(flat)))
