import math
from xml.etree import ElementTree as ET

import pytest

from grader.records import ReferenceSummary, Step
from grader.render.messages import ui
from grader.render.pictures import svg
from grader.render.pictures.histogram import histogram
from grader.render.pictures.losses import loss_picture

NAN, INF = math.nan, math.inf


@pytest.fixture
def draw(build):
    """Draw a student's losses beside a reference's."""

    def drawn(student, reference=()):
        question = build.question(
            "mse",
            [build.check(Step.STEP2)],
            run=build.run(student),
            reference=ReferenceSummary(tuple(enumerate(reference, 1)), ()),
        )
        return loss_picture(question, ui("en"))

    return drawn


@pytest.mark.parametrize(
    "losses",
    [
        [NAN],
        [INF, NAN],
        [1.0],
        [0.0, 0.0, 0.0],
        [2.0] * 30,
        [5.0, NAN, 3.0],
        [1e-300, 1e300],
        [-1e308, 1e308],
        [-1.0, -5.0],
        [0.0, 1e9],
        [5e-324, 1.7e308],
        [1.0, 1.0 + 1e-15],
    ],
)
def test_any_losses_make_a_picture(draw, losses):
    """Whatever the losses are, the picture is well-formed and holds no number that is none."""
    image = str(draw(losses, [3.0, 2.0, 1.0]).image)

    ET.fromstring(image)
    assert "nan" not in image
    assert "inf" not in image.replace("infinite", "")


def test_picture_has_a_text_alternative(draw):
    """An image states its title and its finding to those who cannot see it."""
    root = ET.fromstring(str(draw([4.0, 2.0], [4.0, 2.0]).image))

    assert "img" == root.get("role")
    assert "Loss curve: Your loss agrees with the reference. In epoch 2 it is 2." == root.get("aria-label")


@pytest.mark.parametrize(
    ("student", "reference", "finding"),
    [
        ([9.0, 4.0, 4.0], [9.0, 4.0, 1.0], "departs from the reference in epoch 3"),
        ([9.0, NAN], [9.0, 4.0], "From epoch 2 on your loss is not finite"),
        ([9.0, 4.0], [], "The first loss is 9, the last 4"),
        ([], [9.0, 4.0], "not recorded"),
    ],
)
def test_finding(draw, student, reference, finding):
    """The sentence under the picture says where the two part."""
    assert finding in draw(student, reference).finding


def test_no_losses_no_picture(draw):
    """Where nothing is known, nothing is drawn."""
    assert None is draw([])


@pytest.mark.parametrize(
    ("losses", "log"),
    [([85.9, 0.26], True), ([3.0, 1.0], False), ([100.0, -0.1], False), ([0.0, 100.0], False)],
)
def test_log_scale_where_it_helps(draw, losses, log):
    """A wide positive range is drawn on a log scale; nothing else can be or needs to be."""
    assert ("log scale" if log else "") == draw(losses).note


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.1, "0.1"), (1000, "1000"), (1e14, "10¹⁴"), (2e-7, "2·10⁻⁷"), (0, "0"), (0.30000000004, "0.3")],
)
def test_ticks_are_short(value, shown):
    """A tick takes the room of a few digits."""
    assert shown == svg.tick(value)


@pytest.mark.parametrize("values", [[1, 30], [1, 6000], [-3.2, 4.7], [0.001, 1e12], [5, 5]])
def test_ticks_are_few_and_within(values):
    """A scale has between one and eight ticks, all within its range."""
    scale = svg.span(values, start=0, end=100)

    assert 1 <= len(scale.ticks()) <= 8
    assert all(-1e-6 <= scale(tick) <= 100 + 1e-6 for tick in scale.ticks())


def test_histogram_sums_up():
    """The bars say in words where most scores lie."""
    image, finding = histogram([1, 0, 0, 3], ui("en"))

    assert "Graded: 4. The fullest range is 75 to 100 % with 3." == finding
    assert 2 == str(image).count('class="column"')


def test_histogram_of_nobody():
    """Without scores there is no picture."""
    assert None is histogram([0] * 10, ui("ko"))
