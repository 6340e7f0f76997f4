"""What a check found, before it is worth points; and how values are shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from grader.assignment.model import CheckSpec
from grader.records import CheckResult, CheckStatus, Message, Shown

SHOWN = 8  # numbers of a tensor that a report shows
EARNING = (CheckStatus.PASSED, CheckStatus.BORDERLINE)


@dataclass(frozen=True)
class Finding:
    """The verdict of one check, why, and the values behind it."""

    status: CheckStatus
    message: Message = field(default_factory=lambda: Message("check.passed"))
    expected: Shown | None = None
    actual: Shown | None = None


PASSED = Finding(CheckStatus.PASSED)
BORDERLINE = Finding(CheckStatus.BORDERLINE, Message("check.borderline"))
NOT_OBSERVED = Finding(CheckStatus.SKIPPED, Message("check.not-observed"))


def failed(
    message: str, *, wanted: Shown | None = None, given: Shown | None = None, **params: Any
) -> Finding:
    """Give a failed finding; ``params`` fill the message."""
    return Finding(CheckStatus.FAILED, Message(message, params), wanted, given)


def by_status(status: CheckStatus, wrong: Finding) -> Finding:
    """Give ``wrong`` if the status is failed, else the plain finding of that status."""
    return {CheckStatus.PASSED: PASSED, CheckStatus.BORDERLINE: BORDERLINE}.get(status, wrong)


def result(question: str, spec: CheckSpec, finding: Finding) -> CheckResult:
    """Give a finding its points: all of the check's, or none."""
    return CheckResult(
        id=f"{question}.{spec.name}",
        step=spec.step,
        status=finding.status,
        points=spec.points if finding.status in EARNING else 0.0,
        max_points=spec.points,
        expected=finding.expected,
        actual=finding.actual,
        message=finding.message,
        visibility=spec.visibility,
    )


def shown(tensor: Tensor, dtype: str | None = None) -> Shown:
    """Show a tensor: its shape and dtype whole, its numbers thinned from the front."""
    numbers = tensor.detach().flatten()[:SHOWN].tolist()
    value = numbers[0] if tensor.numel() == 1 and tensor.dim() == 0 else numbers
    return Shown("tensor", value, tuple(tensor.shape), dtype or str(tensor.dtype)[6:])


def shown_numbers(numbers: Sequence[float]) -> Shown:
    """Show plain numbers: one as itself, several as a list."""
    some = [float(number) for number in numbers[:SHOWN]]
    return Shown("number", some[0] if len(numbers) == 1 else some)


def text(number: float) -> float:
    """Round a number for a sentence: six significant digits, and what is not finite as it is."""
    return float(f"{number:.6g}") if math.isfinite(number) else number
