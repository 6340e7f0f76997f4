"""The contours of a loss over two parameters, as shapes on top of one another: the deeper, the darker."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeAlias

import contourpy
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from grader.render.pictures import svg

_FINE = 45  # points a side that contours are drawn through
_LEVELS = 9
_POWER = 2.5  # levels are closer together near the lowest loss, where the paths end


Edge: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Ground:
    """The contours drawn, and where the loss is lowest."""

    drawn: Markup
    lowest: svg.Point


@lru_cache(maxsize=64)  # most of a class stands on the same ground
def ground(loss: tuple[float, ...], edges: tuple[Edge, Edge], x: svg.Scale, y: svg.Scale) -> Ground | None:
    """Draw a loss known on a square grid; ``None`` where it is flat or nowhere finite.

    Args:
        loss: the values, ŵ1 running faster.
        edges: the ends of the grid, ŵ0's and ŵ1's.
        x: where ŵ0 stands in the picture.
        y: where ŵ1 does.
    """
    known = np.array(loss, dtype=np.float64)
    finite = known[np.isfinite(known)]
    if not finite.size or finite.min() == finite.max():
        return None
    side = math.isqrt(len(loss))
    spread = _spread(side)
    fine = spread @ np.where(np.isfinite(known), known, finite.max()).reshape(side, side) @ spread.T
    i, j = np.unravel_index(int(np.argmin(fine)), fine.shape)
    (a, b), (c, d) = edges
    lowest = float(a + (b - a) * i / (_FINE - 1)), float(c + (d - c) * j / (_FINE - 1))
    shapes = "".join(f'<path class="level" d="{shape}"/>' for shape in _shapes(fine, x, y))
    drawn = f'<g transform="scale(.1)">{shapes}</g>'
    return Ground(Markup(drawn), lowest)  # noqa: S704 - numbers of our own making


def _shapes(fine: NDArray[np.float64], x: svg.Scale, y: svg.Scale) -> Iterator[str]:
    """Give the outlines of what lies below each level, from the highest level down."""
    across, up = np.linspace(x.start, x.end, _FINE), np.linspace(y.start, y.end, _FINE)
    made = contourpy.contour_generator(across, up, fine.T, fill_type="OuterOffset", name="serial")
    low, high = fine.min(), fine.max()
    for share in (np.arange(_LEVELS, 0, -1) / (_LEVELS + 1)) ** _POWER:
        for points, offsets in zip(*made.filled(-np.inf, low + (high - low) * share), strict=True):
            yield "".join(_ring(ring) for ring in np.split(points, offsets[1:-1]))


def _ring(points: NDArray[np.float64]) -> str:
    """Give a closed line as steps of tenths: half as long as places with a decimal point."""
    tenths = np.rint(points[:-1] * 10).astype(int)
    steps = np.diff(tenths, axis=0)
    moved = steps[np.any(steps != 0, axis=1)]
    return f"M{tenths[0, 0]} {tenths[0, 1]}l{' '.join(map(str, moved.ravel().tolist()))}z"


@cache
def _spread(side: int) -> NDArray[np.float64]:
    """Give the matrix (_FINE, side) that takes values on a coarse grid to a fine one, smoothly.

    Catmull and Rom's cubic through the four nearest values; beyond the edges the values go on in a line.
    """
    at = np.linspace(0, side - 1, _FINE)
    first = np.clip(np.floor(at).astype(int), 0, side - 2)
    t = at - first
    weights = np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3], axis=1
    )
    spread = np.zeros((_FINE, side + 2))
    rows = np.arange(_FINE)
    for k in range(4):
        spread[rows, first + k] += weights[:, k] / 2
    spread[:, 1] += 2 * spread[:, 0]
    spread[:, 2] -= spread[:, 0]
    spread[:, side] += 2 * spread[:, side + 1]
    spread[:, side - 1] -= spread[:, side + 1]
    return spread[:, 1:-1]
