"""Whether a student's run agrees with a replaced reference, asked of each step in its own way.

Each is called with the case, the check that failed and the replaced reference, and gives what fills the
student's text, or ``None`` where the run is something else. The reference is never run: it is evaluated at
a few
of the states that the student's run went through, or at all of them where that costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from grader.checks.alignment import align
from grader.checks.evaluation import evaluate, loss_of_yhat
from grader.checks.forward import OVERFLOW
from grader.checks.loop import updated
from grader.checks.observed import Observed
from grader.checks.own_loss import penalty_of
from grader.checks.readings import loss_of, prediction_of
from grader.checks.tolerance import CLEARLY_WRONG, ROUNDINGS, in_units
from grader.checks.updates import told, updates
from grader.diagnosis.case import Case
from grader.records import CheckResult, Step
from grader.runs.epochs import Epoch
from grader.training import MISFIT, Data, Parameters, Training, cast

STATES = 6  # of a run, at which a replaced reference is evaluated
SCREEN = 1e-3  # a loss that is farther off, relatively, is not looked at more closely

Evidence = Mapping[str, Any]


def start(case: Case, check: CheckResult, replaced: Training) -> Evidence | None:
    """Compare where the run starts."""
    if case.observed is None or check.message.id != "init.differs":
        return None
    observed = _observed(case)
    wanted = _flat(replaced.init())
    places = observed.alignment.places
    if None in places:
        return None
    given = observed.states[0, [place for place in places if place is not None]]
    same = bool(((given - wanted).abs() <= 4 * observed.unit * wanted.abs()).all())
    return dict(check.message.params) if same else None


# ── steps 1 and 2 ─────────────────────────────────────────────────────────────────────────────────────────


def forward(case: Case, check: CheckResult, replaced: Training) -> Evidence | None:
    """Compare ŷ, or the loss and its gradient; each on its own where both steps are wrong."""
    if case.observed is None:
        return None
    try:
        if check.step is Step.STEP1:
            agrees = _same_yhat(case, replaced)
        elif case.lost(Step.STEP1):
            agrees = _same_loss_of_yhat(case, replaced)
        else:
            agrees = _same_loss(case, check, replaced)
    except MISFIT:  # made for other data than there are
        return None
    return _with_factor(dict(check.message.params)) if agrees else None


def loss(case: Case, check: CheckResult, replaced: Training) -> Evidence | None:
    """Compare the loss, and where its gradient is no number the loss alone, be it infinite."""
    found = forward(case, check, replaced)
    if found is not None or case.observed is None:
        return found
    try:
        agrees = _same_loss_of_yhat(case, replaced) or _infinite_alike(case, replaced)
    except MISFIT:  # of another number of rows
        return None
    return _with_factor(dict(check.message.params)) if agrees else None


def _with_factor(evidence: dict[str, Any]) -> Evidence:
    """Add by what factor a number differs."""
    expected, actual = evidence.get("expected"), evidence.get("actual")
    if isinstance(expected, float) and isinstance(actual, float) and expected:
        return {**evidence, "factor": float(f"{actual / expected:.6g}")}
    return evidence


def _same_yhat(case: Case, replaced: Training) -> bool:
    observed, data = _observed(case), _data(case)
    seen = 0
    for epoch, values in _seen(case):
        yhat = replaced.step1(_parameters(replaced, observed, epoch), data).flatten()
        if yhat.numel() != values.numel() or not bool(yhat.isfinite().all()):
            return False
        if not _close(yhat, values, _allowed(observed) * (yhat.abs().max() + data.y.abs().max())):
            return False
        seen += 1
    return seen > 0


def _same_loss_of_yhat(case: Case, replaced: Training) -> bool:
    observed, data = _observed(case), _data(case)
    seen = 0
    for epoch, values in _seen(case):
        loss, added = _loss(case, epoch), penalty_of(replaced, observed, epoch)
        if added is None:
            return False
        wanted = loss_of_yhat(replaced, values, data, added)
        if loss is None or not _close(wanted, loss, 4 * _allowed(observed) * (abs(loss) + wanted.abs())):
            return False
        seen += 1
    return seen > 0


def _same_loss(case: Case, check: CheckResult, replaced: Training) -> bool:
    observed, data = _observed(case), _data(case)
    alignment = align(replaced.init(), observed.run)
    wrong = check.message.params.get("epoch")  # what agrees elsewhere alone may be the reference itself
    epochs = [epoch for epoch in _sampled(observed.epochs, wrong) if _loss(case, epoch) is not None]
    seen = [epoch.index + 1 for epoch in epochs]
    if not epochs or wrong not in (None, *seen) or not alignment.complete:
        return False
    states = alignment.to_reference(_table([epoch.values for epoch in epochs]))
    _, first, _ = replaced.step3(alignment.parameters(states[0]), data)
    losses = _table([[_loss(case, epoch) or 0.0] for epoch in epochs])[:, 0]
    if not bool((first - losses[0]).abs() <= SCREEN * (first.abs() + losses[0].abs())):
        return False
    right = evaluate(replaced, data, alignment, states)
    share = _share(case)
    gradients = share * alignment.to_reference(_table([epoch.gradient for epoch in epochs]))
    readable = (right.loss_scale < OVERFLOW) & (right.gradient_scale.amax(1) < OVERFLOW)
    off = in_units((losses - right.loss).abs(), right.loss_scale)
    if not case.lost(Step.STEP3) or share < 1:
        slopes = in_units((gradients - right.gradient).abs(), right.gradient_scale)
        off = torch.maximum(off, slopes.amax(1))
    return bool(readable.any()) and bool((off[readable] <= _allowed(observed)).all())


def _infinite_alike(case: Case, replaced: Training) -> bool:
    """Tell whether the first loss is infinite, and the replaced one of the same ŷ is, which may be right."""
    observed, data = _observed(case), _data(case)
    epoch, values = next(_seen(case), (observed.epochs[0], torch.tensor([])))
    inside = bool(((values > 0) & (values < 1)).all()) and values.numel() == data.y.numel()
    if not inside or loss_of(epoch) != math.inf:
        return False
    return float(replaced.step2(values.reshape(data.y.shape), data)) == math.inf


def _seen(case: Case) -> Iterator[tuple[Epoch, Tensor]]:
    """Give the epochs whose graph was kept, with their ŷ."""
    observed = _observed(case)
    for epoch in observed.epochs:
        prediction = prediction_of(observed, _data(case), epoch)
        if prediction is not None and prediction.values is not None:
            yield epoch, prediction.values


def _share(case: Case) -> float:
    """Give the share of one backward where each epoch differentiates the same loss several times.

    A second one that raised has added nothing.
    """
    repeated = next((c for c in case.checks if c.message.id == "step3.repeated"), None)
    once = repeated is None or _observed(case).epochs[0].backwards == 1
    return 1.0 if once or repeated is None else 1 / repeated.message.params["count"]


def _loss(case: Case, epoch: Epoch) -> float | None:
    loss = loss_of(epoch)
    return loss * _share(case) if loss is not None and math.isfinite(loss) else None


# ── step 4 and clearing ───────────────────────────────────────────────────────────────────────────────────


def update(case: Case, check: CheckResult, replaced: Training) -> Evidence | None:
    """Compare every update that was seen."""
    if case.observed is None:
        return None
    observed = _observed(case)
    epochs = told(replaced, updated(observed))
    if not epochs:
        return None
    before, given = _table([e.values for e in epochs]), _table([e.following or () for e in epochs])
    try:
        right = updates(replaced, observed, epochs, before)
    except MISFIT:  # a step 4 that knows other parameters
        return None
    scale = before.abs() + right.abs() + (right - before).abs()
    return dict(check.message.params) if _close(right, given, _allowed(observed) * scale) else None


def rate(case: Case, reference: Training) -> float | None:
    """Give the learning rate that explains the updates best, by least squares.

    ``None`` without any, and where steps all alike would explain them as well: then nothing tells a small
    rate
    from a gradient brought to one length.
    """
    seen = [] if case.observed is None else [e for e in updated(case.observed) if e.found is not None]
    epochs = told(reference, seen)
    if not epochs:
        return None
    before = _table([e.values for e in epochs])
    moved = before - _table([e.following or () for e in epochs])
    found = _table([e.found or () for e in epochs])
    if not reference.plain or reference.scheduled:  # an update is the rate times something else
        found = (before - updates(reference, _observed(case), epochs, before)) / reference.lr
    square = float((found * found).sum())
    room = ROUNDINGS * _observed(case).unit * before.abs()
    alike = (moved - moved[0]).abs() <= room
    if len(epochs) > 2 and bool(moved.any()) and bool(alike.all()):
        return None
    return float((moved * found).sum()) / square if 0 < square < math.inf else None


def cleared(case: Case, check: CheckResult, replaced: Training) -> Evidence | None:
    """Compare what each backward found of the gradients before it."""
    if case.observed is None:
        return None
    observed = _observed(case)
    pairs = [
        (a, b)
        for a, b in pairwise(observed.epochs)
        if b.index == a.index + 1 and all(map(math.isfinite, a.after))
    ]
    for a, b in pairs:
        left = replaced.clear(_by_leaf(observed, a.after))
        if not torch.equal(_flat(left), _table([b.before])[0]):
            return None
    found = [(a, b) for a, b in pairs if b.had_gradient]
    if not found:
        return None
    times = [_norm(b.after) / _norm(b.gradient) for _, b in found[:3] if _norm(b.gradient)]
    factors = ", ".join(f"{number:.1f}×" for number in times)
    return {**check.message.params, "epoch": found[0][1].index + 1, "factors": f"{factors}, …"}


def kept(case: Case) -> tuple[str, ...]:
    """Give the parameters whose gradients are found again by every later backward."""
    if case.observed is None:
        return ()
    observed = _observed(case)
    pairs = [(a, b) for a, b in pairwise(observed.epochs) if b.index == a.index + 1]
    return tuple(
        name
        for name in _by_leaf(observed, observed.epochs[0].before)
        if pairs
        and all(
            torch.equal(_by_leaf(observed, a.after)[name], _by_leaf(observed, b.before)[name])
            for a, b in pairs
        )
    )


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────


def _by_leaf(observed: Observed, flat: tuple[float, ...]) -> Parameters:
    """Cut a student's numbers into their parameters, under the student's names."""
    parts = torch.split(_table([flat])[0], list(observed.run.counts))
    names = [name or str(i) for i, (name, _, _) in enumerate(observed.run.leaves)]
    return dict(zip(names, parts, strict=True))


def _parameters(replaced: Training, observed: Observed, epoch: Epoch) -> Parameters:
    alignment = align(replaced.init(), observed.run)
    if not alignment.complete:
        raise ValueError("other parameters")
    return alignment.parameters(alignment.to_reference(_table([epoch.values]))[0])


def _sampled(epochs: tuple[Epoch, ...], wrong: int | None) -> list[Epoch]:
    """Give the first, the second, the last, some in between, and the one that was found ``wrong``, from 1."""
    places = {0, 1, *(round(i * (len(epochs) - 1) / (STATES - 2)) for i in range(STATES - 1))}
    return [epoch for place, epoch in enumerate(epochs) if place in places or epoch.index + 1 == wrong]


def _allowed(observed: Observed) -> float:
    return CLEARLY_WRONG * ROUNDINGS * observed.unit


def _close(right: Tensor, given: Tensor | float, tolerance: Tensor | float) -> bool:
    """Tell whether numbers agree; one that is not finite, whose tolerance is not either, agrees with none."""
    off = (right - given).abs()
    return bool((off.isfinite() & (off <= tolerance)).all())


def _norm(numbers: tuple[float, ...]) -> float:
    return math.sqrt(sum(number * number for number in numbers))


def _table(rows: Any) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


def _flat(p: Parameters) -> Tensor:
    return torch.cat([value.flatten().to(torch.float64) for value in p.values()])


def _observed(case: Case) -> Observed:
    if case.observed is None:
        raise ValueError("nothing was recorded")
    return case.observed


def _data(case: Case) -> Data:
    assert case.data is not None
    return cast(case.data, torch.float64)
