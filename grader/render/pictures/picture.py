"""What a picture is: an image, and in words what it shows."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from grader.render.messages import Words
from grader.render.pictures import svg

#: Width and height of a question's pictures, and where their axes stand.
SIZE = (300, 214)
LEFT, RIGHT, TOP, BOTTOM = 42, 292, 26, 172


@dataclass(frozen=True)
class Key:
    """One entry of a legend."""

    drawn: Markup
    word: str


@dataclass(frozen=True)
class Picture:
    """An image, its title with a note, its legend, and the sentence that states what it shows."""

    title: str
    note: str
    image: Markup
    keys: tuple[Key, ...]
    finding: str


def lines(words: Words, *, student: bool, reference: bool) -> tuple[Key, ...]:
    """Give the legend of the two lines, of those that are drawn."""
    keys = (("student", student), ("reference", reference))
    return tuple(Key(svg.key("line", kind), words(f"plot.{kind}")) for kind, drawn in keys if drawn)
