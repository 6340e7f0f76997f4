"""Data that later answers cannot work with: a notebook is run once more with them put right.

A missing ``dtype=torch.float32``, a column that is flat or a typo where the data are made lets every training
raise. That is one mistake, and its question pays for it: what was stopped by it is judged on a run in which
the data are as they were asked for. Data that are other numbers stop nothing and are followed instead.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from torch import Tensor

from grader.assignment.model import Assignment, CheckSpec, Question
from grader.checks.second_time import SECOND_TIME
from grader.checks.source import made_in, parsed
from grader.ending import in_thread
from grader.execution import execute_async
from grader.execution.kernel import KernelFactory
from grader.judging.gaps import gaps, missed_name
from grader.judging.judge import judge
from grader.judging.questions import Judged
from grader.judging.repairs import Repair, but, repair_of
from grader.recording import Value
from grader.records import (
    CellOutcome,
    CellStatus,
    CheckStatus,
    Execution,
    Message,
    QuestionStatus,
    Submission,
)

GIVEN = ""
"""Stands for the cells that were handed out, among the ids of questions."""
REPAIRED = "()"
"""Stands there for the steps of every answer that were put right."""
LOST = (CheckStatus.FAILED, CheckStatus.ERROR)
DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
STOPPED = (QuestionStatus.ERROR, QuestionStatus.UNANSWERED)


@dataclass(frozen=True)
class Mend:
    """A notebook in which the data that some questions ask for are put right; the names of the last one's.

    ``repairs`` are the steps that are put right there, by their questions.
    """

    submission: Submission
    questions: frozenset[str]
    names: tuple[str, ...]
    flag: str = "flag.mended"
    repairs: Mapping[str, Repair] = field(default_factory=dict)


async def judged_mended(  # noqa: PLR0913 - the first run's arguments and its outcome
    submission: Submission,
    assignment: Assignment,
    judged: tuple[Judged, ...],
    execution: Execution,
    *,
    kernel: KernelFactory,
    turn: AbstractAsyncContextManager[Any],
) -> tuple[Judged, ...]:
    """Put data right, one question's after the other's, and give what a notebook's answers are worth then.

    Raises:
        SandboxError: it could not be run.
    """
    done: frozenset[str] = frozenset()
    while put := mend(submission, assignment, judged, execution, done):
        done, submission = put.questions, put.submission
        async with turn:
            execution = await execute_async(
                submission,
                limits=assignment.limits,
                files=assignment.files,
                calls=assignment.calls,
                kernel=kernel,
            )
        judged = await in_thread(taken_over, put, assignment, judged, execution)
    return judged


def mend(
    submission: Submission,
    assignment: Assignment,
    judged: Sequence[Judged],
    execution: Execution,
    done: frozenset[str] = frozenset(),
) -> Mend | None:
    """Put right the first data that are not there or have another form, if something below was stopped.

    ``done`` are questions whose data were put right in this notebook already. Before them come the cells that
    were handed out, if a name was missed that they would have made; after them data that had been
    overwritten, and steps that stopped their own answer.
    """
    if GIVEN not in done and (missed := _missed(execution) & made_in(assignment.given)):
        return _with_given(submission, assignment.given, missed)
    data, outcomes = vars(assignment.data()), {one.index: one for one in execution.cells}
    for question, one in zip(assignment.questions, judged, strict=True):
        lines = {} if question.id in done else dict(_lines(question, one, data))
        place = _place(one, judged, outcomes) if lines else None
        if place is not None and _raised_below(place, execution):
            sources = _sources(submission)
            kept = _without_error(sources[place], outcomes[place])
            sources[place] = "\n".join([kept, *lines.values()])
            return Mend(_with_sources(submission, sources), done | {question.id}, tuple(lines))
    overwritten = _overwritten(judged, execution, data, done)
    if overwritten is None:
        return None if REPAIRED in done else _with_steps(submission, judged, done)
    name, place = overwritten
    sources = _sources(submission)
    kept = _without_error(sources[place], outcomes[place])
    sources[place] = f"{kept}\n{name} = {_put_right(name, None, data[name])}"
    answered = {one.report.id for one in judged if one.report.matched and place in one.report.matched.cells}
    return Mend(_with_sources(submission, sources), done | answered | {name}, (name,), "flag.freed")


def _overwritten(
    judged: Sequence[Judged], execution: Execution, data: Mapping[str, Any], done: Collection[str]
) -> tuple[str, int] | None:
    """Give a name of the data that an earlier cell has spoilt for a training that ended, and that cell.

    It may stand for something else, ``for x in range(30)``, or for a network's ŷ, ``y = net(x)``: the graph
    that leads to it is gone after one backward, and every training on it ends in its second epoch.
    """
    for one in judged:
        if one.case.error is None or one.case.question.training is None or one.report.matched is None:
            continue
        first = min(one.report.matched.cells)
        for name in (name for name in data if name not in done):
            made = [r for r in execution.recording.cells if r.cell < first and name in r.values]
            values = [record.values[name] for record in made]
            freed = SECOND_TIME in one.case.error and bool(values) and values[-1].requires_grad
            if freed or _lost_form(values, data[name]):
                return name, made[-1].cell
    return None


def _lost_form(values: Sequence[Value], right: object) -> bool:
    """Tell whether a name stood for as many numbers as the data have, and does so no more."""
    if not isinstance(right, Tensor) or not values:
        return False
    fits = [one.kind == "tensor" and _longer(one.shape or ()) == _longer(right.shape) for one in values]
    return any(fits) and not fits[-1]


def _with_steps(submission: Submission, judged: Sequence[Judged], done: frozenset[str]) -> Mend | None:
    """Put the steps right that stopped the answers they belong to."""
    sources, repairs = _sources(submission), {}
    for one in judged:
        if one.report.matched is None or (repair := repair_of(one)) is None:
            continue
        for cell in one.report.matched.cells:
            if (text := repair.text(sources[cell])) != sources[cell]:
                sources[cell] = text
                repairs[one.report.id] = repair
    if not repairs:
        return None
    first, *_ = repairs.values()
    return Mend(_with_sources(submission, sources), done | {REPAIRED}, (), first.flag, repairs)


def _missed(execution: Execution) -> set[str]:
    return set(filter(None, map(missed_name, execution.cells)))


def _with_given(submission: Submission, given: str, missed: Collection[str]) -> Mend | None:
    """Put what was handed out into a line of its own above the first cell."""
    code = [cell for cell in submission.cells if cell.kind == "code" and cell.source.strip()]
    first = next((cell for cell in code if not cell.source.lstrip().startswith("%%")), None)
    if first is None:
        return None
    sources = _sources(submission)
    sources[first.index] = f"exec({given!r})\n{first.source}"
    return Mend(
        _with_sources(submission, sources), frozenset({GIVEN}), tuple(sorted(missed)), "flag.given-back"
    )


def taken_over(
    put: Mend, assignment: Assignment, judged: Sequence[Judged], execution: Execution
) -> tuple[Judged, ...]:
    """Take the verdict on a run with right data where the run before was stopped, and that does not cost."""
    found = gaps(execution, put.submission.cells)
    again = judge(put.submission, assignment, execution, found).questions
    return tuple(
        _better(one, two, question, put)
        for question, one, two in zip(assignment.questions, judged, again, strict=True)
    )


def _better(one: Judged, two: Judged, question: Question, put: Mend) -> Judged:
    repair = put.repairs.get(question.id)
    if question.id in put.questions or not _helped(one, two, repaired=repair is not None):
        return one
    if repair is None:
        return _flagged(two, question, put.flag, put.names)
    return _flagged(but(repair.step, one, two), question, repair.flag, put.names)


def _helped(one: Judged, two: Judged, *, repaired: bool) -> bool:
    stopped = one.case.error is not None or one.report.status in STOPPED
    return (
        (stopped or repaired)
        and two.report.score >= one.report.score
        and two.report.checks != one.report.checks
    )


def _lines(question: Question, one: Judged, data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Give, for each name of the data that a question asks for, the line that puts it right."""
    if question.values is None:
        return
    pairs = zip(question.checks, one.report.checks, strict=True)
    lost = {spec.name for spec, check in pairs if check.status in LOST}
    lines = {
        spec.name: f"{spec.name} = {_put_right(spec.name, made, right)}"
        for spec in question.checks
        if isinstance(right := data.get(spec.name), Tensor)
        and not _is_of_form(spec, made := one.namespace.get(spec.name), right)
    }
    if lost:
        yield from lines.items()


