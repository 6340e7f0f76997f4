"""Learned or typed in: whose notebook is run a second time, on other data, and what its answers lose then.

An answer counts as learned when the recorded chain leads to it and the host, recomputing from the data,
agrees. Where a question should depend on the data and that is in doubt, the same notebook is judged once more
on data that its author has not seen. What stays where the old data had it, though the right answer has moved
far away, was not computed from the data. What moves, what raises, what cannot be compared costs nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from grader.assignment.model import Assignment, Question
from grader.checks.moved import carries, is_shown_stuck, is_stuck, rests_on_data
from grader.judging.gaps import Gaps
from grader.judging.questions import Judged, with_checks
from grader.recording import Numbers, Recording, Value
from grader.records import CheckResult, CheckStatus, Message, QuestionStatus, Step, Submission
from grader.runs.training_runs import training_runs
from grader.training import Data

GIVEN = (Step.INIT, Step.DATA)  # what the lecture itself types in
CONTRADICTIONS = ("result.differs", "result.missing", "step3.differs", "step4.differs")
TYPED = re.compile(r"\d\.\d{3,}")  # a number as it is printed
MANY_TYPED = 20  # of these: a path, or data, may stand in the notebook


@dataclass(frozen=True)
class Doubt:
    """Why a notebook is run twice: ids of ``questions`` no chain leads to, a ``gap``, or as a ``sample``."""

    questions: frozenset[str]
    gap: bool
    sample: bool

    def __bool__(self) -> bool:
        return bool(self.questions or self.gap or self.sample)


# ── when ──────────────────────────────────────────────────────────────────────────────────────────────────


def doubt(
    assignment: Assignment,
    submission: Submission,
    recording: Recording,
    judged: Sequence[Judged],
    found: Gaps,
) -> Doubt:
    """Tell whether a notebook has to be run on other data; most have not."""
    pairs = list(zip(assignment.questions, judged, strict=True))
    earned = [(question, one) for question, one in pairs if question.varies_with and one.report.score]
    typed = sum(len(TYPED.findall(cell.source)) for cell in submission.cells if cell.kind == "code")
    return Doubt(
        questions=frozenset(
            question.id
            for question, one in earned
            if found or typed >= MANY_TYPED or _in_doubt(question, one, recording)
        ),
        gap=bool(found),
        sample=bool(earned) and is_sampled(assignment, submission),
    )


def is_sampled(assignment: Assignment, submission: Submission) -> bool:
    """Tell whether a notebook is run twice though nothing speaks against it: the same ones each time."""
    return bool(assignment.run_twice) and _digest(assignment, submission) % assignment.run_twice == 0


def seed_of(assignment: Assignment, submission: Submission) -> int:
    """Give the seed of the other data: the same each time, and nothing that a student can know."""
    return 1 + _digest(assignment, submission) // 2**32 % 2**31


def _digest(assignment: Assignment, submission: Submission) -> int:
    text = f"{assignment.digest} {submission.sha256}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:16], "big")


def _in_doubt(question: Question, one: Judged, recording: Recording) -> bool:
    if one.judgement is None:
        return not _led_to(question, one, recording)
    said = {check.message.id for check in one.report.checks}
    near = any(check.status is CheckStatus.BORDERLINE for check in one.report.checks)
    return near or bool(said.intersection(CONTRADICTIONS)) or not rests_on_data(one.judgement)


def _led_to(question: Question, one: Judged, recording: Recording) -> bool:
    """Tell whether each value that earned points is where some run ended."""
    ends: set[Numbers] = set()
    for run in training_runs(recording):
        last = run.epochs[-1]
        end, at = last.following or last.values, 0
        for _, shape, _ in run.leaves:
            count = torch.Size(shape).numel()
            ends.add(end[at : at + count])
            at += count
    earned = [
        spec.name for spec, check in zip(question.checks, one.report.checks, strict=True) if check.points
    ]
    return all(_numbers(one.namespace.get(name)) in ends for name in earned)


# ── what it comes to ──────────────────────────────────────────────────────────────────────────────────────


def settle(
    why: Doubt,
    questions: Sequence[Question],
    runs: tuple[Sequence[Judged], Sequence[Judged]],
    data: tuple[Data, Data],
) -> tuple[Judged, ...]:
    """Hold the first run's answers against the second run's.

    Args:
        why: what was in doubt.
        questions: the assignment's, in the order of the answers.
        runs: the answers, judged on the course's data and on other data.
        data: the data of each.
    """
    return tuple(
        _settled(question, one, two, data, doubted=question.id in why.questions)
        for question, one, two in zip(questions, *runs, strict=True)
    )


def _settled(
    question: Question, one: Judged, two: Judged, data: tuple[Data, Data], *, doubted: bool
) -> Judged:
    if one.report.status is QuestionStatus.ERROR:
        seen = two.report.status is not QuestionStatus.ERROR and two.report.score > one.report.score
        return _flagged(two, question, "flag.judged-on-second-run") if seen else one
    if not question.varies_with or not one.report.score:
        return one
    if _cells(one) != _cells(two) or (one.judgement is None) != (two.judgement is None):
        return _flagged(one, question, "flag.second-run-unclear") if doubted else one
    lost = _stuck(question, one, two)
    if not lost:
        return one
    if carries(*data, two.judgement, two.namespace):
        seen = one.judgement is not None and rests_on_data(one.judgement)
        return one if seen else _flagged(one, question, "flag.data-in-notebook")
    checks = tuple(_unmoved(check) if check.id in lost else check for check in one.report.checks)
    return _flagged(with_checks(one, checks), question, "flag.unlearned")


def _cells(one: Judged) -> tuple[int, ...]:
    return () if one.report.matched is None else one.report.matched.cells


def _stuck(question: Question, one: Judged, two: Judged) -> set[str]:
    """Give the ids of the checks whose answer does not go with the data.

    Numbers typed over a right training cost the result. Typed over a wrong one they pretend to a training
    that there was not: nothing of it counts.
    """
    checks = one.report.checks
    if one.judgement is None or two.judgement is None:
        return _stuck_values(question, one, two)
    assert question.training is not None
    trained = {check.id for check in checks if check.step not in GIVEN}
    if is_stuck(question.training, one.judgement, two.judgement):
        return trained
    shown = one.namespace, two.namespace
    if not is_shown_stuck(question.training, one.judgement, two.judgement, shown):
        return set()
    result = {check.id for check in checks if check.step is Step.RESULT}
    wrong = any(check.status is CheckStatus.FAILED and check.id in trained - result for check in checks)
    return trained if wrong else result


def _stuck_values(question: Question, one: Judged, two: Judged) -> set[str]:
    """Give the checks of values that are the same in both runs, and not right in the second any more.

    What the right value is under other random numbers only the notebook knows: there it is enough that the
    value is the same while others are not.
    """
    drawn = "seed" in question.varies_with and _anything_moved(one.namespace, two.namespace)
    return {
        check.id
        for spec, check, other in zip(question.checks, one.report.checks, two.report.checks, strict=True)
        if check.points
        and (other.status is CheckStatus.FAILED or drawn)
        and (numbers := _numbers(one.namespace.get(spec.name))) is not None
        and numbers == _numbers(two.namespace.get(spec.name))
    }


def _anything_moved(first: Mapping[str, Value], second: Mapping[str, Value]) -> bool:
    return any(
        (numbers := _numbers(value)) is not None and numbers != _numbers(second[name])
        for name, value in first.items()
        if name in second
    )


def _numbers(value: Value | None) -> Numbers | None:
    if value is None:
        return None
    if value.kind == "number":
        return (float(value.plain),)
    if value.tensor is None or value.tensor.is_complex():
        return None
    return tuple(map(float, value.tensor.flatten().tolist()))


def _unmoved(check: CheckResult) -> CheckResult:
    """Take a check's points, and say why."""
    if check.status is CheckStatus.SKIPPED:
        return check
    return replace(check, status=CheckStatus.FAILED, points=0.0, message=Message("learned.unmoved"))


def _flagged(one: Judged, question: Question, flag: str) -> Judged:
    return one._replace(flags=(*one.flags, Message(flag, {"question": question.title})))
