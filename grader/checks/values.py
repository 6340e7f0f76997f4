"""A values question: what stands in the namespace at the end of its cells, against what should."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grader.assignment import CheckSpec, Question
from grader.checks.finding import PASSED, Finding, by_status, failed, result, shown, shown_numbers, text
from grader.checks.tolerance import ROUNDINGS, unit, verdict
from grader.recording import Value
from grader.records import CheckResult, CheckStatus, Shown


def check_values(
    question: Question, namespace: Mapping[str, Value], changed: Mapping[str, Value], error: str | None
) -> tuple[CheckResult, ...]:
    """Judge the values a question asks for.

    Args:
        question: its ``values`` give what is expected.
        namespace: the student's names at the end of the question's cells.
        changed: those of them that the question's own cells made or changed; a right value under another name
        is
            looked for here.
        error: the exception that ended one of the question's cells, for what is missing because of it.
    """
    assert question.values is not None
    expected = question.values()
    renamed = _module_names(expected, namespace, changed)
    results = []
    for spec in question.checks:
        name = spec.name
        if "." in name:
            name = f"{renamed}.{name.partition('.')[2]}"
        finding = _check(spec, name, expected[spec.name], namespace, changed)
        if error is not None and finding.message.id == "value.missing":
            finding = failed("value.raised", name=spec.name, error=error, wanted=finding.expected)
        results.append(result(question.id, spec, finding))
    return tuple(results)


def _check(
    spec: CheckSpec, name: str, expected: Any, namespace: Mapping[str, Value], changed: Mapping[str, Value]
) -> Finding:
    named = namespace.get(name)
    if expected is None:
        return _absent(name, named, namespace)
    finding = None if named is None else compare(spec, expected, named)
    if finding is not None and (finding.status is not CheckStatus.FAILED or name in changed):
        return finding
    for value in changed.values():  # asked for by name, but made under another one
        other = compare(spec, expected, value)
        if other.status is not CheckStatus.FAILED and not isinstance(expected, bool):
            return other
    return finding or failed("value.missing", wanted=_show(expected), name=spec.name)


def _absent(name: str, named: Value | None, namespace: Mapping[str, Value]) -> Finding:
    """Judge something that must not be there, like the bias of a network made without one."""
    owner = name.partition(".")[0]
    if owner not in namespace:
        return failed("value.missing", name=owner)
    if named is None or named.kind == "none":
        return PASSED
    return failed(
        "value.differs", name=name, expected="None", actual=_plain(named), position=0, given=_given(named)
    )


def _module_names(
    expected: Mapping[str, Any], namespace: Mapping[str, Value], changed: Mapping[str, Value]
) -> str:
    """Give the student's name of the module that the question calls ``net``."""
    asked = next((name.partition(".")[0] for name in expected if "." in name), "")
    parts = {name.partition(".")[2] for name in expected if "." in name and expected[name] is not None}
    if not asked or any(name.startswith(f"{asked}.") for name in changed):
        return asked
    owners = [name.rpartition(".")[0] for name in changed if "." in name]
    return next((o for o in owners if all(f"{o}.{part}" in namespace for part in parts)), asked)


def fits(spec: CheckSpec, expected: Any, value: Value) -> bool:
    """Tell whether a value is what is expected."""
    return compare(spec, expected, value).status is not CheckStatus.FAILED


def compare(spec: CheckSpec, expected: Any, value: Value) -> Finding:
    """Judge one value against one expectation."""
    if isinstance(expected, Tensor):
        return _compare_tensor(spec, expected, value)
    if isinstance(expected, bool):
        return _compare_truth(spec, expected, value)
    if isinstance(expected, int | float):
        return _compare_number(spec, expected, value)
    return _compare_text(spec, str(expected), value)


def _compare_tensor(spec: CheckSpec, expected: Tensor, value: Value) -> Finding:
    wanted, given = _show(expected), _given(value)
    dtype = str(expected.dtype)[6:]
    about: dict[str, Any] = {"wanted": wanted, "given": given, "name": spec.name}
    if value.kind != "tensor":
        return failed("value.kind", **about, expected="torch.Tensor", actual=_kind(value))
    same_count = value.shape is not None and torch.Size(value.shape).numel() == expected.numel()
    if value.shape != tuple(expected.shape) and not (spec.any_shape and same_count):
        return failed("value.shape", **about, expected=list(expected.shape), actual=list(value.shape or ()))
    if value.dtype != dtype:
        return failed("value.dtype", **about, expected=dtype, actual=value.dtype)
    if value.tensor is None:
        return failed("value.kind", **about, expected="torch.Tensor", actual="?")
    return _compare_numbers(spec, expected.flatten(), value.tensor.flatten(), about)


