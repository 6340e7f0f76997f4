"""Answers to ``tensors``, executed in a forked shell and judged: which values are lost, and no others."""

from pathlib import Path

import pytest

from grader.assignment_file import load
from grader.records import CheckStatus

from .conftest import CSV, submission_of
from .tensors import RIGHT_CELLS, RIGHT_LINES, WRONG_CELLS, WRONG_LINES, cell

TENSORS = load(Path(__file__).parents[2] / "assignments/tensors")
START = (
    (None, "import numpy as np\nimport pandas as pd\nimport torch"),
    (None, f"df = pd.read_csv({CSV!r})"),
)


@pytest.fixture
def lost(judged_as):
    """Judge the cells of one question: the names of the checks that did not pass."""

    def names(question, sources):
        cells = [*START, *((question, source) for source in sources)]
        report = judged_as(TENSORS, submission_of(cells))[question]
        return {c.id.partition(".")[2] for c in report.checks if c.status is not CheckStatus.PASSED}

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
