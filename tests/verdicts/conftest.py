"""Notebooks are executed in a forked shell and judged."""

import functools
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import pytest

from grader.assignment.file import load
from grader.judging.adding_up import add_up
from grader.judging.gaps import gaps
from grader.judging.judge import judge
from grader.judging.learned import Doubt, doubt
from grader.judging.questions import Judged
from grader.judging.second_run import compare
from grader.matching import match, units_of
from grader.recording import read
from grader.records import CellError, CellOutcome, CellStatus, Execution, SourceCell, Student, Submission
from grader.submission import read as read_notebook

from .together import only

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


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """Write a notebook, or one of (question, source) cells, and read it as a submission."""

    def write(cells):
        if not isinstance(cells, nbformat.NotebookNode):
            cells = nbformat.v4.new_notebook(
                cells=[
                    nbformat.v4.new_code_cell(
                        source, id=f"cell-{i}", metadata={"grader": {"question": name}} if name else {}
                    )
                    for i, (name, source) in enumerate(cells)
                ]
            )
        path = tmp_path_factory.mktemp("submission") / "202243052_홍길동.ipynb"
        nbformat.write(cells, path)
        return read_notebook(path)

    return write


@pytest.fixture
def run_cells(warm, tmp_path):
    """Execute a submission: its ``Execution``."""
    return functools.partial(run, warm, tmp_path)


@pytest.fixture
def reported(warm, tmp_path):
    """Execute a submission and judge it as an assignment: its ``Report``."""
    return functools.partial(report, warm, tmp_path)


@pytest.fixture(scope="module")
def reports_of(warm, tmp_path_factory):
    """Give, for an assignment, what executes submissions: it gives what judges a part of one.

    That gives the reports of questions that have cells.
    """
    folder = tmp_path_factory.mktemp("recorded")

    def executing(assignment, submission, afresh):
        execution = run(warm, folder, submission, assignment.calls, 0, afresh=afresh)
        return lambda part: answered(report_of(assignment, part, only(execution, part)))

    return lambda assignment: functools.partial(executing, assignment)


@pytest.fixture
def judged_as(reported):
    """Execute a submission and judge it: question id -> ``QuestionReport``, of those that have cells."""
    return lambda *submitted, **rest: answered(reported(*submitted, **rest))


@pytest.fixture
def judged(judged_as, assignment):
    """Execute a submission of ``steps`` and judge it."""
    return functools.partial(judged_as, assignment)


@dataclass(frozen=True)
class Twice:
    """A notebook judged, whether and why it is run again, and what is left of its answers then."""

    first: dict[str, Judged]
    doubt: Doubt
    settled: dict[str, Judged]

    @property
    def flags(self):
        """The ids of the flags that the second run raised, question by question."""
        return {
            (name, flag.id)
            for name, one in self.settled.items()
            for flag in one.flags
            if flag not in self.first[name].flags
        }

    def of(self, questions):
        """Give what is said of some questions."""
        first, settled = (
            {name: one for name, one in many.items() if name in questions}
            for many in (self.first, self.settled)
        )
        return Twice(first, replace(self.doubt, questions=self.doubt.questions & questions), settled)


