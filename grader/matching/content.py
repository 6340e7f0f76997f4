"""What each unit of a notebook could answer, by what it is; and how a text before it changes that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.assignment.model import Question
from grader.matching.headings import Evidence
from grader.matching.hits import Wanted
from grader.matching.likeness import foreign, likeness, own_data
from grader.matching.search import COMPLETE_TRY, EXACT, LONE_TRY, Option
from grader.matching.units import RAISED, Unit
from grader.recording import Value
from grader.training import Data

HEADED = 2.0  # what a text that names the question adds to a run's likeness
OTHER = 1.5  # what it costs values to stand under a text that names another question
UNLIKE_AT_MOST = 5.0
OWN_NAME = 2.0  # what it costs to leave a right value under a name that one question alone asks for
OWN_ERROR = 0.1  # the same of an error that a question asks to see, though it has been seen already
ELSEWHERE = 0.6  # what it costs to give a question what is exactly another one's answer
FOREIGN, STARTED_ELSEWHERE, OTHER_LENGTH = 0.1, 0.6, 0.6  # what a run is worth that is unlike them all
IN_PARTS = 0.8  # the same of a foreign one that begins where it should: a batch after the other
LONG = 3  # times as many epochs as asked for, or a third


@dataclass(frozen=True)
class Offer:
    """A unit, and what it could answer, by the question's id.

    ``exact`` are the questions a run answers step by step, ``wrong`` how many of its marks contradict
    each of them, ``points`` how like them it is, ``values`` what is there of the values that a question asks
    for. ``none`` is what it costs to say it is no one's.
    """

    unit: Unit
    options: Mapping[str, Option]
    exact: frozenset[str] = frozenset()
    wrong: Mapping[str, int] = field(default_factory=dict)
    points: Mapping[str, float] = field(default_factory=dict)
    none: float = 0.0
    values: Mapping[str, Mapping[str, Value]] = field(default_factory=dict, repr=False)

    def under(self, text: Evidence) -> Offer:
        """Give the same below a text that names a question."""
        if not text:
            return self
        said = _of_values(self.values, text) if self.unit.run is None else self._run_under(text)
        return replace(
            self, options={name: replace(option, said=name in text) for name, option in said.items()}
        )

    def _run_under(self, text: Evidence) -> dict[str, Option]:
        costs = _costs({q: mine + HEADED * text.get(q, 0.0) for q, mine in self.points.items()}, self.exact)
        return {name: replace(option, cost=costs[name]) for name, option in self.options.items()}


class Content:
    """Compares units with questions: runs on the assignment's data, values with what follows from ``own``."""

    def __init__(
        self, questions: Sequence[Question], nominal: Data, own: Data, units: Sequence[Unit]
    ) -> None:
        self.data, self.own = nominal, own
        self.trainings = {q.id: q.training for q in questions if q.training is not None}
        self.given = _given(questions, units)
        self.wanted = {q.id: Wanted(q, own, self.given) for q in questions if q.values is not None}

    def offer(self, unit: Unit) -> Offer:
        """Say what a unit could answer, whatever is written above it."""
        if unit.run is not None:
            return self._of_run(unit)
        values = {name: found for name, w in self.wanted.items() if (found := w.found_in(unit.values))}
        pairs = [pair for found in values.values() for pair in found.items()]
        named = any(name in self.given and unit.values.get(name) is value for name, value in pairs)
        none = OWN_NAME * named or OWN_ERROR * self._shows_error(values, unit.values.get(RAISED))
        return Offer(unit, _of_values(values, {}), none=none, values=values)

    def _shows_error(self, found: Mapping[str, Mapping[str, Value]], raised: Value | None) -> bool:
        """Tell whether the exception that ended a cell is one that a question asks to see."""
        return any(
            value is raised and self.wanted[question].asks_for_error(name)
            for question, values in found.items()
            for name, value in values.items()
        )

    def _of_run(self, unit: Unit) -> Offer:
        run = unit.run
        assert run is not None
        own = own_data(run, self.data, self.own)
        like = {name: likeness(training, run, self.data, own) for name, training in self.trainings.items()}
        exact = frozenset(name for name, found in like.items() if found.exact)
        points = {name: found.points for name, found in like.items()}
        quality = self._quality(unit)
        worth = quality * (COMPLETE_TRY if run.count > 1 else LONE_TRY)
        options = {
            name: Option(cost=cost, worth=EXACT if name in exact else worth)
            for name, cost in _costs(points, exact).items()
        }
        wrong = {name: found.wrong for name, found in like.items()}
        return Offer(unit, options, exact, wrong, points, EXACT if exact else worth / 2)

    def _quality(self, unit: Unit) -> float:
        """Say whether a run has to do with the assignment at all, 0 to 1: a notebook may hold more."""
        run = unit.run
        assert run is not None
        starts = [
            sorted(v for p in t.init().values() for v in p.flatten().tolist())
            for t in self.trainings.values()
        ]
        started = sorted(run.start) in starts
        quality = 1.0
        if foreign(run, self.data):
            quality = IN_PARTS if started and run.count > 1 else FOREIGN
        asked = [training.epochs for training in self.trainings.values()]
        if run.count > 1 and not any(epochs / LONG <= run.count <= epochs * LONG for epochs in asked):
            quality *= OTHER_LENGTH
        return quality if started else quality * STARTED_ELSEWHERE


def _given(questions: Sequence[Question], units: Sequence[Unit]) -> frozenset[str]:
    """Give the names that one question alone asks for and that have got values; ``x`` may be anything's."""
    asked = Counter(spec.name for question in questions if question.values for spec in question.checks)
    return frozenset(
        name
        for unit in units
        for name, value in unit.values.items()
        if asked[name] == 1 and (len(name) > 1 or value.kind == "function")
    )


def _costs(points: Mapping[str, float], exact: Collection[str]) -> dict[str, float]:
    """Give what it costs to give a run to a question: by how much another is more like it."""
    best = max(points.values(), default=0.0)
    return {
        name: min(best - mine, UNLIKE_AT_MOST) + ELSEWHERE * (bool(exact) and name not in exact)
        for name, mine in points.items()
    }


def _of_values(values: Mapping[str, Mapping[str, Value]], text: Evidence) -> dict[str, Option]:
    highest = max(text.values(), default=0.0)
    return {
        name: Option(cost=OTHER * (highest - text.get(name, 0.0)), names=frozenset(found))
        for name, found in values.items()
    }
