"""The references of ``logistic`` against the course's numbers, closed forms and torch's own losses."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from grader.assignment.references import References
from grader.checks.draws import ERROR, bounds, distribution
from grader.expectations import Either
from grader.training import cast, run

ROOT = Path(__file__).parents[2]
REFERENCES = References(ROOT / "reference")
DATA = REFERENCES.function("logistic.data")()
NAMES = ["TrainMSE", "TrainBCE", "TrainSGD"]


def training(name):
    return REFERENCES.training(f"logistic.{name}", DATA)


def drawn(seed):
    y = torch.bernoulli(DATA.v, generator=torch.Generator().manual_seed(seed))
    return SimpleNamespace(**{**vars(DATA), "y": y})


def flat(p):
    return torch.cat([value.reshape(-1) for value in p.values()])


def test_data_are_the_lectures():
    """Shapes, the curve, and 795 ones where the seed stands right before the draw."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(43052)
        y = torch.bernoulli(torch.exp(-1 + 5 * DATA.x) / (1 + torch.exp(-1 + 5 * DATA.x)))

    assert all((2000, 1) == tuple(value.shape) for value in (DATA.x, DATA.v, DATA.y))
    assert all(torch.float32 == value.dtype for value in (DATA.x, DATA.v, DATA.y))
    assert torch.equal(y, DATA.y)
    assert 795 == int(DATA.y.sum())


def test_nothing_moves_the_random_stream():
    """Data and values leave the global random stream where it was."""
    before = torch.random.get_rng_state()

    REFERENCES.function("logistic.data")()
    for name in ("sigmoid", "tensors", "guess", "bce"):
        REFERENCES.function(f"logistic_values.{name}")(DATA)

    assert torch.equal(before, torch.random.get_rng_state())


def test_losses_are_those_of_the_course():
    """The sums at (-1, 3) and (10, 3) for the draw with 795 ones; the right answer is shown first."""
    found = REFERENCES.function("logistic_values.bce")(DATA)

    assert all(isinstance(value, Either) for value in found.values())
    assert pytest.approx(717.659, abs=5e-4) == found["loss2"].answers[0]
    assert pytest.approx(10807.2, abs=0.05) == found["loss1"].answers[0]
    assert pytest.approx(found["loss1"].answers[0], abs=3.0) == found["loss1"].answers[1]


def test_losses_agree_with_torch():
    """In float64 the formula, ``BCELoss`` and ``BCEWithLogitsLoss`` are one number."""
    u, y = -1 + 3 * DATA.x.double(), DATA.y.double()
    formula = REFERENCES.function("logistic_values.cross_entropy")(torch.sigmoid(u), y)

    assert pytest.approx(formula, rel=1e-12) == REFERENCES.function("logistic_values.cross_entropy_of_line")(
        u, y
    )
    assert pytest.approx(formula, rel=1e-12) == float(torch.nn.BCELoss(reduction="sum")(torch.sigmoid(u), y))
    assert pytest.approx(formula, rel=1e-12) == float(torch.nn.BCEWithLogitsLoss(reduction="sum")(u, y))


@pytest.mark.parametrize(
    ("name", "bias", "weight"), [("TrainMSE", -0.9296, 4.3854), ("TrainBCE", -1.0111, 4.8395)]
)
def test_trainings_end_at_the_numbers_of_the_course(name, bias, weight):
    """After 6000 epochs on the draw of seed 43052."""
    reference = training(name)

    assert (1 / 10, 6000) == (reference.lr, reference.epochs)
    assert [-1.0, 1.0] == flat(reference.init()).tolist()
    assert pytest.approx([bias, weight], abs=5e-5) == flat(run(reference, DATA).result).tolist()


def test_the_sum_at_this_learning_rate_is_nan_from_the_second_epoch():
    """As the course says: that is why the mean is asked for."""
    reference = training("TrainBCE")
    mean = reference.step2
    reference.step2 = lambda yhat, data: mean(yhat, data) * 2000
    reference.epochs = 3

    assert [False, True, True] == [loss != loss for loss in run(reference, DATA).losses]  # noqa: PLR0124 - NaN is not itself


