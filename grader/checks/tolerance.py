"""When two numbers count as the same: derived from rounding, not guessed.

Two correct programs that start from the same float32 state differ by rounding alone. An operation rounds to a
relative ``u`` (2⁻²⁴ for float32); a loss or a gradient is a sum over n terms, and the error of a sum is
bounded by ``u`` times the sum of the terms' absolute values, times a small factor that depends on the order
of the operations (N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., §3.1 and §4.2).
``Evaluation`` gives these sums of absolute values; ``ROUNDINGS`` is that factor. It is generous for a hundred
or two thousand terms added pairwise or in vector lanes as torch does, and tiny against any mistake: 1e-6 of
the terms.
"""

from __future__ import annotations

import torch
from torch import Tensor

from grader.records import CheckStatus

ROUNDINGS = 16  # roundings on the longest way from the state to a loss or gradient, with room
CLEARLY_WRONG = 16  # beyond so many tolerances a difference is a mistake; between, a person should look

UNDERFLOW = 1e-30  # where float32 ends is 1e-38, and a softmax's products may have been there on their way

UNIT = {torch.float64: 2.0**-24, torch.float32: 2.0**-24, torch.bfloat16: 2.0**-8, torch.float16: 2.0**-11}
"""Half the spacing at 1. float64 counts as float32: the reference's data are float32."""


def unit(dtype: str) -> float:
    """Give the relative error of one rounding in ``dtype`` (a name as ``"float32"``)."""
    return UNIT.get(getattr(torch, dtype, torch.float32), 2.0**-24)


def verdict(difference: Tensor, tolerance: Tensor) -> CheckStatus:
    """Judge absolute differences against their tolerances; one clearly wrong number fails, NaN does too."""
    if not difference.numel() or bool((difference <= tolerance).all()):
        return CheckStatus.PASSED
    if bool((difference <= CLEARLY_WRONG * tolerance).all()):
        return CheckStatus.BORDERLINE
    return CheckStatus.FAILED


def worst(statuses: list[CheckStatus]) -> CheckStatus:
    """Give the worst of several verdicts on numbers."""
    order = (CheckStatus.FAILED, CheckStatus.BORDERLINE, CheckStatus.PASSED)
    return next((status for status in order if status in statuses), CheckStatus.PASSED)


def in_units(difference: Tensor, scale: Tensor) -> Tensor:
    """Give absolute differences over their scales, which may be 0 where a ReLU is; underflow is none."""
    return torch.where(difference <= UNDERFLOW, 0.0, difference / scale)
