"""Which values of a moment are values that a question asks for, whatever they are called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from torch import Size, Tensor

from grader.assignment.model import CheckSpec, Question
from grader.checks import fits
from grader.checks.compare import tolerated
from grader.checks.forms import ANY_KIND
from grader.checks.tolerance import CLEARLY_WRONG
from grader.expectations import Either, Form, Raises
from grader.matching.units import unseen
from grader.recording import Recording, Value
from grader.training import Data

COMMON = (bool, int, Form)  # True, 3, any (100, 1) stand in every notebook and tell nothing by themselves


class Wanted:
    """The values a question asks for, prepared for being looked for.

    ``telling`` are those that can be recognised without their name, with their points; where none can,
    all are, and have to bear it. Where the notebook has ``given`` a value the name that is asked for, right
    or wrong, no other name's value is the answer.
    """

    def __init__(self, question: Question, data: Data, given: Collection[str] = ()) -> None:
        assert question.values is not None
        self.question = question
        self.given = given
        self.expected = question.values(data)
        self.specs = {spec.name: spec for spec in question.checks}
        plain = {n: spec for n, spec in self.specs.items() if not _common(self.expected[n])}
        self.by_name_alone = not any(self.expected[name] is not None for name in plain)
        self.telling = {n: s.points for n, s in (self.specs if self.by_name_alone else plain).items()}
        self._first = {
            name: (float(wanted.flatten()[0]), CLEARLY_WRONG * tolerated(spec, wanted))
            for name, spec in self.specs.items()
            if isinstance(wanted := self.expected[name], Tensor)
            and wanted.numel()
            and not wanted.is_complex()
        }

    @property
    def asks_for_module(self) -> bool:
        """Tell whether the question asks for parameters of a module."""
        return any("." in name for name in self.expected)

    def asks_for_error(self, name: str) -> bool:
        """Tell whether an error is what a name should hold."""
        wanted = self.expected[name]
        return isinstance(wanted.answers[0] if isinstance(wanted, Either) else wanted, Raises)

    def found_in(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Give the expected names whose values are among those of a moment, and these values."""
        found: dict[str, Value] = {}
        for name in self.telling:
            owner, dot, _ = name.rpartition(".")
            if not dot and (value := self._plain(name, values)) is not None:
                found[name] = value
            elif dot and not any(other.rpartition(".")[0] == owner for other in found):
                found |= self._of_module(owner, values)
        return found

    def truths(self, recording: Recording) -> dict[str, Value]:
        """Give truth values that are asked for, under whatever names, in the order in which they were made.

        True and False say nothing by themselves: they are looked for only in the cells that answer the
        question, and where another order of theirs fits and this one does not, that order is taken.
        """
        asked = [name for name in self.specs if isinstance(self.expected[name], bool)]
        made = [
            value
            for record in recording.cells
            for values in [*(statement.values for statement in record.statements), unseen(record)]
            for name, value in values.items()
            if _is_truth(value)
        ]
        in_order, left = {}, list(made)
        for name in asked:
            while left and name not in in_order:
                value = left.pop(0)
                if fits(self.specs[name], self.expected[name], value):
                    in_order[name] = value
        if len(in_order) == len(asked):
            return in_order
        anyhow = ((n, v) for n in asked for v in made if fits(self.specs[n], self.expected[n], v))
        return dict(anyhow)

    def _plain(self, name: str, values: Mapping[str, Value]) -> Value | None:
        """Find a value under its own name or, of those that can be told without, any."""
        own = values.get(name)
        if own is not None and self._fits(name, own):
            return own
        if self.by_name_alone or name in self.given:
            return None
        # What has another asked name is the answer to that: one value is not given for two.
        others = (value for key, value in values.items() if "." not in key and key not in self.specs)
        return next((value for value in others if self._fits(name, value)), None)

    def _of_module(self, owner: str, values: Mapping[str, Value]) -> dict[str, Value]:
        """Find the module that has the most of what is asked of the module ``owner``."""
        parts = [name for name in self.telling if name.rpartition(".")[0] == owner]
        best: dict[str, Value] = {}
        for other in dict.fromkeys(key.rpartition(".")[0] for key in values if "." in key):
            there = {name: values.get(other + name[len(owner) :]) for name in parts}
            found = {n: v for n, v in there.items() if v is not None and self._fits(n, v)}
            if found:
                absent = Value("none")
                found |= {n: absent for n in parts if self.expected[n] is None and there[n] is None}
            if len(found) > len(best):
                best = found
        return best

    def _fits(self, name: str, value: Value) -> bool:
        spec, expected = self.specs[name], self.expected[name]
        return _plausible(spec, expected, value) and self._begins(name, value) and fits(spec, expected, value)

    def _begins(self, name: str, value: Value) -> bool:
        """Tell from the first number of a tensor that it is not what is expected: most are not."""
        if name not in self._first or value.tensor is None or value.tensor.is_complex():
            return True
        first, tolerance = self._first[name]
        return not abs(float(value.tensor.flatten()[0]) - first) > tolerance  # NaN is looked at in full


def _common(expected: Any) -> bool:
    return isinstance(expected, COMMON)


def _is_truth(value: Value) -> bool:
    """Tell whether a value is a truth value, or the set by which the lecture shows one."""
    return (value.kind, value.type) in (("number", "bool"), ("sequence", "set"))


def _plausible(spec: CheckSpec, expected: Any, value: Value) -> bool:
    """Tell from kind and shape alone that a value is not what is expected: most are not."""
    if expected is None:
        return False
    if isinstance(expected, Tensor):
        shape = value.shape or ()
        same = shape == tuple(expected.shape) or (spec.any_shape and Size(shape).numel() == expected.numel())
        same = same or (value.kind == "sequence" and shape == tuple(expected.shape)[:1])  # its length alone
        return value.kind in (ANY_KIND if spec.any_kind else ("tensor",)) and same
    if isinstance(expected, str):
        return value.kind in ("text", "exception")
    return True
