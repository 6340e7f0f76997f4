"""Reports built by hand: what the pages, tables and files are made from in these tests."""

import math
from types import SimpleNamespace

import pytest

from grader.records import (
    Adjustment,
    AssignmentRef,
    CellError,
    CellOutcome,
    CellStatus,
    CheckResult,
    CheckStatus,
    Diagnosis,
    Environment,
    Match,
    MatchedBy,
    Message,
    ParameterSummary,
    QuestionReport,
    QuestionStatus,
    ReferenceSummary,
    Report,
    ReportError,
    ReportStatus,
    RunSummary,
    Shown,
    Step,
    Student,
    SubmissionRef,
    Visibility,
)

#: Strings that would love to be something else than text.
HOSTILE = (
    "<script>alert(1)</script> {{7*7}} {param.__class__} [bold]x[/bold] "
    "\u202egpj.exe \x1b[31mred\x00 \ud800 &amp; \"'"
)

RIGHT = [
    85.8769,
    56.7545,
    37.5618,
    24.8985,
    16.5400,
    11.0200,
    7.3700,
    4.9600,
    3.3700,
    2.3240,
    1.63,
    1.17,
    0.86,
]
TRAINING = (
    Step.DATA,
    Step.INIT,
    Step.STEP1,
    Step.STEP2,
    Step.STEP3,
    Step.STEP4,
    Step.CLEAR,
    Step.EPOCHS,
    Step.RESULT,
)
TITLES = {
    "data": "x, y, X 준비하기",
    "sse": "SSE로 step1~4",
    "mse": "MSE로 step1~4",
    "net-bias": "torch.nn.Linear로 step1",
    "net-nobias": "bias=False로 step1",
    "net-bias-train": "net을 손으로 update하기",
    "net-nobias-train": "bias 없는 net을 손으로 update하기",
    "sgd-bias": "torch.optim.SGD로 step4",
    "sgd-nobias": "bias 없는 net과 SGD",
    "sgd-what": "What을 SGD에 넘기기",
    "sgd-scalars": "스칼라 b, w로 학습하기",
    "net-wrong": "잘못된 사용 고치기",
    "parameters": "net.parameters()란?",
}


def check(step, status=CheckStatus.PASSED, message=None, **given):
    """Build a check worth five points, all given unless it failed."""
    earned = 5.0 if status in (CheckStatus.PASSED, CheckStatus.BORDERLINE) else 0.0
    return CheckResult(
        id=given.pop("id", f"{step}:{status}"),
        step=step,
        status=status,
        points=earned,
        max_points=5.0,
        expected=given.pop("expected", None),
        actual=given.pop("actual", None),
        message=message or Message(f"check.{'borderline' if status == 'borderline' else 'passed'}"),
        **given,
    )


def run(losses=RIGHT, **given):
    """Build a run of W over the epochs of ``losses``."""
    return RunSummary(
        epochs=len(losses),
        losses=tuple(enumerate(losses, 1)),
        path=tuple((t, (-5.0 + t * 0.25, 10.0 - t * 0.2)) for t in range(1, len(losses) + 1)),
        parameters={"What": ParameterSummary((-5.0, 10.0), (2.4290, 4.0144), (2, 1), "float32")},
        update=given.pop("update", "by-hand"),
        loss_form=given.pop("loss_form", "mean((y - yhat)**2)"),
    )


def question(name, checks, status=QuestionStatus.PASSED, **given):
    """Build a question whose checks add up."""
    return QuestionReport(
        id=name,
        title=given.pop("title", TITLES.get(name, name)),
        score=sum(c.points for c in checks),
        max_score=sum(c.max_points for c in checks),
        status=status,
        matched=given.pop("matched", Match(MatchedBy.METADATA, 1.0, (3, 4, 6))),
        checks=tuple(checks),
        **given,
    )


def report(questions=(), **given):
    """Build a report over ``questions``."""
    total = sum(q.score for q in questions)
    values = {
        "schema_version": 1,
        "assignment": AssignmentRef("steps", "회귀분석: step1~4", "1", "0" * 64),
        "language": "ko",
        "environment": Environment("0.1.0", "3.11.7", "2.13.0", "landlock"),
        "timing": {"total": 4.25},
        "submission": SubmissionRef("김하늘 [4주차].ipynb", "ab" * 32, Student("202043052", "김하늘")),
        "status": ReportStatus.GRADED,
        "error": None,
        "score": total,
        "max_score": sum(q.max_score for q in questions),
        "adjustments": (),
        "final_score": total,
        "flags": (),
        "questions": tuple(questions),
        "cells": (CellOutcome(1, CellStatus.OK),),
    }
    return Report(**(values | given))


def perfect():
    """Get everything right."""
    reference = ReferenceSummary(tuple(enumerate(RIGHT, 1)), ())
    trained = {"run": run(), "reference": reference}
    return report(
        [
            question(name, [check(s) for s in TRAINING], **trained)
            if "train" in name or name.startswith("sgd") or name in ("mse", "sse")
            else question(name, [check(Step.VALUE, id=f"{name}:{n}", actual=X) for n in range(3)])
            for name in TITLES
        ]
    )


X = Shown("tensor", [[1.0, -2.4821], [1.0, -2.3621], [1.0, -1.9973]], (100, 2), "float32")


