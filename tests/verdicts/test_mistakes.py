"""Each known mistake alone, as a notebook through the real kernel: the points it costs, and its name."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from pathlib import Path

import pytest

from grader.assignment.file import load
from grader.grading import grade
from grader.records import CheckStatus

from ..shortened import asking_less  # noqa: TID252 - tests are no package
from .conftest import DATA, START
from .logistic import DATA as CURVE
from .logistic import EPOCHS
from .mistakes import LISTED, LOGISTIC, STEPS, WRONG_DATA
from .together import codes, ids

ROOT = Path(__file__).parents[2]


def notebooks(answers):
    """Put answers to different questions into one notebook."""
    by_question = {}
    for one in answers:
        by_question.setdefault(one.cells[-1][0], []).append(one)
    rows = itertools.zip_longest(*by_question.values())
    return [tuple(one for one in row if one is not None) for row in rows]


def rows(kind, answers):
    """Give each answer with its kind and the place of its notebook."""
    return [
        pytest.param(kind, i, one, id=f"{kind} {one}")
        for i, notebook in enumerate(notebooks(answers))
        for one in notebook
    ]


@pytest.fixture(scope="module")
def graded(kernel, handed_in):
    """Grade a notebook of answers once: question id -> its report."""
    assignments = {name: load(ROOT / "assignments" / name) for name in ("steps", "logistic")}
    asking_less(assignments["logistic"], int(EPOCHS))

    @functools.cache
    def grade_one(kind, place):
        if kind == "data":
            assignment, cells = assignments["steps"], [*START, *WRONG_DATA[place].cells]
        else:
            answers = notebooks(STEPS if kind == "steps" else LOGISTIC)[place]
            given = [*START, DATA] if kind == "steps" else [(None, "import torch"), ("data", CURVE)]
            assignment, cells = assignments[kind], [*given, *(cell for a in answers for cell in a.cells)]
        once = dataclasses.replace(assignment, run_twice=0)
        report, _ = grade(handed_in(cells), once, kernel=kernel)
        return {one.id: one for one in report.questions if one.matched is not None}

    return grade_one


def test_every_mistake_of_the_list_is_there():
    """None has been left out."""
    tried = {code for one in (*STEPS, *WRONG_DATA, *LOGISTIC) for code in one.named}

    assert [] == [code for code in LISTED if code not in tried]


@pytest.mark.parametrize(("kind", "place", "answer"), [*rows("steps", STEPS), *rows("logistic", LOGISTIC)])
def test_a_mistake_costs_its_step_and_has_its_name(graded, kind, place, answer):
    """Exactly the points of its checks, and one name; its neighbours in the notebook change nothing."""
    report = graded(kind, place)[answer.cells[-1][0]]
    points = sum(check.max_points for check in report.checks if check.id in answer.loses | answer.unseen)

    assert answer.loses == ids([report], CheckStatus.FAILED)
    assert answer.unseen == ids([report], CheckStatus.SKIPPED)
    assert report.max_score - points == report.score
    assert list(answer.named) == codes([report])


@pytest.mark.parametrize("place", range(len(WRONG_DATA)), ids=lambda place: str(WRONG_DATA[place]))
def test_wrong_data_cost_once_and_have_their_name(graded, place):
    """The points of the data, and none of the trainings on them."""
    answer, reports = WRONG_DATA[place], graded("data", place).values()
    points = sum(c.max_points for report in reports for c in report.checks if c.id in answer.loses)

    assert answer.loses == ids(reports, CheckStatus.FAILED)
    assert points == sum(report.max_score - report.score for report in reports)
    assert list(answer.named) == codes(reports)
