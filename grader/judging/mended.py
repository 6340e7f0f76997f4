"""Data that later answers cannot work with: a notebook is run once more with them put right.

A missing ``dtype=torch.float32``, a column that is flat or a typo where the data are made lets every training
raise. That is one mistake, and its question pays for it: what was stopped by it is judged on a run in which
the data are as they were asked for. Data that are other numbers stop nothing and are followed instead.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from grader.assignment.model import Assignment, Question
from grader.checks.source import parsed
from grader.execution import execute_async
from grader.execution.kernel import KernelFactory
from grader.judging.gaps import gaps
from grader.judging.judge import judge
from grader.judging.questions import Judged
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

LOST = (CheckStatus.FAILED, CheckStatus.ERROR)
STOPPED = (QuestionStatus.ERROR, QuestionStatus.UNANSWERED)


@dataclass(frozen=True)
class Mend:
    """A notebook whose data are put right, the ids of the questions that asked for them, their names."""

    submission: Submission
    questions: frozenset[str]
    names: tuple[str, ...]


def mend(
    assignment: Assignment, submission: Submission, judged: Sequence[Judged], execution: Execution
) -> Mend | None:
    """Put data right that are not there or have another form, if anything below them was stopped."""
    outcomes = {one.index: one for one in execution.cells}
    data = vars(assignment.data())
    sources = {cell.index: cell.source for cell in submission.cells}
    questions, names = [], []
    for question, one in zip(assignment.questions, judged, strict=True):
        lines = dict(_lines(question, one, data))
        place = _place(one, judged, outcomes)
        if not lines or place is None or not _raised_below(place, execution):
            continue
        kept = _before_error(sources[place], outcomes[place])
        sources[place] = "\n".join([kept, *lines.values()])
        questions.append(question.id)
        names += lines
    if not names:
        return None
    return Mend(_with_sources(submission, sources), frozenset(questions), tuple(names))


async def judged_mended(
    put: Mend, assignment: Assignment, judged: Sequence[Judged], *, kernel: KernelFactory
) -> tuple[Judged, ...]:
    """Run a notebook with its data put right; give what its answers are worth then.

    Raises:
        SandboxError: it could not be run.
    """
    execution = await execute_async(
        put.submission,
        limits=assignment.limits,
        files=assignment.files,
        calls=assignment.calls,
        kernel=kernel,
    )
    return taken_over(put, assignment, judged, execution)


def taken_over(
    put: Mend, assignment: Assignment, judged: Sequence[Judged], execution: Execution
) -> tuple[Judged, ...]:
    """Take the verdict on a run with right data where the first run was stopped, and that costs less."""
    found = gaps(execution, put.submission.cells)
    again = judge(put.submission, assignment, execution, found).questions
    return tuple(
        _flagged(two, question, put)
        if question.id not in put.questions and _was_stopped(one) and two.report.score > one.report.score
        else one
        for question, one, two in zip(assignment.questions, judged, again, strict=True)
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
        and not _is_of_form(made := one.namespace.get(spec.name), right)
    }
    if lost & lines.keys():
        yield from lines.items()


def _is_of_form(value: Value | None, right: Tensor) -> bool:
    form = ("tensor", tuple(right.shape), str(right.dtype).removeprefix("torch."))
    return value is not None and (value.kind, value.shape, value.dtype) == form


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


def _before_error(source: str, outcome: CellOutcome) -> str:
    """Give what a cell did before it raised; of one that is no Python the comments: one may be its label."""
    if outcome.error is None:
        return source
    body, lines = parsed(source).body, source.splitlines()
    if not body:
        return "\n".join(line for line in lines if line.startswith("#"))
    line = outcome.error.line or 1
    ended = [node for node in body if node.lineno <= line]
    return "\n".join(lines[: (ended or body)[-1].lineno - 1])


def _with_sources(submission: Submission, sources: Mapping[int, str]) -> Submission:
    notebook = copy.deepcopy(submission.notebook)
    for index, cell in enumerate([] if notebook is None else notebook.cells):
        cell.source = sources[index]
    cells = tuple(replace(cell, source=sources[cell.index]) for cell in submission.cells)
    return replace(submission, cells=cells, notebook=notebook)


def _was_stopped(one: Judged) -> bool:
    return one.case.error is not None or one.report.status in STOPPED


def _flagged(one: Judged, question: Question, put: Mend) -> Judged:
    told = Message("flag.mended", {"question": question.title, "names": ", ".join(put.names)})
    return one._replace(flags=(*one.flags, told))
