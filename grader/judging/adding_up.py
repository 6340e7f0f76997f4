"""What was judged, question by question -> the report of a submission."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version

import grader
from grader.assignment.model import Assignment
from grader.judging.explanations import explained
from grader.judging.questions import Judged
from grader.kit import stamp_of
from grader.matching.labels import MARKER
from grader.records import (
    SCHEMA_VERSION,
    AssignmentRef,
    Environment,
    Execution,
    Message,
    Report,
    ReportStatus,
    Submission,
    SubmissionRef,
)


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
            *_other_language(submission),
            *(_other_kit(submission, assignment) or _other_questions(submission, assignment)),
            *flags,
            *(flag for one in judged for flag in one.flags),
        ),
        questions=questions,
        cells=tuple(map(explained, execution.cells)),
    )


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


@cache
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


def _other_questions(submission: Submission, assignment: Assignment) -> tuple[Message, ...]:
    """Say so where most of what cells are labelled with is asked elsewhere: perhaps another week's file."""
    code = [cell for cell in submission.cells if cell.kind == "code"]
    labels = [label for cell in code for label in (*MARKER.findall(cell.source), cell.question) if label]
    others = dict.fromkeys(label for label in labels if all(label != one.id for one in assignment.questions))
    if 2 * len(others) <= len(set(labels)):
        return ()
    return (Message("flag.questions-other", {"questions": list(others)[:5], "assignment": assignment.id}),)


def _no_code(submission: Submission) -> tuple[Message, ...]:
    """Say so where there is nothing to run: perhaps the wrong file was handed in."""
    has_code = any(cell.kind == "code" and cell.source.strip() for cell in submission.cells)
    return () if has_code else (Message("flag.no-code"),)


def _other_language(submission: Submission) -> tuple[Message, ...]:
    """Say so where the notebook was written for another language than Python."""
    metadata = submission.notebook.metadata if submission.notebook else {}
    told = ((metadata.get("language_info"), "name"), (metadata.get("kernelspec"), "language"))
    named = [part.get(key) for part, key in told if isinstance(part, dict)]
    language = next((name for name in named if isinstance(name, str) and name), "python")
    if "python" in language.lower():
        return ()
    return (Message("flag.other-language", {"language": language[:40]}),)
