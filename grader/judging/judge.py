"""An execution, judged: which cells answer which question, and what each answer is worth."""

from __future__ import annotations

import threading
from typing import NamedTuple

import torch

from grader.assignment.model import Assignment
from grader.judging.gaps import Gaps, excused
from grader.judging.left_behind import without_left_behind
from grader.judging.own_data import own_data
from grader.judging.questions import Judged, judge_question
from grader.matching import match, units_of
from grader.records import Execution, Message, Submission

REFERENCES = threading.Lock()
"""Held by whoever runs references: they seed torch's generator, which all threads share."""


class Verdict(NamedTuple):
    """Every question judged, in the assignment's order, and what to look at in the matching."""

    questions: tuple[Judged, ...]
    flags: tuple[Message, ...]


def judge(submission: Submission, assignment: Assignment, execution: Execution, found: Gaps) -> Verdict:
    """Judge each question of an execution; ``found`` are the gaps in its recording."""
    with REFERENCES:
        torch.set_num_threads(1)  # small tensors: more cost more than they help, and sums come out alike
        own = own_data(assignment, {}, submission, execution)  # what a student's number tells
        units = units_of(execution.recording, execution.cells)
        for _ in range(2 if assignment.own else 1):  # then what they made, and what follows from that
            answers = match(submission, execution.recording, units, assignment, own.data)
            own = own_data(assignment, answers.matched, submission, execution)
        judged = [
            judge_question(question, answers.matched.get(question.id), submission, execution, assignment, own)
            for question in assignment.questions
        ]
        verdicts = (excused(one, found) for one in without_left_behind(judged))
        return Verdict(tuple(verdicts), (*own.flags, *answers.flags))
