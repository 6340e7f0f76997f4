"""Answers to different questions share a notebook: a fork for each of them is most of what a table costs.

Between two answers the names are set back to what they were before the first, so that each meets what it
would meet alone.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import accumulate, zip_longest

from grader.records import CheckStatus, QuestionReport, Submission

from .answers import Answer


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


def begins(notebook: list[Answer], submission: Submission) -> list[int]:
    """Give the cells of a submission that ends with the answers at which each answer begins.

    An answer that prepares the data leaves them to the others: it is no beginning.
    """
    lengths = [len(answer.cells) for answer in notebook]
    first = len(submission.cells) - sum(lengths)
    starts = [first + before for before in accumulate(lengths[:-1], initial=0)]
    prepares = any(name == "data" for name, _ in notebook[0].cells)
    return starts[1:] if prepares else starts


def shared(
    notebooks: list[list[Answer]],
    submission_of: Callable[[list[tuple[str | None, str]]], Submission],
    judge: Callable[[Submission, list[int]], dict[str, QuestionReport]],
) -> Callable[[Answer], dict[str, QuestionReport]]:
    """Judge answers by their notebooks, each of them once.

    ``submission_of`` makes a submission that ends with the cells of a notebook; ``judge`` gives the reports
    of one, told the cells before which the names are set back. Of an answer stand those of its questions,
    and of the data.
    """
    place = {answer.cells: i for i, notebook in enumerate(notebooks) for answer in notebook}

    @functools.cache
    def judged(i: int) -> dict[str, QuestionReport]:
        submission = submission_of([cell for answer in notebooks[i] for cell in answer.cells])
        return judge(submission, begins(notebooks[i], submission))

    def reports(answer: Answer) -> dict[str, QuestionReport]:
        asked = {"data", *(name for name, _ in answer.cells)}
        return {name: one for name, one in judged(place[answer.cells]).items() if name in asked}

    return reports


def ids(reports: Iterable[QuestionReport], status: CheckStatus) -> set[str]:
    """Give the ids of the checks of a status."""
    return {check.id for report in reports for check in report.checks if check.status is status}


def codes(reports: Iterable[QuestionReport]) -> list[str]:
    """Give the codes of all diagnoses, in their order."""
    return [diagnosis.code for report in reports for diagnosis in report.diagnoses]
