"""Whole notebooks through the kernel: the solutions, the blank kit, and those known to be wrong."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from pydantic import BaseModel, ConfigDict, ValidationError

from grader.assignment.model import Assignment
from grader.assignment.source import read_notebook
from grader.errors import AssignmentError, phrase
from grader.execution.kernel import KernelFactory, temporary_folder
from grader.grading import grade_async
from grader.judging.second_run import written
from grader.records import Message, QuestionReport, Report, ReportStatus, Step
from grader.release import blank
from grader.submission import read
from grader.trials import Trial

SOLUTION, BLANK, ELSEWHERE = "solution", "blank", "elsewhere"
AT_ONCE = 2  # notebooks


class Expected(BaseModel):
    """What the first cell of a notebook in ``wrong/`` says it should get.

    ``score`` is in points; ``diagnoses`` are the codes by question, questions without any left out.
    """

    model_config = ConfigDict(extra="forbid")

    score: float
    diagnoses: dict[str, list[str]] = {}


@dataclass(frozen=True)
class _Case:
    name: str
    path: Path
    expected: Expected


def notebooks(assignment: Assignment, kernel: KernelFactory) -> tuple[Trial, ...]:
    """Grade the solutions, the blank notebook and each one in ``wrong/``, and compare.

    Raises:
        AssignmentError: a notebook cannot be read, or does not say what it should get.
        SandboxError: the machine or the grader failed.
    """
    with temporary_folder(kernel) as folder:
        return asyncio.run(_all(_cases(assignment, folder), assignment, kernel, folder))


async def _all(
    cases: Sequence[_Case], assignment: Assignment, kernel: KernelFactory, folder: Path
) -> tuple[Trial, ...]:
    slots = asyncio.Semaphore(AT_ONCE)

    async def graded(path: Path, asked: Assignment) -> Report:
        async with slots:
            return (await grade_async(read(path), asked, kernel=kernel))[0]

    solved = asyncio.ensure_future(graded(cases[0].path, assignment))

    async def one(case: _Case) -> Trial:
        report = await (solved if case is cases[0] else graded(case.path, assignment))
        return Trial("", case.name, None, _hole(case.expected, report))

    async def elsewhere(varying: Collection[str]) -> Trial:
        report = await graded(cases[0].path, _on_other_data(assignment, folder))
        anyway = _lost((await solved).questions)  # which the solutions' own trial tells
        lost = [it for it in _lost([q for q in report.questions if q.id in varying]) if it not in anyway]
        said = (Message("hole.other-data", {"lost": lost}), *_first_raised(report)) if lost else ()
        return Trial("", ELSEWHERE, None, said)

    varying = _following_the_files(assignment)
    trials = (one(case) for case in cases)
    return tuple(await asyncio.gather(*trials, *([elsewhere(varying)] if varying else ())))


def _following_the_files(assignment: Assignment) -> set[str]:
    """Name the questions whose answers go with the files: those that say so, and those that ask for data."""
    asked = assignment.questions
    if not any("csv" in question.varies_with for question in asked):
        return set()
    given = {question.id for question in asked for check in question.checks if check.step is Step.DATA}
    return given | {question.id for question in asked if "csv" in question.varies_with}


def _on_other_data(assignment: Assignment, folder: Path) -> Assignment:
    """Give the assignment with the files and the data of another seed, as a second run has them."""
    variation = assignment.varied(1)
    return replace(
        variation.assignment, files={**assignment.files, **written(variation, folder)}, run_twice=0
    )


def _cases(assignment: Assignment, folder: Path) -> list[_Case]:
    source = read_notebook(assignment.notebook)
    made = (
        (SOLUTION, source, assignment.max_score),
        (BLANK, blank(source, name=assignment.notebook.name), 0.0),
    )
    cases = []
    for name, notebook, score in made:
        path = folder / f"{name}.ipynb"
        nbformat.write(notebook, path)
        cases.append(_Case(name, path, Expected(score=score)))
    wrong = sorted((assignment.folder / "wrong").glob("*.ipynb"))
    return cases + [_Case(f"wrong/{path.name}", path, expectation(path)) for path in wrong]


def expectation(path: Path) -> Expected:
    """Read what the first cell of a notebook says it should get: TOML, which a code fence may surround.

    Raises ``AssignmentError`` if it does not say so.
    """
    cells = read_notebook(path).cells
    text = "" if not cells or cells[0].cell_type == "code" else cells[0].source
    lines = [line for line in text.splitlines() if not line.startswith(("```", "#"))]
    try:
        content: dict[str, Any] = tomllib.loads("\n".join(lines))
        return Expected.model_validate(content)
    except tomllib.TOMLDecodeError as error:
        said = phrase("the first cell should say what comes out, as TOML: {error}", error=str(error))
        raise AssignmentError(f"{path}: ", said) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        said = phrase("the first cell: {key}: {error}", key=where, error=first["msg"])
        raise AssignmentError(f"{path}: ", said) from error


def _hole(expected: Expected, report: Report) -> tuple[Message, ...]:
    """Say what came out otherwise than expected; nothing if all is as it should be."""
    if report.status is not ReportStatus.GRADED or report.score is None:
        return (Message("hole.ungraded"),)
    said = []
    if abs(report.score - expected.score) > 1e-9:
        scores = {"got": report.score, "wanted": expected.score}
        lost = _lost(report.questions)
        if lost and report.score < expected.score:
            said.append(Message("hole.score-lost", {**scores, "lost": lost}))
            said += _first_raised(report)
        else:
            said.append(Message("hole.score", scores))
    named = {q.id: [d.code for d in q.diagnoses] for q in report.questions if q.diagnoses}
    for question in sorted(named.keys() | expected.diagnoses.keys()):
        given, wanted = named.get(question, []), expected.diagnoses.get(question, [])
        if sorted(given) != sorted(wanted):
            names = {"given": given or "–", "wanted": wanted or "–"}
            said.append(Message("hole.diagnoses", {"question": question, **names}))
    return tuple(said)


def _lost(questions: Sequence[QuestionReport]) -> list[str]:
    """Name the questions that lost points, each with its checks that did, unless all of them did."""
    return [_named(question) for question in questions if question.score < question.max_score]


def _named(question: QuestionReport) -> str:
    lost = [check.id for check in question.checks if check.points < check.max_points]
    which = " ".join(name.removeprefix(f"{question.id}.") for name in lost)
    return question.id if len(lost) == len(question.checks) else f"{question.id}: {which}"


def _first_raised(report: Report) -> list[Message]:
    """Say which cell raised, and what: those after it often raise for want of what it would have made."""
    raised = ((cell.index + 1, cell.error) for cell in report.cells if cell.error)
    return [
        Message("cell.raised-somewhere", {"cell": number, "name": error.name, "value": error.value})
        for number, error in raised
    ][:1]
