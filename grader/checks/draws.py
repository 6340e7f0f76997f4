"""Is a student's y a draw from Bernoulli(v)? A test that a true draw fails once in a million.

The numbers of ones, in all, in each quarter and in each of twenty stretches of rows, have exact
distributions: those of sums of independent Bernoullis (Poisson binomial), multiplied out one factor after
the other. Each count has bounds that a draw leaves with a probability of at most ``ERROR`` over the number
of counts, so that by Bonferroni's inequality all of them together reject a true draw with at most
``ERROR``. Sorted, constant, thresholded, swapped and shifted y leave them by far.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.assignment.model import CheckSpec
from grader.checks.finding import PASSED, Finding, failed
from grader.checks.showing import given, kind
from grader.expectations import Bernoulli
from grader.recording import Value

ERROR = 1e-6  # how often a true draw is called none, at most
STRETCHES = 20
QUARTER = 5  # stretches: what is a little off throughout shows where more rows are counted


def compare_draw(spec: CheckSpec, expected: Bernoulli, value: Value) -> Finding:
    """Judge a student's own draw: kind, shape, dtype, zeros and ones alone, and the counts of ones."""
    v, y = expected.probability, value.tensor
    about: dict[str, Any] = {"given": given(value), "name": spec.name}
    if value.kind != "tensor" or y is None:
        return failed("value.kind", **about, expected="torch.Tensor", actual=kind(value))
    if value.shape != tuple(v.shape) and not (spec.any_shape and y.numel() == v.numel()):
        return failed("value.shape", **about, expected=list(v.shape), actual=list(value.shape or ()))
    if value.dtype != (dtype := str(v.dtype)[6:]) and not spec.any_dtype:
        return failed("value.dtype", **about, expected=dtype, actual=value.dtype)
    if not bool(((y == 0) | (y == 1)).all()):
        return failed("value.not-binary", **about)
    return _plausible(v, y, about)


def _plausible(v: Tensor, y: Tensor, about: dict[str, Any]) -> Finding:
    ones = y.to(torch.float64).flatten().numpy()
    for first, last, least, most in bounds(tuple(v.flatten().tolist())):
        count = int(ones[first:last].sum())
        if not least <= count <= most:
            return failed(
                "value.not-drawn",
                **about,
                first=first + 1,
                last=last,
                low=least,
                high=most,
                actual=count,
            )
    return PASSED


@lru_cache(maxsize=16)
def bounds(probabilities: tuple[float, ...]) -> tuple[tuple[int, int, int, int], ...]:
    """Give (first row, row after the last, fewest ones, most ones) of each count that is looked at."""
    p = np.array(probabilities, dtype=np.float64).clip(0.0, 1.0)
    edges = np.linspace(0, len(p), STRETCHES + 1).astype(int)
    stretches = [(int(a), int(b)) for a, b in pairwise(edges) if b > a]
    sums = [distribution(p[a:b]) for a, b in stretches]
    whole = reduce(np.convolve, sums, np.ones(1))
    quarters = [
        ((rows[0][0], rows[-1][1]), reduce(np.convolve, sums[i : i + QUARTER]))
        for i in range(0, len(sums), QUARTER)
        if len(rows := stretches[i : i + QUARTER]) > 1
    ]
    looked_at = [((0, len(p)), whole), *quarters, *zip(stretches, sums, strict=True)]
    tail = ERROR / len(looked_at) / 2
    return tuple((a, b, *_within(mass, tail)) for (a, b), mass in looked_at)


def distribution(p: np.ndarray) -> np.ndarray:
    """Give the probabilities of 0, 1, …, n ones among n independent draws."""
    mass = np.ones(1)
    for probability in p:
        mass = np.convolve(mass, [1.0 - probability, probability])
    return mass


def _within(mass: np.ndarray, tail: float) -> tuple[int, int]:
    """Give the least and greatest count that are not among the ``tail`` of either side."""
    below, above = np.cumsum(mass), np.cumsum(mass[::-1])[::-1]
    return int(np.argmax(below > tail)), int(len(mass) - 1 - np.argmax(above[::-1] > tail))
