"""What an assignment is, once it has been read and found consistent (``grader.assignment.file`` reads it)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from torch import Tensor

from grader.expectations import Function
from grader.records import Limits, Step, Visibility
from grader.training import Data, Training

STUDENT_ID = "student-id"
"""In ``Assignment.own``: the student's number, wherever the submission tells it."""


@dataclass(frozen=True)
class CheckSpec:
    """One check of a question and what it is worth.

    In a training question ``name`` is the step (``init``, ``step1`` …); in a values question it is the name
    of the value: ``yhat`` in the namespace, ``net.bias`` for the parameter ``bias`` of the module ``net``.
    ``atol`` widens a value's tolerance, for numbers typed from a printed line. ``any_shape`` and
    ``any_dtype`` let the right numbers pass in any shape or dtype, ``any_kind`` as an array or a list where a
    tensor is meant.
    """

    name: str
    step: Step
    points: float
    visibility: Visibility = Visibility.PUBLIC
    atol: float = 0.0
    any_shape: bool = False
    any_dtype: bool = False
    any_kind: bool = False


@dataclass(frozen=True)
class Question:
    """One question. Its checks' points add up to ``points``.

    ``training`` is set for a training question, ``values`` for a values question: called with the data, or
    without for the assignment's own, it gives the expected values by name (tensor, array, number, text, truth
    value or one of ``grader.expectations``; ``None``: must not be there). ``others`` are other right forms of
    the whole answer, with the same names. ``varies_with`` names what the answer should depend on: ``csv``,
    the assignment's data files; ``seed``, the random numbers a notebook draws.
    """

    id: str
    title: str
    points: float
    checks: tuple[CheckSpec, ...]
    training: Training | None = None
    values: Callable[..., Mapping[str, Any]] | None = None
    varies_with: frozenset[str] = frozenset()
    others: tuple[Callable[..., Mapping[str, Any]], ...] = ()

    @property
    def forms(self) -> tuple[Callable[..., Mapping[str, Any]], ...]:
        """All right forms of a values question's answer."""
        return () if self.values is None else (self.values, *self.others)

    @property
    def kind(self) -> Literal["training", "values"]:
        """Which of the two it is."""
        return "training" if self.training is not None else "values"

    @property
    def marker(self) -> str:
        """The line that every released answer cell begins with."""
        return f"# 문제: {self.id}"


@dataclass(frozen=True)
class Variation:
    """An assignment on other data of the same kind, for a second run of a notebook.

    ``assignment`` expects what follows from ``contents``, the changed text of data files by name.
    ``seed_shift`` is what the seeds in the notebook are shifted by, 0 where no answer depends on them.
    """

    assignment: Assignment
    contents: Mapping[str, str]
    seed_shift: int


@dataclass(frozen=True)
class Assignment:
    """An assignment, read and found consistent.

    ``files`` are the data files by the name under which notebooks ask for them; ``data`` gives the
    references' data. ``own`` names what of the data is each student's own, and the id of the question where
    they made it, or ``student-id``. ``passing_score`` is in points, of ``max_score``. ``show_expected`` says
    whether students are told what was expected, ``deadline`` (ISO 8601, with its offset) from when on, where
    it says ``after-deadline``. ``checker`` is where pip gets the students' checker. ``given`` is the code of
    cells that are handed out ready-made, the imports say. ``varied`` gives the assignment on
    data drawn under a seed; one submission in ``run_twice`` is run on such data though nothing speaks against
    it, none where that is 0.
    """

    id: str
    title: str
    version: str
    digest: str
    folder: Path
    notebook: Path
    questions: tuple[Question, ...]
    files: Mapping[str, Path]
    data: Callable[[], Data]
    limits: Limits
    passing_score: float
    show_expected: Literal["never", "after-deadline", "always"]
    varied: Callable[[int], Variation]
    run_twice: int = 20
    own: Mapping[str, str] = field(default_factory=dict)
    deadline: str | None = None
    checker: str = ""
    given: str = ""

    @property
    def calls(self) -> Mapping[str, Tensor]:
        """The inputs on which students' functions are called, by their keys."""
        forms = [form for question in self.questions for form in question.forms]
        expected = [value for form in forms for value in form().values()]
        return {value.key: value.inputs for value in expected if isinstance(value, Function)}

    @property
    def max_score(self) -> float:
        """The sum of the questions' points."""
        return sum(question.points for question in self.questions)
