"""A question's recorded answer -> ``CheckResult``s, one module for each kind of check."""

from __future__ import annotations

from grader.checks.compare import fits
from grader.checks.stopped import never_ran, no_run
from grader.checks.training import TrainingJudgement, check_training, pick
from grader.checks.values import check_values

__all__ = ["TrainingJudgement", "check_training", "check_values", "fits", "never_ran", "no_run", "pick"]
