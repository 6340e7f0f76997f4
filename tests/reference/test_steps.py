"""The references of ``steps`` against the course's numbers, closed forms in float64, and each other."""

import io
from pathlib import Path

import pandas as pd
import pytest
import torch

from grader.assignment.references import References
from grader.training import cast, run

ROOT = Path(__file__).parents[2]
REFERENCES = References(ROOT / "reference")
DATA = REFERENCES.function("steps.data")()

MEAN = ["MSE", "NetBiasTrain", "NetNobiasTrain", "SgdBias", "SgdNobias", "SgdWhat", "SgdScalars"]
ALL = ["SSE", *MEAN]


def training(name):
    return REFERENCES.training(f"steps.{name}", DATA)


def values(name):
    return REFERENCES.function(f"steps_values.{name}")(DATA)


def flat(p):
    """Intercept and slope; every reference names them in this order."""
    return torch.cat([value.reshape(-1) for value in p.values()])


def test_data_is_the_recipe():
    """The tensors are those the course's recipe draws from the global stream."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(43052)
        x, _ = torch.randn(100).sort()
        eps = torch.randn(100) * 0.5

    assert torch.equal(x.reshape(100, 1), DATA.x)
    assert torch.equal((2.5 + 4 * x + eps).reshape(100, 1), DATA.y)
    assert torch.equal(torch.stack([torch.ones(100), x], dim=1), DATA.X)


def test_the_csv_is_what_the_recipe_writes():
    """Under the course's seed the recipe writes the numbers of the course's file; under another, others."""
    files = REFERENCES.function("steps.files")
    text = files(43052)["2022-09-22-regression.csv"]
    df = pd.read_csv(ROOT / "assignments/steps/data/2022-09-22-regression.csv")

    assert df.equals(pd.read_csv(io.StringIO(text)))
    assert not df.equals(pd.read_csv(io.StringIO(files(1)["2022-09-22-regression.csv"])))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_data_is_the_csv(dtype):
    """Whoever reads the CSV gets the recipe's numbers, in float32 and in float64."""
    df = pd.read_csv(ROOT / "assignments/steps/data/2022-09-22-regression.csv")

    assert ["x", "y"] == list(df.columns)
    assert torch.equal(DATA.x[:, 0].to(dtype), torch.tensor(df.x, dtype=dtype))
    assert torch.equal(DATA.y[:, 0].to(dtype), torch.tensor(df.y, dtype=dtype))


def test_nothing_moves_the_random_stream():
    """Data, networks and trainings leave the global random stream where it was."""
    before = torch.random.get_rng_state()

    REFERENCES.function("steps.data")()
    for name in ["tensors", "net_bias", "net_nobias", "net_wrong", "parameters"]:
        values(name)
    run(training("MSE"), DATA)

    assert torch.equal(before, torch.random.get_rng_state())


def test_sse_gives_the_numbers_of_the_course():
    """First loss, first gradient and the coefficients after 30 epochs of the sum of squares."""
    sse = training("SSE")
    _, loss, gradient = sse.step3(sse.init(), DATA)

    assert (1 / 1000, 30) == (sse.lr, sse.epochs)
    assert pytest.approx(8587.6875, rel=1e-6) == float(loss)
    assert pytest.approx([-1342.2523, 1188.9305], rel=1e-6) == flat(gradient).tolist()
    assert pytest.approx([2.4290, 4.0144], abs=5e-5) == flat(run(sse, DATA).result).tolist()


@pytest.mark.parametrize("name", MEAN)
def test_mse_in_every_form_gives_the_numbers_of_the_course(name):
    """First loss, first gradient, the coefficients after 1 and 30 epochs, the last loss."""
    mse = training(name)
    trajectory = run(mse, DATA)
    _, _, gradient = mse.step3(mse.init(), DATA)

    assert (1 / 10, 30) == (mse.lr, mse.epochs)
    assert [-5.0, 10.0] == flat(mse.init()).tolist()
    assert pytest.approx(85.8769, abs=5e-5) == trajectory.losses[0]
    assert pytest.approx([-13.4225, 11.8893], abs=5e-5) == flat(gradient).tolist()
    assert pytest.approx([-3.6577, 8.8111], abs=5e-5) == flat(trajectory.path[1]).tolist()
    assert pytest.approx([2.4290, 4.0144], abs=5e-5) == flat(trajectory.result).tolist()
    assert pytest.approx(0.26414, abs=5e-6) == trajectory.losses[-1]


def test_losses_of_the_mean_fall_as_the_course_shows():
    """The losses at epochs 1, 2, 3, 5, 10 and 30."""
    losses = run(training("MSE"), DATA).losses

    expected = [85.88, 56.75, 37.56, 16.54, 2.324, 0.2641]
    assert pytest.approx(expected, rel=3e-4) == [losses[epoch - 1] for epoch in (1, 2, 3, 5, 10, 30)]


