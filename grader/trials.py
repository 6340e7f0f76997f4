"""What ``grader validate`` hands to the renderers. Standard library only, like the records of a report."""

from __future__ import annotations

from dataclasses import dataclass

from grader.records import AssignmentRef, Message, Step


@dataclass(frozen=True)
class Trial:
    """One misconception tried on one question, or one notebook on the assignment.

    ``question`` is empty for a notebook; ``code`` is the misconception, ``right``, or the notebook's name;
    ``hole`` says what should not be, and is empty where all is well.
    """

    question: str
    code: str
    step: Step | None
    hole: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Validation:
    """What ``grader validate`` found: every trial, those of notebooks first."""

    assignment: AssignmentRef
    trials: tuple[Trial, ...]
    seconds: float

    @property
    def holes(self) -> tuple[Trial, ...]:
        """The trials that did not go as they should."""
        return tuple(trial for trial in self.trials if trial.hole)
