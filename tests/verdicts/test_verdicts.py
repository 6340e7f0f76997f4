"""Every answer of the tables, executed in a forked shell and judged: which steps lose, and no others."""

import pytest

from grader.records import CheckStatus

from . import held_out
from .named import named
from .right import RIGHT
from .wrong import WRONG


def param(answer):
    """Name a case; one whose verdict is known to be another is expected to fail."""
    marks = [pytest.mark.xfail(strict=True, reason=answer.but)] if answer.but else []
    return pytest.param(answer, id=str(answer), marks=marks)


def checks(reports, status):
    """Give the ids of the checks of a status."""
    return {check.id for report in reports.values() for check in report.checks if check.status is status}


def codes(reports):
    """Give the codes of all diagnoses, sorted."""
    return sorted(diagnosis.code for report in reports.values() for diagnosis in report.diagnoses)


@pytest.mark.parametrize("answer", [param(answer) for answer in (*RIGHT, *held_out.RIGHT)])
def test_a_right_answer_loses_nothing(graded_cells, answer):
    """However it is written; where data are asked for, what is wrong with them costs there alone."""
    reports = graded_cells(answer.cells)

    assert answer.loses == checks(reports, CheckStatus.FAILED)
    assert set() == checks(reports, CheckStatus.SKIPPED)
    assert answer.near == checks(reports, CheckStatus.BORDERLINE)
    assert [] == [code for code in codes(reports) if not answer.loses]


@pytest.mark.parametrize(
    "answer", [param(answer) for answer in (*WRONG, *held_out.WRONG, *held_out.WRONG_DATA)]
)
def test_a_wrong_answer_loses_its_own_steps(graded_cells, answer):
    """One mistake costs one step, two cost two, and each is named if it has a name."""
    reports = graded_cells(answer.cells)

    assert answer.loses == checks(reports, CheckStatus.FAILED)
    assert answer.unseen == checks(reports, CheckStatus.SKIPPED)
    assert named(answer) == codes(reports)
