"""Answers to different questions share a notebook, notebooks a process: forks are most of what a table costs.

Between two answers the names are set back to what they were before the first, so that each meets what it
would meet alone.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate, chain, pairwise, zip_longest

from grader.records import CheckStatus, Execution, QuestionReport, Submission

from .answers import Answer

#: So many notebooks are executed by one process.
TOGETHER = 8
#: The cell before a notebook that follows another: what it meets there is no change of its own.
BEGIN = (None, "pass")


def notebooks(answers: list[Answer], data: str | None = None) -> list[list[Answer]]:
    """Put the answers into as few notebooks as can be, one a question at most in each.

    What answers several questions, or the preparation of the data, is alone, unless it prepares them by
    ``data``, the usual source: then it begins a notebook, and others train on what it has prepared.
    """
    alone, first, by_question = [], [], defaultdict(list)
    for answer in answers:
        names = {name for name, _ in answer.cells}
        if len(names) == 1 and names.isdisjoint({None, "data"}):
            by_question[names.pop()].append(answer)
        elif data is not None and ("data", data) in answer.cells:
            first.append(answer)
        else:
            alone.append([answer])
    rows = zip_longest(first, *by_question.values())
    return [*alone, *([answer for answer in row if answer is not None] for row in rows)]


def begins(notebook: list[Answer], first: int) -> dict[int, int]:
    """Give the cells at which the answers of a notebook begin, and the cell that met what they are to meet.

    The notebook begins with the cell ``first``. What an answer that prepares the data has prepared is for the
    others.
    """
    starts = list(accumulate((len(answer.cells) for answer in notebook[:-1]), initial=first))
    prepares = any(name == "data" for name, _ in notebook[0].cells)
    starts = starts[1:] if prepares else starts
    return dict.fromkeys(starts[1:], *starts[:1])


def shared(
    notebooks: list[list[Answer]],
    submission_of: Callable[[list[tuple[str | None, str]]], Submission],
    judge: Callable[[Submission, Mapping[int, int]], Callable[[Submission], dict[str, QuestionReport]]],
) -> Callable[[Answer], dict[str, QuestionReport]]:
    """Judge answers by their notebooks, each of them once; ``TOGETHER`` at a time are executed as one.

    ``submission_of`` makes a submission that ends with the cells of notebooks; ``judge`` executes one, told
    what the answers are to meet, and gives what makes the reports of a part of it. Of an answer stand those
    of its questions, and of the data.
    """
    batches = [*_batches(notebooks)]
    place = {
        answer.cells: (i, j)
        for i, batch in enumerate(batches)
        for j, one in enumerate(batch)
        for answer in one
    }

    @functools.cache
    def judged(i: int) -> list[dict[str, QuestionReport]]:
        cells = [[BEGIN, *(cell for answer in notebook for cell in answer.cells)] for notebook in batches[i]]
        whole = submission_of([*chain(*cells)])
        given = len(whole.cells) - sum(map(len, cells))
        first, *others, end = accumulate(map(len, cells), initial=given)
        afresh = dict.fromkeys(others, first)
        for notebook, begin in zip(batches[i], (first, *others), strict=True):
            afresh |= begins(notebook, begin + 1)
        own = pairwise((first, *others, end))
        parts = [replace(whole, cells=whole.cells[:given] + whole.cells[a + 1 : b]) for a, b in own]
        return [*map(judge(whole, afresh), parts)]

    def reports(answer: Answer) -> dict[str, QuestionReport]:
        asked = {"data", *(name for name, _ in answer.cells)}
        i, j = place[answer.cells]
        return {name: one for name, one in judged(i)[j].items() if name in asked}

    return reports


def _batches(notebooks: list[list[Answer]]) -> Iterator[list[list[Answer]]]:
    """Put notebooks together that need the same preparation."""
    for prepares in (False, True):
        alike = [one for one in notebooks if prepares is any(name == "data" for name, _ in one[0].cells)]
        for i in range(0, len(alike), TOGETHER):
            yield alike[i : i + TOGETHER]


def only(execution: Execution, submission: Submission) -> Execution:
    """Give what happened in the cells of a submission which is a part of what was executed."""
    cells = {cell.index for cell in submission.cells}
    outcomes = tuple(outcome for outcome in execution.cells if outcome.index in cells)
    records = tuple(record for record in execution.recording.cells if record.cell in cells)
    return replace(execution, cells=outcomes, recording=replace(execution.recording, cells=records))


def ids(reports: Iterable[QuestionReport], status: CheckStatus) -> set[str]:
    """Give the ids of the checks of a status."""
    return {check.id for report in reports for check in report.checks if check.status is status}


def codes(reports: Iterable[QuestionReport]) -> list[str]:
    """Give the codes of all diagnoses, in their order."""
    return [diagnosis.code for report in reports for diagnosis in report.diagnoses]
