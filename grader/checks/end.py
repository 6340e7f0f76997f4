"""What is there after a training, against where the student's own run led."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod

import torch
from torch import Tensor

from grader.checks.finding import NOT_OBSERVED, PASSED, Finding, failed, shown_numbers, text
from grader.checks.loop import is_number
from grader.checks.misplaced import updated_below
from grader.checks.numbers import as_tensor
from grader.checks.observed import LARGEST, Observed
from grader.checks.tolerance import ROUNDINGS
from grader.checks.updates import table
from grader.recording import Value
from grader.records import CheckStatus, Message
from grader.runs.epochs import Epoch
from grader.runs.parameters import recorded

DECIMALS = range(2, 6)
"""To how many places of a number an end is rounded, so that it still tells where that was."""
TYPED = re.compile(r"\d+\.\d+")
"""A number as it stands in a text."""


def judge_result(observed: Observed, namespace: Mapping[str, Value], before: Mapping[str, Value]) -> Finding:
    """Judge whether the parameters shown at the end are those that the student's own run led to.

    A name that stands as it did ``before`` the answer is another one's: these are a function's own. They may
    be shown as plain numbers, and rounded, where these were not typed in.
    """
    last = observed.run.epochs[-1]
    end, tolerance = _own_end(observed, last)
    names = {name: value.tensor for name, value in namespace.items() if value.tensor is not None}
    counts = list(observed.run.counts)
    shown = _as_tensors(namespace, sum(counts))
    before_update = torch.split(torch.tensor(last.values, dtype=torch.float64), counts)
    stands = all(
        _shown(names, prod(shape), before, 0 * before)
        for (_, shape, _), before in zip(observed.run.leaves, before_update, strict=True)
    )
    whole = observed.run.count > 1 and observed.raised is None
    if stands and (whole or end is not None):
        return PASSED  # the loop updates first, then differentiates, or it leaves out the last update
    if end is None:
        return NOT_OBSERVED
    hidden = False
    ends = zip(torch.split(end, counts), torch.split(tolerance, counts), strict=True)
    for (name, shape, _), (wanted, allowed) in zip(observed.run.leaves, ends, strict=True):
        if _shown(shown, prod(shape), wanted, allowed):
            continue
        if name in shown and _is_rounded(shown[name], wanted, allowed, observed.source):
            continue
        if name not in names or namespace[name] is before.get(name):
            hidden = True
            continue
        numbers = recorded(names[name]).tolist()
        return failed(
            "result.differs",
            wanted=shown_numbers(wanted.tolist()),
            given=shown_numbers(numbers),
            name=name,
            expected=[text(number) for number in wanted.tolist()],
            actual=[text(number) for number in numbers],
        )
    return Finding(CheckStatus.BORDERLINE, Message("result.missing")) if hidden else PASSED


def _as_tensors(namespace: Mapping[str, Value], most: int) -> dict[str, Tensor]:
    """Give what is a tensor, an array or a number, and lists of no more than so many items, as tensors."""
    short = {n: v for n, v in namespace.items() if v.kind != "sequence" or (v.shape or (0,))[0] <= most}
    return {name: found for name, value in short.items() if (found := as_tensor(value)) is not None}


def _shown(names: Mapping[str, Tensor], count: int, wanted: Tensor, allowed: Tensor) -> bool:
    """Tell whether a tensor of a leaf's size stands where it should, under whatever name."""
    return any(_same(one, wanted, allowed) for one in names.values() if one.numel() == count)


def typed_in(tensor: Tensor | None, source: str) -> bool:
    """Tell whether a number of a tensor stands in a text, with its decimals."""
    if tensor is None or tensor.is_complex():
        return False
    numbers = recorded(tensor).to(torch.float64).abs().reshape(-1, 1)
    typed = torch.tensor([float(number) for number in TYPED.findall(source)], dtype=torch.float64)
    return bool(torch.isclose(numbers, typed, atol=0, rtol=1e-6).any())


def _is_rounded(tensor: Tensor, wanted: Tensor, allowed: Tensor, source: str) -> bool:
    """Tell whether numbers are where a run ended, rounded to some decimals, and do not stand in the text."""
    if tensor.is_complex() or tensor.numel() != wanted.numel() or typed_in(tensor, source):
        return False
    numbers = recorded(tensor).to(torch.float64)
    return any(
        bool(((numbers - wanted).abs() <= 0.5 * 10**-places + allowed).all())
        and torch.allclose(numbers, numbers.round(decimals=places), atol=0, rtol=1e-6)
        for places in DECIMALS
    )


def _own_end(observed: Observed, last: Epoch) -> tuple[Tensor | None, Tensor]:
    """Give where the run's last update led, and how well that is known.

    Seen where an optimizer stepped, or where the loop left it. Else the last update is like that before it,
    number by number: the student's own rule, right or wrong, so that a wrong step 4 is not charged again. A
    rule that does not go on like that is taken at the cell's word.
    """
    values = torch.tensor(last.values, dtype=torch.float64)
    tolerance = ROUNDINGS * observed.unit * values.abs()
    if not all(map(is_number, last.values)):
        return values, torch.full_like(values, torch.inf)  # nobody knows what NaN left alone
    if last.settled and last.following is not None:
        return torch.tensor(last.following, dtype=torch.float64), tolerance
    seen = [e for e in observed.run.epochs[:-1] if e.following is not None and e.found is not None]
    below = last.following is not None and updated_below(observed)  # once, by all that the loop has added up
    if (
        len(seen) > 1
        and not below
        and last.found is not None
        and _foretells(seen[-2], seen[-1], observed.unit)
    ):
        return _next(seen[-1], last, observed.unit)
    end = None if last.following is None else table([last.following])[0]
    return end, tolerance


def _next(previous: Epoch, epoch: Epoch, unit: float) -> tuple[Tensor, Tensor]:
    """Give where an epoch's update leads if each number moves by its gradient times what it did before."""
    start, after, found = table([previous.values, previous.following or (), previous.found or ()])
    values, gradient = table([epoch.values, epoch.found or ()])
    rate = (after - start) / found
    update = torch.where(rate.isfinite(), rate * gradient, torch.zeros_like(gradient))
    # The rate itself is known to the rounding of the parameters it was read from, over the gradient there.
    spread = (values.abs() / found.abs()).nan_to_num(0.0, 0.0, 0.0) * gradient.abs()
    tolerance = ROUNDINGS * unit * (values.abs() + 2 * spread + 2 * update.abs())
    # A number that had no gradient before tells no rate: nobody knows where its first gradient takes it.
    untold = (found == 0) & (after == start) & (gradient != 0)
    return values + update, tolerance.masked_fill(untold, torch.inf)


def _foretells(previous: Epoch, epoch: Epoch, unit: float) -> bool:
    """Tell whether one epoch's update says what the next one does: decay, momentum and the like do not."""
    end, tolerance = _next(previous, epoch, unit)
    return bool(((end - table([epoch.following or ()])[0]).abs() <= tolerance).all())


def _same(tensor: Tensor, wanted: Tensor, allowed: Tensor) -> bool:
    if tensor.is_complex():
        return False
    numbers = recorded(tensor).to(torch.float64)
    close = (numbers - wanted).abs() <= allowed
    overflown = ~numbers.isfinite() & ~(wanted.abs() < LARGEST)  # where float32 ends is nobody's mistake
    return bool((close | overflown | (numbers == wanted)).all())
