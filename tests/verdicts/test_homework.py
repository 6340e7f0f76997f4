"""Answers to ``homework``: each student's own numbers, whoever that is and however they were drawn."""
# ruff: noqa: E501 - tables of students' cells, a row a line

from pathlib import Path

import pytest
import torch

from grader.assignment.file import load
from grader.records import CheckStatus, Student

from .conftest import submission_of
from .homework import ANY_DTYPE, DRAW, ID, LINE, NET, RIGHT_DRAWS, RIGHT_LINES, WRONG, cells

HOMEWORK = load(Path(__file__).parents[2] / "assignments/homework")


@pytest.fixture
def report(reported):
    """Judge the two answers of a student."""

    def graded(draw=DRAW, line=LINE, student=Student(), told=None):  # noqa: B008 - a frozen record
        return reported(HOMEWORK, submission_of(cells(draw, line, told), student))

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


@pytest.mark.parametrize("draw", RIGHT_DRAWS)
def test_numbers_drawn_in_any_way_are_right(report, draw):
    """Sorting forms, shapes, and the network made before."""
    assert set() == failed(report(draw, ANY_DTYPE, told=ID))


def test_a_list_of_numbers_is_right(report):
    """Sorted by Python and left as a list of tensors."""
    draw = "torch.manual_seed(202043052)\nx = sorted(torch.randn(5))"

    assert set() == failed(report(draw, NET + "yhat = net(torch.stack(x).reshape(5, 1))", told=ID))


@pytest.mark.parametrize("line", RIGHT_LINES)
def test_either_form_of_the_line_is_right(report, line):
    """With bias or without, set in any way."""
    assert set() == failed(report(line=line, told=ID))


@pytest.mark.parametrize(("draw", "line", "lost"), WRONG)
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
