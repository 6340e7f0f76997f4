"""A student's run prepared for judging: its states and gradients as tensors in the reference's order."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from grader.checks.alignment import Alignment, align
from grader.checks.raised import Raised
from grader.checks.source import binds_of_itself
from grader.checks.tolerance import unit
from grader.runs.epochs import Epoch
from grader.runs.training_runs import TrainingRun
from grader.training import Training

LARGEST = 1e30  # beyond, squares overflow in float32: a run that has come so far is not judged any more


@dataclass(frozen=True)
class Observed:
    """The epochs of a run that can be judged: all before the first that is not finite any more.

    ``source`` is the text of the run's cells, ``raised`` the exception that ended the last of them.
    ``states`` and ``gradients`` are (T, count) in the student's order, float64; ``unit`` is the relative
    error of a rounding in the run's dtype.
    """

    run: TrainingRun
    alignment: Alignment
    epochs: tuple[Epoch, ...] = field(repr=False)
    states: Tensor
    gradients: Tensor
    unit: float
    source: str = ""
    raised: Raised | None = None

    @property
    def error(self) -> str | None:
        """The exception in one line."""
        return None if self.raised is None else self.raised.error

    @property
    def stopped_within(self) -> bool:
        """Whether an exception ended the loop, and the cell with it: it left what stands there."""
        return self.raised is not None and self.raised.in_loop and self.raised.once

    @property
    def left_no_numbers(self) -> bool:
        """Whether the last update that was seen has left a parameter that is not finite."""
        return not all(map(math.isfinite, self.run.epochs[-1].following or ()))

    @property
    def names(self) -> list[str]:
        """The name of each of the student's numbers, ``What[1]`` for one of several."""
        out = []
        for (name, _, _), count in zip(self.run.leaves, self.run.counts, strict=True):
            out += [name] if count == 1 else [f"{name}[{i}]" for i in range(count)]
        return out

    def divided(self, training: Training, by: float) -> Observed:
        """Give the same updates, with so many times smaller losses and gradients and a larger rate."""
        epochs = tuple(_at_a_larger_rate(epoch.divided(by), by) for epoch in self.run.epochs)
        return observe(training, replace(self.run, epochs=epochs), self.source, self.raised)


def observe(training: Training, run: TrainingRun, source: str = "", raised: Raised | None = None) -> Observed:
    """Prepare ``run`` for being judged against ``training``."""
    if run.restarts and binds_of_itself(source, [name for name, _, _ in run.leaves]):
        run = run.standing_still
    epochs = _judged(run)
    return Observed(
        run=run,
        alignment=align(training.init(), run),
        epochs=epochs,
        states=torch.tensor([epoch.values for epoch in epochs], dtype=torch.float64),
        gradients=torch.tensor([epoch.gradient for epoch in epochs], dtype=torch.float64),
        unit=max(unit(dtype) for _, _, dtype in run.leaves),
        source=source,
        raised=raised,
    )


def _at_a_larger_rate(epoch: Epoch, times: float) -> Epoch:
    if epoch.step is None:
        return epoch
    return replace(epoch, step=replace(epoch.step, lr=tuple(lr and times * lr for lr in epoch.step.lr)))


def _judged(run: TrainingRun) -> tuple[Epoch, ...]:
    finite = [all(abs(number) < LARGEST for number in epoch.values) for epoch in run.epochs]
    end = finite.index(False) if False in finite else len(finite)
    return run.epochs[: max(end, 1)]
