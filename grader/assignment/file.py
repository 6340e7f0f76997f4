"""An assignment folder (``assignment.toml``, source notebook, data, references) -> ``Assignment``.

What an instructor can get wrong is said in one line: file, line, key, and the allowed word that is nearest.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from grader.assignment.folder import FILE
from grader.assignment.model import STUDENT_ID, Assignment, CheckSpec, Question, Variation
from grader.assignment.references import References
from grader.assignment.source import check_answer_cells, given_code, read_notebook
from grader.assignment.toml import Toml
from grader.assignment.trying import wrong_data, wrong_files, wrong_values
from grader.errors import AssignmentError, phrase
from grader.records import Limits, Step, Visibility
from grader.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from grader.assignment.toml import AssignmentForm, CheckForm, Key, QuestionForm
    from grader.assignment.trying import Wrong
    from grader.training import Data

STEPS = tuple(step.value for step in Step if step is not Step.VALUE)


def load(folder: Path) -> Assignment:
    """Read the assignment in ``folder``, ``…/assignments/<id>``; its references lie in ``…/reference``.

    Raises ``AssignmentError`` if anything is misspelt or missing, raises, or contradicts the rest.
    """
    toml = Toml.read(folder / FILE)
    form = toml.form()
    _check_form(toml, form)
    course = folder.resolve().parents[1]
    references = References(course / "reference")
    with toml.at(("data",)):
        prepared = references.function(form.data)() if form.data else SimpleNamespace()
        _require(wrong_data(prepared), str(form.data))
    questions = _questions(toml, form, references, prepared)
    _check_own(toml, form, prepared)
    notebook = folder / f"{form.id}.ipynb"
    source = read_notebook(notebook)
    check_answer_cells(notebook, source, questions)
    files = {name: _data_file(toml, name, folder / path) for name, path in form.files.items()}
    assignment = Assignment(
        id=form.id,
        title=form.title,
        version=form.version,
        digest=_digest(course, [toml.path, notebook, *files.values(), *references.files]),
        folder=folder,
        notebook=notebook,
        questions=questions,
        files=files,
        data=lambda: prepared,
        limits=Limits(**form.limits.model_dump()),
        passing_score=form.passing_score,
        show_expected=form.show_expected,
        deadline=None if form.deadline is None else form.deadline.isoformat(),
        own=form.own,
        checker=form.checker,
        given=given_code(source),
        varied=lambda _: Variation(assignment, {}, 0),
        run_twice=form.second_run.one_in,
    )
    return replace(assignment, varied=_varied(toml, form, references, assignment))


def _varied(
    toml: Toml, form: AssignmentForm, references: References, assignment: Assignment
) -> Callable[[int], Variation]:
    """Give the function that makes the assignment on data under another seed, once it has worked."""
    varying: frozenset[str] = frozenset().union(*(question.varies_with for question in assignment.questions))
    key: Key = ("second_run", "files")
    if "csv" in varying and not (form.data and form.second_run.files):
        why = phrase(
            'an answer varies_with = "csv": name data = … and the function that writes the files from a seed'
        )
        raise toml.error(key, why, missing=True)

    def varied(seed: int) -> Variation:
        shift = seed if "seed" in varying else 0
        if not (form.data and form.second_run.files):
            return Variation(assignment, {}, shift)
        other = references.function(form.data)(seed)
        changed = replace(
            assignment,
            data=lambda: other,
            questions=_questions(toml, form, references, other),
        )
        return Variation(changed, references.function(form.second_run.files)(seed), shift)

    with toml.at(key):
        contents = varied(1).contents
        _require(wrong_files(contents), form.second_run.files)
        unknown = set(contents) - set(form.files)
        if contents and contents == references.function(str(form.second_run.files))(2):
            raise AssignmentError(phrase("writes the same files under every seed"))
    if unknown:
        said = phrase("writes {name}", name=repr(min(unknown)))
        raise toml.error(key, said, did_you_mean(min(unknown), form.files))
    return varied


def _questions(toml: Toml, form: AssignmentForm, references: References, data: Data) -> tuple[Question, ...]:
    """Make all questions, as they stand on ``data``."""
    return tuple(
        _question(toml, ("questions", index), question, references, data)
        for index, question in enumerate(form.questions)
    )


def _check_own(toml: Toml, form: AssignmentForm, data: Data) -> None:
    """See that what is a student's own is among the data and comes from a question that asks for it."""
    asked = {question.id: question.checks for question in form.questions}
    for name, source in form.own.items():
        if name not in vars(data):
            said = phrase("is not among the data")
            raise toml.error(("own", name), said, did_you_mean(name, vars(data)))
        if source not in (*asked, STUDENT_ID):
            said = phrase("there is no question {name}", name=repr(source))
            raise toml.error(("own", name), said, did_you_mean(source, [*asked, STUDENT_ID]))
        if source in asked and name not in asked[source]:
            said = phrase("{question} has no check {name}", question=repr(source), name=repr(name))
            raise toml.error(("own", name), said)


