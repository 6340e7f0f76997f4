"""What of an assignment's data is each student's own: a draw without a seed, a function, a number.

The student's own stands in for the assignment's wherever something follows from it, right or wrong: it is
judged once, in the question that asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from torch import Tensor

from grader.assignment.model import STUDENT_ID, Assignment, CheckSpec
from grader.checks.compare import compare, fits
from grader.checks.numbers import as_tensor, same_tensor
from grader.checks.rows import in_order_of
from grader.checks.values import check_value
from grader.expectations import Bernoulli, Either, Form, Function
from grader.judging.answer import Answer, answer_of
from grader.judging.students_number import students_seed
from grader.matching import Matched
from grader.recording import Backward, Part, Recording, Value
from grader.records import CheckStatus, Execution, Message, Step, Submission
from grader.training import Data

BROADCAST = 10**7  # numbers that a wrong shape may be spread to
LONGEST = 10  # times the assignment's rows: references are evaluated on them at each of hundreds of epochs


@dataclass(frozen=True)
class OwnData:
    """The data with the student's own in place, the assignment's, and what an instructor should look at.

    ``draws`` are the names that were drawn at random: another tensor of that name is the student's own data
    too where it is such a draw, and nowhere else. ``made`` are the data as the student left them, where they
    have other shapes or dtypes than the assignment's; ``wrong`` those that lost their points where they were
    asked for and are nobody's own, ``right`` those that did not.
    """

    data: Data
    nominal: Data
    flags: tuple[Message, ...] = ()
    draws: Mapping[str, Bernoulli] = field(default_factory=dict)
    made: Mapping[str, Tensor] = field(default_factory=dict)
    wrong: Mapping[str, Tensor] = field(default_factory=dict)
    right: Mapping[str, Tensor] = field(default_factory=dict)

    def accepts(self, recording: Recording, begin: Part, name: str, tensor: Tensor) -> bool:
        """Tell whether a tensor that a training used under ``name`` may stand in for the data's.

        Data that were there when the answer began are not its to change, or they would be wrong at no cost.
        Those that were changed since they were made right, or since other trainings used them, cost the first
        one that uses them so.
        """
        if name in self.draws:
            return self._is_draw(name, tensor)
        there = recording.namespace(begin.cell, begin.after).get(name)
        if there is None or there.tensor is None:
            return True
        used = list(_used_before(recording, begin, name))
        if self.draws:  # data beside a draw take its shape, which may be another one each time
            used = [one.reshape(tensor.shape) for one in used if one.numel() == tensor.numel()] or used
        used = used or [one for key, one in self.right.items() if key == name]
        known = not used or any(same_tensor(one, tensor) for one in used)
        return known and same_tensor(there.tensor, tensor)

    def readings(self, namespace: Mapping[str, Value], asked: Collection[str]) -> Iterator[tuple[Data, Data]]:
        """Give what the values ``asked`` for may follow from, and the assignment's data beside it.

        The data; as the student left them, which is charged where they were made; and with later draws of
        ``namespace``; each with the rows in the order that ``namespace`` has as well.
        """
        ordered = in_order_of(self.nominal, namespace)
        for data in (self.data, *self._as_left(asked), *self._drawn_again(namespace)):
            yield data, self.nominal
            if ordered is not self.nominal:
                own = {n: v for n, v in vars(data).items() if v is not getattr(self.nominal, n)}
                yield SimpleNamespace(**{**vars(ordered), **own}), ordered

    def _as_left(self, asked: Collection[str]) -> Iterator[Data]:
        if self.made:
            yield SimpleNamespace(**{**vars(self.data), **self.made})
        if self.wrong and self.wrong.keys().isdisjoint(asked):
            yield SimpleNamespace(**{**vars(self.data), **self.wrong})

    def _drawn_again(self, namespace: Mapping[str, Value]) -> Iterator[Data]:
        again = {
            name: value.tensor
            for name in self.draws
            if (value := namespace.get(name)) is not None
            and value.tensor is not None
            and value.tensor.numel() == getattr(self.data, name).numel()
            and not same_tensor(value.tensor, getattr(self.data, name))
            and self._is_draw(name, value.tensor)
        }
        if again:
            later = SimpleNamespace(**vars(self.data))
            for name, tensor in again.items():
                mine = getattr(later, name)
                setattr(later, name, tensor.to(mine.dtype).reshape(mine.shape))
            yield later

    def _is_draw(self, name: str, tensor: Tensor) -> bool:
        """Tell whether a tensor is the draw that the data have, or may be another of the same kind."""
        drawn = self.draws[name]
        if tensor.numel() != drawn.probability.numel():
            return False
        if same_tensor(tensor.flatten(), getattr(self.data, name).flatten()):
            return True
        spec = CheckSpec(name, Step.DATA, 1.0, any_shape=True, any_dtype=True)
        value = Value("tensor", tuple(tensor.shape), str(tensor.dtype)[6:], tensor)
        return compare(spec, drawn, value).status is not CheckStatus.FAILED


def _used_before(recording: Recording, begin: Part, name: str) -> Iterator[Tensor]:
    """Give the tensors of a name that trainings used before an answer began."""
    for record in recording.cells:
        for event in record.events:
            earlier = (event.cell, event.seq) <= (begin.cell, begin.after)
            if isinstance(event, Backward) and earlier and event.variables and name in event.variables:
                tensor = event.variables[name].tensor
                if tensor is not None:
                    yield tensor


def own_data(
    assignment: Assignment, matches: Mapping[str, Matched], submission: Submission, execution: Execution
) -> OwnData:
    """Give the assignment's data with what the student made in place of what is the student's own.

    What stands in cells that answer no question of ``matches`` is not looked for.
    """
    nominal = assignment.data()
    if not assignment.own:
        asked = list(_asked_for(assignment, matches, submission, execution, nominal))
        wrong, right = ({n: t for n, t, fit in asked if fit is one} for one in (False, True))
        return OwnData(nominal, nominal, wrong=wrong, right=right)
    data = SimpleNamespace(**vars(nominal))
    flags: tuple[Message, ...] = ()
    draws: dict[str, Bernoulli] = {}
    left: dict[str, Tensor] = {}
    for name, source in assignment.own.items():
        if source == STUDENT_ID:
            seed, flags = students_seed(submission, execution.recording)
            if seed is not None:
                setattr(data, name, seed)
            continue
        expected = _expected(assignment, source, name, data)
        if isinstance(drawn := _first(expected), Bernoulli):
            draws[name] = drawn
        if (match := matches.get(source)) is not None:
            made = _made(assignment, source, name, expected, answer_of(match, submission, execution))
            if made is not None:
                _put(data, name, expected, made)
                tensor = _of_another_form(_spec(assignment, source, name), getattr(nominal, name), made)
                if tensor is not None:
                    left[name] = tensor
                continue
        _follow(data, name, expected)
    return OwnData(_of_one_length(data, nominal), nominal, flags, draws, left)


def _asked_for(
    assignment: Assignment,
    matches: Mapping[str, Matched],
    submission: Submission,
    execution: Execution,
    nominal: Data,
) -> Iterator[tuple[str, Tensor, bool]]:
    """Give the data that questions ask for under their names, and whether they are what was asked for."""
    for question in assignment.questions:
        specs = [spec for spec in question.checks if isinstance(getattr(nominal, spec.name, None), Tensor)]
        if question.values is None or not specs or question.id not in matches:
            continue
        made = answer_of(matches[question.id], submission, execution).changed
        expected = question.values(nominal)
        for spec in specs:
            value = made.get(spec.name)
            if value is not None and value.tensor is not None:
                yield spec.name, value.tensor, fits(spec, expected[spec.name], value)


def _expected(assignment: Assignment, question: str, name: str, data: Data) -> Any:
    asked = next(q for q in assignment.questions if q.id == question)
    assert asked.values is not None
    return asked.values(data)[name]


def _made(assignment: Assignment, question: str, name: str, expected: Any, answer: Answer) -> Value | None:
    """Find the value that was judged as the answer: the one of that name, or a right one of another."""
    if name in answer.changed:
        return answer.changed[name]
    if isinstance(expected, Form):
        return None
    spec = _spec(assignment, question, name)
    for value in answer.changed.values():
        finding = check_value(spec, name, expected, {name: value}, {})
        if finding.status is not CheckStatus.FAILED:
            return value
    return None


def _spec(assignment: Assignment, question: str, name: str) -> CheckSpec:
    return next(c for q in assignment.questions if q.id == question for c in q.checks if c.name == name)


def _of_another_form(spec: CheckSpec, ours: Any, value: Value) -> Tensor | None:
    """Give the student's tensor if it is charged for its shape or dtype; ``None`` if not."""
    theirs = value.tensor if value.kind == "tensor" else None
    if theirs is None or not isinstance(ours, Tensor) or theirs.numel() != ours.numel():
        return None
    if theirs.is_complex() or theirs.numel() ** 2 > BROADCAST:
        return None
    shape = theirs.shape != ours.shape and not spec.any_shape
    dtype = theirs.dtype != ours.dtype and not spec.any_dtype
    return theirs if shape or dtype else None


