"""Rows in another order are found by two tensors that stand side by side, and by no fewer."""

from types import SimpleNamespace

import pytest
import torch

from grader.checks.rows import in_order_of
from grader.recording import Value

X = torch.tensor([[1.0], [1.0], [2.0], [3.0]])
DATA = SimpleNamespace(
    x=X, y=torch.tensor([[5.0], [6.0], [8.0], [5.0]]), X=torch.hstack([torch.ones(4, 1), X])
)
TURNED = torch.tensor([3, 1, 0, 2])


@pytest.mark.parametrize(
    ("turned", "dtype", "found"),
    [
        ("x y X", torch.float32, True),
        ("x y", torch.float64, True),
        ("X y", torch.float32, True),
        ("x X", torch.float32, False),
        ("y", torch.float32, False),
    ],
)
def test_two_of_them_have_to_be_in_one_order(turned, dtype, found):
    """Neither of which holds the other; x has ties, which y decides."""
    given = {
        name: Value("tensor", tensor=(value[TURNED] if name in turned.split() else value).to(dtype))
        for name, value in vars(DATA).items()
    }
    ordered = in_order_of(DATA, given)

    assert found is (ordered is not DATA)
    assert not found or torch.equal(DATA.X[TURNED], ordered.X)


def test_what_is_as_it_was_stays_so():
    """Also where one of them is wrong."""
    given = {name: Value("tensor", tensor=value) for name, value in vars(DATA).items()}

    assert in_order_of(DATA, given) is DATA
    assert in_order_of(DATA, {**given, "X": Value("tensor", tensor=DATA.X.flip(1))}) is DATA
