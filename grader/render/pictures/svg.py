"""Pictures as inline SVG: scales, axes, curves, dots. Colours and dashes come from the style sheet.

A picture has no ids, so that any number of them can stand on a page: its text alternative is an attribute,
and what must not leave its frame stands in an SVG of its own, which cuts it off.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import Markup, escape

from grader.render.text import clean, number

Point: TypeAlias = tuple[float, float]

_LOG_FROM = 50  # a range this many times its smallest value is read better on a log scale
_MOST_TICKS = 6


@dataclass(frozen=True)
class Scale:
    """Takes values between ``low`` and ``high`` to positions between ``start`` and ``end``."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Give the position of ``value``."""
        low, high, at = (math.log10(v) if self.log else v for v in (self.low, self.high, value))
        # Halved, because the difference of two huge losses may itself be out of range.
        share = (at / 2 - low / 2) / (high / 2 - low / 2)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Give at most six round values within the range."""
        if self.log:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            stride = math.ceil((last - first + 1) / _MOST_TICKS)
            return [float(f"1e{power}") for power in range(first, last + 1, max(stride, 1))]
        step = _round_step(self.low, self.high)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [k * step for k in range(first, last + 1)]

    def holds(self, value: float) -> bool:
        """Tell whether ``value`` lies within the range."""
        return self.low <= value <= self.high


def span(values: Iterable[float], *, start: float, end: float, log: bool | None = None) -> Scale:
    """Give a scale that holds all of ``values`` (finite); logarithmic where it reads better, unless told."""
    known = list(values) or [0.0, 1.0]
    low, high = min(known), max(known)
    if log is None:
        log = low > 0 and high / low > _LOG_FROM
    if log:
        low, high = _power_below(low), _power_above(high)
    elif low == high:
        margin = abs(low) / 2 or 1.0
        low, high = low - margin, high + margin
    return Scale(low, high, start, end, log)


def curve(points: Sequence[Point], x: Scale, y: Scale, kind: str) -> Markup:
    """Draw a line through ``points`` (finite); a single one as a dot."""
    placed = list(dict.fromkeys(f"{x(a):.1f},{y(b):.1f}" for a, b in points))
    if not placed:
        return Markup()
    if len(placed) == 1:
        left, top = placed[0].split(",")
        return Markup('<circle class="dot {}" cx="{}" cy="{}" r="4"/>').format(kind, left, top)
    return Markup('<polyline class="line {}" points="{}"/>').format(kind, " ".join(placed))


def dots(points: Iterable[Point], x: Scale, y: Scale, kind: str) -> Markup:
    """Draw ``points`` (finite) as dots, all in one path: a line of no length has round ends."""
    drawn = "".join(f"M{x(a):.1f} {y(b):.1f}h0" for a, b in points)
    return Markup('<path class="dots {}" d="{}"/>').format(kind, drawn)


def framed(x: Scale, y: Scale, body: Iterable[Markup]) -> Markup:
    """Cut ``body`` off at the frame that two scales make."""
    left, top, width, height = x.start, y.end, x.end - x.start, y.start - y.end
    box = Markup('<svg x="{0}" y="{1}" width="{2}" height="{3}" viewBox="{0} {1} {2} {3}" overflow="hidden">')
    return Markup().join((box.format(left, top, width, height), *body, Markup("</svg>")))


def axes(x: Scale, y: Scale, x_label: str, y_label: str) -> Markup:
    """Draw grid lines with their values, and what the axes mean."""
    powers = y.log and any(_is_power(value) for value in y.ticks())
    rows = [(y(value), tick(value, powers=powers)) for value in y.ticks()]
    lines = [Markup(f'<path d="M{x.start} {at:.1f}H{x.end}"/>') for at, _ in rows]  # noqa: S704 - numbers
    values = [label(x.start - 7, at + 4, text, "end") for at, text in rows]
    values += [label(x(value), y.start + 17, tick(value), "mid") for value in x.ticks()]
    names = [label(x.end, y.start + 34, x_label, "end name"), label(4, y.end - 12, y_label, "start name")]
    floor = Markup('<path class="axis" d="M{} {}H{}"/>').format(x.start, y.start, x.end)
    return Markup().join((Markup('<g class="grid">'), *lines, floor, *values, *names, Markup("</g>")))


def label(left: float, top: float, text: str, kind: str) -> Markup:
    """Write ``text``; ``kind`` says which of its ends is at ``left``: start, mid or end."""
    return Markup(f'<text x="{left:.1f}" y="{top:.1f}" class="{kind}">{escape(clean(text))}</text>')  # noqa: S704


def picture(body: Iterable[Markup], *, size: tuple[int, int], title: str, finding: str) -> Markup:
    """Wrap ``body`` into an image whose text alternative states what it shows."""
    head = Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">')
    return Markup().join((head.format(*size, clean(f"{title}: {finding}")), *body, Markup("</svg>")))


def key(drawn: str, kind: str) -> Markup:
    """Draw the sign of a legend (line, dots, strokes, ring, disc, cross) in the style of a kind."""
    inside = {
        "line": '<path class="line {}" d="M2 6h24"/>',
        "dots": '<path class="dots {}" d="M6 7h0M14 4h0M22 8h0"/>',
        "strokes": '<path class="strokes {}" d="M6 1v10M14 1v10M22 1v10"/>',
        "ring": '<circle class="ring {}" cx="14" cy="6" r="4"/>',
        "disc": '<circle class="dot {}" cx="14" cy="6" r="4.5"/>',
        "cross": '<path class="cross {}" d="M10 2l8 8m0-8l-8 8"/>',
    }[drawn]
    sign = '<svg class="key" viewBox="0 0 28 12" aria-hidden="true" focusable="false">' + inside + "</svg>"
    return Markup(sign).format(kind)  # noqa: S704 - put together of the literals above


def tick(value: float, *, powers: bool = False) -> str:
    """Give the shortest usual writing of a tick's value: 1000, 10⁶; a power of ten where others are."""
    if not powers and not _is_power(value):
        return number(round(value, 12))
    mantissa, _, power = f"{value:.0e}".partition("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}" if mantissa == "1" else f"{mantissa}·10{raised}"


def _is_power(value: float) -> bool:
    return value != 0 and not 1e-3 <= abs(value) < 1e5


def _round_step(low: float, high: float) -> float:
    rough = (high / 2 - low / 2) / (_MOST_TICKS - 1) * 2
    power = 10.0 ** math.floor(math.log10(rough))
    return next((k * power for k in (1, 2, 5) if k * power >= rough), 10 * power)


def _power_below(value: float) -> float:
    power = math.floor(math.log10(value) + 1e-9)
    return float(f"1e{power}") if power >= -307 else value


def _power_above(value: float) -> float:
    power = math.ceil(math.log10(value) - 1e-9)
    return float(f"1e{power}") if power <= 308 else value
