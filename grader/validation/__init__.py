"""Trying an assignment: the same checks and diagnoses, on answers of which it is known what they get."""

from __future__ import annotations

import time

from grader.assignment.model import Assignment
from grader.execution.kernel import KernelFactory
from grader.judging.adding_up import reference_to
from grader.trials import Validation
from grader.validation.matrix import matrix
from grader.validation.notebooks import notebooks

__all__ = ["matrix", "validate"]


def validate(assignment: Assignment, kernel: KernelFactory) -> Validation:
    """Try solutions, blank and wrong notebooks in a kernel, and every misconception without one.

    Raises:
        AssignmentError: a notebook in ``wrong/`` does not say what it should get.
        SandboxError: the machine or the grader failed.
    """
    began = time.perf_counter()
    trials = (*notebooks(assignment, kernel), *matrix(assignment))
    return Validation(reference_to(assignment), trials, round(time.perf_counter() - began, 3))
