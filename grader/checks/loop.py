"""What stands around steps 1 to 3: the update, clearing the gradient, the epochs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from grader.checks.clipped import of_one_length
from grader.checks.finding import (
    BORDERLINE,
    NOT_OBSERVED,
    PASSED,
    Finding,
    by_status,
    failed,
    shown_numbers,
    text,
)
from grader.checks.flow import clears_before_update
from grader.checks.misplaced import no_update, updated_below
from grader.checks.observed import Observed
from grader.checks.raised import NO_GRADIENT
from grader.checks.source import (
    clears,
    differentiates_after_loop,
)
from grader.checks.tolerance import ROUNDINGS, verdict, worst
from grader.checks.updates import cleared_before, table, told, updates
from grader.recording import Numbers
from grader.records import CheckStatus, Message
from grader.runs.epochs import Epoch, equal
from grader.training import MISFIT, Training

BELOW = "epochs.below-loop"
"""What is said of a ``backward()`` that the loop does not repeat."""
SET_TO_NUMBER = "assigned grad expected to be"
"""What torch says of ``.grad = 0``."""


# ── step 4 ────────────────────────────────────────────────────────────────────────────────────────────────


def judge_step4(
    training: Training, observed: Observed, *, late: bool = False, times: float | None = None
) -> Finding:
    """Judge each update that was seen: it must be what step 4 makes of parameters and gradient.

    ``late``: each update came before the backward that it was meant to follow. ``times``: the gradient is so
    many times the right one; an update that makes up for that follows the right one.
    """
    found = _judge_updates(training, observed, late=late)
    if found.status is not CheckStatus.FAILED or times is None:
        return found
    made_up = _judge_updates(training, observed.divided(training, times), late=late)
    return found if made_up.status is CheckStatus.FAILED else made_up


def _judge_updates(training: Training, observed: Observed, *, late: bool) -> Finding:
    if (misplaced := no_update(training, observed, late=late)) is not None:
        return misplaced
    epochs = told(training, updated(observed))
    if not epochs:
        return PASSED if _carries_on(training, observed) else NOT_OBSERVED
    untold = _untold(observed)
    for epoch in epochs:
        if (place := _gradient_changed(observed, epoch, untold)) is not None:
            return _other_gradient(observed, epoch, place)
    before = table([epoch.values for epoch in epochs])
    given = table([epoch.following or () for epoch in epochs])
    try:
        right = updates(training, observed, epochs, before)
    except MISFIT:  # a step 4 for each parameter in its own way; that they are others is step 1's business
        return BORDERLINE
    if not training.plain:  # what it does without a gradient is no one's mistake but that of clearing it
        cleared = [cleared_before(observed, epoch) for epoch in epochs]
        right[cleared] = given[cleared]
    others = [*observed.alignment.extra, *untold]  # step 1's business, and step 3's
    right[:, others] = given[:, others]
    tolerance = ROUNDINGS * observed.unit * (before.abs() + right.abs() + (right - before).abs())
    statuses = [verdict(*row) for row in zip((given - right).abs(), tolerance, strict=True)]
    if CheckStatus.FAILED in statuses:
        t = statuses.index(CheckStatus.FAILED)
        wrong = [status is CheckStatus.FAILED for status in statuses]
        cut = of_one_length(training, epochs[t], (right - before)[wrong], (given - before)[wrong])
        return cut or _wrong_update(training, observed, epochs[t], right[t] - before[t], given[t] - before[t])
    return _asked_way(training, observed, by_status(worst(statuses), PASSED))


def updated(observed: Observed) -> Iterator[Epoch]:
    """Give the epochs whose update somebody saw.

    What stands there at the end of the cell is an update's word only where the loop left it so, or where
    there is no better: a cell may go on to do other things with its parameters.
    """
    last = observed.run.epochs[-1]
    alone = observed.run.count == 1 + observed.run.restarts
    for epoch in observed.epochs:
        seen = epoch.following is not None and all(map(is_number, epoch.following))
        if seen and (epoch is not last or epoch.settled or alone):
            yield epoch


def _carries_on(training: Training, observed: Observed) -> bool:
    """Tell whether the first update made of a gradient what step 4 makes of it, where that is hard to see.

    A gradient that is not finite leads to numbers that are not; one that is below the rounding leads nowhere.
    """
    first = observed.epochs[0]
    if first.found is None or not observed.alignment.complete:
        return False
    before = table([first.values])
    right = updates(training, observed, [first], before)
    if first.following is None:
        still = torch.equal(right.to(torch.float32), before.to(torch.float32))
        return still and observed.run.count == training.epochs
    given = table([first.following])
    left_so = observed.run.count > 1 or first.settled or observed.stopped_within
    moved = not bool(given.isfinite().any()) and (left_so or training.epochs == 1)
    return moved and bool(torch.equal(given.nan_to_num(0.0, 1.0, -1.0), right.nan_to_num(0.0, 1.0, -1.0)))


def _wrong_update(
    training: Training, observed: Observed, epoch: Epoch, right: Tensor, given: Tensor
) -> Finding:
    """Say how an update is wrong: ``right`` and ``given`` are changes of the parameters."""
    if training.optimizer and epoch.step and epoch.step.optimizer != training.optimizer:
        return failed("step4.optimizer", expected=training.optimizer, actual=epoch.step.optimizer)
    still = (given == 0) & (right != 0)
    if bool(still.any()):
        place = int(still.nonzero()[0])
        if all(
            other.following is None or other.following[place] == other.values[place]
            for other in observed.epochs
        ):
            return failed("step4.unchanged", name=observed.names[place])
    factor, rate = float((given @ right) / (right @ right)), training.rate(epoch.index)
    if factor and bool((given - factor * right).abs().amax() <= 1e-3 * given.abs().amax()):
        if abs(factor + 1) < 1e-3:
            return failed("step4.sign")
        return other_rate(epoch.index, rate, told_apart(rate * factor, rate))
    place = int((given - right).abs().nan_to_num(torch.inf).argmax())
    return failed(
        "step4.differs",
        wanted=shown_numbers(right.tolist()),
        given=shown_numbers(given.tolist()),
        epoch=epoch.index + 1,
        name=observed.names[place],
        expected=text(epoch.values[place] + float(right[place])),
        actual=text(epoch.values[place] + float(given[place])),
    )


def other_rate(epoch: int, rate: float, given: float) -> Finding:
    """Say which learning rate it was, and from which epoch on where the first ones had the right one."""
    if epoch:
        return failed("step4.rate-later", epoch=epoch + 1, expected=text(rate), actual=given)
    return failed("step4.rate", expected=text(rate), actual=given)


def told_apart(rate: float, other: float) -> float:
    """Round a learning rate to as many digits, three or more, as tell it from another."""
    return next((short for n in range(3, 9) if (short := float(f"{rate:.{n}g}")) != other), rate)


def _untold(observed: Observed) -> list[int]:
    """Give the numbers that no backward came to, while it came to others: what moves them, nobody saw."""
    none = (observed.gradients == 0).all(0)
    return [] if bool(none.all()) else none.nonzero().flatten().tolist()


def _gradient_changed(observed: Observed, epoch: Epoch, untold: Sequence[int]) -> int | None:
    """Give where an optimizer found another gradient than the backward had left; clearing it is no step."""
    if epoch.step is None or epoch.found is None or cleared_before(observed, epoch):
        return None
    pairs = enumerate(zip(epoch.after, epoch.found, strict=True))
    return next((k for k, (a, b) in pairs if k not in untold and not equal((a,), (b,))), None)


def _other_gradient(observed: Observed, epoch: Epoch, place: int) -> Finding:
    assert epoch.found is not None
    return failed(
        "step4.gradient-changed",
        epoch=epoch.index + 1,
        name=observed.names[place],
        left=text(epoch.after[place]),
        found=text(epoch.found[place]),
    )


def _asked_way(training: Training, observed: Observed, right: Finding) -> Finding:
    """Judge whether right numbers came the way the question asks for: with its optimizer, or by hand."""
    used = observed.run.optimizers
    if training.optimizer and not used:
        return failed("step4.by-hand", expected=training.optimizer)
    gradients = [epoch.found for epoch in observed.epochs if epoch.found is not None]
    idle = bool(gradients) and not any(map(any, gradients))
    if idle and training.optimizer and used != (training.optimizer,):  # one like it may have another name
        return failed("step4.optimizer", expected=training.optimizer, actual=used[0])
    for epoch in observed.epochs:  # where no gradient shows it
        given = epoch.step.lr[0] if epoch.step and epoch.step.lr else None
        rate = training.rate(epoch.index)
        if given is not None and abs(given - rate) > 1e-6 * rate:
            return other_rate(epoch.index, rate, text(given))
    if not training.optimizer and used:
        return Finding(CheckStatus.BORDERLINE, Message("step4.used-optimizer", {"actual": used[0]}))
    return right


# ── clear, epochs ─────────────────────────────────────────────────────────────────────────────────────────


def judge_clear(training: Training, observed: Observed) -> Finding:
    """Judge whether each backward found no gradient of earlier epochs, and each update one to work with.

    What is cleared below the loop with the update was meant to be cleared: that is step 4's business.
    """
    if NO_GRADIENT in (observed.error or "") and clears_before_update(observed.source):
        return failed("clear.before-step", epoch=observed.run.count)
    if SET_TO_NUMBER in (observed.error or ""):
        return failed("step.raised", error=observed.error)
    if updated_below(observed) and clears(observed.source):
        return PASSED
    left_over: Finding | None = None
    others = {*observed.alignment.extra, *_left_alone(observed)}  # step 1's business, and step 4's
    for epoch in observed.epochs:
        if epoch.had_gradient and not _cleared_another(observed, epoch):
            place = next((i for i, number in enumerate(epoch.before) if number and i not in others), None)
            if place is None:
                continue
            if epoch.index:
                return failed("clear.accumulated", epoch=epoch.index + 1, name=observed.names[place])
            left_over = failed("clear.left-over", name=observed.names[place])
        elif cleared_before(observed, epoch):
            return failed("clear.before-step", epoch=epoch.index + 1)
    return left_over or (PASSED if observed.run.count > 1 or training.epochs == 1 else NOT_OBSERVED)


def _left_alone(observed: Observed) -> set[int]:
    """Give the places of numbers that no update moves while others move: their gradients are never used."""
    seen = [epoch for epoch in observed.epochs if epoch.following is not None]
    moves = [
        {i for i, (a, b) in enumerate(zip(e.values, e.following or (), strict=True)) if a != b} for e in seen
    ]
    moved = set().union(*moves)
    return set(range(len(observed.names))) - moved if moved else set()


def _cleared_another(observed: Observed, epoch: Epoch) -> bool:
    """Tell whether an optimizer cleared what it holds, and what is left is of others: step 4's business."""
    step = next((e.step for e in observed.epochs if e.step is not None), None)
    if step is None or not clears(observed.source):
        return False
    held = {parameter.number for parameter in step.parameters}
    return not any(number in held for number, part in _by_leaf(observed, epoch) if any(part))


