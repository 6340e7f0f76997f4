"""Answers to ``tensors``, executed in a forked shell and judged: which values are lost, and no others."""

from pathlib import Path

import pytest

from grader.assignment.file import load
from grader.records import CheckStatus

from .answers import Answer
from .conftest import CSV, submission_of
from .tensors import RIGHT_CELLS, RIGHT_LINES, WRONG_CELLS, WRONG_LINES, cell
from .together import notebooks, shared

TENSORS = load(Path(__file__).parents[2] / "assignments/tensors")
START = (
    (None, "import numpy as np\nimport pandas as pd\nimport torch"),
    (None, f"df = pd.read_csv({CSV!r})"),
)


GIVEN = [
    *((question, [cell(question, {name: line})]) for question, name, line in (*RIGHT_LINES, *WRONG_LINES)),
    *((question, sources) for question, sources, *_ in (*RIGHT_CELLS, *WRONG_CELLS)),
]


def answer(question, sources):
    """Make the answer to a question of its cells."""
    return Answer("", tuple((question, source) for source in sources))


NOTEBOOKS = notebooks([answer(question, sources) for question, sources in GIVEN])


@pytest.fixture(scope="module")
def lost(reports_of):
    """Judge the cells of one question: the names of the checks that did not pass."""
    reports = shared(NOTEBOOKS, lambda cells: submission_of([*START, *cells]), reports_of(TENSORS))

    def names(question, sources):
        checks = reports(answer(question, sources))[question].checks
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
