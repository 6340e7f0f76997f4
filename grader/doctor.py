"""What a machine offers for grading: its protections, and whether a confined kernel runs."""

from __future__ import annotations

import hashlib
import os
import platform
from importlib.metadata import version

import nbformat

import grader
from grader.errors import GraderError
from grader.execution.kernels import kernels
from grader.execution.protections import description, protections
from grader.records import CellStatus, Environment, Examination, Limits, Student, Submission

#: A step of training, which is what a kernel is for.
TRIAL = "import torch\nw = torch.ones(1, requires_grad=True)\n(w * 2).sum().backward()\nassert w.grad == 2"


def examine() -> Examination:
    """Try the protections one by one and all together, then a kernel."""
    seconds, error = _trial()
    return Examination(
        environment=Environment(
            grader.__version__, platform.python_version(), version("torch"), description()
        ),
        protections=protections(),
        cores=os.cpu_count() or 1,
        memory=_memory(),
        seconds=seconds,
        error=error,
    )


def _trial() -> tuple[float | None, str | None]:
    """Run a cell in a confined kernel, the second one of its server: the first waits for the imports."""
    try:
        with kernels() as kernel:
            from grader.execution import execute  # noqa: PLC0415 - torch, while the server imports it as well

            for _ in range(2):
                execution = execute(_notebook(), limits=Limits(), files={}, kernel=kernel)
    except GraderError as error:
        return None, str(error)
    outcome = execution.cells[0]
    if outcome.status is not CellStatus.OK:
        return None, f"{outcome.status}: {outcome.error}"
    return execution.seconds, None


def _notebook() -> Submission:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(TRIAL)])
    digest = hashlib.sha256(TRIAL.encode()).hexdigest()
    return Submission("trial.ipynb", "trial", digest, Student(), (), notebook)


def _memory() -> int:
    """Give the machine's bytes of memory, 0 where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
