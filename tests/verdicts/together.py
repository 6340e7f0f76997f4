"""Answers to different questions share a notebook: a fork for each of them is most of what a table costs.

Between two answers the names are set back to what they were before the first, so that each meets what it
would meet alone.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate

from grader.records import Submission

from .answers import Answer


def notebooks(answers: list[Answer]) -> list[list[Answer]]:
    """Put the answers into as few notebooks as can be, one a question at most in each.

    What answers several questions, or the preparation of the data, is alone.
    """
    alone, by_question = [], defaultdict(list)
    for answer in answers:
        names = {name for name, _ in answer.cells}
        if len(names) == 1 and names.isdisjoint({None, "data"}):
            by_question[names.pop()].append(answer)
        else:
            alone.append([answer])
    rounds = max(map(len, by_question.values()), default=0)
    shared = [[many[i] for many in by_question.values() if i < len(many)] for i in range(rounds)]
    return [*alone, *shared]


def begins(notebook: list[Answer], submission: Submission) -> list[int]:
    """Give the cells of a submission that ends with the answers at which each answer begins."""
    lengths = [len(answer.cells) for answer in notebook]
    first = len(submission.cells) - sum(lengths)
    return [first + before for before in accumulate(lengths[:-1], initial=0)]
