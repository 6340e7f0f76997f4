"""What a question's cells did -> ``Answer``."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

from grader.checks import Raised
from grader.checks.numbers import same_tensor
from grader.checks.raised import UNKNOWN
from grader.checks.source import caught, definitions, dropped_lines, made_in, names_in, parsed
from grader.checks.stopped import NO_PYTHON
from grader.matching import Matched, lines_of
from grader.recording import OptimizerStep, Part, Recording, Value
from grader.records import CellError, CellOutcome, CellStatus, Execution, MatchedBy, Submission
from grader.runs.training_runs import Begin, TrainingRun

TRIES = 100  # that are judged: of a cell that trains a thousand times, the first and the last
LINE = re.compile(r", line \d+\)$")

Line = tuple[int, int]
"""A cell's index, and a line of it from 1."""


@dataclass(frozen=True)
class Answer:
    """What a question's cells did: their recording alone, the names at their end, how they ended.

    ``others`` are the beginnings of runs that answer other questions.
    """

    parts: tuple[Part, ...]
    recording: Recording
    namespace: Mapping[str, Value]
    changed: Mapping[str, Value]
    outcomes: tuple[CellOutcome, ...]
    sources: Mapping[int, str]
    others: Container[Begin] = ()

    def own(self, runs: Sequence[TrainingRun]) -> Sequence[TrainingRun]:
        """Leave out the runs that answer other questions, unless there are no others; of very many, most."""
        own = [run for run in runs if run.begin not in self.others] or runs
        return own if len(own) <= TRIES else [*own[: TRIES // 2], *own[-TRIES // 2 :]]

    @property
    def made(self) -> dict[str, Value]:
        """The names that it changed or assigned: they may stand for the same numbers as before."""
        assigned = {name for text in self.own_sources.values() for name in made_in(text)}
        return {
            name: value
            for name, value in self.namespace.items()
            if name in self.changed or name.partition(".")[0] in assigned
        }

    @cached_property
    def steps(self) -> Sequence[OptimizerStep]:
        """All steps of optimizers, in order."""
        return [e for record in self.recording.cells for e in record.events if isinstance(e, OptimizerStep)]

    @property
    def raised(self) -> Raised | None:
        """The last exception that ended one of the cells, but for what they miss of one that raised above."""
        found: Raised | None = None
        unmade: set[str] = set()
        for part in self.parts:
            if (raised := self.raised_in(part.cell)) is None:
                continue
            missed = UNKNOWN.search(raised.error)
            if found is None or missed is None or missed[1] not in unmade:
                found = raised
            unmade |= made_in(self.own_sources[part.cell])
        return found

    @property
    def error(self) -> str | None:
        """The same in one line."""
        raised = self.raised
        return None if raised is None else raised.error

    @property
    def errors(self) -> tuple[CellError, ...]:
        """The exceptions that ended the cells, in order."""
        return tuple(o.error for o in self.outcomes if o.status is CellStatus.RAISED and o.error is not None)

    def raised_in(self, cell: int) -> Raised | None:
        """Give what ended a cell early, an exception or a limit; ``None`` if nothing did.

        What happened in a later part of the cell is not this question's.
        """
        outcome = next((o for o in self.outcomes if o.index == cell), None)
        if outcome is None or outcome.status is CellStatus.OK:
            return None
        line = None if outcome.error is None else outcome.error.line
        last = max(
            (part.lines[1] or len(self.sources[cell]) for part in self.parts if part.cell == cell), default=0
        )
        if line is not None and line > last:
            return None
        said = _said(outcome)
        if line is None or outcome.status is not CellStatus.RAISED:
            return Raised(said)
        raised = _raised(said, self.own_sources, cell, line)
        if raised.step is not None and not raised.made_yhat:
            return raised
        further = self._raised_within(cell, said)
        return raised if further is None or (raised.step and not further.step) else further

    def _raised_within(self, cell: int, said: str) -> Raised | None:
        """Give the exception at the line of an earlier cell's function that raised it."""
        place = next((record.raised for record in self.recording.cells if record.cell == cell), None)
        if place is None or place[0] == cell or place[0] not in self.sources:
            return None
        text = self.sources[place[0]]
        line = dropped_lines(text) + place[1]
        return _raised(said, {place[0]: text, **self.own_sources}, place[0], line)

    @property
    def own_sources(self) -> dict[int, str]:
        """The text of each cell, line for line, with ``pass`` for the lines that are other questions'."""
        return self._with_other_lines_passed(self._own_lines)

    @property
    def used_sources(self) -> dict[int, str]:
        """The same with the functions and classes that it uses, wherever before it they were defined."""
        return self._with_other_lines_passed(self._own_lines | self._used_lines)

    @property
    def _own_lines(self) -> set[Line]:
        return {
            (part.cell, line)
            for part in self.parts
            for line in range(part.lines[0], (part.lines[1] or self.sources[part.cell].count("\n") + 1) + 1)
        }

    @cached_property
    def _used_lines(self) -> set[Line]:
        """The lines of definitions that the answer's text names, and of those that these name."""
        end = max(self._own_lines)
        defined = {
            node.name: (cell, node)
            for cell, source in self.sources.items()
            for node in definitions(source)
            if (cell, node.lineno) <= end
        }
        readers: list[ast.AST] = [parsed(text) for text in self.own_sources.values()]
        lines: set[Line] = set()
        while readers:
            for name in names_in(readers.pop()) & defined.keys():
                cell, node = defined.pop(name)
                lines |= {(cell, line) for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
                readers.append(node)
        return lines

    def _with_other_lines_passed(self, own: set[Line]) -> dict[int, str]:
        return {
            cell: "\n".join(
                line if (cell, number) in own or not line.strip() else "pass"
                for number, line in enumerate(self.sources[cell].splitlines(), 1)
            )
            for cell in sorted({cell for cell, _ in own})
        }

    def text_of(self, cells: Sequence[int]) -> str:
        """Give the text of the question's parts of some cells, and of what the answer uses of others."""
        own = {part.cell for part in self.parts}
        return "\n".join(text for cell, text in self.used_sources.items() if cell in cells or cell not in own)

    def source_of(self, cells: Sequence[int]) -> str:
        """Give the text of the question's parts of some cells."""
        return "\n".join(lines_of(self.sources[part.cell], part) for part in self.parts if part.cell in cells)

    def repeats_first(self, cells: Sequence[int]) -> bool:
        """Tell whether the first of some cells was run again; another one is an experiment."""
        first, *later = (self.source_of((cell,)) for cell in cells)
        return first in later

    @property
    def caught(self) -> frozenset[str]:
        """The names under which it caught exceptions: Python deletes them at the block's end."""
        ended = {outcome.index for outcome in self.outcomes if outcome.status is CellStatus.OK}
        texts = [text for cell, text in self.own_sources.items() if cell in ended]
        return frozenset(name for text in texts for name in caught(text))

    def standing(self, found: Mapping[str, Value], shared: Container[str]) -> Answer:
        """Give the answer with right values in place that were changed only after they had been given.

        ``found`` are right values that the cells had at some time. One stands under its own name where it is
        a parameter, which somebody went on to train, and where the first cell left it and a later one, an
        experiment, made another, or a parameter that was not to be there. Of ``shared`` names, which other
        questions build on, the last value counts, unless it is the same in another dtype.
        """
        values = {
            n: v
            for n, v in found.items()
            if (n not in shared or self._converted(n, v))
            and (_given(self.recording, n, v) or _was_absent(self.recording, n, found))
        }
        return replace(self, namespace={**self.namespace, **values}, changed={**self.changed, **values})

    def _converted(self, name: str, given: Value) -> bool:
        last = self.namespace.get(name)
        return last is not None and same_tensor(last.tensor, given.tensor)


def _said(outcome: CellOutcome) -> str:
    """Give what ended a cell in one line: its exception, or the word for what stopped it from outside.

    Of a text that is no Python, IPython counts the lines below the empty ones that it begins with.
    """
    error = outcome.error
    if error is None or outcome.status is not CellStatus.RAISED:
        return outcome.status.value
    said = f"{error.name}: {error.value}"[:300].rstrip(": ")  # not every exception says something
    if error.line is None or not NO_PYTHON.fullmatch(said):
        return said
    return LINE.sub(f", line {error.line})", said)


def _raised(said: str, texts: Mapping[int, str], cell: int, line: int) -> Raised:
    """Give an exception that came through a line of one of several cells."""
    above = [texts[other] for other in takewhile(lambda other: other != cell, texts)]
    return Raised(said, "\n".join(texts.values()), line + sum(text.count("\n") + 1 for text in above))


def _given(recording: Recording, name: str, value: Value) -> bool:
    made = _made(recording, name)
    first = [seen for i, seen in made if i == made[0][0]][-2:]  # by its last statement, and by its end
    return any(seen is value for seen in (([v for _, v in made]) if value.requires_grad else first))


def _was_absent(recording: Recording, name: str, found: Mapping[str, Value]) -> bool:
    """Tell whether a parameter that is to be absent came only after the others of its module were given."""
    if found[name].kind != "none":
        return False
    owner = name.rpartition(".")[0]
    others = {n: v for n, v in found.items() if n != name and n.rpartition(".")[0] == owner}
    given = [i for n, v in others.items() for i, seen in _made(recording, n) if seen is v]
    came = [i for i, _ in _made(recording, name)]
    return bool(given) and given[0] < min(came, default=0)


def _replaced(recording: Recording, name: str, value: Value) -> bool:
    """Tell whether a value that stood under a name was no more than a step towards what was given there."""
    stood = any(seen is value for _, seen in _made(recording, name))
    return stood and not _given(recording, name, value)


def _made(recording: Recording, name: str) -> list[tuple[int, Value]]:
    """Give what a name stood for, statement by statement, with the places of the cells."""
    return [
        (i, seen[name])
        for i, record in enumerate(recording.cells)
        for seen in [*(statement.values for statement in record.statements), record.values]
        if name in seen
    ]


def answer_of(matched: Matched, submission: Submission, execution: Execution) -> Answer:
    """Gather what the matched parts of cells did."""
    recording: Recording = execution.recording
    own = recording.within(matched.parts)
    last = max(matched.parts, key=lambda part: (part.cell, part.after))
    namespace = recording.namespace(last.cell, last.until)
    changed = {name for record in own.cells for name in record.values if name in namespace}
    found = {
        name: value
        for name, value in matched.values.items()
        if name not in changed or (matched.by is MatchedBy.CONTENT and not _replaced(own, name, value))
    }
    owners = {name.partition(".")[0]: Value("object") for name in found if "." in name}
    return Answer(
        parts=matched.parts,
        recording=own,
        namespace={**owners, **namespace, **found},
        changed={**{name: namespace[name] for name in namespace if name in changed}, **found},
        outcomes=tuple(outcome for outcome in execution.cells if outcome.index in matched.cells),
        sources={cell.index: cell.source for cell in submission.cells},
        others=matched.others,
    )