def _compare_numbers(spec: CheckSpec, expected: Tensor, actual: Tensor, about: dict[str, Any]) -> Finding:
    e, a = expected.to(torch.float64), actual.to(torch.float64)
    if not expected.is_floating_point():
        tolerance = torch.zeros_like(e)
    else:
        largest = e.abs().amax() if e.numel() else e.sum()
        tolerance = ROUNDINGS * unit(str(expected.dtype)[6:]) * largest.expand_as(e) + spec.atol
    off = torch.where(e.isnan() & a.isnan(), 0.0, (a - e).abs())
    at = int(off.nan_to_num(torch.inf).argmax()) if off.numel() else 0
    pair: dict[str, Any] = (
        {"expected": text(float(e[at])), "actual": text(float(a[at]))} if off.numel() else {}
    )
    return by_status(verdict(off, tolerance), failed("value.differs", **about, **pair, position=at + 1))


def _compare_number(spec: CheckSpec, expected: float, value: Value) -> Finding:
    about: dict[str, Any] = {"wanted": _show(expected), "given": _given(value), "name": spec.name}
    number = _single(value)
    if number is None:
        return failed("value.kind", **about, expected=type(expected).__name__, actual=_kind(value))
    if isinstance(expected, int):
        right = number == expected
        return PASSED if right else failed("value.wrong", **about, expected=expected, actual=number)
    return _compare_numbers(
        spec, torch.tensor([expected]), torch.tensor([number], dtype=torch.float64), about
    )


def _single(value: Value) -> float | None:
    """Give the one number that a number, or a tensor or array of one element, is."""
    if value.kind == "number":
        return float(value.plain)
    if value.tensor is not None and value.tensor.numel() == 1 and not value.tensor.is_complex():
        return float(value.tensor)
    return None


def _compare_truth(spec: CheckSpec, expected: bool, value: Value) -> Finding:  # noqa: FBT001 - it is the value
    """Judge a truth value; what the lecture shows instead, an empty or filled set, says the same."""
    about: dict[str, Any] = {"wanted": _show(expected), "given": _given(value), "name": spec.name}
    if value.kind == "number" and value.plain in (0, 1):
        given = bool(value.plain)
    elif value.kind == "sequence" and value.shape:
        given = value.shape[0] > 0
    elif value.kind == "text" and value.plain.strip().lower() in ("true", "false"):
        given = value.plain.strip().lower() == "true"
    else:
        return failed("value.kind", **about, expected="bool", actual=_kind(value))
    return PASSED if given is expected else failed("value.wrong", **about, expected=expected, actual=given)


def _compare_text(spec: CheckSpec, expected: str, value: Value) -> Finding:
    """Judge a text: the expected words must stand in it. An exception counts with name and message."""
    about: dict[str, Any] = {"wanted": _show(expected), "given": _given(value), "name": spec.name}
    if value.kind not in ("text", "exception"):
        return failed("value.kind", **about, expected="str", actual=_kind(value))
    given = f"{value.type} {value.plain}" if value.kind == "exception" else value.plain
    if _words(expected) in _words(given):
        return PASSED
    return failed("value.wrong", **about, expected=expected, actual=given[:200])


def _words(sentence: str) -> str:
    return " ".join(sentence.casefold().split())


# ── showing ───────────────────────────────────────────────────────────────────────────────────────────────


def _show(expected: Any) -> Shown:
    if isinstance(expected, Tensor):
        return shown(expected)
    if isinstance(expected, float):
        return shown_numbers([expected])
    return Shown(type(expected).__name__, expected)


def _given(value: Value) -> Shown:
    if value.tensor is not None:
        return Shown(value.kind, shown(value.tensor).value, value.shape, value.dtype)
    return Shown(value.kind, _plain(value), value.shape, value.dtype)


def _plain(value: Value) -> Any:
    if value.kind == "sequence":
        return f"{value.type}({value.shape[0] if value.shape else '?'})"
    if value.tensor is not None:
        return shown(value.tensor).value
    return value.plain if value.kind in ("number", "text") else value.type


def _kind(value: Value) -> str:
    """Name what was found as Python does."""
    if value.kind == "array":
        return f"numpy.{value.type}" if value.type == "ndarray" else value.type or "numpy.ndarray"
    return {"tensor": "torch.Tensor", "text": "str", "none": "None"}.get(value.kind, value.type or value.kind)
