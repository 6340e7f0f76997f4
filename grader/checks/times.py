"""How many times the right loss a wrong one is: of a sum say, which a learning rate can make up for."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from grader.checks.evaluation import Evaluation
from grader.checks.finding import Finding
from grader.checks.tolerance import in_units

LEAST = 1e-6  # of the right loss: less is none


def of_gradients(right: Evaluation, gradients: Tensor, tolerance: Tensor) -> float | None:
    """Give how many times the right gradient each epoch's is; ``None`` if they are no multiple, or all 0."""
    first = right.gradient[0]
    times = (gradients[0] @ first) / (first @ first)
    off = in_units((gradients - times * right.gradient).abs(), times.abs() * tolerance)
    return float(times) if times != 0 and bool((off <= 1).all()) else None


def of_losses(found: Sequence[Finding]) -> float | None:
    """Give how many times each loss is that of the student's own ŷ: n, or one n-th; ``None`` if no such."""
    pairs = [(f.expected.value, f.actual.value) for f in found if f.expected and f.actual]
    ratios = [float(given) / float(wanted) for wanted, given in pairs if wanted]
    if not ratios or len(ratios) < len(found) or not min(ratios) > LEAST:
        return None
    times = float(round(ratios[0])) if ratios[0] > 1 else 1 / round(1 / ratios[0])
    return times if times != 1 and all(abs(one - times) <= 1e-4 * times for one in ratios) else None
