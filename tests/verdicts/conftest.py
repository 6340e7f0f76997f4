"""Notebooks are executed in a forked shell and judged."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader.assignment_file import load
from grader.matching import match
from grader.questions import judge_question
from grader.recording import read
from grader.records import CellError, CellOutcome, CellStatus, Execution, SourceCell, Student, Submission

FOLDER = Path(__file__).parents[2] / "assignments/steps"
CSV = "2022-09-22-regression.csv"
URL = f"https://raw.githubusercontent.com/guebin/DL2022/master/_notebooks/{CSV}"
START = ((None, "import pandas as pd\nimport torch"), (None, f"df = pd.read_csv({URL!r})"))
DATA = (
    "data",
    (
        "x = torch.tensor(df.x, dtype=torch.float32).reshape(100, 1)\n"
        "y = torch.tensor(df.y, dtype=torch.float32).reshape(100, 1)\n"
        "X = torch.concat([torch.ones(100, 1), x], dim=1)"
    ),
)


@pytest.fixture(scope="session")
def assignment():
    """Read the assignment ``steps``."""
    return load(FOLDER)


@pytest.fixture(scope="session")
def warm(assignment):
    """Start the process that executes cells; what it is asked for lies beside the data."""
    program = [sys.executable, str(Path(__file__).with_name("warm.py"))]
    folder = assignment.files[CSV].parent
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=folder
    ) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def run_cells(warm, tmp_path):
    """Execute a submission: its ``Execution``."""

    def run(submission):
        for old in tmp_path.iterdir():
            old.unlink()
        return _executed(warm, submission, tmp_path)

    return run


@pytest.fixture
def judged(run_cells, assignment):
    """Execute a submission and judge it: question id -> ``QuestionReport``, of those that have cells."""

    def judge(submission):
        execution = run_cells(submission)
        matched = match(submission, execution, assignment).matched
        return {
            question.id: judge_question(question, matched[question.id], submission, execution, assignment)[0]
            for question in assignment.questions
            if question.id in matched
        }

    return judge


@pytest.fixture
def matched(run_cells, assignment):
    """Execute a submission and match it: ``Answers``."""
    return lambda submission: match(submission, run_cells(submission), assignment)


@pytest.fixture
def graded_cells(judged):
    """Judge ``(question, source)`` cells after the preparation of the data, where they do not prepare it."""

    def grade(cells):
        data = () if any(name == "data" for name, _ in cells) else (DATA,)
        sources = (
            SourceCell(i, "code", source, name) for i, (name, source) in enumerate([*START, *data, *cells])
        )
        return judged(Submission("hw.ipynb", "hw", "", Student(), tuple(sources), None))

    return grade


def _executed(warm, submission, folder):
    """Run the code cells; the data that a notebook asks the network for lie in the working folder."""
    cells = {cell.index: cell.source.replace(URL, CSV) for cell in submission.cells if cell.kind == "code"}
    warm.stdin.write(json.dumps({"folder": str(folder), "cells": list(cells.values())}) + "\n")
    warm.stdin.flush()
    ended = json.loads(warm.stdout.readline())
    outcomes = tuple(
        CellOutcome(i, CellStatus.OK)
        if error is None
        else CellOutcome(i, CellStatus.RAISED, CellError(*error))
        for i, error in zip(cells, ended, strict=True)
    )
    recording = read(folder, cells=list(cells), limit=10**8)
    assert () == recording.damage
    return Execution(outcomes, recording, None)
