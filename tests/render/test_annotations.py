import math

import pytest

from grader.records import CellError, CellOutcome, CellStatus, CheckStatus, Message, QuestionStatus, Step
from grader.render.annotations import annotated
from grader.render.messages import LANGUAGES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_few_of_every_report(any_report, lang):
    """There are ten at most, each with a title and a text, whatever stands in the report."""
    found = annotated(any_report, lang)

    assert 10 >= len(found)
    assert all(it.title and it.text and it.level in ("error", "warning") for it in found)


def test_a_diagnosis_comes_before_a_guess(reports):
    """What is known to the line stands on top, with the student's own line."""
    first, *_ = annotated(reports["partial"])

    assert (11, 7) == (first.cell, first.line)
    assert "What.data = What.data - alpha*What.grad" in first.text


def test_nothing_on_right_answers(reports):
    """Nor on those that are still to come."""
    assert [] == annotated(reports["perfect"]) + annotated(reports["unanswered"])


def test_no_score_is_one_remark(reports):
    """Where grading failed there is the reason."""
    (only,) = annotated(reports["error"])

    assert ("error", None) == (only.level, only.cell)


def test_what_follows_from_an_exception_is_not_said(build):
    """A cell that raised is told once; what could not be found because of it is not."""
    failed = build.check(Step.INIT, CheckStatus.FAILED, Message("init.raised", {"error": "NameError: b"}))
    question = build.question("sse", [failed], QuestionStatus.FAILED)
    raised = CellOutcome(4, CellStatus.RAISED, CellError("NameError", "b", 2, "b"))
    elsewhere = CellOutcome(9, CellStatus.RAISED, CellError("NameError", "c", 1, "c"))
    (only,) = annotated(build.report([question], cells=(raised, elsewhere)))

    assert (4, 2) == (only.cell, only.line)


def test_borderline_is_a_warning(build):
    """It costs nothing, so it is no error."""
    question = build.question(
        "mse", [build.check(Step.STEP2, CheckStatus.BORDERLINE)], QuestionStatus.PARTIAL
    )

    assert ["warning"] == [it.level for it in annotated(build.report([question]))]


def test_not_a_number(build):
    """NaN is said as such."""
    message = Message("step2.differs", {"epoch": 1, "expected": math.inf, "actual": math.nan})
    question = build.question(
        "mse", [build.check(Step.STEP2, CheckStatus.FAILED, message)], QuestionStatus.PARTIAL
    )
    (only,) = annotated(build.report([question]))

    assert "NaN" in only.text
