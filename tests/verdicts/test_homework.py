"""Answers to ``homework``: each student's own numbers, whoever that is and however they were drawn."""
# ruff: noqa: E501 - tables of students' cells, a row a line

from pathlib import Path

import pytest
import torch

from grader.assignment_file import load
from grader.records import CheckStatus, Student

from .conftest import submission_of

HOMEWORK = load(Path(__file__).parents[2] / "assignments/homework")
ID = 202043052
NET = "net = torch.nn.Linear(1, 1)\nnet.weight.data = torch.tensor([[2.5]])\nnet.bias.data = torch.tensor([-7.0])\n"
NOBIAS = (
    "X = torch.stack([torch.ones(5), x.flatten()], dim=1)\nnet = torch.nn.Linear(2, 1, bias=False)\n"
    "net.weight.data = torch.tensor([[-7.0, 2.5]])\nyhat = net(X)"
)
DRAW = "torch.manual_seed(202043052)\nx, _ = torch.randn(5).sort()"
LINE = NET + "yhat = net(x.reshape(5, 1))"


@pytest.fixture
def report(reported):
    """Judge the two answers of a student."""

    def graded(draw=DRAW, line=LINE, student=Student(), told=None):  # noqa: B008 - a frozen record
        cells = [(None, "import torch")]
        if told is not None:
            cells.append((None, f"student_id = {told!r}"))
        return reported(HOMEWORK, submission_of([*cells, ("draw", draw), ("line", line)], student))

    return graded


def failed(report):
    return {c.id for q in report.questions for c in q.checks if c.points < c.max_points}


def flagged(report):
    return [flag.id for flag in report.flags]


def test_the_numbers_are_those_of_the_course():
    """The numbers x and ŷ of the seed that the course shows."""
    x = HOMEWORK.questions[0].values()["x"].answers[0]
    yhat = HOMEWORK.questions[1].values()["yhat"].answers[0]

    assert pytest.approx([-2.9777, -0.2220, -0.1181, 0.1084, 1.7688], abs=5e-5) == x.tolist()
    assert pytest.approx([-14.4443, -7.5551, -7.2952, -6.7290, -2.5781], abs=5e-5) == yhat.tolist()


def test_nothing_moves_the_random_stream():
    """The references leave the global stream where it was."""
    before = torch.random.get_rng_state()

    for question in HOMEWORK.questions:
        for form in question.forms:
            form()

    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize(
    "draw",
    [
        DRAW,
        "torch.manual_seed(202043052)\nx = torch.randn(5).sort()[0]",
        "torch.manual_seed(202043052)\nx = torch.sort(torch.randn(5)).values",
        "torch.manual_seed(202043052)\nx, index = torch.sort(torch.randn(5))\nx = x.reshape(5, 1)",
        "torch.manual_seed(202043052)\nx = torch.randn(5, 1).sort(dim=0).values",
        "torch.manual_seed(202043052)\nx = torch.tensor(sorted(torch.randn(5)))",
        "torch.manual_seed(202043052)\nx = torch.tensor(sorted(torch.randn(5).tolist())).reshape(-1, 1)",
        "torch.manual_seed(202043052)\nx = torch.stack(sorted(torch.randn(5), key=float))",
        "torch.manual_seed(202043052)\nx = torch.normal(0, 1, (5,))\nx = x[x.argsort()]",
        "torch.manual_seed(202043052)\nx = torch.normal(torch.zeros(5), 1).msort()",
        "import numpy as np\ntorch.manual_seed(202043052)\nx = torch.tensor(np.sort(torch.randn(5).numpy()))",
        "torch.random.manual_seed(202043052)\nx = torch.distributions.Normal(0, 1).sample((5,)).sort().values",
        "g = torch.Generator().manual_seed(202043052)\nx = torch.randn(5, generator=g).sort().values",
        "torch.manual_seed(202043052)\nnet = torch.nn.Linear(1, 1)\nx, _ = torch.randn(5).sort()",
        "torch.manual_seed(202043052)\nnet = torch.nn.Linear(2, 1, bias=False)\nx, _ = torch.randn(5).sort()",
        "torch.manual_seed(202043052)\nnet = torch.nn.Linear(2, 1)\nx, _ = torch.randn(5).sort()",
        "torch.manual_seed(202043052)\nprint(torch.randn(5))\nx, _ = torch.randn(5).sort()",
        "torch.manual_seed(202043052)\nxs, _ = torch.randn(5).sort()\nx = xs.double()",
    ],
)
def test_numbers_drawn_in_any_way_are_right(report, draw):
    """Sorting forms, shapes, and the network made before."""
    line = NET + "net = net.to(x.dtype)\nyhat = net(x.reshape(5, 1))"

    assert set() == failed(report(draw, line, told=ID))


