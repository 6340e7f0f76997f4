"""A student's own shell, in a forked child: cells are run in it, and what they showed comes back."""

import contextlib
import io
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd  # noqa: F401 - the forks would import it each for itself
import pytest
import torch
from IPython.utils.capture import RichOutput  # noqa: F401 - as above

import grader.execution.child.compiler
import grader.selfcheck.extension  # noqa: F401 - as above
from grader.assignment.file import load
from grader.render.messages import catalogue
from grader.render.template import environment

from ..forked import in_child, shell  # noqa: TID252 - tests are no package

COURSE = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def steps():
    """Read the assignment ``steps``."""
    return load(COURSE / "assignments/steps")


@dataclass(frozen=True)
class Cell:
    """A cell as a front end sends it: one that is run again keeps its id."""

    source: str
    id: str | None = None


def shown(cells):
    """Run cells one after the other in this process; give what each printed."""
    outputs = []
    for cell in cells:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            shell().run_cell(cell.source, store_history=True, cell_id=cell.id)
        outputs.append(out.getvalue())
    return outputs


@pytest.fixture
def at_work(tmp_path):
    """Give a function that runs cells, texts or ``Cell``, in a shell of their own: what each printed."""

    def run(*cells):
        cells = [cell if isinstance(cell, Cell) else Cell(cell) for cell in cells]

        def work():
            os.chdir(tmp_path)
            tempfile.tempdir = str(tmp_path)  # a fork does not end as a kernel does, and leaves its folder
            return json.dumps(shown(cells))

        text = in_child(work)
        assert text.startswith("["), text
        return [" ".join(shown.split()) for shown in json.loads(text)]

    shell()
    torch.set_num_threads(1)  # a process that computes with several cannot be forked
    catalogue("ko")  # this and the templates are for the forks, too
    for name in environment().list_templates(("html", "css")):
        environment().get_template(name)
    return run
