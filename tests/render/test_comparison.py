import pytest

from grader.records import Shown
from grader.render.comparison import compared

NUMBER = Shown("number", 0.93)


@pytest.mark.parametrize(
    ("actual", "differ"),
    [
        (Shown("tensor", 0.95, (), "float32"), ["value"]),
        (Shown("tensor", [[0.95]], (1, 1), "float32"), ["value"]),
        (Shown("tensor", [0.95, 1.0], (2,), "float32"), ["value", "shape", "dtype"]),
        (Shown("list", [0.95, 1.0]), ["value", "kind"]),
    ],
)
def test_a_tensor_of_one_number_differs_from_a_number_in_its_value_alone(actual, differ):
    """It may stand for the number: no shape and no dtype was asked for."""
    assert differ == [row.name for row in compared(NUMBER, actual) if row.differs]
