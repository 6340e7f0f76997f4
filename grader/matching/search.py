"""The best way to say of every unit which question it answers.

A beam search over the units in their order. What a unit is like speaks for a question; so does it if
the question has no answer yet and if it comes next. Going back in the order of the questions costs,
more than a mere likeness is worth and less than an exact fit: pitfalls that are shown after the right
way stay with their question, and questions in another order are found all the same. That no question is
answered by what another one needs follows from each unit having one question at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

WIDTH = 40  # hypotheses that are followed
BACK = 2.5  # to go back in the order of the questions
AGAIN = 1.0  # to come again to a question that one has turned away from
INSIDE = 1.5  # to turn to another question within a cell, where there are several
SKIP, SKIPPED_AT_MOST = 0.1, 0.5  # to pass over a question without an answer
LONE_TRY, COMPLETE_TRY, EXACT = 0.5, 2.0, 3.0  # what a question's best run is worth
OPENED = 0.5  # what it costs to give a question some of its values
LEFT = (
    0.6  # what it costs to leave a value that is asked for; a network is a tool and may have served another
)
AWAY = 1.5  # what it costs to turn away from a question that a run is more like: it is one more try of that

State: TypeAlias = tuple[frozenset[str] | float, ...]
"""What each question has by now: the names of its values, or what its best run is worth."""


@dataclass(frozen=True)
class Option:
    """What speaks for a unit's answering a question.

    ``cost`` is how much less it is like this question than like another, ``worth`` what a run is worth to the
    question, ``names`` the values that it has for it. ``said``: a text before it names the question.
    """

    cost: float = 0.0
    worth: float = 0.0
    names: frozenset[str] = frozenset()
    said: bool = False


@dataclass(frozen=True)
class Choice:
    """A unit's options by the question's place in the assignment; ``none`` is what it costs to take none.

    ``cell`` is where it begins, -1 where that says nothing: all is in one cell.
    """

    options: Mapping[int, Option]
    none: float = 0.0
    cell: int = -1


@dataclass(frozen=True)
class Found:
    """The question of each unit, or ``None``; and by how much any other answer to a question was worse."""

    labels: tuple[int | None, ...]
    margins: Mapping[int, float]


class _Way(NamedTuple):
    """A hypothesis: what has been said of the units so far."""

    score: float
    last: int
    state: State
    cell: int = -1
    labels: tuple[int | None, ...] = ()


def search(choices: Sequence[Choice], wanted: Sequence[Mapping[str, float] | None]) -> Found:
    """Find the best labels.

    Args:
        choices: for each unit, in order, what it could answer.
        wanted: for each values question its values and their points; ``None`` for a training question.
    """
    empty: State = tuple(0.0 if values is None else frozenset() for values in wanted)
    ways = [_Way(0.0, -1, empty)]
    for choice in choices:
        best: dict[tuple[int, State], _Way] = {}
        for way in ways:
            for following in _steps(way, choice, wanted):
                key = (following.last, following.state)
                if key not in best or best[key].score < following.score:
                    best[key] = following
        ways = sorted(best.values(), key=lambda way: -way.score)[:WIDTH]
    return Found(ways[0].labels, _margins(ways, choices))


def _steps(way: _Way, choice: Choice, wanted: Sequence[Mapping[str, float] | None]) -> Iterator[_Way]:
    left = (
        LEFT if choice.options and all(_adds(way, q, option) for q, option in choice.options.items()) else 0.0
    )
    yield _Way(way.score - choice.none - left, way.last, way.state, way.cell, (*way.labels, None))
    like_last = choice.options[way.last].cost if way.last in choice.options else None
    for question, option in choice.options.items():
        before = way.state[question]
        after, gain = _gained(before, option, wanted[question])
        state = way.state if after == before else (*way.state[:question], after, *way.state[question + 1 :])
        score = way.score + gain - option.cost - _turn(way, question, said=option.said)
        if question != way.last and choice.cell == way.cell >= 0:
            score -= INSIDE
        if like_last is not None and like_last < option.cost:
            score -= AWAY
        yield _Way(score, question, state, choice.cell, (*way.labels, question))


def _adds(way: _Way, question: int, option: Option) -> bool:
    """Tell whether an option has plain values that its question has not."""
    had = way.state[question]
    return isinstance(had, frozenset) and any("." not in name for name in option.names - had)


def _gained(
    before: frozenset[str] | float, option: Option, wanted: Mapping[str, float] | None
) -> tuple[frozenset[str] | float, float]:
    if wanted is None or not isinstance(before, frozenset):
        assert isinstance(before, float)
        after = max(before, option.worth)
        return after, after - before
    names = before | option.names
    return names, _worth(names, wanted, said=option.said) - _worth(before, wanted, said=option.said)


def _worth(names: frozenset[str], wanted: Mapping[str, float], *, said: bool) -> float:
    """Give what some of a question's values are worth: little until most are there.

    Where two questions ask for the same value, the one that has all of its own is the one that was
    answered. A text that names the question says so by itself.
    """
    if not names:
        return 0.0
    share = sum(wanted[name] for name in names) / sum(wanted.values())
    if share == 1.0:
        return EXACT
    return 1.0 + share if said else max(0.0, 2 * share**2 - 1) - OPENED


def _turn(way: _Way, question: int, *, said: bool) -> float:
    """Give what it costs to turn to this question from the last one; a text may name it anywhere."""
    if question == way.last:
        return 0.0
    again = AGAIN if way.state[question] else 0.0
    if said:
        return again
    if question < way.last:
        return BACK + again
    skipped = sum(1 for state in way.state[way.last + 1 : question] if not state)
    return min(SKIP * skipped, SKIPPED_AT_MOST) + again


def _margins(ways: Sequence[_Way], choices: Sequence[Choice]) -> dict[int, float]:
    """Give for each question that is answered the distance to the best way that answers it otherwise."""
    best = ways[0]
    margins = {}
    for question in {label for label in best.labels if label is not None}:
        units = _telling(best, question, choices)
        others = [way.score for way in ways if any(way.labels[i] != question for i in units)]
        margins[question] = best.score - max(others, default=ways[-1].score - OPENED)
    return margins


def _telling(way: _Way, question: int, choices: Sequence[Choice]) -> list[int]:
    """Give the units that make a question's answer: the run that counts, or all that have values."""
    own = [i for i, label in enumerate(way.labels) if label == question]
    values = [i for i in own if choices[i].options[question].names]
    return values or [max(own, key=lambda i: choices[i].options[question].worth)]
