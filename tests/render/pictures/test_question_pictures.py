import math
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from grader.records import CheckStatus, ParameterSummary, ReferenceSummary, Step
from grader.render.messages import ui
from grader.render.pictures import pictures

SIDE = 13
EDGES = ((-8.0, 6.0), (2.0, 12.0))
RIGHT = [(-5.0, 10.0), (-1.0, 7.0), (2.0, 4.5), (2.43, 4.01)]


def lossy(first, second):
    """Give a bowl whose lowest point is (2.4, 4.0)."""
    return (first - 2.4) ** 2 + (second - 4.0) ** 2 + 0.25


def surface(of=lossy):
    """Give a loss on a grid."""
    places = [[low + (high - low) * n / (SIDE - 1) for n in range(SIDE)] for low, high in EDGES]
    return {
        "loss_w0": EDGES[0],
        "loss_w1": EDGES[1],
        "loss": tuple(of(a, b) for a in places[0] for b in places[1]),
    }


X = tuple(n / 10 - 1 for n in range(21))


@pytest.fixture
def drawn(build):
    """Draw the pictures of a path of two parameters, its end included, beside the reference's."""

    def draw(path, reference=tuple(RIGHT), data=None, lang="en", check=(Step.STEP2,)):
        at = dict(enumerate(path[:-1], 1))
        run = replace(
            build.run([1.0] * len(at)),
            path=tuple(at.items()),
            parameters={"What": ParameterSummary(path[0], path[-1], (2, 1), "float32")},
        )
        lines = {
            "line_x": X,
            "line_student": tuple(path[-1][0] + path[-1][1] * x for x in X),
            "line_reference": tuple(RIGHT[-1][0] + RIGHT[-1][1] * x for x in X),
        }
        points = {"x": X, "y": tuple(2.5 + 4 * x for x in X)}
        question = build.question(
            "mse",
            [build.check(*check)],
            run=run,
            reference=ReferenceSummary((), tuple(enumerate(reference, 1))) if reference else None,
            data={**points, **lines, **surface(), **(data or {})},
        )
        return {picture.title: picture for picture in pictures(question, ui(lang))}

    return draw


@pytest.mark.parametrize(
    ("path", "finding"),
    [
        (RIGHT, "From (-5, 10) to (2.43, 4.01), the same path as the reference's."),
        ([*RIGHT[:2], (-3.0, 9.0)], "From (-5, 10) to (-3, 9); the reference ends at (2.43, 4.01)."),
        ([RIGHT[0]] * 3, "It never moved from (-5, 10)."),
        ([RIGHT[0], (-857.3, 1670.6)], "From (-5, 10) it left the picture, and ended at (-857, 1671)."),
        ([RIGHT[0], (math.nan, 1.0), (math.nan, math.nan)], "was not finite any more before the end"),
    ],
)
def test_a_path_says_where_it_led(drawn, path, finding):
    """The sentence under the contours names start and end, and how the two paths compare."""
    assert finding in drawn(path)["Path of (ŵ0, ŵ1)"].finding


def test_the_cross_is_where_the_loss_is_lowest(drawn):
    """The lowest loss is found between the points of the grid."""
    image = ET.fromstring(str(drawn(RIGHT)["Path of (ŵ0, ŵ1)"].image))
    (cross,) = [it for it in image.iter() if it.get("class") == "cross lowest"]
    left, top = (float(part) + 4 for part in cross.get("d")[1:].split("l")[0].split())
    frame = next(it for it in image.iter() if it.get("overflow") == "hidden")
    x0, y0, width, height = (float(frame.get(name)) for name in ("x", "y", "width", "height"))
    first = EDGES[0][0] + (EDGES[0][1] - EDGES[0][0]) * (left - x0) / width
    second = EDGES[1][1] - (EDGES[1][1] - EDGES[1][0]) * (top - y0) / height

    assert (pytest.approx(2.4, abs=0.35), pytest.approx(4.0, abs=0.25)) == (first, second)


