import math

import pytest

from grader.render.text import clean, nested, number, param, points, shape


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2.428974151611328, "2.42897"),
        (8587.6875, "8587.69"),
        (100, "100"),
        (5.0, "5"),
        (-0.0, "0"),
        (1e30, "1e+30"),
        (10**400, "∞"),
        (-(10**400), "-∞"),
        (math.nan, "NaN"),
        (-math.inf, "-∞"),
        (True, "True"),
    ],
)
def test_numbers_keep_what_matters(value, shown):
    """A number shows six digits at most, and says what it is when it is none."""
    assert shown == number(value)


@pytest.mark.parametrize(("value", "shown"), [(10.0, "10"), (2.5, "2.5"), (100 / 3, "33.33"), (0.0, "0")])
def test_points_are_short(value, shown):
    """Points show two decimals at most."""
    assert shown == points(value)


@pytest.mark.parametrize(("sizes", "shown"), [((), "()"), ((3,), "(3,)"), ([100, 1], "(100, 1)")])
def test_shapes_read_like_torch(sizes, shown):
    """A shape reads as Python writes a tuple."""
    assert shown == shape(sizes)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (["weight", "bias"], "weight, bias"),
        ([1.5, 2.0], "1.5, 2"),
        (object(), "?"),
        (None, "?"),
        ("\x1b[1mW", "W"),
    ],
)
def test_params_are_plain_or_nothing(value, shown):
    """Only plain values fill a placeholder; an object is not looked into."""
    assert shown == param(value)


def test_long_values_are_cut():
    """A long value does not flood the page."""
    assert 240 == len(nested([[float(n)] * 50 for n in range(500)]))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("nul\x00", "nul\ufffd"),
        ("\ud800", "\ufffd"),
        ("\x1b]0;title\x07rest", "rest"),
        ("한글\n\t그대로\r\n", "한글\n\t그대로\n"),
    ],
)
def test_clean(text, shown):
    """Terminal codes and direction marks go, control characters become visible, the rest stays."""
    assert shown == clean(text)