def _not_cleared():
    losses = [85.8769, 56.7545, 19.4, 13.7, 26.6, 82.4, 90.2, 55.1, 20.3, 12.9, 30.2, 71.3, 80.1]
    failed = check(
        Step.CLEAR,
        CheckStatus.FAILED,
        Message("clear.accumulated", {"epoch": 2, "name": "What"}),
        expected=Shown("tensor", [[-10.7, 9.5]], (2, 1), "float32"),
        actual=Shown("tensor", [[-24.1225, 21.4]], (2, 1), "float32"),
    )
    diagnosis = Diagnosis(
        "gradient-not-cleared",
        Step.CLEAR,
        2,
        11,
        7,
        "    What.data = What.data - alpha*What.grad",
        {"factor": math.inf, "losses": [1.0, math.nan]},
        Message("clear.accumulated", {"epoch": 2, "name": "What"}),
    )
    return question(
        "mse",
        [failed if s == Step.CLEAR else check(s) for s in TRAINING],
        QuestionStatus.PARTIAL,
        run=run(losses),
        reference=ReferenceSummary(tuple(enumerate(RIGHT, 1)), ()),
        diagnoses=(diagnosis,),
    )


def _diverged():
    losses = [8587.6875, 2.7e6, 8.6e8, 3.1e11, 1.2e14, math.inf, math.nan, math.nan, math.nan, math.nan]
    wrong = {
        Step.STEP2: check(
            Step.STEP2,
            CheckStatus.FAILED,
            Message("step2.differs", {"epoch": 1, "expected": 85.8769, "actual": 8587.6875}),
            expected=Shown("tensor", 85.87687683105469, (), "float32"),
            actual=Shown("tensor", 8587.6875, (), "float32"),
        ),
        Step.RESULT: check(Step.RESULT, CheckStatus.SKIPPED, Message("check.not-finite", {"epoch": 6})),
    }
    return question(
        "sgd-bias",
        [wrong.get(s) or check(s) for s in TRAINING],
        QuestionStatus.PARTIAL,
        run=run(losses, update="torch.optim.SGD"),
        reference=ReferenceSummary(tuple(enumerate(RIGHT, 1)), ()),
    )


def _values():
    differs = Message("value.shape", {"name": "y", "expected": [100, 1], "actual": [100]})
    hidden = Message("value.differs", {"name": "X", "expected": 424.2, "actual": 0.5, "position": [3, 1]})
    return question(
        "data",
        [
            check(Step.VALUE, id="x", actual=X),
            check(Step.VALUE, CheckStatus.FAILED, differs, id="y", expected=X, actual=X),
            check(
                Step.VALUE,
                CheckStatus.FAILED,
                hidden,
                id="X",
                visibility=Visibility.HIDDEN,
                expected=Shown("scalar", 424.2),
                actual=Shown("scalar", 0.5),
            ),
            check(Step.DATA, CheckStatus.BORDERLINE, id="eps"),
        ],
        QuestionStatus.PARTIAL,
    )


def partial():
    """Answer thirteen questions with several mistakes, hostile strings, flags and cells that failed."""
    raised = question(
        "net-wrong",
        [check(Step.VALUE, CheckStatus.FAILED, Message("value.missing", {"name": HOSTILE}))],
        QuestionStatus.FAILED,
        matched=Match(MatchedBy.CONTENT, 0.6, (20,)),
    )
    blank = question(
        "parameters",
        [check(s, CheckStatus.FAILED, Message("check.unanswered"), id=str(s)) for s in TRAINING],
        QuestionStatus.UNANSWERED,
        matched=None,
    )
    changed = {"data": _values(), "mse": _not_cleared(), "sgd-bias": _diverged(), "net-wrong": raised}
    changed["parameters"] = blank
    return report(
        [changed.get(q.id, q) for q in perfect().questions],
        submission=SubmissionRef("<b>이 름</b> [2] (최종).ipynb", "cd" * 32, Student("=1+1", HOSTILE)),
        flags=(
            Message("flag.own-data", {"question": "data"}),
            Message("flag.limit.cell-time", {"cell": 18, "limit": 60.0}),
        ),
        adjustments=(Adjustment("late", -5.0, "하루 늦게 제출"),),
        final_score=390.0,
        cells=(
            CellOutcome(1, CellStatus.OK),
            CellOutcome(17, CellStatus.TIMED_OUT),
            CellOutcome(20, CellStatus.RAISED, CellError("NameError", HOSTILE, 2, "net(_x) # " + HOSTILE)),
            CellOutcome(22, CellStatus.KILLED),
            CellOutcome(23, CellStatus.NOT_REACHED),
        ),
    )


def unanswered():
    """Hand in the blank release."""
    return report(
        [
            question(
                name,
                [check(s, CheckStatus.FAILED, Message("check.unanswered"), id=str(s)) for s in TRAINING],
                QuestionStatus.UNANSWERED,
            )
            for name in TITLES
        ],
        submission=SubmissionRef("blank.ipynb", "00" * 32, Student()),
    )


def diverged():
    """Answer one question whose losses turn into NaN."""
    return report([_diverged()], submission=SubmissionRef("nan.ipynb", "11" * 32, Student("7", "박무한")))


def failed():
    """Hand in a file that is not a notebook."""
    return report(
        status=ReportStatus.ERROR,
        error=ReportError("submission", Message("error.submission.unreadable", {"reason": HOSTILE})),
        score=None,
        final_score=None,
        max_score=100.0,
        submission=SubmissionRef("깨진 파일.ipynb", "22" * 32, Student("9", "이오류")),
        cells=(),
    )


CASES = {"perfect": perfect, "partial": partial, "unanswered": unanswered, "nan": diverged, "error": failed}


@pytest.fixture
def build():
    """Give the builders, for tests that need one part changed."""
    return SimpleNamespace(check=check, question=question, run=run, report=report, hostile=HOSTILE)


@pytest.fixture(params=list(CASES))
def any_report(request):
    """Give each report in turn."""
    return CASES[request.param]()


@pytest.fixture
def reports():
    """Give all reports by name."""
    return {name: make() for name, make in CASES.items()}
