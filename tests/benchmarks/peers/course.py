"""A folder with everything that the contenders grade: the notebooks, and each autograder's own assignment."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import nbformat

from tests.benchmarks.peers.notebooks import TASKS, Task

HERE = Path(__file__).parent
CSV = HERE.parents[2] / "assignments" / "steps" / "data" / "2022-09-22-regression.csv"


def set_up(folder: Path, copies: int, peers: Path) -> None:
    """Make the folder ``contenders.py`` works in.

    Args:
        folder: an empty folder. Afterwards it holds ``submissions/<task>/sNN.ipynb`` with the CSV beside
            them, ``course/`` (grader's), ``nbgrader/`` and ``otter/``.
        copies: how many submissions there are of each task.
        peers: the folder of the peers' programs.
    """
    shutil.copytree(HERE / "course", folder / "course")
    shutil.copy(CSV, folder / "course" / "assignments" / "loops")
    for task in TASKS:
        submissions = folder / "submissions" / task.id
        submissions.mkdir(parents=True)
        shutil.copy(CSV, submissions)
        for number in range(copies):
            nbformat.write(task.submission(), submissions / f"s{number:02}.ipynb")
        if task.id == task.assignment:
            source = folder / "course" / "assignments" / task.id / f"{task.id}.ipynb"
            nbformat.write(task.source(), source)
        _set_up_nbgrader(folder / "nbgrader", task, peers)
        _set_up_otter(folder / "otter" / task.id, task, peers)


def hand_in(folder: Path, task: Task, copies: int) -> None:
    """Put this many submissions, and no results, where nbgrader looks for them."""
    course = folder / "nbgrader"
    for step in ("submitted", "autograded", "feedback"):
        shutil.rmtree(course / step, ignore_errors=True)
    for number in range(copies):
        student = course / "submitted" / f"s{number:02}" / task.id
        student.mkdir(parents=True)
        shutil.copy(folder / "submissions" / task.id / f"s{number:02}.ipynb", student / f"{task.id}.ipynb")
        shutil.copy(CSV, student)


def _set_up_nbgrader(course: Path, task: Task, peers: Path) -> None:
    source = course / "source" / task.id
    source.mkdir(parents=True)
    shutil.copy(CSV, source)
    nbformat.write(task.source(), source / f"{task.id}.ipynb")
    _call([peers / "nbgrader", "generate_assignment", task.id, "--create", "--force"], course, peers)


def _set_up_otter(folder: Path, task: Task, peers: Path) -> None:
    tests = folder / "tests"
    tests.mkdir(parents=True)
    shutil.copy(CSV, folder)
    for question, asserted in task.tests.items():
        name = question.replace("-", "_")
        code = "\n".join(f">>> {line}" for line in asserted.splitlines())
        suite = {"cases": [{"code": code, "hidden": False}], "scored": True, "type": "doctest"}
        test = {"name": name, "points": 1, "suites": [suite]}
        (tests / f"{name}.py").write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n", encoding="utf-8")
    _call([peers / "otter", "generate", "--no-requirements", "--no-environment", CSV.name], folder, peers)


def environment(programs: Path) -> dict[str, str]:
    """Give the variables under which an environment's programs find one another: nbgrader calls alembic."""
    return {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def _call(command: list[object], folder: Path, peers: Path) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment(peers),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}: {done.stderr or done.stdout}")
