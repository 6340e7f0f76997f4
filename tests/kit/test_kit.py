"""The kit: what is in it, what is not, and that it is the same each time."""

import json
import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import torch

from grader.assignment.file import load
from grader.assignment.source import read_notebook
from grader.errors import KitError
from grader.expectations import Either, Form
from grader.kit import Kit, kit_of, make, stamp_of
from grader.kit.notebook import notebook_text, released
from grader.records import Visibility
from grader.release import blank
from grader.training import Training

COURSE = Path(__file__).parents[2]
NAMES = sorted(folder.name for folder in (COURSE / "assignments").iterdir())


@pytest.fixture(params=NAMES, scope="module")
def assignment(request):
    """Read each of the assignments."""
    return load(COURSE / "assignments" / request.param)


def hiding(assignment, *checks):
    """Give the assignment with checks hidden, by their ids."""
    questions = tuple(
        replace(
            question,
            checks=tuple(
                replace(spec, visibility=Visibility.HIDDEN)
                if f"{question.id}.{spec.name}" in checks
                else spec
                for spec in question.checks
            ),
        )
        for question in assignment.questions
    )
    return replace(assignment, questions=questions)


def test_the_same_bytes_each_time(assignment):
    """Read anew and released again, an assignment gives the same notebook and the same kit."""
    again = load(assignment.folder)
    texts = [
        (make(one).text, notebook_text(released(read_notebook(one.notebook), make(one))))
        for one in (assignment, again)
    ]

    assert texts[0] == texts[1]


def test_a_notebook_carries_its_kit(assignment):
    """The kit comes out of the cell as it went in, also when the metadata are lost."""
    kit = make(assignment)
    notebook = released(read_notebook(assignment.notebook), kit)
    notebook.metadata.clear()
    for cell in notebook.cells:
        cell.metadata.clear()

    assert kit.text == kit_of(notebook).text
    assert (assignment.id, assignment.version, kit.digest) == (
        (found := stamp_of(notebook)).id, found.version, found.digest
    )  # fmt: skip


def test_a_kit_makes_the_assignment(assignment):
    """Ids, titles, points, tolerances, data files and own data are those of the assignment."""
    made = Kit.read(make(assignment).text).assignment()

    assert [(q.id, q.title, q.points, q.checks) for q in assignment.questions] == [
        (q.id, q.title, q.points, q.checks) for q in made.questions
    ]
    assert (assignment.own, assignment.limits, assignment.show_expected) == (
        made.own, made.limits, made.show_expected
    )  # fmt: skip
    assert assignment.passing_score == pytest.approx(made.passing_score)


def test_data_files_are_unpacked_byte_for_byte(assignment, tmp_path):
    """What the notebook carries is what lies beside the assignment."""
    make(assignment).assignment(tmp_path)

    assert {name: path.read_bytes() for name, path in assignment.files.items()} == {
        path.name: path.read_bytes() for path in tmp_path.iterdir()
    }


# ── leaks ─────────────────────────────────────────────────────────────────────────────────────────────────


def lines(text):
    """Give the lines of a program that say something: long enough to be told from any other."""
    stripped = (re.sub(r"\s+", " ", line).strip() for line in text.splitlines())
    return {line for line in stripped if len(line) > 12 and not line.startswith(("#", "import ", "from "))}


def test_no_line_of_a_solution_or_reference_leaves(assignment):
    """Neither as text in a cell, nor within the document."""
    source = read_notebook(assignment.notebook)
    solutions = [
        found
        for cell in source.cells
        for found in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
    ]
    prompts = " ".join(re.sub(r"\s+", " ", cell.source) for cell in blank(source).cells)
    references = [path.read_text() for path in (COURSE / "reference").glob("*.py")]
    secrets = {line for text in (*solutions, *references) for line in lines(text)}
    secrets = {line for line in secrets if line not in prompts}
    kit = make(assignment)
    notebook = notebook_text(released(source, kit))
    told = " ".join(re.sub(r"\s+", " ", cell.source) for cell in nbformat.reads(notebook, 4).cells) + kit.text

    assert [] == sorted(line for line in secrets if line in told)
    assert "SOLUTION" not in notebook


def test_hidden_inputs_stay_here():
    """Functions are called on other inputs when it counts: none of those is in the kit."""
    assignment = load(COURSE / "assignments/logistic")
    hidden = assignment.questions[0].values()["f"].inputs.tolist()
    kit = make(assignment)
    public = kit.assignment().questions[0].values()["f"].inputs.tolist()

    assert {0.0, 1.0, -1.0} >= set(hidden) & set(public)
    assert not [number for number in hidden if abs(number) > 6 and f"{number!r}," in kit.text]


def test_hidden_checks_leave_no_trace():
    """Neither their names, nor their points, nor what they expect; only that there are some."""
    assignment = load(COURSE / "assignments/tensors")
    kit = make(hiding(assignment, "numpy.n_digits", "numpy.t_digits", "broadcast.trap", "csv.raw", "csv.x"))

    assert kit.hides
    assert not make(assignment).hides
    assert [] == [word for word in ("n_digits", "t_digits", "trap", "3.1234", '"raw"') if word in kit.text]
    assert "csv" not in {question.id for question in kit.assignment().questions}
    assert {"csv": "자료를 텐서로"} == kit.later
    assert 100 - 2 - 2 - 4 - 10 == kit.assignment().max_score


