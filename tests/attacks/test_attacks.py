"""Attackers among honest students: each attack fails and is told of, no neighbour's grade changes."""

import json
import os
import re
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pytest

from grader.execution.workspace import workspace
from grader.records import Limits

from .. import ordinary_user  # noqa: TID252 - tests are no package
from .attacks import OF_THE_SYSTEM, notebooks
from .forgeries import FILE_NAMES, MARKUP, PRETENDING

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")

COURSE = Path(__file__).parents[2]
ROOT = os.geteuid() == 0
WAYS = ("as root", "as a user") if ROOT else ("as a user",)
#: The user that the attacked submission runs as where graders are root; none of them gives this one.
OTHER = 61183
LIMITS = (
    "cell_seconds=3", "memory_bytes=600MiB", "processes=60", "disk_bytes=5MiB", "file_bytes=4MiB",
)  # fmt: skip
#: So many attackers sit between two honest students,
EVERY = 8
#: who have come so far in the solution, and earned so much of a hundred points.
CELLS, EARNED = 10, 26.0
#: What the grader has and no submission may see.
SECRETS = {"GRADER_TEST_SECRET": "SECRET", "GITHUB_TOKEN": "TOKEN"}


def notebook(cells):
    """Make a notebook of (question, source) cells."""
    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                source, id=f"cell-{i}", metadata={"grader": {"question": question}} if question else {}
            )
            for i, (question, source) in enumerate(cells)
        ]
    )


def seat(folder, notebooks):
    """Write a class of notebooks with honest students between them; give each name's file."""
    files, honest = {}, nbformat.read(COURSE / "assignments/steps/steps.ipynb", as_version=4)
    del honest.cells[CELLS:]
    for number, (name, cells) in enumerate(notebooks.items()):
        if number % EVERY == 0:
            nbformat.write(honest, folder / f"{number:03}-0-honest.ipynb")
        files[name] = f"{number:03}-1-attack"
        nbformat.write(notebook(cells), folder / f"{files[name]}.ipynb")
    return files


def grade(way, folder, out):
    """Grade a folder on the command line; give the exit code and what it said."""
    command = [sys.executable, "-P", "-m", "grader", "grade", "steps", str(folder), "--out", str(out)]
    command += ["--jobs", "3", *(f"--limit={limit}" for limit in LIMITS)]
    if ROOT and way == "as a user":
        paths = (sys.base_prefix, sys.prefix, COURSE, folder)
        command = [sys.executable, ordinary_user.__file__, *map(str, paths), "--", *command]
    said = subprocess.run(
        command, env={**os.environ, **SECRETS}, cwd=COURSE, capture_output=True, text=True, check=False
    )
    return said.returncode, said.stdout + said.stderr


class Graded:
    """A graded class: its reports by the names of what stands at ``places``, (file, cell) each."""

    def __init__(self, out, places, said):
        self.out, self._places, self.said = out, places, said
        self.honest = [json.loads(path.read_text()) for path in sorted(out.glob("*honest/result.json"))]

    def report(self, name):
        """Give what is in its notebook's ``result.json``."""
        return json.loads((self.out / self._places[name][0] / "result.json").read_text())

    def cell(self, name):
        """Give how its cell ended."""
        return self.report(name)["cells"][self._places[name][1]]

    def shown(self, name):
        """Join what its cell showed as text."""
        file, cell = self._places[name]
        outputs = nbformat.read(self.out / file / "executed.ipynb", as_version=4).cells[cell].outputs
        return "".join(o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs)


@pytest.fixture(scope="module", params=WAYS)
def way(request):
    """Say who grades."""
    return request.param


@pytest.fixture(scope="module")
def victim(way):
    """Give another submission's folder and process, and have somebody listen on its sockets."""
    uid = OTHER if way == "as root" else ordinary_user.NOBODY if ROOT else os.getuid()
    with ExitStack() as stack:
        space = stack.enter_context(workspace({}, Limits()))
        for address in (str(space.work / "socket"), f"\0grader-test-victim-{os.getpid()}"):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(address)
            listener.listen()
        (space.work / "answer.txt").write_text("42")
        sleeper = stack.enter_context(
            subprocess.Popen(
                ["sleep", "1000"], user=uid if ROOT else None, env={"SECRET": "1", "HOME": str(space.work)}
            )
        )
        if ROOT:
            for path in (space.root, space.work, *space.work.iterdir()):
                os.chown(path, uid, uid)
        yield space.root, sleeper
        sleeper.kill()


@pytest.fixture(scope="module")
def attacked(way, victim):
    """Grade the class of those who attack the machine, in folders that everybody may use."""
    with TemporaryDirectory() as folder, TemporaryDirectory() as out:
        for path in map(Path, (folder, out)):
            path.chmod(0o777)
        yield grade_attacks(way, victim, Path(folder), Path(out))


