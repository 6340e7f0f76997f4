"""One submission: executed, matched, judged question by question, reported."""

from __future__ import annotations

import asyncio
import importlib
import platform
import threading
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import torch

import grader
from grader.assignment import Assignment
from grader.errors import GraderError, SubmissionError
from grader.execution import execute_async
from grader.execution.kernel import KernelFactory
from grader.explanations import explained
from grader.file_names import readable, student_of
from grader.matching import match
from grader.questions import judge_question
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

_JUDGING = threading.Lock()


def grade(
    submission: Submission, assignment: Assignment, *, kernel: KernelFactory, keep: Path | None = None
) -> tuple[Report, Execution]:
    """Do what ``grade_async`` does, where no event loop is running."""
    return asyncio.run(grade_async(submission, assignment, kernel=kernel, keep=keep))


async def grade_async(
    submission: Submission, assignment: Assignment, *, kernel: KernelFactory, keep: Path | None = None
) -> tuple[Report, Execution]:
    """Grade one submission: run it, find the cells of each question, judge them.

    Args:
        submission: the notebook as handed in.
        assignment: what it is judged against.
        kernel: how a kernel is started; ``kernels`` gives the confined ones.
        keep: a folder for the recording's files.

    Raises:
        SandboxError: the machine or the grader failed; the submission has no score then.
    """
    started = time.perf_counter()
    execution = await execute_async(
        submission, limits=assignment.limits, files=assignment.files, kernel=kernel, keep=keep
    )
    # In a thread, so that other submissions' kernels are not kept waiting.
    report = await asyncio.to_thread(_judge_alone, submission, assignment, execution, kernel.sandbox)
    timing = {"execution": execution.seconds, "total": time.perf_counter() - started}
    return replace(report, timing=timing), execution


def _judge_alone(
    submission: Submission, assignment: Assignment, execution: Execution, sandbox: str
) -> Report:
    """Judge while no other thread does: references seed torch's generator, which all threads share."""
    with _JUDGING:
        return judge(submission, assignment, execution, sandbox=sandbox)


def get_ready() -> None:
    """Import what the first judgement would.

    It is torch._dynamo, without which torch.func takes no derivative: a second's work. Called in a thread
    while the first kernel starts; a judgement waits for it.
    """
    with _JUDGING:
        importlib.import_module("torch._dynamo")


def judge(
    submission: Submission, assignment: Assignment, execution: Execution, *, sandbox: str = "none"
) -> Report:
    """Judge an execution: match cells with questions, judge each, add up.

    ``sandbox`` says what the execution was confined by.
    """
    torch.set_num_threads(
        1
    )  # small tensors: a second thread costs more than it helps, and sums come out alike
    answers = match(submission, execution, assignment)
    judged = [
        judge_question(question, answers.matched.get(question.id), submission, execution, assignment)
        for question in assignment.questions
    ]
    questions = tuple(report for report, _ in judged)
    score = sum(question.score for question in questions)
    flags = (*execution.flags, *_damage(execution), *answers.flags)
    return Report(
        schema_version=SCHEMA_VERSION,
        assignment=reference_to(assignment),
        language="",
        environment=environment(sandbox),
        timing={},
        submission=SubmissionRef(readable(Path(submission.path).name), submission.sha256, submission.student),
        status=ReportStatus.GRADED,
        error=None,
        score=score,
        max_score=assignment.max_score,
        adjustments=(),
        final_score=score,
        flags=(
            *submission.flags,
            *_no_code(submission),
            *flags,
            *(flag for _, raised in judged for flag in raised),
        ),
        questions=questions,
        cells=tuple(map(explained, execution.cells)),
    )


def ungraded(path: Path, assignment: Assignment, error: Exception, sha256: str = "") -> Report:
    """Give the report of a submission that could not be graded: the reason, and no score."""
    if isinstance(error, SubmissionError):
        kind, message = "submission", Message(f"error.submission.{error.code}", error.params)
    else:
        kind = "sandbox" if isinstance(error, GraderError) else "grader"
        message = Message(f"error.{kind}", {"detail": _in_a_line(error, path)})
    return Report(
        schema_version=SCHEMA_VERSION,
        assignment=reference_to(assignment),
        language="",
        environment=environment("none"),
        timing={},
        submission=SubmissionRef(readable(path.name), sha256, student_of(readable(path.stem))),
        status=ReportStatus.ERROR,
        error=ReportError(kind, message),
        score=None,
        max_score=assignment.max_score,
        adjustments=(),
        final_score=None,
        flags=(),
        questions=(),
        cells=(),
    )


def _in_a_line(error: Exception, path: Path) -> str:
    """Say an error in a line, without the folder it happened in; a bug of ours with its type."""
    said = " ".join(str(error).replace(str(path), path.name).split())
    return said if isinstance(error, GraderError) else f"{type(error).__name__}: {said}"


def reference_to(assignment: Assignment) -> AssignmentRef:
    """Name an assignment by id, version and digest."""
    return AssignmentRef(assignment.id, assignment.title, assignment.version, assignment.digest)


def environment(sandbox: str) -> Environment:
    """Say what graded, and what the submission was confined by."""
    return Environment(grader.__version__, platform.python_version(), version("torch"), sandbox)


def _no_code(submission: Submission) -> tuple[Message, ...]:
    """Say so where there is nothing to run: perhaps the wrong file was handed in."""
    has_code = any(cell.kind == "code" and cell.source.strip() for cell in submission.cells)
    return () if has_code else (Message("flag.no-code"),)


def _damage(execution: Execution) -> tuple[Message, ...]:
    damage = execution.recording.damage
    return (Message("flag.recording-damaged", {"detail": "; ".join(damage[:5])}),) if damage else ()
