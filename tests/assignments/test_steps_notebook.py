"""The source notebook of ``steps``: its structure, and that its solutions give the course's numbers."""

import ast
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import torch

from grader.assignment.file import load
from grader.release import BEGIN, END, blank

FOLDER = Path(__file__).parents[2] / "assignments/steps"
URL = "https://raw.githubusercontent.com/guebin/DL2022/master/_notebooks/2022-09-22-regression.csv"

ASSIGNMENT = load(FOLDER)
NOTEBOOK = nbformat.read(FOLDER / "steps.ipynb", as_version=4)
ANSWERS = {cell.metadata["grader"]["question"]: cell for cell in NOTEBOOK.cells if "grader" in cell.metadata}


def run(notebook, monkeypatch):
    """Execute every code cell from top to bottom; give a copy of the namespace after each answer cell."""
    read_csv, asked = pd.read_csv, []

    def from_folder(url):
        asked.append(url)
        return read_csv(ASSIGNMENT.files[url.rsplit("/", 1)[1]])

    monkeypatch.setattr(pd, "read_csv", from_folder)
    namespace, after = {}, {}
    with torch.random.fork_rng(devices=[]):
        for cell in notebook.cells:
            if cell.cell_type == "code":
                exec(cell.source, namespace)
                after[cell.metadata.get("grader", {}).get("question")] = dict(namespace)
    assert asked == [URL]
    return after


@pytest.fixture(scope="module")
def solved():
    with pytest.MonkeyPatch.context() as monkeypatch:
        return run(NOTEBOOK, monkeypatch)


def value(namespace, name):
    """Look up ``x``, or ``net.bias``: the parameter of a module."""
    owner, _, attribute = name.partition(".")
    return getattr(namespace[owner], attribute) if attribute else namespace[owner]


def test_every_question_is_asked_and_answered_once():
    """One answer cell a question, in the order of the TOML, each right after its prompt."""
    assert [question.id for question in ASSIGNMENT.questions] == list(ANSWERS)
    for name in ANSWERS:
        prompt = NOTEBOOK.cells[NOTEBOOK.cells.index(ANSWERS[name]) - 1]
        assert ("markdown", f"{name}-prompt") == (prompt.cell_type, prompt.id)


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_cells_are_marked(name):
    """The visible first line names the question of the metadata; all else is solution."""
    lines = ANSWERS[name].source.splitlines()

    assert [f"# 문제: {name}", BEGIN, END] == [*lines[:2], lines[-1]]
    assert 2 == sum(line.strip() in {BEGIN, END} for line in lines)


def test_the_notebook_is_clean():
    """Format 4.5, readable ids, no outputs, the plain Python kernel, nothing that ``blank`` would refuse."""
    nbformat.validate(NOTEBOOK)

    assert (4, 5, "python3") == (
        *map(NOTEBOOK.get, ("nbformat", "nbformat_minor")),
        NOTEBOOK.metadata.kernelspec.name,
    )
    assert all(cell.get("outputs", []) == [] for cell in NOTEBOOK.cells)
    assert all(cell.get("execution_count") is None for cell in NOTEBOOK.cells)


def test_points_are_a_hundred():
    """The whole assignment is worth 100 points."""
    assert 100 == ASSIGNMENT.max_score


def test_only_sse_asks_for_the_shape_of_its_parameters():
    """Wherever the prompt leaves the shape open, the right numbers pass in any."""
    open_shapes = {
        question.id: check.any_shape
        for question in ASSIGNMENT.questions
        for check in question.checks
        if check.name == "init"
    }

    assert ["sse"] == [name for name, is_open in open_shapes.items() if not is_open]
    assert "(2, 1)" in next(cell.source for cell in NOTEBOOK.cells if cell.id == "sse-prompt")


@pytest.mark.parametrize(
    "question", [q for q in ASSIGNMENT.questions if q.kind == "values"], ids=lambda q: q.id
)
def test_solutions_give_the_expected_values(solved, question):
    """Every value that a question asks for is there after its cell, exactly as the reference has it."""
    expected = question.values()

    for check in question.checks:
        found = value(solved[question.id], check.name)
        if isinstance(expected[check.name], torch.Tensor):
            assert expected[check.name].dtype == found.dtype
            assert expected[check.name].shape == found.shape
            assert torch.equal(expected[check.name], found.detach())
        else:
            assert expected[check.name] == found


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("sse", ["What"]),
        ("mse", ["What"]),
        ("net-bias-train", ["net.bias", "net.weight"]),
        ("net-nobias-train", ["net.weight"]),
        ("sgd-bias", ["net.bias", "net.weight"]),
        ("sgd-nobias", ["net.weight"]),
        ("sgd-what", ["What"]),
        ("sgd-scalars", ["b", "w"]),
    ],
)
def test_solutions_train_to_the_numbers_of_the_course(solved, name, parameters):
    """Every training ends at (2.4290, 4.0144)."""
    ends = torch.cat([value(solved[name], parameter).detach().reshape(-1) for parameter in parameters])

    assert pytest.approx([2.4290, 4.0144], abs=5e-5) == ends.tolist()


def test_numbers_typed_from_a_printed_line_are_within_tolerance(solved):
    """What a student types from four printed decimals is nearer than the check's ``atol``."""
    x, X = solved["data"]["x"], solved["data"]["X"]  # noqa: N806 - the lecture's name
    typed = {
        ("net-bias", "yhat"): -0.8470 + -0.3467 * x,
        ("net-nobias", "yhat"): X @ torch.tensor([[-0.2451], [-0.5989]]),
        ("net-wrong", "yhat"): -0.8470 + -0.3467 * x,
        ("net-wrong", "extra_bias"): torch.tensor(0.2549),
    }

    questions = {question.id: question for question in ASSIGNMENT.questions}
    for (name, asked), number in typed.items():
        atol = next(check.atol for check in questions[name].checks if check.name == asked)
        assert 0 < float((number - questions[name].values()[asked]).abs().max()) < atol


def test_the_blank_notebook_runs_and_answers_nothing(monkeypatch):
    """Released, no cell raises and none of the values asked for exists."""
    after = run(blank(NOTEBOOK), monkeypatch)

    for question in ASSIGNMENT.questions:
        asked = {check.name.partition(".")[0] for check in question.checks}
        assert set() == asked & set(after[question.id])


def test_no_solution_is_in_the_blank_notebook():
    """No line of code of a solution is left in the released cells."""
    for name in ANSWERS:
        released = next(cell for cell in blank(NOTEBOOK).cells if cell.id == f"{name}-answer")
        assert [] == ast.parse(released.source).body
