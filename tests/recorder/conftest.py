"""A shell in a forked child, with the recorder or without, and what the host reads of it."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import pandas as pd  # noqa: F401 - the forks would import it each for itself
import pytest
import torch

import grader.execution.child.compiler  # noqa: F401 - the first optimizer would import torch's
from grader.recorder import install
from grader.recording import Backward, OptimizerStep, Recording, read

from ..forked import in_child, shell  # noqa: TID252 - tests are no package

SETUP = """
import torch
x = torch.linspace(-1, 1, 20).reshape(20, 1)
y = 2.5 + 4 * x
X = torch.concat([torch.ones(20, 1), x], dim=1)
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
"""
LOOP = """
for epoc in range({n}):
    loss = torch.mean((y - X @ What) ** 2)
    loss.backward()
    What.data = What.data - 0.1 * What.grad
    What.grad = None
"""


@dataclass(frozen=True)
class Seen:
    """What running cells showed (``outputs``, with tracebacks) and what was recorded."""

    outputs: list[str]
    recording: Recording
    folder: Path

    @property
    def backwards(self) -> list[Backward]:
        """All backwards, in order."""
        return [e for cell in self.recording.cells for e in cell.events if isinstance(e, Backward)]

    @property
    def steps(self) -> list[OptimizerStep]:
        """All steps of optimizers, in order."""
        return [e for cell in self.recording.cells for e in cell.events if isinstance(e, OptimizerStep)]

    @property
    def values(self):
        """The namespace at the end."""
        return self.recording.namespace(len(self.outputs))


def run_cells(cells, folder, *, recorded, budget, inputs=None) -> list[str]:
    """Run cells one after the other; give what each printed, tracebacks as IPython renders them."""
    torch.set_num_threads(1)
    warnings.simplefilter("default")  # as in a kernel
    if recorded:
        install(shell(), folder, budget, inputs)
    outputs = []
    for cell in cells:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            shell().run_cell(cell, store_history=True)
        outputs.append(out.getvalue())
    return outputs


@pytest.fixture
def run(tmp_path):
    """Give a function that runs cells in a fresh shell, recorded unless told otherwise."""
    runs = 0
    shell()

    def run(*cells, recorded=True, budget=32_000_000, setup=SETUP, inputs=None):
        nonlocal runs
        runs += 1
        folder = tmp_path / str(runs)
        folder.mkdir()
        cells = [setup, *cells]
        text = in_child(
            lambda: json.dumps(run_cells(cells, folder, recorded=recorded, budget=budget, inputs=inputs))
        )
        assert text.startswith("["), text
        recording = read(folder, cells=range(len(cells)), limit=10**9)
        assert () == recording.damage
        return Seen(json.loads(text)[1:], recording, folder)

    yield run
    sys.stdout.flush()
