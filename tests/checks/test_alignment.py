import pytest
import torch

from grader.checks.alignment import align, role
from grader.runs.epochs import Epoch
from grader.runs.training_runs import TrainingRun

BIAS_WEIGHT = {"bias": torch.tensor([-5.0]), "weight": torch.tensor([[10.0]])}
WHAT = {"What": torch.tensor([[-5.0], [10.0]])}
SCALARS = {"b": torch.tensor(-5.0), "w": torch.tensor(10.0)}


def run_of(*leaves):
    """Make a run of one epoch from (name, shape, start) of each leaf."""
    start = tuple(number for _, _, numbers in leaves for number in numbers)
    epoch = Epoch(
        index=0, cell=0, seqs=(1, 1), line=None, roots=(), weighted=False, backwards=1, values=start,
        before=(), had_gradient=False, after=(), found=None, following=None, settled=False, touched=False,
        rebound=False, step=None, numbers=(),
    )  # fmt: skip
    return TrainingRun(tuple((name, shape, "float32") for name, shape, _ in leaves), 1, (epoch,))


@pytest.mark.parametrize(
    ("reference", "leaves", "places"),
    [
        (BIAS_WEIGHT, [("net.bias", (1,), (-5,)), ("net.weight", (1, 1), (10,))], (0, 1)),
        (BIAS_WEIGHT, [("net.weight", (1, 1), (10,)), ("net.bias", (1,), (-5,))], (1, 0)),
        (BIAS_WEIGHT, [("net.weight", (1, 1), (10,)), ("net.bias", (1, 1), (-5,))], (1, 0)),
        (BIAS_WEIGHT, [("net.weight", (1, 1), (0,)), ("net.bias", (1, 1), (0,))], (1, 0)),
        (SCALARS, [("w", (), (10,)), ("b", (), (-5,))], (1, 0)),
        (SCALARS, [("w1hat", (), (7,)), ("w0hat", (), (3,))], (1, 0)),
        (SCALARS, [("second", (), (10,)), ("first", (), (-5,))], (1, 0)),
        (SCALARS, [("", (), (1,)), ("", (), (2,))], (0, 1)),
        (WHAT, [("theta", (2,), (-5, 10))], (0, 1)),
        (WHAT, [("w", (), (10,)), ("b", (), (-5,))], (1, 0)),
        (BIAS_WEIGHT, [("What", (2, 1), (-5, 10))], (0, 1)),
        (WHAT, [("w", (), (10,))], (None, 0)),
    ],
)
def test_parameters_are_paired_by_size_name_start_and_order(reference, leaves, places):
    """Each number of the reference finds its place among the student's, whatever they are called."""
    assert places == align(reference, run_of(*leaves)).places


def test_a_parameter_too_many_is_extra():
    """The bias that was not asked for is no one's counterpart, and the alignment is not complete."""
    reference = {"weight": torch.tensor([[-5.0, 10.0]])}

    alignment = align(reference, run_of(("net.weight", (1, 2), (-5, 10)), ("net.bias", (1,), (0.3,))))

    assert ((0, 1), (2,), False) == (alignment.places, alignment.extra, alignment.complete)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("net.bias", "bias"), ("model.l1.weight", "weight"), ("b", "bias"), ("W", "weight"), ("params[0]", "")],
)
def test_a_name_may_tell_the_role(name, expected):
    """The last part of a dotted name says bias or weight, or nothing."""
    assert expected == role(name)
