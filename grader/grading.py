"""One submission: executed, matched, judged question by question, reported."""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.assignment.model import Assignment
from grader.ending import in_thread
from grader.errors import GraderError, SandboxError, SubmissionError
from grader.execution import execute_async
from grader.execution.kernel import KernelFactory
from grader.judging.adding_up import add_up, environment, reference_to
from grader.judging.gaps import gaps
from grader.judging.judge import judge
from grader.judging.learned import doubt
from grader.judging.mended import judged_mended
from grader.judging.second_run import second_run
from grader.records import (
    SCHEMA_VERSION,
    Execution,
    Message,
    Report,
    ReportError,
    ReportStatus,
    Submission,
    SubmissionRef,
)
from grader.submission.handed_in import HandedIn


def grade(
    submission: Submission, assignment: Assignment, *, kernel: KernelFactory, keep: Path | None = None
) -> tuple[Report, Execution]:
    """Do what ``grade_async`` does, where no event loop is running."""
    return asyncio.run(grade_async(submission, assignment, kernel=kernel, keep=keep))


async def grade_async(
    submission: Submission,
    assignment: Assignment,
    *,
    kernel: KernelFactory,
    keep: Path | None = None,
    turn: AbstractAsyncContextManager[Any] | None = None,
) -> tuple[Report, Execution]:
    """Grade one submission: run it, find the cells of each question, judge them.

    Args:
        submission: the notebook as handed in.
        assignment: what it is judged against.
        kernel: how a kernel is started; ``kernels`` gives the confined ones.
        keep: a folder for the recording's files.
        turn: held while a kernel of its runs; None where there is no other to wait for.

    Raises:
        SandboxError: the machine or the grader failed; the submission has no score then.
    """
    turn = turn or nullcontext()
    async with turn:
        started = time.perf_counter()
        execution = await execute_async(
            submission,
            limits=assignment.limits,
            files=assignment.files,
            kernel=kernel,
            keep=keep,
            calls=assignment.calls,
        )
    found = gaps(execution, submission.cells)
    # In a thread, so that other submissions' kernels are not kept waiting.
    judged, unsure = await in_thread(judge, submission, assignment, execution, found)
    timing = {"execution": execution.seconds}
    flags = (*execution.flags, *found.flags, *unsure)
    try:
        judged = await judged_mended(submission, assignment, judged, execution, kernel=kernel, turn=turn)
    except SandboxError as error:  # of ours: what the first run earned stands
        flags += (Message("flag.mended-run-failed", {"detail": str(error)}),)
    if why := doubt(assignment, submission, execution.recording, judged, found):
        async with turn:
            begun = time.perf_counter()
            try:
                judged = await second_run(
                    submission, assignment, judged, why, kernel=kernel, seconds=execution.seconds
                )
            except SandboxError as error:  # of ours: it costs nothing
                flags += (Message("flag.second-run-failed", {"detail": str(error)}),)
            timing["second_run"] = time.perf_counter() - begun
    report = add_up(submission, assignment, execution, judged, flags)
    timing["total"] = time.perf_counter() - started
    return replace(report, environment=environment(kernel.sandbox), timing=timing), execution


def ungraded(given: HandedIn, assignment: Assignment, error: Exception) -> Report:
    """Give the report of a submission that could not be graded: the reason, and no score."""
    if isinstance(error, SubmissionError):
        kind, message = "submission", Message(f"error.submission.{error.code}", error.params)
    else:
        kind = "sandbox" if isinstance(error, GraderError) else "grader"
        message = Message(f"error.{kind}", {"detail": _in_a_line(error, given.path)})
    return Report(
        schema_version=SCHEMA_VERSION,
        assignment=reference_to(assignment),
        language="",
        environment=environment("none"),
        timing={},
        submission=SubmissionRef(given.shown, "", given.student),
        status=ReportStatus.ERROR,
        error=ReportError(kind, message),
        score=None,
        max_score=assignment.max_score,
        adjustments=(),
        final_score=None,
        flags=given.flags,
        questions=(),
        cells=(),
    )


def _in_a_line(error: Exception, path: Path) -> str:
    """Say an error in a line, without the folder it happened in; a bug of ours with its type."""
    said = " ".join(str(error).replace(str(path), path.name).split())
    return said if isinstance(error, GraderError) else f"{type(error).__name__}: {said}"
