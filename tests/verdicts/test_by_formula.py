"""A gradient that is computed by a formula: nobody sees the steps, so nobody calls them wrong."""

import pytest

from grader.records import CheckStatus, QuestionStatus

from .conftest import submitted

TENSOR = """\
What = torch.tensor([[-5.0], [10.0]])
for epoch in range(30):
    yhat = X @ What
    loss = torch.sum((y - yhat) ** 2)
    What = What - 1 / 1000 * (-2 * X.T @ (y - yhat))"""
NUMPY = """\
A, b, theta = X.numpy(), y.numpy(), np.array([[-5.0], [10.0]])
for _ in range(30):
    theta = theta + 2 / 1000 * A.T @ (b - A @ theta)"""
SCALARS = """\
w0, w1 = -5.0, 10.0
for _ in range(30):
    residuals = y - w0 - w1 * x
    w0, w1 = w0 + 0.002 * residuals.sum().item(), w1 + 0.002 * (residuals * x).sum().item()"""
FUNCTION = """\
def train(theta, epochs):
    while epochs:
        theta = theta + 0.002 * X.t() @ (y - X @ theta)
        epochs -= 1
    return theta
What = train(torch.tensor([[-5.0], [10.0]]), 30)"""
CHAIN = """\
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoch in range(30):
    yhat = X @ What
    of_yhat, = torch.autograd.grad(torch.sum((y - yhat) ** 2), yhat)
    What.data = What.data - 1 / 1000 * (X.T @ of_yhat)"""


def told(report):
    """Give the outcome of ``sse``, what its checks say, its diagnoses, and whether it is flagged."""
    (question,) = [one for one in report.questions if one.id == "sse"]
    return (
        question.status,
        {(check.status, check.message.id) for check in question.checks},
        [one.code for one in question.diagnoses],
        "flag.by-formula" in [flag.id for flag in report.flags],
    )


@pytest.mark.parametrize(
    "source",
    [TENSOR, NUMPY, SCALARS, FUNCTION, CHAIN],
    ids=["tensor", "numpy", "scalars", "function", "chain rule"],
)
def test_a_right_end_is_left_to_the_instructor(reported, assignment, source):
    """No step is judged, none is called wrong, and the instructor is told."""
    report = reported(assignment, submitted([(None, "import numpy as np"), ("sse", source)]))

    assert told(report) == (
        QuestionStatus.MANUAL,
        {(CheckStatus.SKIPPED, "check.by-formula")},
        [],
        True,
    )


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("1 / 1000", "1 / 2000"), ("range(30)", "range(29)"), ("-2 *", "-1 *"), ("-5.0", "5.0")],
)
def test_another_end_has_no_points(reported, assignment, right, wrong):
    """And is not told that it lacks a gradient: it has one."""
    report = reported(assignment, submitted([("sse", TENSOR.replace(right, wrong))]))

    assert told(report) == (QuestionStatus.FAILED, {(CheckStatus.FAILED, "check.no-run")}, [], False)
