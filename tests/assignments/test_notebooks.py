"""The source notebooks: their structure, the full marks of solutions, and that blank ones get nothing."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from grader.assignment.file import load
from grader.records import QuestionStatus, SourceCell
from grader.release import BEGIN, END, blank
from grader.submission import read

from ..shortened import asking_less, shortened  # noqa: TID252 - tests are no package

FOLDER = Path(__file__).parents[2] / "assignments"
IDS = ("logistic", "homework", "tensors")
ASSIGNMENTS = {name: load(FOLDER / name) for name in IDS}
NOTEBOOKS = {name: nbformat.read(FOLDER / name / f"{name}.ipynb", as_version=4) for name in IDS}


def answers(name):
    """Give the answer cells of a notebook by their questions."""
    cells = NOTEBOOKS[name].cells
    return {cell.metadata["grader"]["question"]: cell for cell in cells if "grader" in cell.metadata}


@pytest.mark.parametrize("name", IDS)
def test_every_question_is_asked_and_answered_once(name):
    """One answer cell a question, in the order of the TOML, each right after its prompt."""
    cells = NOTEBOOKS[name].cells

    assert [question.id for question in ASSIGNMENTS[name].questions] == list(answers(name))
    for question, cell in answers(name).items():
        prompt = cells[cells.index(cell) - 1]
        assert ("markdown", f"{question}-prompt") == (prompt.cell_type, prompt.id)


@pytest.mark.parametrize("name", IDS)
def test_answer_cells_are_marked(name):
    """The visible first line names the question of the metadata; all else is solution."""
    for question, cell in answers(name).items():
        lines = cell.source.splitlines()
        assert [f"# 문제: {question}", BEGIN, END] == [*lines[:2], lines[-1]]
        assert 2 == sum(line.strip() in {BEGIN, END} for line in lines)


@pytest.mark.parametrize("name", IDS)
def test_notebooks_are_clean(name):
    """Format 4.5, no outputs, the plain Python kernel."""
    notebook = NOTEBOOKS[name]
    nbformat.validate(notebook)

    assert (4, 5) == (notebook.nbformat, notebook.nbformat_minor)
    assert "python3" == notebook.metadata.kernelspec.name
    assert all([] == cell.get("outputs", []) for cell in notebook.cells)


@pytest.mark.parametrize("name", IDS)
def test_points_are_a_hundred(name):
    """Each assignment is worth 100 points."""
    assert 100 == ASSIGNMENTS[name].max_score


@pytest.mark.parametrize("name", IDS)
def test_no_solution_is_in_the_blank_notebook(name):
    """No line of code of a solution is left in the released cells."""
    for cell in blank(NOTEBOOKS[name]).cells:
        if "grader" in cell.metadata:
            assert [] == ast.parse(cell.source).body


def _without_metadata(cell):
    return replace(cell, question=None)


def _without_marker(cell):
    return replace(cell, source=re.sub("^# 문제:.*", "", cell.source))


@pytest.mark.parametrize("by", ["metadata", "marker"])
@pytest.mark.parametrize("name", IDS)
def test_solutions_get_full_marks(reported, name, by):
    """With the visible lines alone and with the metadata alone: no flag, nothing borderline."""
    submission = read(FOLDER / name / f"{name}.ipynb")
    without = {"marker": _without_metadata, "metadata": _without_marker}[by]
    submission = replace(submission, cells=tuple(map(without, submission.cells)))
    if by == "marker":  # once at full length is enough
        report = reported(asking_less(load(FOLDER / name)), shortened(submission))
    else:
        report = reported(ASSIGNMENTS[name], submission)

    assert 100 == report.score
    assert () == report.flags
    assert {by} == {question.matched.by for question in report.questions}


@pytest.mark.parametrize("name", IDS)
def test_blank_notebooks_get_nothing(reported, name):
    """Released, no cell raises and no question is answered."""
    cells = blank(NOTEBOOKS[name]).cells
    sources = (
        SourceCell(i, cell.cell_type, cell.source, cell.metadata.get("grader", {}).get("question"))
        for i, cell in enumerate(cells)
    )
    submission = replace(read(FOLDER / name / f"{name}.ipynb"), cells=tuple(sources))
    report = reported(ASSIGNMENTS[name], submission)

    assert 0 == report.score
    assert {QuestionStatus.UNANSWERED} == {question.status for question in report.questions}
    assert {"ok"} == {cell.status for cell in report.cells}
