"""Answers to another course's questions, whose models, losses and updates the bundled ones do not have."""

from dataclasses import replace

import pytest

from grader.assignment.model import Variation
from grader.kit.trainings import form_of
from grader.validation.matrix import matrix

from .conftest import submission_of
from .models import CLASSES, CURVES, DATA, RIGHT, WRONG, curve, species

START = (None, f"import torch\n{DATA}")


@pytest.fixture(scope="module")
def courses(assignment):
    """Make an assignment of the questions about the curve, and one of those about the species."""

    def course(questions, data):
        made = replace(assignment, questions=questions, data=lambda: data, files={}, own={})
        return replace(made, varied=lambda _: Variation(made, {}, 0))

    return course(CURVES, curve()), course(CLASSES, species())


@pytest.fixture
def answer(courses, judged_as):
    """Judge a cell as the answer to a question."""

    def judge(question, cell):
        asked = next(course for course in courses if question in {one.id for one in course.questions})
        return judged_as(asked, submission_of([START, (question, cell)]))[question]

    return judge


def lost(report):
    return {check.step for check in report.checks if check.points < check.max_points}


def test_every_mistake_costs_its_step_and_is_named(courses):
    """No misconception that can befall these questions is a hole."""
    assert [] == [trial for course in courses for trial in matrix(course) if trial.hole]


def test_no_kit_takes_a_training_for_a_plainer_one():
    """A kit has no form for momentum, a schedule or a penalty, and says nothing of them rather than half."""
    assert {"Line"} == {one.id for one in CURVES if form_of(one.training, curve()) is not None}


@pytest.mark.parametrize(("question", "cell"), RIGHT.values(), ids=RIGHT)
def test_right_answers_earn_everything(answer, question, cell):
    """However it is written, nothing is lost and nothing is said."""
    report = answer(question, cell)

    assert (set(), []) == (lost(report), [diagnosis.code for diagnosis in report.diagnoses])


@pytest.mark.parametrize(("question", "cell", "wrong"), WRONG.values(), ids=WRONG)
def test_wrong_answers_lose_their_step(answer, question, cell, wrong):
    """A mistake costs its step alone, and has its name where there is one."""
    report = answer(question, cell)

    names = [name for name in wrong.values() if name is not None]
    assert (set(wrong), names) == (lost(report), [diagnosis.code for diagnosis in report.diagnoses])
