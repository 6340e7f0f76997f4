"""Updates that are none: of a new tensor, refused by torch, before their backward, below the loop."""

from __future__ import annotations

from grader.checks.finding import Finding, failed
from grader.checks.observed import Observed
from grader.checks.source import updates_after_loop
from grader.runs.epochs import equal
from grader.training import Training

IN_PLACE = "leaf Variable that requires grad is being used in an in-place operation"
"""What torch says of ``What -= …`` outside ``no_grad``."""


def no_update(training: Training, observed: Observed, *, late: bool) -> Finding | None:
    """Say so where the update is none at all: of another tensor, refused, or at another place."""
    if late or updated_below(observed):
        return failed("step4.before-backward" if late else "step4.below-loop")
    rebound = next((epoch for epoch in observed.epochs if epoch.rebound), None)
    if rebound is not None:
        return failed("step4.rebound", name=observed.run.leaves[0][0], epoch=rebound.index + 1)
    if observed.error is not None and IN_PLACE in observed.error and observed.run.count < training.epochs:
        return failed("step4.in-place", name=observed.run.leaves[0][0])
    return None


def updated_below(observed: Observed) -> bool:
    """Tell whether the parameters stood still through the loop and were updated below it alone."""
    first = observed.epochs[0].values
    still = observed.run.count > 1 and all(equal(epoch.values, first) for epoch in observed.epochs)
    return still and updates_after_loop(observed.source)