def test_the_notebook_says_that_there_are_hidden_checks():
    """In words, and only where there are any."""
    assignment = load(COURSE / "assignments/tensors")
    source = read_notebook(assignment.notebook)
    plain, secret = (
        notebook_text(released(source, make(one)))
        for one in (assignment, hiding(assignment, "broadcast.trap"))
    )

    assert "여기에 들어 있지 않은 채점 기준" in secret
    assert "여기에 들어 있지 않은 채점 기준" not in plain


@pytest.mark.parametrize("shown", ["never", "after-deadline"])
def test_without_expected_values_there_are_forms_alone(assignment, shown):
    """Values are told by kind, shape and dtype; trainings by what the question itself tells."""
    kit = make(replace(assignment, show_expected=shown, deadline="2026-10-05T23:59:00+09:00"))
    questions = [question for question in kit.assignment().questions if question.training is None]
    values = [value for question in questions for form in question.forms for value in form().values()]

    assert not [value for value in values if isinstance(value, torch.Tensor | float | Either)]
    assert any(isinstance(value, Form) for value in values)


def test_without_expected_values_the_data_are_those_of_trainings():
    """What no training computes with would tell what a value should be."""
    steps, logistic, tensors = (
        make(replace(load(COURSE / "assignments" / name), show_expected="never")).document["data"]
        for name in ("steps", "logistic", "tensors")
    )

    assert {"x", "y", "X"} == steps.keys()
    assert {"x", "y"} == logistic.keys()
    assert set() == tensors.keys()


# ── what is no kit ────────────────────────────────────────────────────────────────────────────────────────


class Deep(Training):
    """A training that is in none of the engine's forms."""

    def init(self):
        """Give two weights."""
        return {"a": torch.tensor([[1.0]]), "b": torch.tensor([[1.0]])}

    def step1(self, p, data):
        """Give a network of two layers."""
        return torch.tanh(data.x @ p["a"]) @ p["b"]

    def step2(self, yhat, data):
        """Give the mean squared error."""
        return torch.mean((data.y - yhat) ** 2)


class Faster(Deep):
    """A line whose update is not the plain one."""

    def step1(self, p, data):
        """Give a line."""
        return data.x @ p["a"] + p["b"]

    def step4(self, p, gradient):
        """Go twice as far."""
        return {name: value - 2 * self.lr * gradient[name] for name, value in p.items()}


@pytest.mark.parametrize("training", [Deep(), Faster()], ids=["two layers", "another update"])
def test_a_training_without_a_form_is_left_for_later(training):
    """It is said which question that is; the others are checked."""
    assignment = load(COURSE / "assignments/steps")
    questions = tuple(
        replace(question, training=training) if question.id == "mse" else question
        for question in assignment.questions
    )
    kit = make(replace(assignment, questions=questions))

    assert {"mse"} == kit.later.keys()
    assert "mse" not in {question.id for question in kit.assignment().questions}


def edited(notebook, old, new):
    """Give the notebook with its set-up cell changed."""
    for cell in notebook.cells:
        if cell.id == "grader-setup":
            cell.source = re.sub(old, new, cell.source, count=1)
    return notebook


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (r"(?s)_prepare\(.*", "", "missing"),
        (r"Qlpo", "Qlpp", "missing"),
        (r"(Qlpo.{200}).{8}", r"\1AAAAAAAA", "damaged"),
        (r"(Qlpo.{200}).*\"", r'\1"', "damaged"),
        (r"steps 1 ", "steps 2 ", "edited"),
        (r"# grader-kit: \S+ \S+ \S{8}", "# grader-kit: steps 1 00000000", "edited"),
    ],
)
def test_a_notebook_whose_kit_is_not_whole(old, new, code):
    """What is wrong with it is told apart, and none of it raises anything else."""
    assignment = load(COURSE / "assignments/steps")
    notebook = released(read_notebook(assignment.notebook), make(assignment))

    with pytest.raises(KitError) as error:
        kit_of(edited(notebook, old, new))

    assert code == error.value.code


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("questions"),
        lambda d: d["questions"][0]["forms"].clear(),
        lambda d: d["questions"][0]["forms"][0].update(x={"formula": {"call": "eval", "of": ["1"]}}),
        lambda d: d["questions"][0]["forms"][0].update(x={"formula": {"call": "__class__", "of": []}}),
        lambda d: d["questions"][0]["forms"][0].update(
            x={"formula": {"call": "standard_normals", "of": [1, 10**12]}}
        ),
        lambda d: d["questions"][0]["forms"][0].update(x={"tensor": {"dtype": "float32", "shape": [-1]}}),
        lambda d: d["questions"][1]["training"]["step1"].update(line="os.system"),
        lambda d: d["questions"][1]["training"]["step1"].update(data="__class__"),
        lambda d: d["questions"][1]["training"].update(lr=-1),
        lambda d: d["data"].update(x={"function": "exit"}),
        lambda d: d["own"].update(z="mse"),
    ],
)
def test_a_document_that_is_no_kit_does_nothing(change):
    """Whatever stands where a value should: it is called damaged, nothing of it is run."""
    document = json.loads(make(load(COURSE / "assignments/steps")).text)
    change(document)

    with pytest.raises(KitError) as error:
        Kit.read(json.dumps(document))

    assert "damaged" == error.value.code


def test_files_stay_in_their_folder(tmp_path):
    """A name that leads elsewhere is no name of a file."""
    document = json.loads(make(load(COURSE / "assignments/steps")).text)
    document["files"] = {"../x.csv": ""}

    with pytest.raises(KitError):
        Kit(document).assignment(tmp_path / "inner")

    assert [] == list(tmp_path.iterdir())
