"""The records that travel between the stages, and the shape of ``result.json``.

Standard library only. Every record is frozen; a stage is a function from records to records.
``Report`` and what it contains *are* ``result.json``: the fields below, in this order, under these names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

SCHEMA_VERSION = 1


class Step(StrEnum):
    """What a check looks at: one of the lecture's four steps or what stands around them."""

    DATA = "data"
    INIT = "init"
    STEP1 = "step1"
    STEP2 = "step2"
    STEP3 = "step3"
    STEP4 = "step4"
    CLEAR = "clear"
    EPOCHS = "epochs"
    RESULT = "result"
    VALUE = "value"


class CheckStatus(StrEnum):
    """The outcome of one check; ``borderline`` gets the points and a human's eye."""

    PASSED = "passed"
    BORDERLINE = "borderline"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


class QuestionStatus(StrEnum):
    """The outcome of one question."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    UNANSWERED = "unanswered"
    MANUAL = "manual"
    ERROR = "error"


class CellStatus(StrEnum):
    """What happened to one code cell."""

    OK = "ok"
    RAISED = "raised"
    TIMED_OUT = "timed-out"
    KILLED = "killed"
    NOT_REACHED = "not-reached"


class MatchedBy(StrEnum):
    """What tied the cells to the question."""

    METADATA = "metadata"
    MARKER = "marker"
    CONTENT = "content"


class Visibility(StrEnum):
    """Whether a student who checks their own work is told of a check."""

    PUBLIC = "public"
    HIDDEN = "hidden"


class ReportStatus(StrEnum):
    """Whether there is a score at all; a failure of ours is ``error`` without one."""

    GRADED = "graded"
    ERROR = "error"


@dataclass(frozen=True)
class Message:
    """A sentence for people: its key in the catalogue, what fills it, the text in the report's language."""

    id: str
    params: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


# ── a submission and its execution ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Student:
    """Whose notebook it is, as far as file name or notebook tell."""

    id: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class SourceCell:
    """One cell as handed in: its metadata's question, its last number, whether an error is stored there."""

    index: int
    kind: str
    source: str
    question: str | None = None
    count: int | None = None
    raised: bool = False


@dataclass(frozen=True)
class Submission:
    """A notebook that could be read. ``notebook`` is its nbformat 4 tree, not to be changed.

    ``path`` is what reports call it, no path of this machine; ``flags`` say what was overlooked to read it.
    """

    path: str
    slug: str
    sha256: str
    student: Student
    cells: tuple[SourceCell, ...]
    notebook: Any = field(repr=False, compare=False)
    flags: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Those of a process are enforced where there is a sandbox."""

    #: Seconds of wall clock.
    cell_seconds: float = 60.0
    notebook_seconds: float = 600.0
    #: Seconds of processor time of one process.
    cpu_seconds: int = 900
    #: Bytes of memory of all its processes together, besides what Python and torch take.
    memory_bytes: int = 2 << 30
    #: Processes and threads at one time.
    processes: int = 128
    #: Open files of one process.
    open_files: int = 512
    #: Bytes of one file, and of all files in its folders.
    file_bytes: int = 256 << 20
    disk_bytes: int = 512 << 20
    #: Bytes that one cell may show, and that may be recorded of the notebook.
    output_bytes: int = 1_000_000
    recording_bytes: int = 64_000_000


@dataclass(frozen=True)
class CellError:
    """The exception that ended a cell. ``line`` is 1-based within the cell; ``hint`` explains it."""

    name: str
    value: str
    line: int | None = None
    source: str = ""
    hint: Message | None = None


@dataclass(frozen=True)
class CellOutcome:
    """What happened to one code cell; ``index`` counts all cells of the notebook from 0."""

    index: int
    status: CellStatus
    error: CellError | None = None


@dataclass(frozen=True)
class Execution:
    """A notebook that has been run: each code cell's fate, what was recorded, the executed notebook."""

    cells: tuple[CellOutcome, ...]
    recording: Any = field(repr=False)
    notebook: Any = field(repr=False, compare=False)
    flags: tuple[Message, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Protection:
    """One thing that keeps a submission from doing harm: is it needed, and is it there."""

    key: str
    name: str
    required: bool
    in_force: bool
    reason: str | None


@dataclass(frozen=True)
class Examination:
    """What ``grader doctor`` has found out about a machine."""

    environment: Environment
    protections: tuple[Protection, ...]
    #: Processors, and bytes of memory.
    cores: int
    memory: int
    #: Seconds that a confined kernel took to start and run a cell; None if it could not.
    seconds: float | None
    #: Why not, in one line.
    error: str | None

    @property
    def fit(self) -> bool:
        """Whether submissions can be confined and run here."""
        return self.error is None and all(it.in_force for it in self.protections if it.required)


# ── result.json ───────────────────────────────────────────────────────────────────────────────────────────


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

    ``data`` is what its pictures are drawn from: ``x`` and ``y``, thinned, and what ``grader.landscape``
    computes of the training.
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
    """Which file was graded. ``path`` is the file's name, never a path of the grading machine."""

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
