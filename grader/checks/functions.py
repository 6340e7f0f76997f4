"""A student's function: what it gave for inputs that the student has not seen, against the reference's."""

from __future__ import annotations

import torch

from grader.assignment.model import CheckSpec
from grader.checks.finding import NOT_OBSERVED, Finding, by_status, failed, shown, text
from grader.checks.showing import given, kind
from grader.checks.tolerance import ROUNDINGS, unit, verdict
from grader.expectations import Function
from grader.recording import Value


def compare_function(spec: CheckSpec, expected: Function, value: Value) -> Finding:
    """Judge what the function returned, a tensor or an array of as many numbers, in any dtype and shape.

    Each number may be off by some roundings of the largest, as far as a correct float32 formula can be.
    """
    if value.kind != "function":
        return failed("value.kind", name=spec.name, expected="function", actual=kind(value))
    returned: Value | None = value.plain.get(expected.key)
    if returned is None:
        return NOT_OBSERVED
    if returned.kind == "exception":
        error = f"{returned.type}: {returned.plain}".rstrip(": ")
        return failed("value.call-raised", name=spec.name, error=error[:300])
    wanted = expected.reference(expected.inputs.to(torch.float64)).flatten()
    numbers = returned.tensor
    if numbers is None or numbers.numel() != wanted.numel() or numbers.is_complex():
        return failed(
            "value.call-kind",
            name=spec.name,
            given=given(returned),
            expected=list(expected.inputs.shape),
            actual=list(returned.shape) if numbers is not None and returned.shape else kind(returned),
        )
    numbers = numbers.flatten().to(torch.float64)
    off = (numbers - wanted).abs()
    tolerance = ROUNDINGS * unit("float32") * wanted.abs().max().expand_as(wanted)
    at = int(off.nan_to_num(torch.inf).argmax())
    wrong = failed(
        "value.call-differs",
        name=spec.name,
        wanted=shown(wanted),
        given=shown(numbers),
        at=text(float(expected.inputs.flatten()[at])),
        expected=text(float(wanted[at])),
        actual=text(float(numbers[at])),
    )
    return by_status(verdict(off, tolerance), wrong)
