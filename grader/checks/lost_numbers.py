"""A run that stopped because a mistake had made its numbers none: what came after nobody could see."""

from __future__ import annotations

from collections.abc import Mapping

from grader.checks.finding import NOT_OBSERVED, PASSED, Finding
from grader.checks.observed import Observed
from grader.checks.source import clears, types
from grader.records import CheckStatus, Step
from grader.training import Training


def lost_numbers(
    training: Training, observed: Observed, findings: Mapping[Step, Finding]
) -> dict[Step, Finding]:
    """Give what the text says of clearing and the epochs, where a loss refused what was no number any more.

    Where torch goes on with such numbers nothing after them is judged: they are the charged mistake's doing.
    """
    lost = any(found.status is CheckStatus.FAILED for found in findings.values())
    if not lost or not observed.stopped_within or not observed.left_no_numbers:
        return {}
    found = {}
    if findings[Step.CLEAR] == NOT_OBSERVED and clears(observed.source):
        found[Step.CLEAR] = PASSED
    if findings[Step.EPOCHS].status is CheckStatus.SKIPPED and types(observed.source, training.epochs):
        found[Step.EPOCHS] = PASSED
    return found
