"""A value of which the form alone is known here: right so far, or wrong already."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from grader.assignment.model import CheckSpec
from grader.checks.finding import Finding, failed
from grader.checks.numbers import as_tensor
from grader.checks.showing import given, kind
from grader.expectations import Form
from grader.recording import Value
from grader.records import CheckStatus, Message

RIGHT_SO_FAR = Finding(CheckStatus.SKIPPED, Message("value.form"))
#: The kinds of values that can be what is asked for, and what Python calls it.
KINDS = {
    "tensor": (("tensor",), "torch.Tensor"),
    "array": (("array",), "numpy.ndarray"),
    "number": (("number", "tensor", "array"), "float"),
    "truth": (("number", "sequence", "text"), "bool"),
    "text": (("text", "exception"), "str"),
    "function": (("function",), "function"),
}
ANY_KIND = ("tensor", "array", "sequence")


def compare_form(spec: CheckSpec, expected: Form, value: Value) -> Finding:
    """Judge kind, shape and dtype, as far as they are told and asked for."""
    kinds, name = KINDS[expected.kind]
    if value.kind not in (ANY_KIND if spec.any_kind and expected.kind in ANY_KIND else kinds):
        return failed("value.kind", name=spec.name, given=given(value), expected=name, actual=kind(value))
    if value.kind == "sequence" and (numbers := as_tensor(value)) is not None:
        value = replace(value, shape=tuple(numbers.shape), dtype=str(numbers.dtype)[6:])
    if not _fits(spec, expected, value):
        return failed(
            "value.shape",
            name=spec.name,
            given=given(value),
            expected=list(expected.shape or ()),
            actual=list(value.shape or ()),
        )
    if expected.dtype is not None and value.dtype != expected.dtype and not spec.any_dtype:
        return failed(
            "value.dtype", name=spec.name, given=given(value), expected=expected.dtype, actual=value.dtype
        )
    return RIGHT_SO_FAR


def _fits(spec: CheckSpec, expected: Form, value: Value) -> bool:
    if expected.shape is None or value.shape in (None, expected.shape):
        return True
    return spec.any_shape and prod(value.shape or ()) == prod(expected.shape)
