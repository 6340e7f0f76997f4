"""A gradient that the training of an earlier question never cleared is that one's mistake alone.

Whoever trains the same network again meets it in the first epoch, however the new loop clears its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.checks.finding import PASSED
from grader.judging.questions import Judged, with_checks
from grader.records import CheckStatus, Step


def without_left_behind(judged: Sequence[Judged]) -> list[Judged]:
    """Give the questions judged, those without loss that met what another one of them had left behind."""
    return [
        _spared(one) if any(_left_behind(by, one) for by in judged if by is not one) else one
        for one in judged
    ]


def _spared(one: Judged) -> Judged:
    checks = (
        replace(check, status=PASSED.status, points=check.max_points, message=PASSED.message)
        if check.message.id == "clear.left-over"
        else check
        for check in one.report.checks
    )
    return with_checks(one, tuple(checks))


def _left_behind(by: Judged, one: Judged) -> bool:
    """Tell whether a question lost for the gradient that another one's first epoch met and lost for."""
    earlier, later = by.case.observed, one.case.observed
    if earlier is None or later is None:
        return False
    last, first = earlier.run.epochs[-1], later.run.epochs[0]
    return (
        any(check.message.id == "clear.left-over" for check in one.report.checks)
        and any(c.step is Step.CLEAR and c.status is CheckStatus.FAILED for c in by.report.checks)
        and (last.cell, last.seqs[1]) < (first.cell, first.seqs[0])
        and not set(last.numbers).isdisjoint(first.numbers)
    )
