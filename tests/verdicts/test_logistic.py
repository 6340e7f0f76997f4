"""Answers to ``logistic``, executed in a forked shell and judged: which checks lose, and no others."""

from pathlib import Path

import pytest

from grader.assignment.file import load
from grader.records import CheckStatus

from ..shortened import asking_less  # noqa: TID252 - tests are no package
from . import held_out
from .conftest import submission_of
from .logistic import DATA, EPOCHS, RIGHT_LOOPS, RIGHT_VALUES, WRONG_LOOPS, WRONG_VALUES, notebook
from .named import named
from .together import codes, ids, notebooks, shared

LOGISTIC = asking_less(load(Path(__file__).parents[2] / "assignments/logistic"), int(EPOCHS))
ALL_RIGHT = (*RIGHT_VALUES, *RIGHT_LOOPS, *held_out.RIGHT_LOGISTIC)
ALL_WRONG = (*WRONG_VALUES, *WRONG_LOOPS, *held_out.WRONG_LOGISTIC)
NOTEBOOKS = notebooks([*ALL_RIGHT, *ALL_WRONG], DATA)


@pytest.fixture(scope="module")
def reports(reports_of):
    """Give the reports that an answer brings about: of its own questions, and of the data."""
    return shared(NOTEBOOKS, lambda cells: submission_of(notebook(cells)), reports_of(LOGISTIC))


@pytest.mark.parametrize("answer", ALL_RIGHT, ids=str)
def test_a_right_answer_loses_nothing(reports, answer):
    """However it is written, and whatever y was drawn."""
    found = reports(answer).values()

    assert [] == codes(found)
    assert set() == ids(found, CheckStatus.FAILED)
    assert set() == ids(found, CheckStatus.SKIPPED)
    assert set() == ids(found, CheckStatus.BORDERLINE)


@pytest.mark.parametrize("answer", ALL_WRONG, ids=str)
def test_a_wrong_answer_loses_its_own_step(reports, answer):
    """What follows from a mistake is judged on it; the mistake is named if it has a name."""
    found = reports(answer).values()

    assert answer.loses == ids(found, CheckStatus.FAILED)
    assert answer.unseen == ids(found, CheckStatus.SKIPPED)
    assert named(answer) == sorted(codes(found))
