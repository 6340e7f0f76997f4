"""The matrix of misconceptions and questions, and that it shows what an assignment does not catch."""

import functools
from dataclasses import replace
from pathlib import Path

from grader.assignment.file import load
from grader.diagnosis import MISCONCEPTIONS
from grader.records import Message, Step
from grader.validation.matrix import RIGHT, applicable, matrix

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = sorted(path.parent for path in ROOT.glob("assignments/*/assignment.toml"))


@functools.cache
def trials_of(folder):
    """Give the matrix of a bundled assignment."""
    return matrix(load(folder))


def test_the_lectures_assignment_has_no_hole():
    """Every misconception that applies loses its step's points and is named; the reference loses nothing.

    ``make validate`` looks at all the bundled assignments.
    """
    assert [] == [trial for trial in trials_of(ROOT / "assignments/steps") if trial.hole]


def test_every_training_question_is_tried():
    """The reference and at least twenty misconceptions a question, among them those of every step."""
    assignment = load(ROOT / "assignments/steps")
    trials = trials_of(ROOT / "assignments/steps")

    for question in (question for question in assignment.questions if question.training is not None):
        own = [trial for trial in trials if trial.question == question.id]
        assert RIGHT in {trial.code for trial in own}
        assert len(own) > 20
        assert {check.step for check in question.checks} == {trial.step for trial in own} - {None}


def test_every_misconception_of_a_training_is_tried_somewhere():
    """No row of the table applies to none of the bundled questions that could have it."""
    codes = set()
    for folder in ASSIGNMENTS:
        assignment = load(folder)
        data = assignment.data()
        for question in assignment.questions:
            if question.training is not None:
                codes |= {one.code for one in applicable(question.training, data)}
    logistic = any(folder.name == "logistic" for folder in ASSIGNMENTS)
    sigmoid = {"sigmoid-missing", "sigmoid-twice", "logits-for-probability", "target-is-probability"}
    sigmoid |= {"bce-one-term", "bce-sign", "mse-for-bce", "bce-for-mse"}
    known = {one.code for one in MISCONCEPTIONS if one.step not in (Step.DATA, Step.VALUE)}
    elsewhere = {
        "constant-rate",
        "other-settings",
        "penalty-missing",
        "softmax-twice",
    }  # verdicts/test_models.py

    assert (elsewhere if logistic else elsewhere | sigmoid) == known - codes


def test_a_check_that_is_missing_is_a_hole():
    """An assignment that does not look at clearing does not catch a gradient that is never cleared."""
    assignment = load(ROOT / "assignments/steps")
    mse = next(question for question in assignment.questions if question.id == "mse")
    blind = replace(mse, checks=tuple(check for check in mse.checks if check.step is not Step.CLEAR))

    holes = {
        trial.code: trial.hole for trial in matrix(replace(assignment, questions=(blind,))) if trial.hole
    }

    unseen = ("gradient-not-cleared", "gradient-sometimes-cleared", "cleared-before-step")
    assert dict.fromkeys(unseen, (Message("hole.unasked", {"step": "clear"}),)) == holes
