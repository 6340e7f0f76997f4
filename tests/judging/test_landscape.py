"""What pictures are drawn from agrees with the reference it was computed by."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from grader.assignment.file import load
from grader.checks.alignment import Alignment
from grader.judging.landscape import SIDE, landscape
from grader.records import ParameterSummary, ReferenceSummary, RunSummary
from grader.training import run

FOLDER = Path(__file__).parents[2] / "assignments"


def asked(assignment, question):
    """Give a question's training and data."""
    found = next(it for it in load(FOLDER / assignment).questions if it.id == question)
    return found.training, load(FOLDER / assignment).data()


def flat(parameters):
    """Give parameters as plain numbers."""
    return tuple(torch.cat([value.flatten() for value in parameters.values()]).tolist())


def summed_up(path):
    """Give a student's summary over a path of two numbers, its end included."""
    numbers = ParameterSummary(path[0], path[-1], (len(path[0]),), "float32")
    return RunSummary(len(path) - 1, (), tuple(enumerate(path[:-1], 1)), {"What": numbers}, "by-hand", None)


def in_order(training):
    """Give the alignment of a run whose numbers stand in the reference's order."""
    start = training.init()
    shapes = tuple(value.shape for value in start.values())
    count = sum(shape.numel() for shape in shapes)
    return Alignment(tuple(start), shapes, tuple(range(count)), (), same_shapes=True)


@pytest.fixture(params=[("steps", "mse"), ("steps", "sgd-scalars"), ("logistic", "train-bce")])
def made(request):
    """Give a training, its data, a path, and what the pictures of it need."""
    training, data = asked(*request.param)
    path = [flat(p) for p in run(training, data, epochs=30).path]
    reference = ReferenceSummary((), tuple(enumerate(path, 1)))
    found = landscape(training, data, in_order(training), summed_up(path), reference)
    return training, data, path, found


def test_the_loss_is_the_references(made):
    """Every corner of the grid has the loss of the reference at these parameters, on all of the data."""
    training, data, _, found = made
    corners = {0: (0, 0), SIDE - 1: (0, 1), SIDE * (SIDE - 1): (1, 0), SIDE * SIDE - 1: (1, 1)}
    names = {name: value.shape for name, value in training.init().items()}
    for at, (i, j) in corners.items():
        numbers = iter([found["loss_w0"][i], found["loss_w1"][j]])
        given = [next(numbers) for _ in range(2)]
        sizes = [shape.numel() for shape in names.values()]
        parts = torch.tensor(given).split(sizes)
        p = {name: part.reshape(shape) for (name, shape), part in zip(names.items(), parts, strict=True)}
        loss = float(training.step2(training.step1(p, data), data))

        assert pytest.approx(loss, rel=1e-4) == found["loss"][at]


def test_the_picture_holds_the_whole_path(made):
    """The grid reaches beyond every point of both paths."""
    _, _, path, found = made
    (a, b), (c, d) = found["loss_w0"], found["loss_w1"]

    assert all(a < first < b and c < second < d for first, second in path)


def test_the_line_is_step_1_at_the_end(made):
    """The fitted curve runs from the smallest x to the largest, through ŷ at the last parameters."""
    training, data, path, found = made
    names = training.init()
    parts = torch.tensor(path[-1]).split([value.numel() for value in names.values()])
    p = {name: part.reshape(names[name].shape) for name, part in zip(names, parts, strict=True)}
    yhat = training.step1(p, data).flatten()
    ends = [int(data.x.argmin()), int(data.x.argmax())]

    assert pytest.approx([float(yhat[n]) for n in ends], rel=1e-4) == [
        found["line_student"][0],
        found["line_student"][-1],
    ]
    assert sorted(found["line_x"]) == list(found["line_x"])


def test_a_reference_that_was_not_run_to_its_end_has_no_line():
    """Beside a long wrong run the reference's beginning alone is known: no line is its result."""
    training, data = asked("logistic", "train-mse")
    path = [flat(p) for p in run(training, data, epochs=30).path]
    beginning = ReferenceSummary((), tuple(enumerate(path, 1)))
    found = landscape(training, data, in_order(training), summed_up(path), beginning)

    assert "line_student" in found
    assert "line_reference" not in found


def test_a_run_that_flies_off_does_not_shrink_the_picture():
    """The grid follows a diverging path only as far as it stays near the reference's."""
    training, data = asked("steps", "mse")
    path = [flat(p) for p in run(training, data).path]
    wild = [path[0], (40.0, -80.0), (-1e6, 1e7), (float("nan"), 0.0)]
    found = landscape(
        training, data, in_order(training), summed_up(wild), ReferenceSummary((), tuple(enumerate(path, 1)))
    )

    assert -30 < found["loss_w0"][0] < found["loss_w0"][1] < 30
    assert "line_student" not in found


def test_data_that_do_not_fit_have_no_pictures():
    """A student's own data may be of a shape that the reference cannot work on."""
    training, data = asked("steps", "mse")
    path = [flat(p) for p in run(training, data).path]
    odd = SimpleNamespace(**{**vars(data), "X": torch.ones(7, 5)})
    reference = ReferenceSummary((), tuple(enumerate(path, 1)))

    assert {} == landscape(training, odd, in_order(training), summed_up(path), reference)


def test_rows_times_rows_have_no_contours():
    """A y of shape (2000,) against a column makes millions of residuals a place: too many for a picture."""
    training, data = asked("logistic", "train-mse")
    path = [flat(p) for p in run(training, data, epochs=3).path]
    wrong = SimpleNamespace(**{**vars(data), "y": data.y.flatten()})
    reference = ReferenceSummary((), tuple(enumerate(path, 1)))
    found = landscape(training, wrong, in_order(training), summed_up(path), reference)

    assert "loss" not in found
    assert "line_student" in found
