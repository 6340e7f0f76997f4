"""What a diagnosis is made from: one question's judged answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.assignment.model import Question
from grader.checks.observed import Observed
from grader.recording import Value
from grader.records import CheckResult, CheckStatus, Step
from grader.training import Data


@dataclass(frozen=True)
class Case:
    """A judged answer. ``observed`` is the run that counted, if there was one, on ``data``.

    ``sources`` are the answer's cells by their notebook index, and what it uses of others; ``namespace`` are
    the names at their end and ``changed`` those of them the cells made; ``error`` is the exception that ended
    one of them.
    """

    question: Question
    checks: tuple[CheckResult, ...]
    observed: Observed | None = None
    data: Data | None = None
    sources: Mapping[int, str] = field(default_factory=dict)
    namespace: Mapping[str, Value] = field(default_factory=dict)
    changed: Mapping[str, Value] = field(default_factory=dict)
    error: str | None = None

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The checks that lost their points."""
        return tuple(check for check in self.checks if check.status is CheckStatus.FAILED)

    def finding(self, step: Step) -> str:
        """Give the id of what a step's check said; an empty text where there is no such check."""
        return next((check.message.id for check in self.checks if check.step is step), "")

    def lost(self, step: Step) -> bool:
        """Tell whether a step lost its points."""
        return any(check.step is step for check in self.failed)
