"""Strings and numbers from strangers, made fit for people's eyes. Escaping is the renderers' own business."""

import math
import re
from collections.abc import Sequence
from textwrap import dedent
from typing import Any

from markupsafe import Markup, escape

#: Terminal colours, which tracebacks carry along.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL)
#: Characters that reorder the text around them: a file name could pose as another.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: What no page, table or terminal can show, lone surrogates included.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

_LONGEST = 600


def clean(text: str) -> str:
    """Give ``text`` without terminal colours, direction marks and control characters (but tabs, newlines)."""
    text = _ANSI.sub("", text.replace("\r\n", "\n"))
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _BIDI.sub("", text))


def dedented(source: str) -> str:
    """Give lines of code without the indentation they share."""
    return dedent(clean(source)).strip("\n")


def shorten(text: str, longest: int = _LONGEST) -> str:
    """Give at most ``longest`` characters of ``text``."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def prose(text: str) -> Markup:
    """Give a sentence of the catalogue for a page: what stands between backticks is code."""
    pieces = clean(text).split("`")
    if len(pieces) % 2 == 0:  # a backtick without its partner, from what filled a placeholder
        return escape(clean(text))
    code = Markup("<code>{}</code>")
    return Markup().join(code.format(it) if n % 2 else escape(it) for n, it in enumerate(pieces))


def number(value: float, digits: int = 6) -> str:
    """Give a number with the digits that matter: ``digits`` at most, whole numbers whole."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int) and abs(value) < 10**15:
        return str(value)
    try:
        value = float(value)
    except OverflowError:
        return "∞" if value > 0 else "-∞"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value + 0.0:.{digits}g}"  # + 0.0: no minus before a zero


def points(value: float) -> str:
    """Give points with at most two decimals, none where they are whole."""
    if not math.isfinite(value):
        return number(value)
    return f"{value:.2f}".rstrip("0").rstrip(".")


def shape(sizes: Sequence[int]) -> str:
    """Give a shape as torch's users write it: ``(100, 1)``, ``(3,)``, ``()``."""
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(map(number, sizes))})"


def param(value: Any) -> str:
    """Give what fills a placeholder: plain numbers, texts and lists; anything else is not looked into."""
    match value:
        case str():
            return shorten(clean(value))
        case bool() | int() | float():
            return number(value)
        case list() | tuple():
            if all(type(item) is int for item in value):
                return shorten(shape(value))
            return shorten(", ".join(map(param, value)))
    return "?"


def nested(value: Any, longest: int = 240, digits: int = 6) -> str:
    """Give a value as a report shows it: numbers rounded, lists in brackets, cut where it gets long."""
    match value:
        case None:
            return "None"
        case list() | tuple():
            items = (nested(item, longest, digits) for item in value[:longest])
            return shorten("[" + ", ".join(items) + "]", longest)
        case float():
            return number(value, digits)
    return shorten(param(value), longest)


def flat(value: Any) -> list[Any]:
    """Give the items of nested lists one after the other."""
    return [item for part in value for item in flat(part)] if isinstance(value, list | tuple) else [value]


def telling_digits(one: Any, other: Any) -> int:
    """Give how many digits tell two values apart where they differ: five if they do, at most nine."""
    pairs = [(a, b) for a, b in zip(flat(one), flat(other), strict=False) if _numbers(a, b) and a != b]
    return next((n for n in range(5, 9) if all(number(a, n) != number(b, n) for a, b in pairs)), 9)


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) for value in values)
