"""Answers to ``logistic``, executed in a forked shell and judged: which checks lose, and no others."""

from pathlib import Path

import pytest

from grader.assignment_file import load
from grader.records import CheckStatus

from ..shortened import asking_less  # noqa: TID252 - tests are no package
from . import held_out
from .conftest import answered, report, submission_of
from .logistic import DATA, EPOCHS, RIGHT_LOOPS, RIGHT_VALUES, WRONG_LOOPS, WRONG_VALUES, notebook
from .named import named
from .together import begins, notebooks

LOGISTIC = asking_less(load(Path(__file__).parents[2] / "assignments/logistic"), int(EPOCHS))
ALL_RIGHT = (*RIGHT_VALUES, *RIGHT_LOOPS, *held_out.RIGHT_LOGISTIC)
ALL_WRONG = (*WRONG_VALUES, *WRONG_LOOPS, *held_out.WRONG_LOGISTIC)
NOTEBOOKS = notebooks([*ALL_RIGHT, *ALL_WRONG], DATA)


@pytest.fixture(scope="module")
def judged(warm, tmp_path_factory):
    """Judge an answer: the ids of the checks of a status, and the codes of the diagnoses.

    Looked at are the reports of its own questions, and of the data.
    """
    place = {id(answer): i for i, many in enumerate(NOTEBOOKS) for answer in many}
    folder, known = tmp_path_factory.mktemp("recorded"), {}

    def by_status(answer):
        i = place[id(answer)]
        if i not in known:
            submission = submission_of(notebook(cell for one in NOTEBOOKS[i] for cell in one.cells))
            afresh = begins(NOTEBOOKS[i], submission)
            known[i] = answered(report(warm, folder, LOGISTIC, submission, afresh=afresh))
        asked = {"data", *(name for name, _ in answer.cells)}
        reports = [one for name, one in known[i].items() if name in asked]
        ids = {
            status: {c.id for report in reports for c in report.checks if c.status is status}
            for status in CheckStatus
        }
        return ids, sorted(diagnosis.code for report in reports for diagnosis in report.diagnoses)

    return by_status


@pytest.mark.parametrize("answer", ALL_RIGHT, ids=str)
def test_a_right_answer_loses_nothing(judged, answer):
    """However it is written, and whatever y was drawn."""
    found, codes = judged(answer)

    assert [] == codes
    assert set() == found[CheckStatus.FAILED]
    assert set() == found[CheckStatus.SKIPPED]
    assert set() == found[CheckStatus.BORDERLINE]


@pytest.mark.parametrize("answer", ALL_WRONG, ids=str)
def test_a_wrong_answer_loses_its_own_step(judged, answer):
    """What follows from a mistake is judged on it; the mistake is named if it has a name."""
    found, codes = judged(answer)

    assert answer.loses == found[CheckStatus.FAILED]
    assert answer.unseen == found[CheckStatus.SKIPPED]
    assert named(answer) == codes
