"""One value of the student's against what a reference expects of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.assignment.model import CheckSpec
from grader.checks.draws import compare_draw
from grader.checks.finding import PASSED, Finding, by_status, failed, text
from grader.checks.forms import compare_form
from grader.checks.functions import compare_function
from grader.checks.numbers import as_tensor, single
from grader.checks.rows import in_another_order
from grader.checks.showing import given, kind, show
from grader.checks.tolerance import ROUNDINGS, unit, verdict
from grader.expectations import Bernoulli, Either, Form, Function, Raises
from grader.recording import Value
from grader.records import CheckStatus


def compare(spec: CheckSpec, expected: Any, value: Value) -> Finding:  # noqa: PLR0911 - one for each kind
    """Judge one value against one expectation."""
    match expected:
        case Either():
            return _either([compare(spec, answer, value) for answer in expected.answers])
        case Function():
            return compare_function(spec, expected, value)
        case Bernoulli():
            return compare_draw(spec, expected, value)
        case Raises():
            return _compare_error(spec, expected, value)
        case Form():
            return compare_form(spec, expected, value)
        case Tensor():
            return _compare_tensor(spec, expected, value)
        case np.ndarray():
            return _compare_array(spec, expected, value)
        case bool():
            return _compare_truth(spec, expected, value)
        case int() | float():
            return _compare_number(spec, expected, value)
    return _compare_text(spec, str(expected), value)


def fits(spec: CheckSpec, expected: Any, value: Value) -> bool:
    """Tell whether a value is what is expected."""
    return compare(spec, expected, value).status is not CheckStatus.FAILED


def _either(findings: list[Finding]) -> Finding:
    return next((finding for finding in findings if finding.status is not CheckStatus.FAILED), findings[0])


# ── tensors and arrays ────────────────────────────────────────────────────────────────────────────────────


def _compare_tensor(spec: CheckSpec, expected: Tensor, value: Value) -> Finding:
    about: dict[str, Any] = {"wanted": show(expected), "given": given(value), "name": spec.name}
    numbers = as_tensor(value) if spec.any_kind else value.tensor if value.kind == "tensor" else None
    if numbers is None:
        return failed("value.kind", **about, expected="torch.Tensor", actual=kind(value))
    wrong = _wrong_form(spec, tuple(expected.shape), str(expected.dtype)[6:], numbers, about)
    return wrong or _compare_numbers(spec, expected.flatten(), numbers.flatten(), about)


def _compare_array(spec: CheckSpec, expected: np.ndarray, value: Value) -> Finding:
    about: dict[str, Any] = {"wanted": show(expected), "given": given(value), "name": spec.name}
    if value.kind != "array" or value.tensor is None:
        return failed("value.kind", **about, expected="numpy.ndarray", actual=kind(value))
    wrong = _wrong_form(spec, expected.shape, str(expected.dtype), value.tensor, about)
    numbers = torch.from_numpy(expected).flatten()
    return wrong or _compare_numbers(spec, numbers, value.tensor.flatten(), about)


def _wrong_form(
    spec: CheckSpec, shape: tuple[int, ...], dtype: str, numbers: Tensor, about: dict[str, Any]
) -> Finding | None:
    """Judge shape and dtype; ``None`` if they are right or open."""
    same_count = numbers.numel() == torch.Size(shape).numel()
    if tuple(numbers.shape) != shape and not (spec.any_shape and same_count):
        return failed("value.shape", **about, expected=list(shape), actual=list(numbers.shape))
    given_dtype = str(numbers.dtype)[6:]
    if given_dtype != dtype and not spec.any_dtype:
        return failed("value.dtype", **about, expected=dtype, actual=given_dtype)
    return None


def tolerated(spec: CheckSpec, expected: Tensor) -> float:
    """Give the tolerance of each number of a tensor: none of integers, else by the largest of them."""
    if not expected.is_floating_point():
        return 0.0
    finite = expected[expected.isfinite()]
    largest = float(finite.abs().max()) if finite.numel() else 0.0
    return ROUNDINGS * unit(str(expected.dtype)[6:]) * largest + spec.atol


def _compare_numbers(spec: CheckSpec, expected: Tensor, actual: Tensor, about: dict[str, Any]) -> Finding:
    e, a = expected.to(torch.float64), actual.to(torch.float64)
    tolerance = torch.tensor(tolerated(spec, expected), dtype=torch.float64).expand_as(e)
    off = torch.where(e.isnan() & a.isnan(), 0.0, (a - e).abs())
    at = int(off.nan_to_num(torch.inf).argmax()) if off.numel() else 0
    pair: dict[str, Any] = (
        {"expected": text(float(e[at])), "actual": text(float(a[at]))} if off.numel() else {}
    )
    status = verdict(off, tolerance)
    if status is CheckStatus.FAILED and in_another_order(e, a, tolerance):
        return failed("value.order", **about)
    return by_status(status, failed("value.differs", **about, **pair, position=at + 1))


# ── numbers, truth, text, errors ──────────────────────────────────────────────────────────────────────────


def _compare_number(spec: CheckSpec, expected: float, value: Value) -> Finding:
    about: dict[str, Any] = {"wanted": show(expected), "given": given(value), "name": spec.name}
    number = single(value)
    if number is None:
        return failed("value.kind", **about, expected=type(expected).__name__, actual=kind(value))
    if isinstance(expected, int):
        right = number == expected
        return PASSED if right else failed("value.wrong", **about, expected=expected, actual=number)
    came = torch.tensor([number], dtype=torch.float64)
    found = _compare_numbers(spec, torch.tensor([expected]), came, about)
    # A number alone has no position.
    return by_status(
        found.status, failed("value.wrong", **about, expected=text(expected), actual=text(number))
    )


def _compare_truth(spec: CheckSpec, expected: bool, value: Value) -> Finding:  # noqa: FBT001 - it is the value
    """Judge a truth value; what the lecture shows instead, an empty or filled set, says the same."""
    about: dict[str, Any] = {"wanted": show(expected), "given": given(value), "name": spec.name}
    if value.kind == "sequence" and value.shape:
        actual = value.shape[0] > 0
    elif (number := single(value)) in (0, 1):
        actual = bool(number)
    elif value.kind == "text" and value.plain.strip().lower() in ("true", "false"):
        actual = value.plain.strip().lower() == "true"
    else:
        return failed("value.kind", **about, expected="bool", actual=kind(value))
    return PASSED if actual is expected else failed("value.wrong", **about, expected=expected, actual=actual)


def _compare_text(spec: CheckSpec, expected: str, value: Value) -> Finding:
    """Judge a text: the expected words must stand in it. An exception counts with name and message."""
    about: dict[str, Any] = {"wanted": show(expected), "given": given(value), "name": spec.name}
    if value.kind not in ("text", "exception"):
        return failed("value.wrong", **about, expected=expected, actual=kind(value))
    said = f"{value.type} {value.plain}" if value.kind == "exception" else value.plain
    if _words(expected) in _words(said):
        return PASSED
    return failed("value.wrong", **about, expected=expected, actual=said[:200] or '""')


def _compare_error(spec: CheckSpec, expected: Raises, value: Value) -> Finding:
    """Judge an error that was to be seen: the exception, its class, name or text, or that there was one."""
    about: dict[str, Any] = {"wanted": show(expected), "given": given(value), "name": spec.name}
    if value.kind == "sequence" and any(
        _compare_error(spec, expected, item) is PASSED for item in value.plain or ()
    ):
        return PASSED  # sys.exc_info(), or an exception's args
    name, says = _words(expected.name), _words(expected.says)
    if value.kind == "exception":
        right = value.type == expected.name and (not value.plain or says in _words(value.plain))
    elif value.kind == "text":
        said = _words(value.plain)
        right = name in said or (bool(says) and _quotes(said, says)) or said == "true"
    else:
        right = value.kind == "number" and value.type == "bool" and value.plain is True
    if right and expected.is_said(str(value.plain)):
        return PASSED
    asked = f"{expected.name}: … {expected.says} …" if expected.says else expected.name
    return failed("value.wrong", **about, expected=asked, actual=said_of(value))


def _quotes(said: str, says: str) -> bool:
    """Tell whether a student quotes an error's words; what stands in brackets may be left out."""
    words = says.partition(" (")[0]
    return says in said or (words in said and f"{words} (" not in said)


def said_of(value: Value) -> str:
    """Give a value in a few words; a sentence of the student's stands in quotes within one of ours."""
    if value.kind == "number":
        return str(value.plain)[:200]
    if value.kind == "text":
        return f'"{value.plain[:200]}"'
    if value.kind == "exception":
        return f"{value.type}: {value.plain}"[:200].rstrip(": ")
    return kind(value)


def _words(sentence: str) -> str:
    return " ".join(sentence.casefold().split())
