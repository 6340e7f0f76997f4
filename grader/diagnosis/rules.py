"""How a misconception is recognised where no step can be compared: by what was said, raised or typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import torch

from grader.checks.loop import told_apart, updated
from grader.checks.source import has_backward, has_loop, repeats_update, typed_numbers
from grader.diagnosis import agreement
from grader.diagnosis.agreement import Evidence
from grader.diagnosis.case import Case
from grader.diagnosis.factors import has_no_rate
from grader.diagnosis.misconceptions import update
from grader.recording import Value
from grader.records import CheckResult
from grader.runs.epochs import Epoch
from grader.training import MISFIT, Training

Rule = Callable[[Case, CheckResult, Training], Evidence | None]
SMALL = 16  # numbers: more are no parameters
FEWEST = 3  # updates that tell whose gradient they follow


def said(message: str) -> Rule:
    """Recognise by what the check itself found."""

    def rule(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
        return dict(check.message.params) if check.message.id == message else None

    return rule


def raised(pattern: str) -> Rule:
    """Recognise by the exception that ended the answer before anything was differentiated."""

    def rule(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
        if case.observed is not None or case.error is None or not re.search(pattern, case.error):
            return None
        asks = any(value.requires_grad for value in case.changed.values())
        return None if asks else {"error": case.error}

    return rule


def no_gradient(case: Case, check: CheckResult, reference: Training) -> Evidence | None:
    """See a parameter that needs no gradient, or a ``backward()`` that found none at all."""
    found = said("init.no-gradient")(case, check, reference)
    return found or raised("does not require grad")(case, check, reference)


def raised_by_float64(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
    """See data in float64 that met parameters in float32."""
    if case.observed is not None or "same dtype" not in (case.error or ""):
        return None
    used = set(re.findall(r"\w+", _source(case)))
    double = [name for name, value in case.namespace.items() if value.dtype == "float64" and name in used]
    return {"name": ", ".join(sorted(double))} if double else None


def bias_on_top(case: Case, check: CheckResult, replaced: Training) -> Evidence | None:
    """See a tensor of its own, beside the one that holds all coefficients, added to ŷ."""
    alone = case.observed is None or len(case.observed.run.leaves) == 1
    return None if alone else agreement.forward(case, check, replaced)


def wrong_side_of_sigmoid(case: Case, check: CheckResult, replaced: Training) -> Evidence | None:
    """See a loss that refuses a line where it wants a probability, or one that applied a sigmoid more."""
    if check.message.id == "step.raised" and "between 0 and 1" in (case.error or ""):
        return {"error": case.error}
    return agreement.forward(case, check, replaced)


# ── step 4 and clearing ───────────────────────────────────────────────────────────────────────────────────


def learning_rate(case: Case, check: CheckResult, reference: Training) -> Evidence | None:
    """Fit a rate and see whether it explains every update; one that an optimizer was given has to be it."""
    given = _given_rate(case)
    try:
        fitted = agreement.rate(case, reference)
    except MISFIT:  # a step 4 that knows other parameters
        return None
    rate = given if fitted is None else fitted  # by hand, what is not told is not guessed
    if rate is None or rate < 0 or abs(rate - reference.lr) <= 1e-4 * reference.lr:
        return None
    source = _source(case)
    if given is not None and abs(rate - given) > 1e-3 * abs(given):
        return None  # a step twice an epoch, and the like
    seen = case.observed
    names = set() if seen is None else {*seen.names, *(name for name, _, _ in seen.run.leaves)}
    if given is None and (
        repeats_update(source) or (rate == 0 and not has_no_rate(source, names, case.namespace))
    ):
        return None
    if not check.message.id.startswith("step4.rate") and rate > 0:
        return None
    replaced = update.learning_rate(reference, rate if given is None else given)
    agrees = check.message.id == "step4.rate" if fitted is None else agreement.update(case, check, replaced)
    evidence = {"expected": float(f"{reference.lr:.6g}"), "actual": told_apart(rate, reference.lr)}
    return evidence if agrees else None


def moved(case: Case, check: CheckResult, replaced: Training) -> Evidence | None:
    """Compare every update that was seen where any moved: nothing in the other direction is nothing."""
    seen = () if case.observed is None else updated(case.observed)
    moves = any(epoch.following != epoch.values for epoch in seen)
    return agreement.update(case, check, replaced) if moves else None


def never_updated(case: Case, check: CheckResult, reference: Training) -> Evidence | None:
    """See that nothing moves, and that no rate of zero is the reason."""
    return agreement.update(case, check, update.never_updated(reference))


def unchanged(which: int) -> Rule:
    """Recognise an update that leaves the first or the last parameter alone and is right for the rest."""

    def rule(case: Case, check: CheckResult, reference: Training) -> Evidence | None:
        if case.observed is None or not case.observed.alignment.complete:
            return None
        make = update.bias_not_updated if which == 0 else update.weight_not_updated
        found = agreement.update(case, check, make(reference))
        place = case.observed.alignment.places[which]
        if found is None or place is None or _moves(case.observed.run.epochs[-1], place):
            return None
        return {"name": case.observed.names[place]}

    return rule


def _moves(epoch: Epoch, place: int) -> bool:
    """Tell whether a parameter was updated after all: elsewhere it may have been set back each time."""
    return epoch.following is not None and epoch.following[place] != epoch.values[place]


def stale_gradient(case: Case, check: CheckResult, reference: Training) -> Evidence | None:
    """See whether every update follows the gradient of the epoch before."""
    if case.observed is None:
        return None
    late = tuple(
        replace(epoch, found=last.found)
        for last, epoch in pairwise(_epochs(case))
        if epoch.index == last.index + 1 and last.found is not None
    )
    if len(late) < FEWEST:
        return None
    shifted = replace(case, observed=replace(case.observed, epochs=late))
    return agreement.update(shifted, check, reference)


def sometimes_cleared(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
    """See whether each epoch found either nothing or all that the one before had left, and both happened."""
    pairs = [(a, b) for a, b in pairwise(_epochs(case)) if b.index == a.index + 1]
    left = [b for a, b in pairs if b.had_gradient and b.before == a.after]
    cleared = [b for _, b in pairs if not b.had_gradient]
    whole = len(left) + len(cleared) == len(pairs)
    return {**check.message.params, "epoch": left[0].index + 1} if left and cleared and whole else None


def partly_cleared(case: Case, check: CheckResult, reference: Training) -> Evidence | None:
    """See whether the same parameters keep their gradients throughout while the others are cleared."""
    names = agreement.kept(case)
    count = 0 if case.observed is None else len(case.observed.run.leaves)
    if not 0 < len(names) < count:
        return None
    found = agreement.cleared(case, check, update.gradient_partly_cleared(reference, names))
    return None if found is None else {**found, "name": ", ".join(names)}


# ── around ────────────────────────────────────────────────────────────────────────────────────────────────


def no_backward(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
    """See a loop without any ``backward()``, and parameters that stand where they were set.

    Where they moved, the gradient was computed in another way.
    """
    source = _source(case)
    nothing = case.observed is None and case.error is None
    if not nothing or not has_loop(source) or has_backward(source):
        return None
    made = [set(numbers) for value in case.changed.values() if (numbers := _numbers(value))]
    given = {number for part in _typed(case) for number in part} | _start(reference)
    return {} if not made or any(numbers <= given for numbers in made) else None


def updated_without_gradient(case: Case, check: CheckResult, reference: Training) -> Evidence | None:
    """See an update by a gradient that is not there, and no ``backward()``."""
    found = said("step3.no-gradient")(case, check, reference)
    return None if has_backward(_source(case)) else found


def hard_coded(case: Case, check: CheckResult, reference: Training) -> Evidence | None:
    """See parameters that were typed in, other than the start, and no training that leads to them."""
    if check.message.id == "learned.unmoved":  # what the second run found
        return {}
    if check.message.id == "result.differs":
        shown = case.namespace.get(check.message.params["name"])
        began = set() if case.observed is None else set(_rounded(case.observed.run.start))
        over = shown is not None and not set(_numbers(shown)) <= began and _typed_in(case, [shown])
        return {} if over else None
    source = _source(case)
    if case.observed is not None or case.error is not None or has_loop(source) or has_backward(source):
        return None
    start = _start(reference)
    typed = _typed_in(case, case.changed.values())
    return {} if any(not set(numbers) <= start for numbers in typed) else None


def _start(reference: Training) -> set[float]:
    """Give the numbers that training begins with."""
    return {number for value in reference.init().values() for number in _rounded(value.flatten().tolist())}


def _typed_in(case: Case, values: Iterable[Value]) -> list[list[float]]:
    """Give the numbers of each of the small tensors whose numbers stand in the text."""
    typed = {tuple(part) for part in _typed(case)}
    return [numbers for value in values if (numbers := _numbers(value)) and tuple(numbers) in typed]


def _typed(case: Case) -> Iterator[list[float]]:
    """Give the numbers in the text of the cells, call by call."""
    return (_rounded(part) for source in case.sources.values() for part in typed_numbers(source))


def _numbers(value: Value) -> list[float]:
    if value.tensor is None or value.tensor.is_complex() or value.tensor.numel() >= SMALL:
        return []
    return _rounded(value.tensor.flatten().tolist())


def _rounded(numbers: Sequence[float]) -> list[float]:
    return [float(f"{number:.6g}") for number in numbers]


# ── data and values ───────────────────────────────────────────────────────────────────────────────────────


def of_dtype(*dtypes: str) -> Rule:
    """Recognise data of a dtype."""

    def rule(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
        params = check.message.params
        wrong = check.message.id == "value.dtype" and str(params["actual"]).startswith(dtypes)
        return {"name": params["name"]} if wrong else None

    return rule


def flat_target(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
    """Recognise a y whose shape spreads it against ŷ, where x has kept its own shape."""
    params = check.message.params
    alone = [c for c in case.failed if c.message.id == "value.shape"]
    if check.message.id != "value.shape" or params["name"] != "y" or len(alone) > 1:
        return None
    left, right = torch.Size(params["actual"]), torch.Size(params["expected"])
    try:
        result = torch.Size(np.broadcast_shapes(left, right))  # torch's own imports a second's worth
    except ValueError:
        return None
    if result.numel() <= max(left.numel(), right.numel()):
        return None
    return {"left": list(left), "right": list(right), "result": list(result)}


def swapped_columns(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
    """Recognise X with its two columns in the other order."""
    name = check.message.params.get("name", "")
    given, expected = case.namespace.get(name), (case.question.values or dict)().get(name)
    if check.message.id not in {"value.differs", "value.order"} or given is None or given.tensor is None:
        return None
    if not isinstance(expected, torch.Tensor) or expected.dim() != 2 or expected.shape[1] != 2:
        return None
    swapped = given.tensor.shape == expected.shape and torch.allclose(
        given.tensor.flip(1).to(torch.float64), expected.to(torch.float64), rtol=1e-6
    )
    return {} if swapped else None


def bias_that_should_not_be(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
    """Recognise a bias where the question asks for a network without one."""
    name = str(check.message.params.get("name", ""))
    return {"name": name} if check.message.id == "value.present" and name.endswith(".bias") else None


def _source(case: Case) -> str:
    """Give the text of the cells the run stands in, or of all cells where nothing was recorded."""
    return "\n".join(case.sources.values()) if case.observed is None else case.observed.source


def _epochs(case: Case) -> tuple[Epoch, ...]:
    return () if case.observed is None else case.observed.epochs


def _given_rate(case: Case) -> float | None:
    rates = {epoch.step.lr for epoch in _epochs(case) if epoch.step is not None}
    return next(iter(next(iter(rates))), None) if len(rates) == 1 else None