def fitted(name, x, y):
    """Give the weight of each column of y after 6000 epochs, by the closed form, quicker than autograd."""
    p = torch.tensor([[-1.0], [1.0]]).expand(2, y.shape[1])
    X = torch.cat([torch.ones_like(x), x], 1)  # noqa: N806 - the lecture's name
    towards = 0.1 * X.T.contiguous() / len(x)
    for _ in range(6000):
        yhat = torch.sigmoid(X @ p)
        slope = yhat - y if name == "TrainBCE" else 2 * (yhat - y) * yhat * (1 - yhat)
        p = p - towards @ slope
    return p[1].tolist()


@pytest.mark.parametrize(("name", "least", "most"), [("TrainMSE", 4.24, 4.67), ("TrainBCE", 4.64, 5.34)])
def test_weights_spread_over_draws_as_the_course_says(name, least, most):
    """Eight of the forty draws: whoever draws another y gets another line, within the course's range."""
    weights = fitted(name, DATA.x, torch.cat([drawn(seed).y for seed in range(8)], 1))

    assert least - 0.005 <= min(weights)
    assert most + 0.005 >= max(weights)
    assert 0.05 < max(weights) - min(weights)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("at", [(-1.0, 1.0), (0.0, 0.0), (-0.9, 4.4), (3.0, -2.0), (1.5, 9.0)])
def test_gradient_is_the_closed_form(name, at):
    """In float64: 1/n Σ (ŷ - y)(1, x) for cross entropy, 2/n Σ (ŷ - y) ŷ (1 - ŷ) (1, x) for squares."""
    reference, data = training(name), cast(DATA, torch.float64)
    p = {
        "bias": torch.tensor(at[:1], dtype=torch.float64),
        "weight": torch.tensor([[at[1]]], dtype=torch.float64),
    }

    yhat, _, gradient = reference.step3(p, data)

    slope = (yhat - data.y) if name != "TrainMSE" else 2 * (yhat - data.y) * yhat * (1 - yhat)
    closed = torch.stack([slope.mean(), (slope * data.x).mean()])
    assert torch.allclose(closed, flat(gradient), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("other", ["BCELoss", "BCEWithLogitsLoss"])
def test_gradients_of_torchs_losses_are_the_same(other):
    """One answer, three ways to write it."""
    reference, data = training("TrainSGD"), cast(DATA, torch.float64)
    p = {
        "bias": torch.tensor([-1.0]).double().requires_grad_(),
        "weight": torch.tensor([[3.0]]).double().requires_grad_(),
    }
    u = torch.nn.functional.linear(data.x, p["weight"], p["bias"])

    loss = (
        torch.nn.BCELoss()(torch.sigmoid(u), data.y)
        if other == "BCELoss"
        else torch.nn.BCEWithLogitsLoss()(u, data.y)
    )

    _, right, gradient = reference.step3(p, data)
    assert pytest.approx(float(right), rel=1e-12) == float(loss.detach())
    assert torch.allclose(
        flat(gradient), flat(dict(enumerate(torch.autograd.grad(loss, list(p.values()))))), rtol=1e-10
    )


def test_a_true_draw_is_rejected_once_in_a_million_at_most():
    """The probabilities outside all bounds, of the exact distributions, add up to no more than that."""
    v, outside = DATA.v.flatten().double().numpy(), 0.0

    for first, last, least, most in bounds(tuple(DATA.v.flatten().tolist())):
        mass = distribution(v[first:last])
        outside += float(mass[:least].sum() + mass[most + 1 :].sum())

    assert 0 < outside <= ERROR


@pytest.mark.parametrize("slope", [3.0, 3.5, 8.0])
def test_a_draw_from_another_curve_is_none(slope):
    """One draw each, of a slope that is not 5."""
    v, other = DATA.v.flatten(), torch.sigmoid(-1 + slope * DATA.x.flatten())
    y = torch.bernoulli(other, generator=torch.Generator().manual_seed(1))

    counts = [
        (int(y[first:last].sum()), least, most) for first, last, least, most in bounds(tuple(v.tolist()))
    ]
    assert [] != [count for count, least, most in counts if not least <= count <= most]


def test_the_distribution_is_the_binomial_where_all_are_alike():
    """Ten draws of one half."""
    binomial = torch.distributions.Binomial(10, torch.tensor(0.5, dtype=torch.float64))

    expected = binomial.log_prob(torch.arange(11.0, dtype=torch.float64)).exp()
    assert torch.allclose(expected, torch.from_numpy(distribution([0.5] * 10)))
