"""What a notebook's matching comes to: which parts of cells answer each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.recording import Part, Value
from grader.records import Match, MatchedBy, Message
from grader.runs.training_runs import Begin


@dataclass(frozen=True)
class Matched:
    """The parts of cells that answer a question, how they were found, and how sure that is (0 to 1).

    ``values`` are values it asks for, by the names it gives them, whatever the student calls them, ``others``
    the beginnings of runs in its parts that answer other questions.
    """

    by: MatchedBy
    confidence: float
    parts: tuple[Part, ...]
    values: Mapping[str, Value] = field(default_factory=dict, repr=False)
    others: frozenset[Begin] = frozenset()

    @property
    def cells(self) -> tuple[int, ...]:
        """The notebook indices of the cells, each once."""
        return tuple(dict.fromkeys(part.cell for part in self.parts))

    @property
    def match(self) -> Match:
        """The same for the report."""
        return Match(self.by, round(self.confidence, 2), self.cells)


@dataclass(frozen=True)
class Answers:
    """What answers each question, by its id, and what a person should look at."""

    matched: Mapping[str, Matched]
    flags: tuple[Message, ...] = ()
