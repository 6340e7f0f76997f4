"""Who is measured, and the commands each of them grades a batch with."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.peers.course import hand_in
from tests.benchmarks.peers.notebooks import Task

HERE = Path(__file__).parent
OURS = Path(sys.executable).parent


@dataclass(frozen=True)
class Command:
    """A program to run, and the files it leaves: one a submission, the last thing it does for it.

    ``is_right`` tells of such a file whether the submission got full marks, as all of them should.
    """

    argv: tuple[str, ...]
    cwd: Path
    programs: Path
    results: str
    is_right: Callable[[Path], bool]


@dataclass(frozen=True)
class Place:
    """Where things are: the folder that ``course.set_up`` made, and the programs of the peers."""

    folder: Path
    peers: Path

    def notebooks(self, task: Task, copies: int) -> list[str]:
        """Give the paths of so many submissions."""
        return [
            str(self.folder / "submissions" / task.id / f"s{number:02}.ipynb") for number in range(copies)
        ]


@dataclass(frozen=True)
class Contender:
    """One row of the table.

    ``prepare`` clears away what an earlier batch left and gives the commands of the next. ``copies`` says how
    many submissions a batch has of each task; a contender is ``slow`` if it gets few of them.
    """

    name: str
    prepare: Callable[[Place, Task, int], Sequence[Command]]
    slow: bool = False
    #: A new program for every submission: there is nothing that a larger batch would share.
    one_by_one: bool = False
    #: Submissions that run at the same time, so that their results appear together.
    at_once: int = 1


def floor(place: Place, task: Task, copies: int) -> list[Command]:
    """Run the cells alone, in forks of an interpreter that has imported everything."""
    out = _empty(place.folder / "out" / "floor")
    argv = [OURS / "python", HERE / "floor.py", out, *place.notebooks(task, copies)]
    return [_command(argv, place.folder, OURS, f"{out}/*")]


def grader(*options: str) -> Callable[[Place, Task, int], list[Command]]:
    """Give ``grader grade`` with these options."""

    def prepare(place: Place, task: Task, copies: int) -> list[Command]:
        out = _empty(place.folder / "out" / "grader")
        argv = [OURS / "grader", "grade", f"course/assignments/{task.assignment}", "--out", out, *options]
        argv += place.notebooks(task, copies)
        return [_command(argv, place.folder, OURS, f"{out}/*/report.html", _grader_is_right)]

    return prepare


def nbclient(place: Place, task: Task, copies: int) -> list[Command]:
    """Execute each notebook with nbclient and write it; nothing is judged and no page made."""
    out = _empty(place.folder / "out" / "nbclient")
    argv = [place.peers / "python", HERE / "plain.py", out, *place.notebooks(task, copies)]
    return [_command(argv, place.folder, place.peers, f"{out}/*")]


def nbgrader(place: Place, task: Task, copies: int) -> list[Command]:
    """Run ``nbgrader autograde``, then ``nbgrader generate_feedback``, over all submissions at once."""
    hand_in(place.folder, task, copies)
    course = place.folder / "nbgrader"
    return [
        _command(
            [place.peers / "nbgrader", step, task.id], course, place.peers, f"{course}/{results}", is_right
        )
        for step, results, is_right in (
            ("autograde", f"autograded/*/{task.id}/*.ipynb", _is_there),
            ("generate_feedback", f"feedback/*/{task.id}/*.html", _nbgrader_is_right),
        )
    ]


def otter(place: Place, task: Task, copies: int) -> list[Command]:
    """Run ``otter run``, which takes one submission at a time."""
    folder = place.folder / "otter" / task.id
    commands = []
    for number, notebook in enumerate(place.notebooks(task, copies)):
        out = _empty(place.folder / "out" / "otter" / f"{number}")
        argv = [place.peers / "otter", "run", "--no-logo", "-a", "autograder.zip", "-o", out, notebook]
        commands.append(_command(argv, folder, place.peers, f"{out}/results.json", _otter_is_right))
    return commands


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _is_there(file: Path) -> bool:
    return file.stat().st_size >= 0


def _grader_is_right(page: Path) -> bool:
    result = json.loads(page.with_name("result.json").read_text(encoding="utf-8"))
    return bool(result["final_score"] == result["max_score"])


def _nbgrader_is_right(page: Path) -> bool:
    scores = re.findall(r"Score: ([\d.]+) / ([\d.]+)", page.read_text(encoding="utf-8"))
    return bool(scores) and all(score == most for score, most in scores)


def _otter_is_right(results: Path) -> bool:
    tests = json.loads(results.read_text(encoding="utf-8"))["tests"]
    scored = [test for test in tests if "score" in test]
    return bool(scored) and all(test["score"] == test["max_score"] for test in scored)


def _command(
    argv: Sequence[object],
    cwd: Path,
    programs: Path,
    results: str,
    is_right: Callable[[Path], bool] = _is_there,
) -> Command:
    return Command(tuple(map(str, argv)), cwd, programs, results, is_right)


FLOOR = Contender("bare floor", floor)
ONE_JOB = Contender("`grader grade --jobs 1`", grader("--jobs", "1"))
TWO_JOBS = Contender("`grader grade --jobs 2`", grader("--jobs", "2"), at_once=2)
COLD = Contender("`grader grade --cold --jobs 1`", grader("--cold", "--jobs", "1"), slow=True)
NBCLIENT = Contender("nbclient", nbclient, slow=True)
NBGRADER = Contender("nbgrader", nbgrader, slow=True)
OTTER = Contender("otter-grader", otter, slow=True, one_by_one=True)

CONTENDERS = (FLOOR, ONE_JOB, TWO_JOBS, COLD, NBCLIENT, NBGRADER, OTTER)
PEERS = (NBCLIENT, NBGRADER, OTTER)
