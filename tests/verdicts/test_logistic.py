"""Answers to ``logistic``, executed in a forked shell and judged: which checks lose, and no others."""

from pathlib import Path

import pytest

from grader.assignment_file import load
from grader.records import CheckStatus

from ..shortened import asking_less  # noqa: TID252 - tests are no package
from . import held_out
from .conftest import submission_of
from .logistic import EPOCHS, RIGHT_LOOPS, RIGHT_VALUES, WRONG_LOOPS, WRONG_VALUES
from .named import named

LOGISTIC = asking_less(load(Path(__file__).parents[2] / "assignments/logistic"), int(EPOCHS))


@pytest.fixture
def judged(judged_as):
    """Judge the cells of an answer: the ids of the checks of a status, and the codes of the diagnoses."""

    def by_status(answer):
        reports = judged_as(LOGISTIC, submission_of([(None, "import torch"), *answer.cells])).values()
        ids = {
            status: {c.id for report in reports for c in report.checks if c.status is status}
            for status in CheckStatus
        }
        return ids, sorted(diagnosis.code for report in reports for diagnosis in report.diagnoses)

    return by_status


@pytest.mark.parametrize("answer", [*RIGHT_VALUES, *RIGHT_LOOPS, *held_out.RIGHT_LOGISTIC], ids=str)
def test_a_right_answer_loses_nothing(judged, answer):
    """However it is written, and whatever y was drawn."""
    found, codes = judged(answer)

    assert [] == codes
    assert set() == found[CheckStatus.FAILED]
    assert set() == found[CheckStatus.SKIPPED]
    assert set() == found[CheckStatus.BORDERLINE]


@pytest.mark.parametrize("answer", [*WRONG_VALUES, *WRONG_LOOPS, *held_out.WRONG_LOGISTIC], ids=str)
def test_a_wrong_answer_loses_its_own_step(judged, answer):
    """What follows from a mistake is judged on it; the mistake is named if it has a name."""
    found, codes = judged(answer)

    assert answer.loses == found[CheckStatus.FAILED]
    assert answer.unseen == found[CheckStatus.SKIPPED]
    assert named(answer) == codes
