"""The student's own checker in a graded kernel: it does nothing, and gives nothing away."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.execution import execute
from grader.records import Limits, Student, Submission

#: What a cell says, what it prints, and the exception that ends it.
CELLS = [
    ("import grader\ngrader.setup('Qlpo')\ngrader.check('mse')\nprint(grader.__version__)", "0.1.0\n", None),
    ("%load_ext grader", "", None),
    ("%reload_ext grader", "", None),
    ("%check mse", "", None),
    ("%check", "", None),
    ("from grader import check\nprint(check())", "None\n", None),
    ("import importlib.util\nprint(importlib.util.find_spec('grader') is None)", "False\n", None),
    ("import grader.checks", "", "ModuleNotFoundError"),
    ("from grader.kit import make", "", "ModuleNotFoundError"),
    ("import importlib\nimportlib.import_module('grader.judging.judge')", "", "ModuleNotFoundError"),
    (
        "import torch\nx = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()\nprint(x.grad)",
        "tensor([2., 2.])\n",
        None,
    ),
]


@pytest.fixture(scope="module")
def execution(kernel):
    """Execute all of the cells in one notebook."""
    notebook = new_notebook(cells=[new_code_cell(source) for source, *_ in CELLS])
    submission = Submission("x.ipynb", "x", "", Student(), (), notebook)
    return execute(submission, limits=Limits(), files={}, kernel=kernel)


@pytest.mark.parametrize("at", range(len(CELLS)), ids=[source.splitlines()[0] for source, *_ in CELLS])
def test_nothing_happens(execution, at):
    """No output of ours, no error; the engine is not there, and the recorder goes on."""
    _, text, error = CELLS[at]
    outcome, cell = execution.cells[at], execution.notebook.cells[at]

    assert error == (outcome.error and outcome.error.name)
    assert text == "".join(
        output.get("text", "") for output in cell.outputs if output.output_type == "stream"
    )


def test_nothing_is_noted_and_all_is_recorded(execution):
    """The instructor is not told of it, and no cell is missing."""
    assert () == execution.flags
    assert len(CELLS) == len(execution.recording.cells)
