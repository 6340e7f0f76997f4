"""Notebooks from the text of their cells, and what is needed to run them."""

import hashlib

import nbformat
import pytest

from grader.execution import execute
from grader.records import Limits, Student, Submission

CSV = "2022-09-22-regression.csv"


@pytest.fixture(scope="session")
def submission():
    """Make submissions of code cells."""

    def make(*sources):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        for number, cell in enumerate(cells):
            cell.id = f"cell-{number}"
            cell.outputs = [nbformat.v4.new_output("stream", text="handed in")]
        notebook = nbformat.v4.new_notebook(cells=cells)
        digest = hashlib.sha256("".join(sources).encode()).hexdigest()
        return Submission("hw.ipynb", "hw", digest, Student(), (), notebook)

    return make


@pytest.fixture(scope="session")
def run(submission, kernel):
    """Run code cells in a real kernel."""

    def run_cells(*sources, files=None, keep=None, **limits):
        limits = Limits(**{"cell_seconds": 30, **limits})
        return execute(submission(*sources), limits=limits, files=files or {}, kernel=kernel, keep=keep)

    return run_cells


@pytest.fixture(scope="session")
def csv(tmp_path_factory):
    """Write the assignment's data file."""
    path = tmp_path_factory.mktemp("data") / CSV
    path.write_text("x,y\n1.5,2\n", encoding="utf-8")
    return path


def printed(execution, index):
    """Join all that a cell showed as text."""
    outputs = execution.notebook.cells[index].outputs
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


@pytest.fixture(name="printed", scope="session")
def printed_fixture():
    """Give the function of that name."""
    return printed
