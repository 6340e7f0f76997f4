"""Every answer of the tables, executed in a forked shell and judged: which steps lose, and no others."""

import pytest

from grader.records import CheckStatus

from .conftest import answered, report, submitted
from .named import named
from .right import RIGHT
from .together import begins, notebooks
from .wrong import WRONG

NOTEBOOKS = notebooks([*RIGHT, *WRONG])


@pytest.fixture(scope="module")
def reports(warm, assignment, tmp_path_factory):
    """Give the reports that an answer brings about: of its own questions, and of the data."""
    place = {id(answer): i for i, notebook in enumerate(NOTEBOOKS) for answer in notebook}
    folder, known = tmp_path_factory.mktemp("recorded"), {}

    def of(answer):
        i = place[id(answer)]
        if i not in known:
            submission = submitted([cell for one in NOTEBOOKS[i] for cell in one.cells])
            afresh = begins(NOTEBOOKS[i], submission)
            known[i] = answered(report(warm, folder, assignment, submission, afresh=afresh))
        asked = {"data", *(name for name, _ in answer.cells)}
        return {name: one for name, one in known[i].items() if name in asked}

    return of


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


@pytest.mark.parametrize("answer", [param(answer) for answer in RIGHT])
def test_a_right_answer_loses_nothing(reports, answer):
    """However it is written; where data are asked for, what is wrong with them costs there alone."""
    found = reports(answer)

    assert answer.loses == checks(found, CheckStatus.FAILED)
    assert set() == checks(found, CheckStatus.SKIPPED)
    assert answer.near == checks(found, CheckStatus.BORDERLINE)
    assert [] == [code for code in codes(found) if not answer.loses]


@pytest.mark.parametrize("answer", [param(answer) for answer in WRONG])
def test_a_wrong_answer_loses_its_own_steps(reports, answer):
    """One mistake costs one step, two cost two, and each is named if it has a name."""
    found = reports(answer)

    assert answer.loses == checks(found, CheckStatus.FAILED)
    assert answer.unseen == checks(found, CheckStatus.SKIPPED)
    assert named(answer) == codes(found)
