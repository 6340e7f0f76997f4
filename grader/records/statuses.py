"""The words that checks, questions, cells and reports are told by."""

from enum import StrEnum


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
