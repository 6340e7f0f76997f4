"""An assignment -> its kit.

The document is ``{"format", "id", "title", "version", "show_expected", "deadline", "passing", "hides",
"later", "limits", "files", "data", "own", "questions"}``. A question has ``checks`` (public ones alone, with
their points and tolerances) and either a ``training`` in one of the engine's own forms or ``forms`` of values
by name. ``passing`` is the share of the points that passes. Where the assignment shows no expected values, or
not yet, shapes and dtypes stand in the place of numbers, and of the data there is what the trainings compute
with.

What is not in it: references and solutions, hidden checks and what they expect, the inputs that functions are
called on when it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import torch
from torch import Tensor

from grader.assignment.model import STUDENT_ID, Assignment, CheckSpec, Question
from grader.errors import AssignmentError, phrase
from grader.expectations import Function
from grader.kit.expected import Writer, function_name, read
from grader.kit.formulas import Tape, names_in
from grader.kit.kit import FORMAT, WRONG, Kit, limits_of
from grader.kit.numbers import write_tensor
from grader.kit.trainings import data_of, form_of
from grader.records import Visibility
from grader.training import Data


class _Made(NamedTuple):
    """What a document says of one question, ``None`` if nothing of it can be judged with a kit."""

    question: Question
    document: dict[str, Any] | None


def make(assignment: Assignment) -> Kit:
    """Make the kit. Raises ``AssignmentError`` if a data file is not text."""
    data = assignment.data()
    opened = assignment.show_expected == "always"
    own = _public_own(assignment, data)
    made = [
        _Made(question, _question(question, data, own, opened=opened)) for question in assignment.questions
    ]
    documents = [one.document for one in made if one.document is not None]
    kept = _kept(assignment, data, documents, opened=opened)
    document = {
        "format": FORMAT,
        "id": assignment.id,
        "title": assignment.title,
        "version": assignment.version,
        "show_expected": assignment.show_expected,
        "deadline": assignment.deadline,
        "passing": assignment.passing_score / assignment.max_score,
        "hides": any(_public(one.question) != one.question.checks for one in made),
        "later": [{"id": q.id, "title": q.title} for q, document in made if document is None],
        "limits": limits_of(assignment),
        "files": {name: _text(path) for name, path in assignment.files.items()},
        "data": kept,
        "own": {name: source for name, source in own.items() if name in kept},
        "questions": documents,
    }
    return Kit(document)


def _public(question: Question) -> tuple[CheckSpec, ...]:
    return tuple(spec for spec in question.checks if spec.visibility is Visibility.PUBLIC)


def _public_own(assignment: Assignment, data: Data) -> dict[str, str]:
    """Give what is a student's own and can be known to be: asked for by a public check."""
    asked = {question.id: {spec.name for spec in _public(question)} for question in assignment.questions}
    return {
        name: source
        for name, source in assignment.own.items()
        if _datum(getattr(data, name)) is not None and (source == STUDENT_ID or name in asked[source])
    }


def _question(
    question: Question, data: Data, own: Mapping[str, str], *, opened: bool
) -> dict[str, Any] | None:
    specs = _public(question)
    training = None if question.training is None else form_of(question.training, data)
    if not specs or (question.training is not None and training is None):
        return None
    names = {spec.name for spec in specs}
    return {
        "id": question.id,
        "title": question.title,
        "checks": [_check(spec) for spec in specs],
        "training": training,
        "forms": [_form(form, names, data, own, opened=opened) for form in question.forms],
    }


def _check(spec: CheckSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "step": spec.step.value,
        "points": spec.points,
        "atol": spec.atol,
        "any_shape": spec.any_shape,
        "any_dtype": spec.any_dtype,
        "any_kind": spec.any_kind,
    }


def _form(
    form: Callable[..., Mapping[str, Any]],
    asked: set[str],
    data: Data,
    own: Mapping[str, str],
    *,
    opened: bool,
) -> dict[str, Any]:
    """Write one right form of an answer, and what students' own functions are called on for others."""
    tape = Tape({name: getattr(data, name) for name in own})
    with tape:
        values = form(SimpleNamespace(**{**vars(data), **tape.data}))
    writer, told = Writer(tape, numbers=opened), Writer(tape, numbers=False)
    hidden = {value.key for name, value in values.items() if isinstance(value, Function) and name in asked}
    out = {}
    for name, value in values.items():
        if name in asked:
            written = writer.write(value)
            out[name] = written if _follows(written, name, form, data, own) else told.write(value)
        elif opened and isinstance(value, Function) and value.key not in hidden:
            out[name] = writer.call(value)
    return out


def _follows(
    written: Any, name: str, form: Callable[..., Mapping[str, Any]], data: Data, own: Mapping[str, str]
) -> bool:
    """Tell whether what was written gives what the reference gives on other data of a student's own."""
    other = SimpleNamespace(**{**vars(data), **{key: _another(getattr(data, key)) for key in own}})
    try:
        return _alike(read(written, other), form(other)[name])
    except WRONG:
        return False


def _another(value: Any) -> Any:
    """Give another value of the same kind, near enough for any formula to be computed."""
    if isinstance(value, Tensor):
        return value * 0.75 + 0.125 if value.is_floating_point() else value
    if callable(value):
        return lambda given: value(given) * 0.5 + 0.25
    return value + 1 if isinstance(value, int) else value


def _alike(one: Any, other: Any) -> bool:
    """Compare two expected values, whatever they are made of."""
    if isinstance(one, Tensor) or isinstance(other, Tensor):
        same_kind = isinstance(one, Tensor) and isinstance(other, Tensor) and one.dtype == other.dtype
        return same_kind and one.shape == other.shape and torch.equal(one.nan_to_num(), other.nan_to_num())
    if type(one) is not type(other):
        return False
    if isinstance(one, Function):
        return True  # its inputs are others on purpose
    if hasattr(one, "answers"):
        pairs = zip(one.answers, other.answers, strict=True)
        return len(one.answers) == len(other.answers) and all(_alike(a, b) for a, b in pairs)
    if hasattr(one, "probability"):
        return _alike(one.probability, other.probability)
    same = one == other
    return bool(same.all()) if hasattr(same, "all") else bool(same)


def _kept(
    assignment: Assignment,
    data: Data,
    documents: list[dict[str, Any]],
    *,
    opened: bool,
) -> dict[str, Any]:
    """Write the data: all that are not what a hidden check asks for, or what is computed with alone."""
    needed = set().union(*(data_of(d["training"]) for d in documents if d["training"] is not None))
    needed |= names_in([d["forms"] for d in documents])
    hidden = {
        spec.name
        for question in assignment.questions
        for spec in question.checks
        if spec.visibility is Visibility.HIDDEN
    }
    names = [name for name in vars(data) if name in needed or (opened and name not in hidden)]
    written = {name: _datum(getattr(data, name)) for name in names}
    return {name: value for name, value in written.items() if value is not None}


def _datum(value: Any) -> dict[str, Any] | None:
    """Write what a kit can hold of the data; ``None`` for anything else."""
    if isinstance(value, Tensor):
        return {"tensor": write_tensor(value)}
    if callable(value):
        name = function_name(value)
        return None if name is None else {"function": name}
    return {"plain": value} if isinstance(value, bool | int | float | str) else None


def _text(path: Path) -> str:
    """Read a data file, byte for byte."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise AssignmentError(
            f"{path}: ", phrase("is not UTF-8 text; a notebook can carry no other file")
        ) from error
