"""Trainings around the reference, drawn at random, simulated and judged."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.assignment.file import load
from grader.diagnosis import MISCONCEPTIONS
from grader.judging.questions import judge_question
from grader.matching import Matched
from grader.recording import Part
from grader.records import MatchedBy, Step
from grader.training import replace as replaced
from grader.validation.simulation import CELL, simulate

FOLDER = Path(__file__).parents[2] / "assignments"
ASSIGNMENTS = {name: load(FOLDER / name) for name in ("steps", "logistic")}
TRAININGS = [
    (name, question)
    for name, assignment in ASSIGNMENTS.items()
    for question in assignment.questions
    if question.training is not None
]


def cross_entropy(yhat, data):
    """Give the cross entropy of each row."""
    return -(data.y * torch.log(yhat) + (1 - data.y) * torch.log(1 - yhat))


LOSSES = {
    "steps": {
        "mean": lambda yhat, data: torch.mean((data.y - yhat) ** 2),
        "sum": lambda yhat, data: torch.sum((data.y - yhat) ** 2),
        "absolute": lambda yhat, data: torch.mean(torch.abs(data.y - yhat)),
        "huber": lambda yhat, data: torch.nn.functional.smooth_l1_loss(yhat, data.y),
        "fourth": lambda yhat, data: torch.mean((data.y - yhat) ** 4),
        "flat": lambda yhat, data: torch.mean((data.y.flatten() - yhat) ** 2),
    },
    "logistic": {
        "mean": lambda yhat, data: cross_entropy(yhat, data).mean(),
        "sum": lambda yhat, data: cross_entropy(yhat, data).sum(),
        "square": lambda yhat, data: torch.mean((data.y - yhat) ** 2),
    },
}
numbers = st.floats(-20, 20, width=32)


@st.composite
def trainings(draw, shortest=1):
    """Give an assignment, a question, its training with other rate, start, epochs and loss, and data."""
    name, question = draw(st.sampled_from(TRAININGS))
    rate = draw(st.floats(1e-4, 2.0))
    start = {
        key: torch.tensor(draw(st.lists(numbers, min_size=value.numel(), max_size=value.numel()))).reshape(
            value.shape
        )
        for key, value in question.training.init().items()
    }
    training = replaced(
        question.training,
        lr=rate,
        epochs=draw(st.integers(shortest, 40)),
        init=lambda: start,
        step2=LOSSES[name][draw(st.sampled_from(sorted(LOSSES[name])))],
    )
    return name, question, training, draw(data(name))


@st.composite
def data(draw, name):
    """Give data of a few rows: a line with noise of some width, or a curve with draws from it."""
    n = draw(st.integers(2, 60))
    stream = torch.Generator().manual_seed(draw(st.integers(0, 10_000)))
    x = torch.randn(n, 1, generator=stream) * draw(st.floats(0.01, 10))
    if name == "logistic":
        v = torch.sigmoid(-1 + 5 * x)
        return SimpleNamespace(x=x, v=v, y=torch.bernoulli(v, generator=stream))
    y = torch.randn(n, 1, generator=stream) * draw(st.floats(0.01, 100))
    return SimpleNamespace(x=x, y=y, X=torch.cat([torch.ones(n, 1), x], 1))


def judged(name, question, training, own):
    """Judge a simulated answer on data of one's own."""
    submission, execution = simulate(training, own, question.id)
    match = Matched(MatchedBy.METADATA, 1.0, (Part(CELL),))
    assignment = replace(ASSIGNMENTS[name], data=lambda: own)
    return judge_question(question, match, submission, execution, assignment).report


def holds(report):
    """Tell whether a score is the sum of its checks, and a diagnosis stands where points were lost."""
    lost = {check.step for check in report.checks if not check.points}
    named = {diagnosis.step for diagnosis in report.diagnoses}
    return (
        0 <= report.score == sum(check.points for check in report.checks) <= report.max_score
        and named <= lost
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trainings())
def test_whatever_is_handed_in_gets_between_nothing_and_everything(drawn):
    """No training raises, none gets more than there is, and only what lost points is diagnosed."""
    assert holds(judged(*drawn))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trainings(), st.lists(st.sampled_from(MISCONCEPTIONS), max_size=3, unique_by=lambda one: one.step))
def test_nor_does_any_of_the_misconceptions_on_top_of_one_another(drawn, misconceptions):
    """Whatever is replaced in a training that was drawn, one, two or three things at once."""
    name, question, training, own = drawn
    for one in sorted(misconceptions, key=lambda one: one.step is not Step.STEP1):  # may change parameters
        training = one.make(training) if one.where(training, own) else training

    assert holds(judged(name, question, training, own))


def balanced():
    """Give a training before whose last update a gradient was what rounding leaves of zero: no rate shows."""
    question = next(question for name, question in TRAININGS if name == "steps")
    stream = torch.Generator().manual_seed(1)
    x, y = torch.randn(48, 1, generator=stream), torch.randn(48, 1, generator=stream)
    own = SimpleNamespace(x=x, y=y, X=torch.cat([torch.ones(48, 1), x], 1))
    start = {"What": torch.zeros(2, 1)}
    rest = {"lr": 1.0, "epochs": 15, "init": lambda: start, "step2": LOSSES["steps"]["absolute"]}
    return "steps", question, replaced(question.training, **rest), own


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trainings(shortest=3))
@example(balanced())
def test_a_run_equal_to_its_reference_gets_everything(drawn):
    """Whatever the reference, running it is right, and nothing is diagnosed.

    From three epochs on: nobody sees the one update of a run that stands still.
    """
    name, question, training, own = drawn

    report = judged(name, replace(question, training=training), training, own)

    wrong = [(c.id, c.message.id, dict(c.message.params)) for c in report.checks if not c.points]
    assert ([], ()) == (wrong, report.diagnoses)
    assert report.max_score == report.score
