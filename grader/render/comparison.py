"""What was expected beside what came: a row a fact, numbers with the digits that tell them apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

from grader.records import CheckResult, Shown
from grader.render import text
from grader.render.messages import Words


@dataclass(frozen=True)
class Row:
    """Shape, dtype or value, as expected and as it came; ``differs`` where that can be said."""

    name: str
    expected: str
    actual: str
    differs: bool


def compared(expected: Shown | None, actual: Shown | None) -> list[Row]:
    """Give what was expected beside what came: kind, shape and dtype where known, then the value.

    A tensor of one number may stand for a number: its shape and dtype are no difference then.
    """
    digits = text.telling_digits(expected and expected.value, actual and actual.value)
    cells = [(_facts(it, digits) if it else {}) for it in (expected, actual)]
    before, after = cells
    if expected and actual and expected.kind == "number" and math.prod(actual.shape or ()) == 1:
        after = {name: fact for name, fact in after.items() if name not in ("shape", "dtype")}
    names = dict.fromkeys((*before, *after))
    both = bool(before) and bool(after)
    return [
        Row(name, before.get(name, ""), after.get(name, ""), both and before.get(name) != after.get(name))
        for name in names
    ]


def compared_lines(check: CheckResult, words: Words) -> list[str]:
    """Say what was expected and what came: the facts that differ, or all, if the sentence does not."""
    if "expected" in check.message.params:
        return []
    rows = compared(check.expected, check.actual)
    lines = []
    for row in [row for row in rows if row.differs] or rows:
        sides = (("ui.expected", row.expected), ("ui.actual", row.actual))
        told = ", ".join(f"{words(key)} {value}" for key, value in sides if value)
        lines.append(f"{words(f'fact.{row.name}')}: {told}")
    return lines


def _facts(shown: Shown, digits: int) -> dict[str, str]:
    told = {"kind": shown.kind} if shown.kind not in ("tensor", "number") else {}
    if shown.shape is not None:
        told["shape"] = text.shape(shown.shape)
    if shown.dtype:
        told["dtype"] = shown.dtype
    if shown.value is not None:
        told["value"] = value_text(shown, digits)
    return told


def value_text(shown: Shown, digits: int = 5) -> str:
    """Give the numbers of a value; an ellipsis stands for those that the record left out."""
    written = text.nested(shown.value, digits=digits)
    if isinstance(shown.value, list | tuple) and len(text.flat(shown.value)) < math.prod(shown.shape or ()):
        return written.removesuffix("]").rstrip("…, ") + ", …]"
    return written
