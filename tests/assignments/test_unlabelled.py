"""Every bundled solution without what labels its cells, through the real kernel."""

import re
from pathlib import Path

import nbformat
import pytest

from grader.assignment_file import load
from grader.grading import grade
from grader.release import blank
from grader.submission import read

from ..shortened import EPOCHS, asking_less  # noqa: TID252 - tests are no package

FOLDER = Path(__file__).parents[2] / "assignments"
ASSIGNMENTS = ("steps", "tensors", "logistic", "homework")


def unlabelled(notebook, *, text):
    """Take away metadata and markers, and all that is no code unless ``text`` is to stay."""
    for cell in notebook.cells:
        cell.metadata = {}
        cell.source = re.sub(
            r"^ *# 문제:.*\n?|^ *### (BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.MULTILINE
        ).replace("range(6000)", f"range({EPOCHS})")
    notebook.cells = [cell for cell in notebook.cells if text or cell.cell_type == "code"]
    return notebook


@pytest.mark.parametrize("text", [True, False], ids=["with its text", "code alone"])
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_an_unlabelled_solution_has_full_marks_and_a_blank_none(name, text, kernel, tmp_path):
    """Answers are found by what they are."""
    assignment = asking_less(load(FOLDER / name))
    solution = nbformat.read(assignment.notebook, as_version=4)
    found = []
    for notebook in (solution, blank(solution)):
        path = tmp_path / "notebook.ipynb"
        nbformat.write(unlabelled(notebook, text=text), path)
        report, _ = grade(read(path), assignment, kernel=kernel)
        found.append(report.score)

    assert [assignment.max_score, 0.0] == found