def test_a_list_of_numbers_is_right(report):
    """Sorted by Python and left as a list of tensors."""
    draw = "torch.manual_seed(202043052)\nx = sorted(torch.randn(5))"

    assert set() == failed(report(draw, NET + "yhat = net(torch.stack(x).reshape(5, 1))", told=ID))


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        NET + "net(x.reshape(-1, 1))",
        NET + "yhat = net(x.reshape(5, 1)).reshape(-1).data",
        LINE.replace("[-7.0]", "[[-7.0]]"),
        LINE.replace("net", "network"),
        NOBIAS,
        NOBIAS.replace("[torch.ones(5), x.flatten()]", "[x.flatten(), torch.ones(5)]").replace("[[-7.0, 2.5]]", "[[2.5, -7.0]]"),
        "net = torch.nn.Linear(1, 1)\nwith torch.no_grad():\n    net.weight.fill_(2.5)\n    net.bias.fill_(-7)\nyhat = net(x[:, None])",
        "net = torch.nn.Linear(1, 1)\nnet.weight.data = torch.tensor([[5/2]])\nnet.bias.data = -torch.tensor([7.0])\nyhat = net.weight * x + net.bias",
        "net = torch.nn.Linear(1, 1)\nnet.load_state_dict({'weight': torch.tensor([[2.5]]), 'bias': torch.tensor([-7.0])})\nyhat = net(x.reshape(5, 1))",
    ],
)  # fmt: skip
def test_either_form_of_the_line_is_right(report, line):
    """With bias or without, set in any way."""
    assert set() == failed(report(line=line, told=ID))


@pytest.mark.parametrize(
    ("draw", "line", "lost"),
    [
        ("torch.manual_seed(202043052)\nx = torch.randn(5)", LINE, {"draw.x"}),
        (DRAW.replace("sort()", "sort(descending=True)"), LINE, {"draw.x"}),
        ("torch.manual_seed(202043052)\nx = torch.rand(5).sort().values", LINE, {"draw.x"}),
        ("torch.manual_seed(202043052)\nx = torch.randn(5).sort()", LINE.replace("x.", "x[0]."), {"draw.x"}),
        ("x, _ = torch.randn(5).sort()\ntorch.manual_seed(202043052)", LINE, {"draw.x"}),
        ("torch.manual_seed(202043052)\nx = torch.randn(5, 1).sort().values", LINE, {"draw.x"}),
        ("import numpy as np\nnp.random.seed(202043052)\nx = torch.tensor(np.sort(np.random.randn(5))).float()", LINE, {"draw.x"}),
        (DRAW, LINE.replace("2.5", "-7.0", 1).replace("[-7.0])\ny", "[2.5])\ny"), {"line.net.weight", "line.net.bias", "line.yhat"}),
        (DRAW, LINE.replace("-7.0", "7.0"), {"line.net.bias", "line.yhat"}),
        (DRAW, NET + "yhat = 2.5 * x", {"line.yhat"}),
        (DRAW, "yhat = 2.5 * x - 7", {"line.net.weight", "line.net.bias"}),
        (DRAW, NOBIAS.replace(", bias=False", ""), {"line.net.bias", "line.yhat"}),
        (DRAW, NOBIAS.replace("[[-7.0, 2.5]]", "[[2.5, -7.0]]"), {"line.yhat"}),
    ],
)  # fmt: skip
def test_mistakes_cost_what_they_are(report, draw, line, lost):
    """Wrong numbers do not cost the line that is drawn through them."""
    assert lost == failed(report(draw, line, told=ID))


OTHER = DRAW.replace("202043052", "202011111")


@pytest.mark.parametrize(
    ("draw", "student", "told", "lost", "flags"),
    [
        (DRAW, Student(str(ID)), None, set(), []),
        (DRAW, Student(), str(ID), set(), []),
        (DRAW.replace("202043052", "student_id"), Student(), ID, set(), []),
        (DRAW, Student(), None, set(), ["flag.id-unknown"]),
        (OTHER, Student("202011111"), None, set(), []),
        (OTHER, Student(), None, set(), ["flag.id-unknown"]),
        (DRAW, Student("20220928"), ID, set(), []),  # the date in the file's name
        (DRAW, Student("20220928"), None, set(), ["flag.seed-disagrees"]),
        (DRAW, Student("202011111"), ID, set(), ["flag.id-disagrees"]),  # somebody else's notebook
        (DRAW, Student("202011111"), None, set(), ["flag.seed-disagrees"]),
        (DRAW.replace("202043052", "43052"), Student(str(ID)), None, {"draw.x"}, ["flag.seed-disagrees"]),
        (DRAW.replace("202043052", "43052"), Student(), ID, {"draw.x"}, ["flag.seed-disagrees"]),
        ("x, _ = torch.randn(5).sort()", Student(str(ID)), None, {"draw.x"}, []),
        ("torch.manual_seed(43052)\ntorch.randn(3)\n" + DRAW, Student(str(ID)), None, set(), []),
        (DRAW + "\ntorch.manual_seed(43052)", Student(), 0, set(), ["flag.id-unknown"]),
    ],
)
def test_whose_numbers_they_are(  # noqa: PLR0917 - a row of the table
    report, draw, student, told, lost, flags
):
    """By the notebook's ``student_id``, the file's name, else the seed that was used; flagged if they differ."""
    graded = report(draw, student=student, told=told)

    assert lost == failed(graded)
    assert flags == flagged(graded)
    assert not any(c.status is CheckStatus.ERROR for q in graded.questions for c in q.checks)
