"""An answer of which nothing was recorded is diagnosed without one, too."""

from pathlib import Path

import pytest

from grader.assignment.file import load
from grader.diagnosis import MISCONCEPTIONS, Case
from grader.records import CheckResult, CheckStatus, Message, Step

ASSIGNMENT = load(Path(__file__).parents[2] / "assignments/steps")
QUESTION = next(question for question in ASSIGNMENT.questions if question.id == "sgd-bias")


@pytest.mark.parametrize("error", [None, "ModuleNotFoundError: No module named 'tqdm'", "timed-out"])
@pytest.mark.parametrize("misconception", MISCONCEPTIONS, ids=lambda one: f"{one.step} {one.code}")
def test_no_misconception_is_seen_where_nothing_is(misconception, error):
    """Neither an error nor a name, whichever step is blamed."""
    message = Message("step.raised", {"error": error})
    check = CheckResult("q", misconception.step, CheckStatus.FAILED, 0.0, 1.0, None, None, message)
    case = Case(QUESTION, (check,), data=ASSIGNMENT.data(), sources={0: "import tqdm"}, error=error)

    assert misconception.evidence(case, check) is None


def test_the_table_has_every_step():
    """No step is without a misconception."""
    assert set(Step) == {one.step for one in MISCONCEPTIONS}
