"""No ``loss.backward()`` above an update, or one without brackets: what is around it is judged with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from grader.checks.finding import failed
from grader.checks.source import has_backward, loops, moves, names_backward, statements
from grader.judging.questions import Judged, with_checks
from grader.records import CheckResult, Step

MISSED = "step3.no-gradient"
"""What step 3 says of an update that found no gradient."""
NO_RUN = "check.no-run"
"""What every step says of an answer in which nothing was differentiated, where no name tells more."""

Insertion = tuple[ast.stmt, str]
"""What is written behind a statement, in its line: all lines keep their numbers."""


def with_backward(source: str) -> str:
    """Give a cell's text that calls ``backward``: with brackets, or with a call where none was written."""
    found: list[Insertion] = [(node, "()") for node in statements(source) if names_backward(node)]
    if not found and not has_backward(source):
        found = [*_missing_calls(source)]
    lines = [line.encode() for line in source.split("\n")]  # as ast counts columns
    for node, text in sorted(found, key=lambda one: (one[0].lineno, one[0].col_offset), reverse=True):
        line, end = (node.end_lineno or node.lineno) - 1, node.end_col_offset
        lines[line] = lines[line][:end] + text.encode() + lines[line][end:]
    return b"\n".join(lines).decode()


def _missing_calls(source: str) -> Iterator[Insertion]:
    """Give ``loss.backward()`` for each loop that updates: of what it has assigned last in front of that."""
    for loop in loops(source):
        place = next((i for i, node in enumerate(loop.body) if any(map(_updates, ast.walk(node)))), 0)
        made = [(n, n.targets[0]) for n in loop.body[:place] if isinstance(n, ast.Assign)]
        named = [(n, target) for n, target in made if isinstance(target, ast.Name | ast.Attribute)]
        for node, target in named[-1:]:
            yield node, f"; {ast.unparse(target)}.backward()"


def _updates(node: ast.AST) -> bool:
    """Tell a step of an optimizer, or an update by hand, be it of something else than a gradient."""
    if isinstance(node, ast.Attribute):
        return node.attr == "data" and isinstance(node.ctx, ast.Store)
    return isinstance(node, ast.stmt) and moves(node)


def misses_gradient(one: Judged) -> bool:
    """Tell whether an answer ended for want of a gradient, or nothing was seen for want of one."""
    return any(check.message.id in {MISSED, NO_RUN} for check in one.report.checks)


def but_step3(one: Judged, called: Judged) -> Judged:
    """Give what an answer is worth where its backward was called: it has not done so itself."""
    lost = {check.id: _lost(check) for check in one.report.checks if check.step is Step.STEP3}
    as_written = called._replace(case=replace(called.case, sources=one.case.sources))
    judged = with_checks(as_written, tuple(lost.get(check.id, check) for check in called.report.checks))
    own = [diagnosis for diagnosis in one.report.diagnoses if diagnosis.step is Step.STEP3]
    others = [d for d in judged.report.diagnoses if d.step is not Step.STEP3 or not own]
    in_order = sorted((*own, *others), key=lambda diagnosis: [*Step].index(diagnosis.step))
    return judged._replace(report=replace(judged.report, diagnoses=tuple(in_order)))


def _lost(check: CheckResult) -> CheckResult:
    """Say of a loop whose steps nobody had seen what it lacks."""
    if check.message.id != NO_RUN:
        return check
    return replace(check, message=failed("step3.no-backward").message)