def _check_form(toml: Toml, form: AssignmentForm) -> None:
    """Hold the parts of the form against one another and against the folder's name."""
    folder = toml.path.resolve().parent.name
    if form.id != folder:
        said = phrase("is {id}, but the folder is called {folder}", id=repr(form.id), folder=repr(folder))
        raise toml.error(("id",), said)
    if form.passing_score > form.points:
        said = phrase(
            "is {score} of {points} points", score=f"{form.passing_score:g}", points=f"{form.points:g}"
        )
        raise toml.error(("passing_score",), said)
    if form.show_expected == "after-deadline" and form.deadline is None:
        said = phrase("'after-deadline' needs a deadline, such as 2026-10-05T23:59:00+09:00")
        raise toml.error(("show_expected",), said)
    _check_sum(toml, ("points",), form.points, [question.points for question in form.questions])
    ids = [question.id for question in form.questions]
    for index, question in enumerate(form.questions):
        key: Key = ("questions", index)
        if question.id in ids[:index]:
            raise toml.error((*key, "id"), phrase("{id} is there twice", id=repr(question.id)))
        if [question.training, question.values, question.one_of].count(None) != 2:
            said = phrase("{id} needs either training = … or values = … or one_of = …", id=repr(question.id))
            raise toml.error(key, said)
        parts = [check.points for check in question.checks.values()]
        _check_sum(toml, (*key, "points"), question.points, parts)


def _check_sum(toml: Toml, key: Key, whole: float, parts: Sequence[float]) -> None:
    if not math.isclose(whole, sum(parts)):
        points = {"whole": f"{whole:g}", "sum": f"{sum(parts):g}"}
        of_questions = phrase("is {whole}, but the questions add up to {sum}", **points)
        of_checks = phrase("is {whole}, but the checks add up to {sum}", **points)
        raise toml.error(key, of_questions if key == ("points",) else of_checks)


def _question(toml: Toml, key: Key, form: QuestionForm, references: References, data: Data) -> Question:
    """Find the references of one question and make it."""
    training, forms, legal = None, [], STEPS
    if form.training is not None:
        with toml.at((*key, "training")):
            training = references.training(form.training, data)
    else:
        where = "values" if form.one_of is None else "one_of"
        for dotted in form.one_of or [str(form.values)]:
            with toml.at((*key, where)):
                forms.append(_expecting(references.function(dotted), data))
                values = forms[-1]()
                _require(wrong_values(values), dotted)
                names = tuple(values)
                if len(forms) > 1 and set(names) != set(legal):
                    said = phrase("{name} gives other names than the form before it", name=repr(dotted))
                    raise AssignmentError(said)
                legal = names
    checks = tuple(_check(toml, (*key, "checks", name), form.checks[name], legal) for name in form.checks)
    values, others = (forms[0], tuple(forms[1:])) if forms else (None, ())
    varies_with = frozenset(form.varies_with)
    return Question(form.id, form.title, form.points, checks, training, values, varies_with, others)


def _expecting(function: Callable[..., Any], nominal: Data) -> Callable[..., Any]:
    """Give a function of the data that does without: it takes the assignment's own then.

    What follows from those is the same for every submission, and is worked out once.
    """
    known = cache(lambda: function(nominal))

    def expected(data: Data | None = None) -> Any:
        return known() if data is None or data is nominal else function(data)

    return expected


def _require(wrong: Wrong, reference: str | None) -> None:
    """Raise ``AssignmentError`` for what was found wrong with what a reference gives."""
    if wrong:
        raise AssignmentError(f"{reference} ", *wrong)


def _check(toml: Toml, key: Key, form: CheckForm, legal: tuple[str, ...]) -> CheckSpec:
    """Make the check that ``key`` names; ``legal`` are the names it may have."""
    name = str(key[-1])
    if name not in legal:
        raise toml.error(key, phrase("nothing to check"), did_you_mean(name, legal))
    if legal is STEPS and (form.step or form.atol or form.any_dtype or form.any_kind):
        raise toml.error(key, phrase("step, atol, any_dtype and any_kind belong to the checks of values"))
    return CheckSpec(
        name=name,
        step=Step(name) if legal is STEPS else Step(form.step or "value"),
        points=form.points,
        visibility=Visibility(form.visibility),
        atol=form.atol,
        any_shape=form.any_shape,
        any_dtype=form.any_dtype,
        any_kind=form.any_kind,
    )


def _data_file(toml: Toml, name: str, path: Path) -> Path:
    """Give the path of a data file that is there, inside the assignment's folder."""
    if name in {"", ".", ".."} or re.search(r"[/\\\0]", name):
        raise toml.error(("files", name), phrase("should be the name of a file, without a folder"))
    if not path.resolve().is_relative_to(toml.path.resolve().parent):
        raise toml.error(("files", name), phrase("{path} lies outside the assignment", path=str(path)))
    if not path.is_file():
        there = sorted(other.name for other in path.parent.glob("*"))
        said = phrase("there is no file {path}", path=str(path))
        raise toml.error(("files", name), said, did_you_mean(path.name, there))
    return path


def _digest(course: Path, paths: Iterable[Path]) -> str:
    """Sum up the names and bytes of all that decides about marks."""
    total = hashlib.sha256()
    for path in sorted({path.resolve() for path in paths}):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        linked = not path.is_relative_to(course)  # from another course's folder, say
        total.update(f"{content}  {path.name if linked else path.relative_to(course).as_posix()}\n".encode())
    return total.hexdigest()
