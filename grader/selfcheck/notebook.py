"""A notebook file, checked by the kit it carries: run from top to bottom in a kernel of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grader.errors import SandboxError
from grader.execution import protections
from grader.execution.kernel import KernelFactory, temporary_folder
from grader.execution.kernels import kernels
from grader.grading import grade_async
from grader.kit import Kit
from grader.records import Execution, Report, Submission
from grader.selfcheck.order import order_flags
from grader.selfcheck.public import public_part


def check_notebook(
    submission: Submission, kit: Kit, *, kernel: KernelFactory, keep: Path | None = None
) -> tuple[Report, Execution]:
    """Judge a notebook by a kit. What the report may not show to a student is still in it.

    Args:
        submission: the notebook.
        kit: what it is judged by: its own, ``kit_of(submission.notebook)``, or the one that was released.
        kernel: how a kernel is started.
        keep: a folder for the recording's files.

    Raises:
        SandboxError: the machine or the grader failed.
        KitError: the kit is damaged.
    """
    with temporary_folder(kernel) as folder:
        assignment = kit.assignment(folder)
        report, execution = asyncio.run(grade_async(submission, assignment, kernel=kernel, keep=keep))
    flags = order_flags(submission.cells, execution.cells)
    return public_part(replace(report, flags=(*report.flags, *flags))), execution


@contextmanager
def own_kernels() -> Iterator[KernelFactory]:
    """Give kernels for a student's own machine: confined where that can be, else with their own rights."""
    try:
        protections.require()
        confined = True
    except SandboxError:
        confined = False
    with kernels(confined=confined) as kernel:
        yield kernel
