"""``grader validate`` as a command: what it writes, and how it ends."""

import json
import shutil
from contextlib import nullcontext
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from grader.assignment.file import load
from grader.cli import app
from grader.errors import AssignmentError
from grader.output_folder import write_new
from grader.scaffold import course_files
from grader.validation.notebooks import Expected, expectation, notebooks

ROOT = Path(__file__).parents[2]
TOML = """id = "small"
title = "작은 과제"
version = "1"
points = {points}
passing_score = 1
data = "steps.data"

[files]
"2022-09-22-regression.csv" = "data/2022-09-22-regression.csv"

[[questions]]
id = "mse"
title = "step1~4"
points = {points}
training = "steps.MSE"

[questions.checks]
{checks}
"""
STEPS = ("init", "step1", "step2", "step3", "step4", "clear", "epochs", "result")


@pytest.fixture
def course(tmp_path):
    """Make a course with one assignment of one question, looking at the given steps."""

    def make(steps=STEPS, wrong=None):
        folder = tmp_path / "assignments/small"
        shutil.copytree(ROOT / "assignments/steps/data", folder / "data")
        shutil.copytree(ROOT / "reference", tmp_path / "reference")
        checks = "\n".join(f"{step} = {{ points = 1, any_shape = true }}" for step in steps)
        (folder / "assignment.toml").write_text(TOML.format(points=len(steps), checks=checks), "utf-8")
        source = nbformat.read(ROOT / "assignments/steps/steps.ipynb", as_version=4)
        asked = [(cell.metadata.get("grader", {}).get("question"), cell) for cell in source.cells]
        source.cells = [cell for question, cell in asked if question in (None, "data", "mse")]
        for question, cell in asked:
            if question == "data":
                cell.metadata = {}
                cell.source = cell.source.replace("# 문제:", "# 준비:")
        nbformat.write(source, folder / "small.ipynb")
        if wrong is not None:
            (folder / "wrong").mkdir()
            nbformat.write(
                nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(wrong), *source.cells]),
                folder / "wrong/claims.ipynb",
            )
        return folder

    return make


@pytest.fixture(autouse=True)
def one_server(monkeypatch, kernel):
    """Let the command have the kernels of all tests."""
    monkeypatch.setattr("grader.execution.kernels.kernels", lambda **_: nullcontext(kernel))


def run(folder, out):
    """Run the command; give its exit code and what it printed."""
    done = CliRunner().invoke(app, ["validate", str(folder), "--out", str(out), "--lang", "en"])
    return done.exit_code, done.output


def test_an_assignment_without_a_hole(course, tmp_path):
    """It ends with 0, and the page and the JSON are there."""
    code, said = run(course(), tmp_path / "out")

    assert (0, True) == (code, "no hole" in said), said
    assert json.loads((tmp_path / "out/validation.json").read_text("utf-8"))["holes"] == 0
    assert "gradient-not-cleared" in (tmp_path / "out/index.html").read_text("utf-8")


def test_holes_are_listed(course, tmp_path):
    """A step that is not looked at, and a notebook that does not get what it says: 1, and each in a line."""
    steps = tuple(step for step in STEPS if step != "clear")
    code, said = run(course(steps, wrong="```toml\nscore = 3\n```"), tmp_path / "out")

    assert 1 == code, said
    said = " ".join(said.split())
    assert "mse · gradient-not-cleared: costs nothing for what it is: [questions.checks] has no clear" in said
    assert "wrong/claims.ipynb: gets 7 instead of 3 points" in said


def test_a_solution_that_raises(course, tmp_path):
    """The line that says what was lost says where: which cell raised what."""
    folder = course()
    source = nbformat.read(folder / "small.ipynb", as_version=4)
    at, answer = next((n, c) for n, c in enumerate(source.cells, 1) if "grader" in c.metadata)
    answer.source = answer.source.replace("### BEGIN SOLUTION", "### BEGIN SOLUTION\nnowhere")
    nbformat.write(source, folder / "small.ipynb")
    code, said = run(folder, tmp_path / "out")

    said = " ".join(said.split())
    assert (1, True) == (code, f"(lost in mse); Cell {at} raised NameError: name 'nowhere'" in said), said


def test_other_data_that_the_files_do_not_hold(tmp_path, kernel):
    """Whoever is run a second time would be judged on data that the notebook never reads.

    What the solutions lose anyway is none of the other data's business.
    """
    write_new(tmp_path, course_files("en"))
    solutions = tmp_path / "assignments/line/line.ipynb"
    solutions.write_text(solutions.read_text("utf-8").replace("lr=0.1", "lr=0.2"), "utf-8")
    reference = tmp_path / "reference/line.py"
    reference.write_text(
        reference.read_text("utf-8").replace("drawn = data(seed)", "drawn = data(seed + 1)"), "utf-8"
    )

    trials = notebooks(load(tmp_path / "assignments/line"), kernel)

    assert [
        ("solution", "hole.score-lost", ["sgd: step4"]),
        ("solution", "hole.diagnoses", None),
        ("elsewhere", "hole.other-data", ["data"]),
    ] == [(trial.code, said.id, said.params.get("lost")) for trial in trials for said in trial.hole]


def test_a_wrong_notebook_that_says_nothing(course, tmp_path):
    """A notebook in wrong/ without its expectation is the instructor's to mend: 2, and one line."""
    code, said = run(course(wrong="# just a heading"), tmp_path / "out")

    assert 2 == code
    assert "claims.ipynb: the first cell: score: Field required" in said.replace("\n", "")


def test_an_assignment_that_is_not_there(tmp_path):
    """It ends with 2."""
    assert 2 == run(tmp_path / "nowhere", tmp_path / "out")[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```toml\nscore = 99\n[diagnoses]\nmse = ['wrong-sign']\n```", ({"mse": ["wrong-sign"]}, 99)),
        ("score = 0.5", ({}, 0.5)),
        ("score = high", None),
        ("score = 1\ndiagnosis = 2", None),
        ("", None),
    ],
)
def test_what_a_first_cell_says(tmp_path, text, expected):
    """TOML with a score and the codes by question; anything else is an error of the assignment."""
    path = tmp_path / "wrong.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)]), path)

    if expected is None:
        with pytest.raises(AssignmentError, match="first cell"):
            expectation(path)
    else:
        assert Expected(diagnoses=expected[0], score=expected[1]) == expectation(path)
