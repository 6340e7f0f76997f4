"""Every misconception on every training question: it has to lose its step's points and to be named."""

from __future__ import annotations

from dataclasses import replace

import torch

from grader.assignment.model import Assignment, Question
from grader.diagnosis import MISCONCEPTIONS, Misconception
from grader.diagnosis.table import differ
from grader.judging.judge import REFERENCES
from grader.judging.questions import judge_question
from grader.matching import Matched
from grader.recording import Part
from grader.records import CheckStatus, MatchedBy, Message, QuestionReport
from grader.training import Data, Training
from grader.training import replace as replaced
from grader.trials import Trial
from grader.validation.simulation import CELL, simulate

LONGEST = 12  # epochs that a simulated run has at most: the steps of a longer one are the same
RIGHT = "right"


def matrix(assignment: Assignment) -> tuple[Trial, ...]:
    """Try the reference itself and each misconception that applies on each training question."""
    with REFERENCES:
        torch.set_num_threads(1)  # small tensors: more cost more than they help
        data = assignment.data()
        trials = []
        for question in (question for question in assignment.questions if question.training is not None):
            short = _shortened(question)
            trials.append(_right(short, assignment, data))
            trials += [_wrong(short, one, assignment, data) for one in applicable(_training(short), data)]
    return tuple(trials)


def applicable(training: Training, data: Data) -> list[Misconception]:
    """Give the misconceptions that can befall a training; of two that come to the same here, the first.

    One that costs another step where less of it is seen is tried where all is.
    """
    found: list[Misconception] = []
    for one in MISCONCEPTIONS:
        rivals = [other for other in found if other.step is one.step]
        seen = any(other.make is one.make for other in found)
        if (
            not seen
            and one.applies(training, data)
            and all(differ(other.make(training), one.make(training), data) for other in rivals)
        ):
            found.append(one)
    return found


def _shortened(question: Question) -> Question:
    training = _training(question)
    return replace(question, training=replaced(training, epochs=min(training.epochs, LONGEST)))


def _right(question: Question, assignment: Assignment, data: Data) -> Trial:
    report = _judged(question, None, assignment, data)
    lost: list[str] = [check.step for check in report.checks if check.status is not CheckStatus.PASSED]
    lost = lost or [diagnosis.code for diagnosis in report.diagnoses]
    return Trial(question.id, RIGHT, None, (Message("hole.loses", {"lost": lost}),) if lost else ())


def _wrong(question: Question, misconception: Misconception, assignment: Assignment, data: Data) -> Trial:
    report = _judged(question, misconception, assignment, data)
    failed = {check.step for check in report.checks if check.status is CheckStatus.FAILED}
    named = [diagnosis.code for diagnosis in report.diagnoses]
    others = sorted(failed - {misconception.step}) if report.run is not None else []
    hole: tuple[Message, ...] = ()
    if all(check.step is not misconception.step for check in question.checks):
        hole = (Message("hole.unasked", {"step": str(misconception.step)}),)
    elif misconception.step not in failed:
        hole = (Message("hole.elsewhere", {"steps": sorted(failed)}) if failed else Message("hole.free"),)
    elif others:
        hole = (Message("hole.also", {"steps": others}),)
    elif named != [misconception.code]:
        hole = (Message("hole.called", {"names": named}) if named else Message("hole.unnamed"),)
    return Trial(question.id, misconception.code, misconception.step, hole)


def _judged(
    question: Question, misconception: Misconception | None, assignment: Assignment, data: Data
) -> QuestionReport:
    training = _training(question)
    submission, execution = simulate(
        misconception.make(training) if misconception else training, data, question.id
    )
    match = Matched(MatchedBy.METADATA, 1.0, (Part(CELL),))
    return judge_question(question, match, submission, execution, assignment).report


def _training(question: Question) -> Training:
    assert question.training is not None
    return question.training