def _by_leaf(observed: Observed, epoch: Epoch) -> Iterator[tuple[int, Numbers]]:
    """Give each leaf's number and the gradient that the epoch's backward found there."""
    at = 0
    for number, count in zip(epoch.numbers, observed.run.counts, strict=True):
        yield number, epoch.before[at : at + count]
        at += count


def judge_epochs(training: Training, observed: Observed, *, late: bool = False, batches: int = 1) -> Finding:
    """Judge how many epochs the run has, exactly; ``late``: the last one's update is not there.

    ``batches`` of rows, with an update for each, make one epoch.
    """
    count = observed.run.count
    passes = count if count % batches else count // batches
    if training.epochs == count + late or (batches > 1 and training.epochs == passes):
        return PASSED
    if count == 1 and differentiates_after_loop(observed.source):
        return failed(BELOW, expected=training.epochs)
    if observed.error is not None and count < training.epochs:
        stopped = Message("epochs.stopped", {"expected": training.epochs, "actual": count})
        return Finding(CheckStatus.SKIPPED, stopped)
    return failed("epochs.differs", expected=training.epochs, actual=passes + late)


def is_number(number: float) -> bool:
    """Tell whether a number is finite."""
    return number == number and abs(number) != float("inf")  # noqa: PLR0124 - NaN is not itself
