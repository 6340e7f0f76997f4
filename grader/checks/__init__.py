"""A question's recorded answer -> ``CheckResult``s, one module for each kind of check."""

from __future__ import annotations

from grader.checks.compare import fits
from grader.checks.cut_off import cut_off, was_cut
from grader.checks.raised import Raised
from grader.checks.stopped import by_formula, ends_right, never_ran, no_run
from grader.checks.training import TrainingJudgement, check_training, pick
from grader.checks.undifferentiated import without_backward
from grader.checks.values import check_values

__all__ = [
    "Raised",
    "TrainingJudgement",
    "by_formula",
    "check_training",
    "check_values",
    "cut_off",
    "ends_right",
    "fits",
    "never_ran",
    "no_run",
    "pick",
    "was_cut",
    "without_backward",
]
