"""A values question: what stands in the namespace at the end of its cells, against what should."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from grader.assignment.model import CheckSpec, Question
from grader.checks.compare import compare
from grader.checks.finding import PASSED, Finding, failed, result
from grader.checks.showing import given, plain, show
from grader.checks.stopped import ENDED, unreadable
from grader.errors import AssignmentError
from grader.expectations import Either, Form, Raises
from grader.recording import Value
from grader.records import CellError, CheckResult, CheckStatus
from grader.training import MISFIT, Data


def check_values(  # noqa: PLR0913 - what the cells left, and what they are held against
    question: Question,
    namespace: Mapping[str, Value],
    changed: Mapping[str, Value],
    error: str | None,
    *,
    data: Data | None = None,
    nominal: Data | None = None,
    raised: Sequence[CellError] = (),
    caught: Collection[str] = (),
) -> tuple[CheckResult, ...]:
    """Judge the values a question asks for; of several right forms the one that earns most counts.

    Args:
        question: its ``forms`` give what is expected.
        namespace: the student's names at the end of the question's cells.
        changed: those of them that the question's own cells made or changed; a right value under another name
            is looked for here.
        error: the exception that ended one of the question's cells, for what is missing because of it.
        data: what the expectations follow from, the student's own among it; the assignment's by default.
        nominal: the assignment's data. A value that is itself among the data is judged against what follows
            from the assignment's in its place.
        raised: the exceptions that ended the question's cells, where an error is what was asked for.
        caught: names under which exceptions were caught, and that are gone, for the same.
    """
    judged = [
        _check_form(
            question, _expected(question, form, data, nominal), namespace, changed, error, raised, caught
        )
        for form in question.forms
    ]
    return max(judged, key=lambda checks: sum(check.points for check in checks))


def _expected(
    question: Question,
    form: Callable[..., Mapping[str, Any]],
    data: Data | None,
    nominal: Data | None,
) -> Mapping[str, Any]:
    """Give what is expected, of each name that is the student's own without regard to what it is."""
    if data is None:
        return form()
    expected = dict(_following(form, data, nominal))
    for name in [spec.name for spec in question.checks]:
        theirs, ours = getattr(data, name, None), getattr(nominal, name, None)
        if theirs is not ours:
            without = SimpleNamespace(**{**vars(data), name: ours})
            expected[name] = _following(form, without, nominal)[name]
    return expected


def _following(form: Callable[..., Mapping[str, Any]], data: Data, nominal: Data | None) -> Mapping[str, Any]:
    """Give what follows from data; from the assignment's where a reference cannot take the student's own."""
    try:
        return form(data)
    except (AssignmentError, *MISFIT):
        if nominal is None or data is nominal:
            raise
        return form(nominal)


def _check_form(  # noqa: PLR0913, PLR0917 - as above
    question: Question,
    expected: Mapping[str, Any],
    namespace: Mapping[str, Value],
    changed: Mapping[str, Value],
    error: str | None,
    raised: Sequence[CellError],
    caught: Collection[str],
) -> tuple[CheckResult, ...]:
    renamed = _module_names(expected, namespace, changed)
    shown_errors = list(raised)
    asked = {spec.name for spec in question.checks}
    results = []
    for spec in question.checks:
        name, wanted = spec.name, expected[spec.name]
        if "." in name:
            name = f"{renamed}.{name.partition('.')[2]}"
        others = {made: value for made, value in changed.items() if made not in asked or made == name}
        finding = check_value(spec, name, wanted, namespace, others)
        if finding.message.id == "value.missing" and (errors := _errors(wanted)):
            finding = PASSED if name in caught else _raised(errors, shown_errors) or finding
        left_over = name not in changed and wanted is not None and finding.status is CheckStatus.FAILED
        if error is not None and (left_over or finding.message.id == "value.missing"):
            told = {"wanted": finding.expected}
            if error in ENDED:
                finding = failed("check.cell-ended", **told)
            else:
                finding = unreadable(error) or failed("value.raised", name=spec.name, error=error, **told)
        results.append(result(question.id, spec, finding))
    return tuple(results)


def check_value(
    spec: CheckSpec, name: str, expected: Any, namespace: Mapping[str, Value], changed: Mapping[str, Value]
) -> Finding:
    """Judge the value called ``name``, or one that was made under another name."""
    named = namespace.get(name)
    if expected is None:
        return _absent(name, named, namespace)
    finding = None if named is None else compare(spec, expected, named)
    if finding is not None and (finding.status is not CheckStatus.FAILED or name in changed):
        return finding
    for value in changed.values():  # asked for by name, but made under another one
        if isinstance(expected, bool | Form) or (_errors(expected) and value.kind != "exception"):
            continue
        other = compare(spec, expected, value)
        if other.status is not CheckStatus.FAILED:
            return other
    return finding or failed("value.missing", wanted=show(expected), name=spec.name)


def _errors(expected: Any) -> tuple[Raises, ...]:
    """Give the errors of which one is asked for; none where a value is."""
    answers = expected.answers if isinstance(expected, Either) else (expected,)
    errors = tuple(answer for answer in answers if isinstance(answer, Raises))
    return errors if len(errors) == len(answers) else ()


def _raised(expected: Sequence[Raises], errors: list[CellError]) -> Finding | None:
    """Take the first of the cells' own errors that is one asked for, so that each counts once."""
    for error in errors:
        if any(
            e.name == error.name and e.says.casefold() in error.value.casefold() and e.is_said(error.value)
            for e in expected
        ):
            errors.remove(error)
            return PASSED
    return None


def _absent(name: str, named: Value | None, namespace: Mapping[str, Value]) -> Finding:
    """Judge something that must not be there, like the bias of a network made without one."""
    owner = name.partition(".")[0]
    if owner not in namespace:
        return failed("value.missing", name=owner)
    if named is None or named.kind == "none":
        return PASSED
    return failed("value.present", name=name, actual=plain(named), given=given(named))


def _module_names(
    expected: Mapping[str, Any], namespace: Mapping[str, Value], changed: Mapping[str, Value]
) -> str:
    """Give the student's name of the module that the question calls ``net``, or of the layer within it."""
    asked = next((name.partition(".")[0] for name in expected if "." in name), "")
    parts = {name.partition(".")[2] for name in expected if "." in name and expected[name] is not None}
    made = dict.fromkeys(name.rpartition(".")[0] for name in changed if "." in name)
    within = [owner for owner in made if asked and f"{owner}.".startswith(f"{asked}.")]
    return next((o for o in within or made if all(f"{o}.{part}" in namespace for part in parts)), asked)
