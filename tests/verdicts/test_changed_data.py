"""Data that an answer makes others itself: told so, charged once, and what follows is not charged again."""

import pytest

from grader.records import CheckStatus

from .answers import LOOPS

SSE, MSE, SGD = (LOOPS[name].source for name in ("sse", "mse", "sgd-bias"))


@pytest.mark.parametrize(
    ("line", "step", "names"),
    [
        ("y = y - y.mean()", "step2", "y"),
        ("y = y[torch.randperm(100)]", "step2", "y"),
        ("X = X * 2", "step1", "X"),
        ("X, y = X[:50], y[:50]", "step1", "y, X"),
    ],
)
def test_what_was_changed_is_said(graded_cells, line, step, names):
    """By name, in the step that it enters."""
    found = graded_cells([("mse", f"{line}\n{MSE}")])["mse"]
    (wrong,) = [check for check in found.checks if check.status is CheckStatus.FAILED]

    assert (f"mse.{step}", "check.changed-data", {"name": names}) == (
        wrong.id,
        wrong.message.id,
        wrong.message.params,
    )
    assert () == found.diagnoses


def test_the_next_answer_goes_on_with_them(graded_cells):
    """It found them so."""
    found = graded_cells([("mse", f"y = 2 * y\n{MSE}"), ("sgd-bias", SGD)])

    assert [7.0, 8.0] == [found["mse"].score, found["sgd-bias"].score]


@pytest.mark.parametrize(
    "between",
    [("sse", f"{SSE}\ny = 2 * y"), (None, "y = 2 * y"), (None, "y = y.reshape(-1)")],
)
def test_the_first_training_on_them_is_charged(graded_cells, between):
    """Wherever they were changed since they were trained on."""
    found = graded_cells([("sse", SSE), between, ("mse", MSE), ("sgd-bias", SGD)])

    assert [8.0, 7.0, 8.0] == [found[name].score for name in ("sse", "mse", "sgd-bias")]
