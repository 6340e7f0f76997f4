"""Why an answer is wrong: the misconceptions that it agrees with, and the student's own line.

A misconception is the reference with one step replaced. A run that agrees with the replaced reference *is*
that
misconception; one that agrees with none gets no diagnosis, and what the checks said in numbers has to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.diagnosis.case import Case
from grader.diagnosis.lines import locate
from grader.diagnosis.table import MISCONCEPTIONS, Misconception
from grader.records import CheckResult, Diagnosis, Message, Step

__all__ = ["MISCONCEPTIONS", "Case", "Misconception", "diagnose"]


UNMOVED = "learned.unmoved"
"""What every step says that the second run found not to be computed from the data."""
SAID = {"step2.accumulated", "step4.before-backward", "step4.below-loop", "epochs.below-loop"}
"""What checks say of a loss that is not begun anew, or a line at the wrong place: they name it themselves."""
RAISED = "step.raised"
"""What a step says that broke a run off: what was seen of it before does not tell why."""


def diagnose(case: Case) -> tuple[Diagnosis, ...]:
    """Name the misconception behind each step that lost its points, where one fits."""
    found: dict[tuple[str, Step], Diagnosis] = {}
    for diagnosis in _named(case):
        key = (diagnosis.code, diagnosis.step)
        found[key] = _joined(found[key], diagnosis) if key in found else diagnosis
    return tuple(found.values())


def _named(case: Case) -> Iterator[Diagnosis]:
    checks = case.failed
    alike = len({check.message.id for check in checks}) == 1
    if case.question.training is not None and case.observed is None and alike:
        checks = checks[-1:] if case.error is None else checks[:1]
    elif any(check.message.id == UNMOVED for check in checks):  # and so do those
        checks = tuple(c for c in checks if c.message.id != UNMOVED or c.step is Step.RESULT)
    silent = SAID if case.observed is None else SAID | {RAISED}
    for check in (check for check in checks if check.message.id not in silent):
        for misconception in MISCONCEPTIONS:
            if misconception.step is not check.step:
                continue
            evidence = misconception.evidence(case, check)
            if evidence is not None:
                yield _diagnosis(case, check, misconception.code, dict(evidence))
                break


def _diagnosis(case: Case, check: CheckResult, code: str, evidence: dict[str, object]) -> Diagnosis:
    place = locate(check.step, code, case, check.id.partition(".")[2])
    epoch = evidence.get("epoch")
    return Diagnosis(
        code=code,
        step=check.step,
        iteration=epoch if isinstance(epoch, int) else None,
        cell=None if place is None else place.cell,
        line=None if place is None else place.line,
        source=None if place is None else place.text,
        evidence=evidence,
        message=Message(f"diagnosis.{code}", evidence),
    )


def _joined(one: Diagnosis, other: Diagnosis) -> Diagnosis:
    """Say the same of two values once."""
    if "name" not in one.evidence:
        return one
    evidence = {**one.evidence, "name": f"{one.evidence['name']}, {other.evidence['name']}"}
    return replace(one, evidence=evidence, message=Message(one.message.id, evidence))