def test_contours_lie_within_one_another(drawn):
    """Nine levels, each a closed shape."""
    image = str(drawn(RIGHT)["Path of (ŵ0, ŵ1)"].image)

    assert 9 == image.count('class="level"')
    assert image.count("M") >= image.count("z") >= 9


@pytest.mark.parametrize(
    "data",
    [
        {"loss": ()},
        {"loss": (1.0,) * SIDE**2},
        {"loss": (math.nan,) * SIDE**2},
        {"loss": (1.0, 2.0, 3.0)},
        {"loss_w0": (1.0, 1.0)},
        {"loss_w0": (math.nan, 1.0)},
    ],
)
def test_without_a_ground_there_is_no_path(drawn, data):
    """A loss that is flat, unknown or nowhere finite has no contours."""
    assert "Path of (ŵ0, ŵ1)" not in drawn(RIGHT, data=data)


def test_losses_that_overflow_are_the_highest(drawn):
    """Where the loss is not finite the contours end, and the picture is there all the same."""
    data = surface(lambda a, b: math.inf if a < -7 else lossy(a, b))

    assert "Path of (ŵ0, ŵ1)" in drawn(RIGHT, data=data)


def test_a_line_is_said_as_an_equation(drawn):
    """The sentence under the data gives both lines; the same line is said once."""
    assert (
        "Your line is ŷ = -3 − 9x, the reference's ŷ = 2.43 + 4.01x."
        == drawn([*RIGHT[:2], (-3.0, -9.0)])["Data and line"].finding
    )
    assert "Your line is ŷ = 2.43 + 4.01x, as is the reference's." == drawn(RIGHT)["Data and line"].finding


def test_a_line_of_parameters_is_not_called_a_wrong_prediction(drawn):
    """Where ŷ was computed in another way, its own line is not the one that is drawn."""
    finding = drawn(RIGHT, check=(Step.STEP1, CheckStatus.FAILED))["Data and line"].finding

    assert finding.endswith("the ŷ that you computed is another.")


def test_zeros_and_ones_have_a_curve_of_probabilities(drawn):
    """Where y is 0 or 1 the curve is a probability's, and it is said where it passes one half."""
    binary = {"y": tuple(float(x > 0) for x in X)}
    picture = drawn(RIGHT, data=binary)["Data and curve of probabilities"]

    assert "passes a probability of 0.5 at x = -0.606, as does the reference's." in picture.finding
    assert 'class="strokes"' in picture.image


def test_what_is_withheld_is_not_drawn(drawn):
    """Without the reference no picture has its line, whatever else is in the record."""
    made = drawn(RIGHT, reference=())

    assert [] == [title for title, picture in made.items() if '"line reference"' in picture.image]
    assert "reference" not in " ".join(picture.finding for picture in made.values())


def test_pictures_are_well_formed(drawn):
    """Every picture is XML, an image with its words, and holds no number that is none."""
    for path in (RIGHT, [RIGHT[0], (1e30, -1e30)], [RIGHT[0], (math.inf, 0.0)], [RIGHT[0], RIGHT[0]]):
        for picture in drawn(path).values():
            root = ET.fromstring(str(picture.image))
            places = " ".join(it.get("d") or it.get("points") or "" for it in root.iter())

            assert "img" == root.get("role")
            assert f"{picture.title}: {picture.finding}" == root.get("aria-label")
            assert "nan" not in places
            assert "inf" not in places


def test_data_to_which_nothing_can_be_drawn_are_no_picture(drawn):
    """Classes over the first of several inputs show nothing; the curve of losses is there."""
    lines = {"line_x": (), "line_student": (), "line_reference": ()}
    found = drawn([(0.0, 0.0, 0.0), (1.0, 1.0, 1.0)], reference=(), data=lines)

    assert (False, True) == ("Data and line" in found, "Loss curve" in found)
