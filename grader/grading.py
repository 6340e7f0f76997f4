"""One submission: executed, matched, judged question by question, reported."""

from __future__ import annotations

import asyncio
import platform
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import grader
from grader.assignment import Assignment
from grader.errors import GraderError, SandboxError, SubmissionError
from grader.execution import execute_async
from grader.execution.kernel import KernelFactory
from grader.explanations import explained
from grader.gaps import gaps
from grader.judging import judge
from grader.kit import stamp_of
from grader.learned import doubt
from grader.questions import Judged
from grader.records import (
    SCHEMA_VERSION,
    AssignmentRef,
    Environment,
    Execution,
    Message,
    Report,
    ReportError,
    ReportStatus,
    Submission,
    SubmissionRef,
)
from grader.second_run import second_run
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
    judged, unsure = await asyncio.to_thread(judge, submission, assignment, execution, found)
    timing = {"execution": execution.seconds}
    flags = (*execution.flags, *found.flags, *unsure)
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


def add_up(
    submission: Submission,
    assignment: Assignment,
    execution: Execution,
    judged: Sequence[Judged],
    flags: tuple[Message, ...],
) -> Report:
    """Add up. ``flags`` are those of the submission, before those of its questions."""
    questions = tuple(one.report for one in judged)
    score = sum(question.score for question in questions)
    return Report(
        schema_version=SCHEMA_VERSION,
        assignment=reference_to(assignment),
        language="",
        environment=environment("none"),
        timing={},
        submission=SubmissionRef(submission.path, submission.sha256, submission.student),
        status=ReportStatus.GRADED,
        error=None,
        score=score,
        max_score=assignment.max_score,
        adjustments=(),
        final_score=score,
        flags=(
            *submission.flags,
            *_no_code(submission),
            *_other_kit(submission, assignment),
            *flags,
            *(flag for one in judged for flag in one.flags),
        ),
        questions=questions,
        cells=tuple(map(explained, execution.cells)),
    )


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


def reference_to(assignment: Assignment) -> AssignmentRef:
    """Name an assignment, and say what of it students may see."""
    return AssignmentRef(
        id=assignment.id,
        title=assignment.title,
        version=assignment.version,
        digest=assignment.digest,
        show_expected=assignment.show_expected,
        deadline=assignment.deadline,
    )


def environment(sandbox: str) -> Environment:
    """Say what graded, and what the submission was confined by."""
    return Environment(grader.__version__, platform.python_version(), version("torch"), sandbox)


def _other_kit(submission: Submission, assignment: Assignment) -> tuple[Message, ...]:
    """Say so where a notebook was made from another version of the assignment, or from another one."""
    stamp = submission.notebook and stamp_of(submission.notebook)
    if not stamp or (stamp.id, stamp.version) == (assignment.id, assignment.version):
        return ()
    if stamp.id != assignment.id:
        return (Message("flag.kit-other", {"kit": stamp.id, "assignment": assignment.id}),)
    return (Message("flag.kit-version", {"kit": stamp.version, "assignment": assignment.version}),)


def _no_code(submission: Submission) -> tuple[Message, ...]:
    """Say so where there is nothing to run: perhaps the wrong file was handed in."""
    has_code = any(cell.kind == "code" and cell.source.strip() for cell in submission.cells)
    return () if has_code else (Message("flag.no-code"),)
