"""Trainings around the reference, drawn at random, simulated and judged."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.assignment_file import load
from grader.matching import Matched
from grader.questions import judge_question
from grader.recording import Part
from grader.records import MatchedBy
from grader.training import replace as replaced
from grader.validation.simulation import CELL, simulate

ASSIGNMENT = load(Path(__file__).parents[2] / "assignments/steps")
TRAININGS = [question for question in ASSIGNMENT.questions if question.training is not None]
LOSSES = {
    "mean": lambda yhat, data: torch.mean((data.y - yhat) ** 2),
    "sum": lambda yhat, data: torch.sum((data.y - yhat) ** 2),
    "absolute": lambda yhat, data: torch.mean(torch.abs(data.y - yhat)),
    "huber": lambda yhat, data: torch.nn.functional.smooth_l1_loss(yhat, data.y),
    "fourth": lambda yhat, data: torch.mean((data.y - yhat) ** 4),
    "flat": lambda yhat, data: torch.mean((data.y.flatten() - yhat) ** 2),
}
numbers = st.floats(-20, 20, width=32)


@st.composite
def trainings(draw):
    """Give a question, and its training with other rate, start, epochs and loss."""
    question = draw(st.sampled_from(TRAININGS))
    rate = draw(st.floats(1e-4, 2.0))
    start = {
        name: torch.tensor(draw(st.lists(numbers, min_size=value.numel(), max_size=value.numel()))).reshape(
            value.shape
        )
        for name, value in question.training.init().items()
    }
    return question, replaced(
        question.training,
        lr=rate,
        epochs=draw(st.integers(1, 40)),
        init=lambda: start,
        step2=LOSSES[draw(st.sampled_from(sorted(LOSSES)))],
    )


@st.composite
def data(draw):
    """Give data of a few rows, drawn from normals of some width."""
    n = draw(st.integers(2, 60))
    stream = torch.Generator().manual_seed(draw(st.integers(0, 10_000)))
    x = torch.randn(n, 1, generator=stream) * draw(st.floats(0.01, 10))
    y = torch.randn(n, 1, generator=stream) * draw(st.floats(0.01, 100))
    return SimpleNamespace(x=x, y=y, X=torch.cat([torch.ones(n, 1), x], 1))


def judged(question, training, own):
    """Judge a simulated answer on data of one's own."""
    submission, execution = simulate(training, own, question.id)
    match = Matched(MatchedBy.METADATA, 1.0, (Part(CELL),))
    return judge_question(
        question, match, submission, execution, replace(ASSIGNMENT, data=lambda: own)
    ).report


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trainings(), data())
def test_whatever_is_handed_in_gets_between_nothing_and_everything(drawn, own):
    """No training raises, none gets more than there is, and the score is the sum of its checks."""
    report = judged(*drawn, own)

    assert 0 <= report.score <= report.max_score
    assert report.score == sum(check.points for check in report.checks)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trainings(), data())
def test_a_run_equal_to_its_reference_gets_everything(drawn, own):
    """Whatever the reference, running it is right, and nothing is diagnosed."""
    question, training = drawn

    report = judged(replace(question, training=training), training, own)

    wrong = [(c.id, c.message.id, dict(c.message.params)) for c in report.checks if not c.points]
    assert ([], ()) == (wrong, report.diagnoses)
    assert report.max_score == report.score