def _is_of_form(spec: CheckSpec, value: Value | None, right: Tensor) -> bool:
    if value is None or value.kind != "tensor":
        return False
    shape = spec.any_shape or value.shape == tuple(right.shape)
    return shape and (spec.any_dtype or value.dtype == str(right.dtype).removeprefix("torch."))


def _put_right(name: str, value: Value | None, right: Tensor) -> str:
    """Write the student's own numbers in the form asked for, where they can be; the right ones elsewhere."""
    made = f'__import__("torch").tensor({right.flatten().tolist()})'
    if value is not None and value.kind == "tensor" and _longer(value.shape or ()) == _longer(right.shape):
        made = f"{name}.detach()"
    dtype = str(right.dtype).removeprefix("torch.")
    return f'{made}.to(__import__("torch").{dtype}).reshape({tuple(right.shape)})'


def _longer(shape: Sequence[int]) -> list[int]:
    return [length for length in shape if length != 1]


def _place(one: Judged, judged: Sequence[Judged], outcomes: Mapping[int, CellOutcome]) -> int | None:
    """Give the cell below which a question's data should be there: its last, or the one above all answers."""
    cells = [other.report.matched.cells for other in judged if other.report.matched is not None]
    if one.report.matched is not None:
        place = max(one.report.matched.cells)
    else:
        first = min((min(some) for some in cells), default=0)
        place = max((index for index in outcomes if index < first), default=-1)
    ended = outcomes[place].status if place in outcomes else CellStatus.NOT_REACHED
    return place if ended in (CellStatus.OK, CellStatus.RAISED) else None


