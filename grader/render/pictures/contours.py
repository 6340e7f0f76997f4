"""The contours of a loss over two parameters, as shapes on top of one another: the deeper, the darker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import contourpy
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from grader.render.pictures import svg

_FINE = 45  # points a side that contours are drawn through
_LEVELS = 9
_POWER = 2.5  # levels are closer together near the lowest loss, where the paths end


@dataclass(frozen=True)
class Surface:
    """A loss (finite) on a square grid between ``edges``, ŵ0's and ŵ1's; ``loss`` [i, j] is at ŵ0's i-th."""

    edges: tuple[tuple[float, float], tuple[float, float]]
    loss: NDArray[np.float64]

    @property
    def lowest(self) -> svg.Point:
        """Where the loss is lowest."""
        fine = self._fine()
        i, j = np.unravel_index(int(np.argmin(fine)), fine.shape)
        (a, b), (c, d) = self.edges
        return float(a + (b - a) * i / (_FINE - 1)), float(c + (d - c) * j / (_FINE - 1))

    def drawn(self, x: svg.Scale, y: svg.Scale) -> Markup:
        """Draw the contours between two scales that run over the edges."""
        lines = [f'<path class="level" d="{shape}"/>' for shape in self._shapes(x, y)]
        return Markup("".join(lines))  # noqa: S704 - numbers of our own making

    def _shapes(self, x: svg.Scale, y: svg.Scale) -> Iterator[str]:
        fine = self._fine()
        across, up = np.linspace(x.start, x.end, _FINE), np.linspace(y.start, y.end, _FINE)
        made = contourpy.contour_generator(across, up, fine.T, fill_type="OuterOffset", name="serial")
        for level in self._levels(fine):
            for points, offsets in zip(*made.filled(-np.inf, level), strict=True):
                rings = np.split(np.round(points, 1), offsets[1:-1])
                yield "".join(_ring(ring) for ring in rings)

    def _levels(self, fine: NDArray[np.float64]) -> NDArray[np.float64]:
        low, high = fine.min(), fine.max()
        shares = (np.arange(_LEVELS, 0, -1) / (_LEVELS + 1)) ** _POWER
        levels: NDArray[np.float64] = low + (high - low) * shares
        return levels

    def _fine(self) -> NDArray[np.float64]:
        spread = _spread(len(self.loss))
        fine: NDArray[np.float64] = spread @ self.loss @ spread.T
        return fine


def _ring(points: NDArray[np.float64]) -> str:
    return "M" + "L".join(f"{a:g} {b:g}" for a, b in points[:-1].tolist()) + "Z"


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
