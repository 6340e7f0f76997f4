"""Every answer of the tables, executed in a forked shell and judged: which steps lose, and no others."""

import pytest

from grader.records import CheckStatus

from . import held_out, tried_out
from .conftest import submitted
from .named import named
from .right import RIGHT
from .together import codes, ids, notebooks, shared
from .wrong import WRONG

ALL_RIGHT = (*RIGHT, *held_out.RIGHT, *tried_out.RIGHT)
ALL_WRONG = (*WRONG, *held_out.WRONG, *held_out.WRONG_DATA, *tried_out.WRONG)
NOTEBOOKS = notebooks([*ALL_RIGHT, *ALL_WRONG])


@pytest.fixture(scope="module")
def reports(reports_of, assignment):
    """Give the reports that an answer brings about: of its own questions, and of the data."""
    return shared(NOTEBOOKS, submitted, reports_of(assignment))


def param(answer):
    """Name a case; one whose verdict is known to be another is expected to fail."""
    marks = [pytest.mark.xfail(strict=True, reason=answer.but)] if answer.but else []
    return pytest.param(answer, id=str(answer), marks=marks)


@pytest.mark.parametrize("answer", [param(answer) for answer in ALL_RIGHT])
def test_a_right_answer_loses_nothing(reports, answer):
    """However it is written; where data are asked for, what is wrong with them costs there alone."""
    found = reports(answer).values()

    assert answer.loses == ids(found, CheckStatus.FAILED)
    assert set() == ids(found, CheckStatus.SKIPPED)
    assert answer.near == ids(found, CheckStatus.BORDERLINE)
    assert answer.loses or [] == codes(found)


@pytest.mark.parametrize("answer", [param(answer) for answer in ALL_WRONG])
def test_a_wrong_answer_loses_its_own_steps(reports, answer):
    """One mistake costs one step, two cost two, and each is named if it has a name."""
    found = reports(answer).values()

    assert answer.loses == ids(found, CheckStatus.FAILED)
    assert answer.unseen == ids(found, CheckStatus.SKIPPED)
    assert named(answer) == sorted(codes(found))
