"""How a misconception about an optimizer is recognised: by what it is, holds and was given."""

from __future__ import annotations

import torch

from grader.diagnosis.agreement import Evidence
from grader.diagnosis.case import Case
from grader.records import CheckResult
from grader.runs.epochs import Epoch
from grader.training import Training, optimizer_of

SETTINGS = ("momentum", "dampening", "weight_decay", "nesterov", "maximize")
WAYS = ("foreach", "fused", "capturable", "differentiable")
"""Settings of how an optimizer computes, not of what."""


def stale_optimizer(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
    """See whether the optimizer holds none of the loss's parameters."""
    stepped = [epoch for epoch in _epochs(case) if epoch.step is not None]
    strangers = all(
        epoch.step is None or not {p.number for p in epoch.step.parameters}.intersection(epoch.numbers)
        for epoch in stepped
    )
    return {} if stepped and strangers else None


def wrong_optimizer(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
    """See which optimizer stepped."""
    asked = reference.optimizer or "SGD"
    used = next((epoch.step.optimizer for epoch in _epochs(case) if epoch.step), asked)
    return None if used == asked else {"expected": asked, "actual": used}


def optimizer_settings(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
    """See whether the optimizer was given momentum, weight decay or the like."""
    step = next((epoch.step for epoch in _epochs(case) if epoch.step), None)
    if step is None:
        return None
    given = [f"{name}={step.settings[name]}" for name in SETTINGS if step.settings.get(name)]
    return {"setting": ", ".join(given)} if given else None


def other_settings(case: Case, check: CheckResult, reference: Training) -> Evidence | None:  # noqa: ARG001
    """See whether the optimizer that was asked for was given other settings than those."""
    step = next((epoch.step for epoch in _epochs(case) if epoch.step), None)
    if step is None or step.optimizer != (reference.optimizer or "SGD"):
        return None
    (asked,) = optimizer_of(reference, [torch.zeros(1)]).param_groups
    other = [
        name
        for name, value in asked.items()
        if name not in {"params", "lr", *WAYS} and step.settings.get(name, value) != _as_recorded(value)
    ]
    if not other:
        return None
    actual, expected = (
        ", ".join(f"{name}={settings.get(name)}" for name in other) for settings in (step.settings, asked)
    )
    return {"expected": expected, "actual": actual}


def _as_recorded(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _epochs(case: Case) -> tuple[Epoch, ...]:
    return () if case.observed is None else case.observed.epochs