def grade_attacks(way, victim, folder, out):
    """Write and grade that class."""
    root, sleeper = victim
    meant = {
        "victim": str(root / "work"),
        "pid": str(sleeper.pid),
        "tests": str(os.getpid()),
        "course": str(COURSE),
        "home": str(Path.home()),
    }

    def cell(name):
        source = OF_THE_SYSTEM[name].source
        for word, value in meant.items():
            source = source.replace("{" + word + "}", value)
        return None, source

    groups = {" ".join(names): names for names in notebooks()}
    files = seat(
        folder,
        {key: [*map(cell, names), (None, "print('alive')")] for key, names in groups.items()},
    )
    places = {name: (files[key], i) for key, names in groups.items() for i, name in enumerate(names)}
    return Graded(out, places, grade(way, folder, out))


@pytest.fixture(scope="module")
def pretended(tmp_path_factory):
    """Grade the class of those who pretend, as whoever runs the tests."""
    folder, out = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("out")
    files = seat(folder, PRETENDING)
    for name in FILE_NAMES:
        nbformat.write(notebook([(None, "1")]), folder / name)
    places = {name: (file, 0) for name, file in files.items()}
    return Graded(out, places, grade(WAYS[0], folder, out))


def test_everybody_is_graded(attacked):
    """No attack is an error of the grader."""
    code, said = attacked.said

    assert 0 == code, said


@pytest.mark.parametrize("name", OF_THE_SYSTEM)
def test_an_attack_fails_and_is_told_of(attacked, name):
    """The report has how its cell ended, which limit it met, and what it could see."""
    attack, report = OF_THE_SYSTEM[name], attacked.report(name)
    cell = attacked.cell(name)
    error = "{name}: {value}".format(**cell["error"]) if cell["error"] else ""
    told = (cell["status"], error, [flag["id"] for flag in report["flags"]], attacked.shown(name))

    assert attack.status == cell["status"], told
    assert re.search(attack.error, error), told
    assert attack.flag in ["", *(flag["id"] for flag in report["flags"])], told
    assert re.search(attack.shows, attacked.shown(name)), told


def test_what_comes_after_an_attack_is_run(attacked):
    """The next cell of an attacker's notebook runs, in another kernel if need be."""
    assert {"ok"} == {attacked.report(name)["cells"][-1]["status"] for name in OF_THE_SYSTEM}


def unharmed(honest):
    """See that every honest student has all that was earned, what all the others have, and no flag but that it is so."""
    assert len(honest) >= 4
    assert {(EARNED, 100.0)} == {(report["score"], report["max_score"]) for report in honest}
    flags = [[flag["id"] for flag in report["flags"]] for report in honest]
    assert [["flag.class.same-code"]] * len(honest) == flags
    assert 1 == len({json.dumps(report["questions"]) for report in honest})


def test_neighbours_of_attackers_keep_their_grades(attacked):
    """Whatever somebody does to the machine."""
    unharmed(attacked.honest)


def test_neighbours_of_pretenders_keep_their_grades(pretended):
    """Whatever somebody does to their own kernel."""
    unharmed(pretended.honest)


def test_the_victim_lives(attacked, victim):
    """Neither the process nor the file of another submission was harmed."""
    root, sleeper = victim

    assert attacked.said
    assert sleeper.poll() is None
    assert "42" == (root / "work/answer.txt").read_text()


def test_nothing_is_left(attacked):
    """No process outlived its notebook, and nothing was written outside."""
    commands = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            commands.append(entry.read_text())
        except OSError:
            continue

    assert attacked.said
    assert [] == [command for command in commands if "97531." in command]
    assert not Path("/tmp/grader-test-escaped").exists()


def test_every_pretender_is_graded(pretended):
    """No forgery is an error of the grader."""
    code, said = pretended.said

    assert 0 == code, said


@pytest.mark.parametrize("name", PRETENDING)
def test_pretending_earns_nothing(pretended, name):
    """Whatever a notebook makes of its own kernel, it gets no points for what it has not done."""
    report = pretended.report(name)

    assert "graded" == report["status"]
    assert {question["id"]: 0 for question in report["questions"]} == {
        question["id"]: question["score"] for question in report["questions"]
    }


@pytest.mark.parametrize("name", [name for name in PRETENDING if name.endswith("as a recording")])
def test_a_forged_recording_is_told_of(pretended, name):
    """The instructor reads that something is missing, damaged or not what it seems."""
    flags = {flag["id"] for flag in pretended.report(name)["flags"]}

    assert flags & {"flag.recording-damaged", "flag.not-recorded", "flag.recorder-faults", "flag.not-learned"}


def test_names_of_files_are_only_names(pretended):
    """Each has its folder among the results, and nothing happened elsewhere."""
    reports = [json.loads(path.read_text()) for path in pretended.out.glob("*/result.json")]
    paths = [report["submission"]["path"] for report in reports]

    assert [] == [name for name in FILE_NAMES if not any(name in path or path in name for path in paths)]
    assert {pretended.out} == {path.parent.parent for path in pretended.out.rglob("result.json")}
    assert [] == [*pretended.out.rglob("pwned"), *COURSE.glob("pwned")]


def test_markup_stays_text(pretended):
    """No page has an element of a student's making, in the class's or a student's own."""
    pages = [path.read_text() for path in pretended.out.rglob("*.html")]

    assert len(pages) > len(PRETENDING)
    assert [] == [page for page in pages if MARKUP in page or "<img src=x" in page]