@pytest.mark.parametrize(
    ("name", "optimizer", "shapes"),
    [
        ("SSE", None, {"What": (2, 1)}),
        ("MSE", None, {"What": (2, 1)}),
        ("NetBiasTrain", None, {"bias": (1,), "weight": (1, 1)}),
        ("NetNobiasTrain", None, {"weight": (1, 2)}),
        ("SgdBias", "SGD", {"bias": (1,), "weight": (1, 1)}),
        ("SgdNobias", "SGD", {"weight": (1, 2)}),
        ("SgdWhat", "SGD", {"What": (2, 1)}),
        ("SgdScalars", "SGD", {"b": (), "w": ()}),
    ],
)
def test_each_form_has_its_own_parameters(name, optimizer, shapes):
    """Names and shapes of the parameters, float32, and who updates them."""
    reference = training(name)

    assert optimizer == reference.optimizer
    assert shapes == {key: tuple(value.shape) for key, value in reference.init().items()}
    assert all(value.dtype == torch.float32 for value in reference.init().values())


@pytest.mark.parametrize("name", ALL)
def test_gradient_is_the_closed_form(name):
    """In float64 the gradient along the whole path is 2/n·Xᵀ(Xw − y), without 1/n for the sum."""
    reference, data = training(name), cast(DATA, torch.float64)
    factor = 2 if name == "SSE" else 2 / 100

    for p in run(reference, data, torch.float64).path:
        yhat, _, gradient = reference.step3(p, data)
        closed = factor * data.X.T @ (data.X @ flat(p).reshape(2, 1) - data.y)
        assert (100, 1) == tuple(yhat.shape)
        assert torch.allclose(closed.reshape(-1), flat(gradient), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_many_epochs_end_at_least_squares(name):
    """In float64 and with time enough every form arrives at the least-squares line."""
    reference, data = training(name), cast(DATA, torch.float64)
    reference.epochs = 500

    least_squares = torch.linalg.lstsq(data.X, data.y).solution.reshape(-1)
    assert torch.allclose(least_squares, flat(run(reference, data, torch.float64).result), atol=1e-10)


@pytest.mark.parametrize("name", ALL)
def test_all_forms_follow_one_path(name):
    """The seven forms of the mean have one trajectory, and the sum with α/100 has the same coefficients."""
    one = run(training("MSE"), DATA, torch.float64)
    other = run(training(name), DATA, torch.float64)
    n = 100 if name == "SSE" else 1

    assert torch.allclose(
        torch.stack([flat(p) for p in one.path]), torch.stack([flat(p) for p in other.path])
    )
    assert pytest.approx(one.losses) == [loss / n for loss in other.losses]


def test_net_bias_is_the_seeded_network():
    """Linear(1, 1) after the seed, as the lecture prints it."""
    found = values("net_bias")

    assert pytest.approx([-0.8470], abs=5e-5) == found["net.bias"].tolist()
    assert [pytest.approx([-0.3467], abs=5e-5)] == found["net.weight"].tolist()
    assert (100, 1) == tuple(found["yhat"].shape)
    assert 6.2e-5 > float((found["yhat"] - (-0.8470 + -0.3467 * DATA.x)).abs().max())


def test_net_nobias_has_no_bias():
    """Linear(2, 1, bias=False) after the seed, as the lecture prints it."""
    found = values("net_nobias")

    assert found["net.bias"] is None
    assert [pytest.approx([-0.2451, -0.5989], abs=5e-5)] == found["net.weight"].tolist()
    assert torch.allclose(DATA.X @ found["net.weight"].T, found["yhat"])


def test_net_wrong_names_the_extra_bias():
    """The reshaped line is that of net-bias; forgetting ``bias=False`` leaves 0.2549 on top."""
    found = values("net_wrong")

    assert torch.equal(values("net_bias")["yhat"], found["yhat"])
    assert pytest.approx(0.2549, abs=5e-5) == found["extra_bias"]


def test_parameters_are_what_torch_says():
    """What the reference states about iterators and messages is what this version of torch does."""
    net = torch.nn.Linear(1, 1)
    found, generator = values("parameters"), net.parameters()

    assert tuple(found["first"].shape) == tuple(next(generator).shape)
    assert tuple(found["second"].shape) == tuple(next(generator).shape)
    with pytest.raises(StopIteration) as used_up:
        next(generator)
    assert found["third"] == used_up.type.__name__
    assert found["method_is_iterable"] is hasattr(net.parameters, "__iter__")
    assert found["call_is_iterable"] is hasattr(net.parameters(), "__iter__")
    with pytest.raises(ValueError, match=found["message"]):
        torch.optim.SGD(generator, lr=1 / 10)
