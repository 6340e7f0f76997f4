"""Answers to ``tensors``, executed in a forked shell and judged: which values are lost, and no others."""

from pathlib import Path

import pytest

from grader.assignment_file import load
from grader.records import CheckStatus

from .answers import Answer
from .conftest import CSV, answered, report, submission_of
from .tensors import RIGHT_CELLS, RIGHT_LINES, WRONG_CELLS, WRONG_LINES, cell
from .together import begins, notebooks

TENSORS = load(Path(__file__).parents[2] / "assignments/tensors")
START = (
    (None, "import numpy as np\nimport pandas as pd\nimport torch"),
    (None, f"df = pd.read_csv({CSV!r})"),
)


GIVEN = [
    *((question, [cell(question, {name: line})]) for question, name, line in (*RIGHT_LINES, *WRONG_LINES)),
    *((question, sources) for question, sources, *_ in (*RIGHT_CELLS, *WRONG_CELLS)),
]
NOTEBOOKS = notebooks([Answer("", tuple((name, source) for source in sources)) for name, sources in GIVEN])


@pytest.fixture(scope="module")
def lost(warm, tmp_path_factory):
    """Judge the cells of one question: the names of the checks that did not pass."""
    place = {answer.cells: i for i, notebook in enumerate(NOTEBOOKS) for answer in notebook}
    folder, known = tmp_path_factory.mktemp("recorded"), {}

    def names(question, sources):
        i = place[tuple((question, source) for source in sources)]
        if i not in known:
            submission = submission_of([*START, *(cell for answer in NOTEBOOKS[i] for cell in answer.cells)])
            afresh = begins(NOTEBOOKS[i], submission)
            known[i] = answered(report(warm, folder, TENSORS, submission, afresh=afresh))
        checks = known[i][question].checks
        return {c.id.partition(".")[2] for c in checks if c.status is not CheckStatus.PASSED}

    return names


@pytest.mark.parametrize(("question", "name", "line"), RIGHT_LINES)
def test_a_right_line_loses_nothing(lost, question, name, line):
    """One value, written otherwise."""
    assert set() == lost(question, [cell(question, {name: line})])


@pytest.mark.parametrize(("question", "sources"), RIGHT_CELLS)
def test_right_cells_lose_nothing(lost, question, sources):
    """The whole answer, written otherwise; errors caught, told or shown."""
    assert set() == lost(question, sources)


@pytest.mark.parametrize(("question", "name", "line"), WRONG_LINES)
def test_a_wrong_line_loses_its_value(lost, question, name, line):
    """And no other."""
    assert {name} == lost(question, [cell(question, {name: line})])


@pytest.mark.parametrize(("question", "sources", "names"), WRONG_CELLS)
def test_wrong_cells_lose_what_is_wrong(lost, question, sources, names):
    """What is missing, or another error than the one asked for."""
    assert set(names.split()) == lost(question, sources)