@pytest.fixture(scope="session")
def graded_twice(warm, assignment, tmp_path_factory):
    """Execute cells on the course's data and, in doubt or not, on other data; the same cells once.

    ``varying`` says of questions, by id, that they depend on other things than the assignment says,
    ``afresh`` which cells of the submission meet the names which another cell met.
    """
    tmp_path = tmp_path_factory.mktemp("twice")
    varied = functools.cache(assignment.varied)
    known = {}

    def grade(cells, seed=7, varying=None, afresh=None):
        key = repr((cells, seed, varying))
        if key not in known:
            known[key] = grade_anew(cells, seed, varying, afresh)
        return known[key]

    def grade_anew(cells, seed, varying, afresh):
        declared = tuple(
            replace(q, varies_with=frozenset(varying[q.id])) if varying and q.id in varying else q
            for q in assignment.questions
        )
        asked = replace(assignment, questions=declared)
        submission = submitted(cells)
        folders = [tmp_path / name for name in ("first", "second")]
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        execution = executed(warm, submission, folders[0], afresh=afresh)
        found = gaps(execution, submission.cells)
        first = judge(submission, asked, execution, found).questions
        why = doubt(asked, submission, execution.recording, first, found)
        variation = varied(seed)
        csv = tmp_path / f"{seed}.csv"
        csv.write_text(variation.contents[CSV])
        again = executed(warm, submission, folders[1], csv=csv, shift=seed, afresh=afresh)
        settled = compare(submission, asked, first, why, (variation, again))
        names = [question.id for question in assignment.questions]
        return Twice(dict(zip(names, first, strict=True)), why, dict(zip(names, settled, strict=True)))

    return grade


@pytest.fixture
def matched(run_cells, assignment):
    """Execute a submission and match it: ``Answers``."""

    def matched(submission):
        execution = run_cells(submission)
        units = units_of(execution.recording, execution.cells)
        return match(submission, execution.recording, units, assignment, assignment.data())

    return matched


@pytest.fixture
def graded_cells(judged):
    """Judge ``(question, source)`` cells after the preparation of the data, where they do not prepare it."""

    def grade(cells):
        return judged(submitted(cells))

    return grade


def run(warm, folder, submission, calls=None, seed=None, *, afresh=None):
    """Execute a submission in a folder that held another one's recording."""
    for old in folder.iterdir():
        old.unlink()
    return executed(warm, submission, folder, calls=calls, seed=seed, afresh=afresh)


def report(warm, folder, assignment, submission, seed=0):
    """Execute a submission and judge it as an assignment: its ``Report``."""
    execution = run(warm, folder, submission, assignment.calls, seed)
    return report_of(assignment, submission, execution)


def report_of(assignment, submission, execution):
    """Judge a submission that was executed as an assignment: its ``Report``."""
    found = gaps(execution, submission.cells)
    verdict = judge(submission, assignment, execution, found)
    return add_up(submission, assignment, execution, verdict.questions, verdict.flags)


def answered(reported):
    """Give the reports of the questions that have cells, by id."""
    return {question.id: question for question in reported.questions if question.matched is not None}


def submitted(cells):
    """Make a submission of ``(question, source)`` cells, with the preparation of data where it is missing."""
    data = () if any(name == "data" for name, _ in cells) else (DATA,)
    return submission_of([*START, *data, *cells])


def submission_of(cells, student=Student()):  # noqa: B008 - a frozen record
    """Make a submission of ``(question, source)`` cells."""
    sources = (SourceCell(i, "code", source, name) for i, (name, source) in enumerate(cells))
    return Submission("hw.ipynb", "hw", "", student, tuple(sources), None)


def executed(warm, submission, folder, *, csv=CSV, shift=0, calls=None, seed=None, afresh=None):
    """Run the code cells; the data that a notebook asks the network for lie in the working folder.

    ``afresh`` are the cells that meet the names which another cell met: the one, then the other.
    """
    cells = {
        cell.index: cell.source.replace(URL, str(csv)) for cell in submission.cells if cell.kind == "code"
    }
    for old in folder.glob("cell-*"):
        old.unlink()
    place = {cell: i for i, cell in enumerate(cells)}
    request = {
        "folder": str(folder),
        "cells": list(cells.values()),
        "shift": shift,
        "inputs": {key: given.tolist() for key, given in (calls or {}).items()},
        "seed": seed,
        "afresh": {place[cell]: place[other] for cell, other in (afresh or {}).items()},
    }
    warm.stdin.write(json.dumps(request) + "\n")
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
    assert {} == {record.cell: record.faults for record in recording.cells if record.faults}
    return Execution(outcomes, recording, None)
