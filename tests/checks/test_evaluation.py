from types import SimpleNamespace

import pytest
import torch

from grader.checks.alignment import Alignment
from grader.checks.evaluation import evaluate
from grader.checks.tolerance import CLEARLY_WRONG, ROUNDINGS, unit, verdict
from grader.records import CheckStatus
from grader.training import Training


class MeanSquares(Training):
    """ŷ = X W with the mean of squares."""

    def step1(self, p, data):
        """Give ŷ."""
        return data.X @ p["W"]

    def step2(self, yhat, data):
        """Give the loss."""
        return torch.mean((data.y - yhat) ** 2)


class Logistic(MeanSquares):
    """The same through a sigmoid."""

    def step1(self, p, data):
        """Give ŷ."""
        return torch.sigmoid(data.X @ p["W"])


ALIGNMENT = Alignment(("W",), (torch.Size([2, 1]),), (0, 1), (), same_shapes=True)


@pytest.fixture
def data():
    """Give 200 rows of float32 data."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(200, 1, generator=generator)
    y = 2.5 + 4 * x + torch.randn(200, 1, generator=generator)
    return SimpleNamespace(X=torch.cat([torch.ones(200, 1), x], 1), y=y)


def test_the_gradient_is_the_closed_form(data):
    """The gradient at each state is 2/n Xᵀ(XW - y), in float64."""
    states = torch.tensor([[-5.0, 10.0], [2.4, 4.1]], dtype=torch.float64)
    x, y = data.X.double(), data.y.double()
    expected = torch.stack([(2 / 200 * x.T @ (x @ w.reshape(2, 1) - y)).flatten() for w in states])

    actual = evaluate(MeanSquares(), data, ALIGNMENT, states).gradient

    torch.testing.assert_close(actual, expected)


@pytest.mark.parametrize("training", [MeanSquares(), Logistic()])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 100.0])
def test_float32_differs_by_less_than_the_tolerance(training, scale, data):
    """What float32 makes of a state is within the tolerance, also where the gradient nearly vanishes."""
    generator = torch.Generator().manual_seed(2)
    states = scale * torch.randn(50, 2, generator=generator)
    best = torch.linalg.lstsq(data.X, data.y).solution.flatten()
    states = torch.cat([states, best + 1e-4 * states])
    right = evaluate(training, data, ALIGNMENT, states)
    single = [training.step3({"W": state.reshape(2, 1)}, data) for state in states]
    losses = torch.stack([loss for _, loss, _ in single]).double()
    gradients = torch.stack([gradient["W"].flatten() for _, _, gradient in single]).double()
    allowed = ROUNDINGS * unit("float32")

    assert CheckStatus.PASSED == verdict((losses - right.loss).abs(), allowed * right.loss_scale)
    assert CheckStatus.PASSED == verdict((gradients - right.gradient).abs(), allowed * right.gradient_scale)


@pytest.mark.parametrize("factor", [0.5, 0.99, 1.001, 2.0])
def test_another_loss_is_clearly_wrong(factor, data):
    """A loss that is a thousandth off is beyond any rounding at the lecture's start."""
    states = torch.tensor([[-5.0, 10.0]])
    right = evaluate(MeanSquares(), data, ALIGNMENT, states)
    off = (factor * right.loss - right.loss).abs()

    assert CheckStatus.FAILED == verdict(off, ROUNDINGS * unit("float32") * right.loss_scale)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (0.0, CheckStatus.PASSED),
        (1.0, CheckStatus.PASSED),
        (1.5, CheckStatus.BORDERLINE),
        (CLEARLY_WRONG, CheckStatus.BORDERLINE),
        (CLEARLY_WRONG * 1.01, CheckStatus.FAILED),
        (float("nan"), CheckStatus.FAILED),
        (float("inf"), CheckStatus.FAILED),
    ],
)
def test_between_right_and_wrong_is_borderline(times, expected):
    """A difference within the tolerance is right, one of many wrong, and in between a person looks."""
    tolerance = torch.tensor([1e-6, 1e-6])

    assert expected == verdict(tolerance * torch.tensor([0.0, times]), tolerance)
