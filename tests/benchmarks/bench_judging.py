"""How long the host takes to judge trainings of 6000 epochs: ``python -m tests.benchmarks.bench_judging``.

The solution of ``logistic`` and the same with mistakes, each on several draws of y, executed in a forked
shell.
What is timed, in seconds of the processor, is the judgement of each training question, pictures included.
"""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

import torch

from grader.assignment.file import load
from grader.judging import summaries
from grader.judging.gaps import gaps
from grader.judging.judge import judge
from grader.judging.own_data import own_data
from grader.judging.questions import judge_question
from grader.matching import match, units_of
from grader.recording import read as read_recording
from grader.records import CellOutcome, CellStatus, Execution
from grader.submission import read
from tests.forked import warm_process

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "assignments/logistic"
REPEATS = 5
MISTAKES = {
    "right": ("", ""),
    "the gradient is never cleared": ("    l1.bias.grad = None\n", ""),
    "a learning rate of .01": ("- 0.1 *", "- 0.01 *"),
    "no sigmoid": ("yhat = a1(l1(x))", "yhat = l1(x) / 10 + 0.5"),
}


def main() -> None:
    """Print a row for each way to train."""
    torch.set_num_threads(1)
    assignment = load(FOLDER)
    with warm_process() as warm:
        for name, (old, new) in MISTAKES.items():
            times = [_seconds(assignment, warm, old, new, seed) for seed in range(REPEATS)]
            slowest = [max(row) for row in times]
            print(  # noqa: T201 - what the script is for
                f"{name:32} median {median(slowest):.3f} s, slowest {max(slowest):.3f} s a training"
            )


def _seconds(assignment, warm, old, new, seed):
    """Execute the changed solution; give the seconds each training question takes to judge."""
    submission = read(FOLDER / "logistic.ipynb")
    cells = tuple(
        replace(cell, source=cell.source.replace(old, new)) if old else cell for cell in submission.cells
    )
    submission = replace(submission, cells=cells)
    execution = _execution(warm, submission, assignment, seed)
    found = gaps(execution, submission.cells)
    judge(submission, assignment, execution, found)  # what is done once for all: imports, bounds of the draws
    units = units_of(execution.recording, execution.cells)
    matches = match(submission, execution.recording, units, assignment, assignment.data()).matched
    own = own_data(assignment, matches, submission, execution)
    out = []
    for question in assignment.questions:
        if question.training is not None:
            summaries._TRAJECTORIES.clear()  # no two students share a y
            started = time.process_time()
            judge_question(question, matches[question.id], submission, execution, assignment, own)
            out.append(time.process_time() - started)
    return out


def _execution(warm, submission, assignment, seed):
    code = {cell.index: cell.source for cell in submission.cells if cell.kind == "code"}
    with tempfile.TemporaryDirectory() as folder:
        inputs = {key: given.tolist() for key, given in assignment.calls.items()}
        request = {"folder": folder, "cells": list(code.values()), "shift": 0, "inputs": inputs, "seed": seed}
        warm.stdin.write(json.dumps(request) + "\n")
        warm.stdin.flush()
        assert warm.stdout.readline().strip(), "the cells could not be executed"
        recording = read_recording(Path(folder), cells=list(code), limit=10**8)
    return Execution(tuple(CellOutcome(i, CellStatus.OK) for i in code), recording, None)


if __name__ == "__main__":
    main()