def _raised_below(place: int, execution: Execution) -> bool:
    return any(one.index > place and one.status is CellStatus.RAISED for one in execution.cells)


def _without_error(source: str, outcome: CellOutcome) -> str:
    """Give what a cell did before it raised, and what it would have defined and imported below.

    Of one that is no Python these are the comments: one may be its label.
    """
    if outcome.error is None:
        return source
    body, lines = parsed(source).body, source.splitlines()
    if not body:
        return "\n".join(line for line in lines if line.startswith("#"))
    ended = [node for node in body if node.lineno <= (outcome.error.line or 1)] or body[:1]
    below = [node for node in body[len(ended) :] if isinstance(node, DEFINING)]
    kept = [lines[_first_line(node) - 1 : node.end_lineno] for node in below]
    return "\n".join([*lines[: _first_line(ended[-1]) - 1], *chain.from_iterable(kept)])


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


def _sources(submission: Submission) -> dict[int, str]:
    return {cell.index: cell.source for cell in submission.cells}


def _with_sources(submission: Submission, sources: Mapping[int, str]) -> Submission:
    notebook = copy.deepcopy(submission.notebook)
    for index, cell in enumerate([] if notebook is None else notebook.cells):
        cell.source = sources[index]
    cells = tuple(replace(cell, source=sources[cell.index]) for cell in submission.cells)
    return replace(submission, cells=cells, notebook=notebook)


def _flagged(one: Judged, question: Question, flag: str, names: Sequence[str]) -> Judged:
    told = Message(flag, {"question": question.title, "names": ", ".join(names)})
    return one._replace(flags=(*one.flags, told))
