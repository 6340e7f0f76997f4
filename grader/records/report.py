"""The shape of ``result.json``: ``Report`` and what it contains, in this order, under these names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from grader.records.execution import CellOutcome, Message, Student
from grader.records.statuses import CheckStatus, MatchedBy, QuestionStatus, ReportStatus, Step, Visibility

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Shown:
    """A value as a report shows it. ``value`` is a number, a text or lists, thinned; ``shape`` is whole."""

    kind: str
    value: Any = None
    shape: tuple[int, ...] | None = None
    dtype: str | None = None


@dataclass(frozen=True)
class CheckResult:
    """One check: points given of points possible, what was expected, what came."""

    id: str
    step: Step
    status: CheckStatus
    points: float
    max_points: float
    expected: Shown | None
    actual: Shown | None
    message: Message
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True)
class Diagnosis:
    """A named misconception with its evidence."""

    code: str
    step: Step
    iteration: int | None
    cell: int | None
    line: int | None
    source: str | None
    evidence: Mapping[str, Any]
    message: Message


@dataclass(frozen=True)
class Match:
    """Which cells answer the question, and how sure that is (0..1)."""

    by: MatchedBy
    confidence: float
    cells: tuple[int, ...]


@dataclass(frozen=True)
class ParameterSummary:
    """A parameter at the start and at the end of the run, flat, at most eight values of each."""

    first: tuple[float, ...]
    last: tuple[float, ...]
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class RunSummary:
    """The student's run that was judged.

    Losses and path are thinned: pairs of an epoch (from 1) and its value.
    ``path`` holds the flat parameters before each epoch's update, in the order of ``parameters``.
    """

    epochs: int
    losses: tuple[tuple[int, float], ...]
    path: tuple[tuple[int, tuple[float, ...]], ...]
    parameters: Mapping[str, ParameterSummary]
    update: str
    loss_form: str | None


@dataclass(frozen=True)
class ReferenceSummary:
    """The reference's run over the same epochs, thinned like the student's."""

    losses: tuple[tuple[int, float], ...]
    path: tuple[tuple[int, tuple[float, ...]], ...]


@dataclass(frozen=True)
class QuestionReport:
    """One question: its checks add up to its score.

    ``data`` is what its pictures are drawn from: ``x`` and ``y``, thinned, and what
    ``grader.judging.landscape`` computes of the training.
    """

    id: str
    title: str
    score: float
    max_score: float
    status: QuestionStatus
    matched: Match | None
    checks: tuple[CheckResult, ...]
    diagnoses: tuple[Diagnosis, ...] = ()
    run: RunSummary | None = None
    reference: ReferenceSummary | None = None
    data: Mapping[str, tuple[float, ...]] | None = None


@dataclass(frozen=True)
class AssignmentRef:
    """Which assignment, from which bytes; when students see expected values (``deadline`` as ISO 8601)."""

    id: str
    title: str
    version: str
    digest: str
    show_expected: str = "always"
    deadline: str | None = None


@dataclass(frozen=True)
class Environment:
    """What graded it."""

    grader: str
    python: str
    torch: str
    sandbox: str


@dataclass(frozen=True)
class SubmissionRef:
    """Which file was graded. ``path`` is the file's name, never a path of the grading machine.

    Where the file lay in a folder of the one that was given, or in a repository, that stands before the name.
    """

    path: str
    sha256: str
    student: Student


@dataclass(frozen=True)
class ReportError:
    """Why there is no score: ``submission``, ``sandbox`` or ``grader``, and one line."""

    kind: str
    message: Message


@dataclass(frozen=True)
class Adjustment:
    """Points given or taken by a person or a rule, with the reason."""

    kind: str
    points: float
    reason: str


@dataclass(frozen=True)
class Report:
    """All that is known of one graded submission. This record, as JSON, is ``result.json``."""

    # Read by pydantic, for this record and all within it: no unknown keys, every key written, and what goes
    # out is checked like what comes in (an int in a float's place would not survive being read again).
    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid",
        "json_schema_serialization_defaults_required": True,
        "revalidate_instances": "always",
    }

    schema_version: int
    assignment: AssignmentRef
    language: str
    environment: Environment
    timing: Mapping[str, float]
    submission: SubmissionRef
    status: ReportStatus
    error: ReportError | None
    score: float | None
    max_score: float
    adjustments: tuple[Adjustment, ...]
    final_score: float | None
    flags: tuple[Message, ...]
    questions: tuple[QuestionReport, ...]
    cells: tuple[CellOutcome, ...]
