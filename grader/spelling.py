"""What was meant by a word that is not among those that are allowed."""

from __future__ import annotations

from difflib import SequenceMatcher, get_close_matches
from typing import TYPE_CHECKING

from grader.errors import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.errors import Phrase


def nearest_first(word: str, allowed: Iterable[str]) -> list[str]:
    """Give what is allowed in place of a wrong ``word``, what was most likely meant at the front."""
    return sorted(allowed, key=lambda one: SequenceMatcher(None, word, one).ratio(), reverse=True)


def did_you_mean(word: str, allowed: Iterable[str]) -> str | Phrase:
    """Give the end of a sentence about a wrong ``word``: the allowed one that is nearest, or all of them."""
    words = list(allowed)
    if near := get_close_matches(word, words, n=1):
        return phrase("; did you mean {near}?", near=repr(near[0]))
    return phrase("; there is {words}", words=", ".join(map(repr, words))) if words else ""
