"""What the pictures of a training need besides its run: the fitted line, the loss around the path."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.func import vmap

from grader.checks.alignment import Alignment
from grader.records import ReferenceSummary, RunSummary
from grader.training import MISFIT, Data, Training, cast

SIDE = 13  # the loss is known on a grid of so many points a side; a page draws its contours through more
MOST = 5_000_000  # residuals on the whole grid: more take longer than all the judging
PLACES = 61  # points of a fitted curve
DIGITS = 5  # significant digits of a loss
MARGIN = 0.14  # around the paths, of their extent
FARTHEST = 2.0  # how far the picture follows a student's path beyond the reference's, in extents of that one

Point = Sequence[float]


def landscape(  # noqa: PLR0913, PLR0917 - two runs, and where both ended
    training: Training,
    data: Data,
    alignment: Alignment,
    run: RunSummary,
    reference: ReferenceSummary,
    ends: tuple[Point, Point] | None = None,
) -> Mapping[str, tuple[float, ...]]:
    """Give what there is of these, as plain numbers under names.

    ``ends`` are all parameters at the end of the student's run and of the reference's, where a summary does
    not have them all.

    ``line_x`` (61) and over it ``line_student`` and ``line_reference``, ŷ by the reference's step 1 at the
    parameters each ended with; ``loss_w0`` and ``loss_w1`` (2 each), the edges of a square grid over two
    parameters, and ``loss`` (13 · 13), the reference's loss there on the data that were judged.
    """
    count, data = sum(value.numel() for value in training.init().values()), cast(data, torch.float32)
    if ends is None:
        ended = len(reference.path) > 0 and reference.path[-1][0] > training.epochs
        mine = [value for it in run.parameters.values() for value in it.last]
        ends = mine, reference.path[-1][1] if ended else ()
    try:
        return {
            **_lines(training, data, alignment, count, ends),
            **(_loss(training, data, alignment, run, reference) if count == 2 else {}),
        }
    except MISFIT:  # a student's own data of a shape that does not fit
        return {}


def _lines(
    training: Training, data: Data, alignment: Alignment, count: int, ends: tuple[Point, Point]
) -> Mapping[str, tuple[float, ...]]:
    """Give the fitted curves at some of the data's x, from left to right."""
    x = getattr(data, "x", None)
    start = {name: value.to(torch.float32) for name, value in training.init().items()}
    if not isinstance(x, Tensor) or x.numel() < 2 or x.numel() != training.step1(start, data).numel():
        return {}
    across = x.flatten().argsort()
    places = across[torch.linspace(0, len(across) - 1, min(PLACES, len(across))).round().long()]
    curves = {
        name: tuple(_short(training.step1(alignment.parameters(torch.tensor(end)), data).flatten()[places]))
        for name, end in zip(("line_student", "line_reference"), ends, strict=True)
        if len(end) == count and all(map(math.isfinite, end))
    }
    return {"line_x": tuple(_short(x.flatten()[places])), **curves} if curves else {}


def _loss(
    training: Training, data: Data, alignment: Alignment, run: RunSummary, reference: ReferenceSummary
) -> Mapping[str, tuple[float, ...]]:
    """Give the loss around both paths."""
    edges = _edges([values for _, values in reference.path], [values for _, values in run.path])
    if edges is None or _size(training, data) * SIDE**2 > MOST:
        return {}
    axes = [torch.linspace(low, high, SIDE) for low, high in edges]
    grid = torch.cartesian_prod(*axes)

    def loss(flat: Tensor) -> Tensor:
        p = alignment.parameters(flat)
        return training.step2(training.step1(p, data), data) + training.penalty(p)

    losses = vmap(loss)(grid)
    (a, b) = edges
    return {"loss_w0": a, "loss_w1": b, "loss": tuple(_short(losses))}


def _size(training: Training, data: Data) -> int:
    """Give how many residuals there are: rows, or rows times rows where a student's y is of another shape."""
    yhat = training.step1(training.init(), data)
    y = getattr(data, "y", yhat)
    if not isinstance(y, Tensor):
        return yhat.numel()
    return torch.broadcast_tensors(yhat, y)[0].numel()  # type: ignore[no-untyped-call, no-any-return]


def _edges(reference: Sequence[Point], student: Sequence[Point]) -> tuple[tuple[float, float], ...] | None:
    """Give the ends of both axes: around the reference's path, and the student's where it is not far off."""
    right = [it for it in reference if len(it) == 2 and all(map(math.isfinite, it))]
    mine = [it for it in student if len(it) == 2 and all(map(math.isfinite, it))]
    if not right and not mine:
        return None
    return tuple(_edge([it[k] for it in right], [it[k] for it in mine]) for k in range(2))


def _edge(right: list[float], mine: list[float]) -> tuple[float, float]:
    known = right or mine[:1]
    low, high = min(known), max(known)
    reach = FARTHEST * (high - low or 1.0)
    near = [value for value in mine if low - reach <= value <= high + reach]
    low, high = min((low, *near)), max((high, *near))
    margin = MARGIN * (high - low or 1.0)
    return _rounded(low - margin), _rounded(high + margin)


def _short(values: Tensor) -> list[float]:
    return [_rounded(value) for value in values.flatten().tolist()]


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
