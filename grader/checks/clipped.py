"""Updates that all have one length, whatever the gradient's: it was clipped, or divided by its norm."""

from __future__ import annotations

from torch import Tensor

from grader.checks.finding import Finding, failed
from grader.runs.epochs import Epoch
from grader.training import Training

ALIKE = 1e-3  # of a length: more than rounding, far less than what gradients change from epoch to epoch
VARY = 1e-2


def of_one_length(training: Training, first: Epoch, right: Tensor, given: Tensor) -> Finding | None:
    """Say so where wrong updates go the right way, each as far as the others; by a rate that would vary.

    ``right`` and ``given`` are changes of the parameters, (T, count), from the epoch ``first`` on.
    """
    wanted, found = right.norm(dim=1), given.norm(dim=1)
    along = (right * given).sum(dim=1) >= (1 - ALIKE**2) * wanted * found
    varies = float(wanted.amax()) > (1 + VARY) * float(wanted.amin())
    alike = 0 < float(found.amax()) < (1 + ALIKE) * float(found.amin())
    if training.scheduled or not varies or not alike or not bool(along.all()):
        return None
    length = float(f"{float(found[0]) / training.rate(0):.3g}")
    return failed("step4.clipped", epoch=first.index + 1, length=length)