def _put(data: Data, name: str, expected: Any, value: Value) -> None:
    """Put the student's value in place; a tensor in the form that the references compute with."""
    mine = getattr(data, name)
    if isinstance(expected, Function):
        if value.kind == "function":
            setattr(data, name, _recorded(value, mine))
        return
    tensor = as_tensor(value)
    if tensor is None or tensor.is_complex() or tensor.numel() % mine[0].numel():
        return
    if not 0 < tensor.numel() <= LONGEST * mine.numel():
        return
    if bool(tensor.isfinite().all()):
        setattr(data, name, tensor.to(mine.dtype).reshape(-1, *mine.shape[1:]))


def _follow(data: SimpleNamespace, name: str, expected: Any) -> None:
    """Put what follows from the student's own in place of what nobody has made, if its length is another."""
    right = _first(expected)
    if isinstance(right, Tensor) and right.shape != getattr(data, name).shape:
        setattr(data, name, right)


def _first(expected: Any) -> Any:
    return expected.answers[0] if isinstance(expected, Either) else expected


def _of_one_length(data: Data, nominal: Data) -> Data:
    """Give the data if all have as many rows; else the assignment's for those that have not as many as it."""
    lengths = {len(value) for value in vars(data).values() if isinstance(value, Tensor) and value.dim()}
    if len(lengths) <= 1:
        return data
    ours = vars(nominal)
    return SimpleNamespace(
        **{
            name: ours[name] if isinstance(value, Tensor) and value.shape != ours[name].shape else value
            for name, value in vars(data).items()
        }
    )


def _recorded(value: Value, nominal: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """Give the student's function as far as it was seen, the reference's elsewhere."""

    def function(given: Tensor) -> Tensor:
        result = value.plain.get(Function(nominal, given).key)
        if result is None or result.tensor is None or result.tensor.numel() != given.numel():
            return nominal(given)
        seen: Tensor = result.tensor.reshape(given.shape).to(given.dtype)
        return seen

    return function
