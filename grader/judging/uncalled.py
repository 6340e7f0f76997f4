"""No ``loss.backward()`` above an update by hand, or one without brackets: what follows is judged with it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from grader.checks.source import has_backward, is_update, loops, names_backward, statements, targets
from grader.judging.questions import Judged, with_checks
from grader.records import Step

MISSED = "step3.no-gradient"
"""What step 3 says of an update that found no gradient."""


def with_backward(source: str) -> str:
    """Give a cell's text that calls ``backward``: with brackets, or with a line where there is none at all."""
    if any(map(names_backward, statements(source))):
        return _with_brackets(source)
    return source if has_backward(source) else _with_a_line(source)


def _with_a_line(source: str) -> str:
    """Add ``loss.backward()`` above the first update of each loop, of what was assigned last in front of it."""
    lines = source.splitlines()
    for loop in sorted(loops(source), key=lambda loop: loop.lineno, reverse=True):
        place = next((i for i, node in enumerate(loop.body) if any(map(is_update, _within(node)))), 0)
        made = [name for node in loop.body[:place] if isinstance(node, ast.Assign) for name in targets(node)]
        if made:
            update = loop.body[place]
            lines.insert(update.lineno - 1, f"{' ' * update.col_offset}{made[-1]}.backward()")
    return "\n".join(lines) if len(lines) > len(source.splitlines()) else source


def _within(node: ast.stmt) -> Sequence[ast.stmt]:
    return [part for part in ast.walk(node) if isinstance(part, ast.stmt)]


def _with_brackets(source: str) -> str:
    """Give a text in which each ``loss.backward`` that is a statement of its own is called."""
    lines = [line.encode() for line in source.splitlines()]  # as ast counts columns
    found = [node for node in statements(source) if names_backward(node)]
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        line, end = (node.end_lineno or node.lineno) - 1, node.end_col_offset
        assert end is not None
        lines[line] = lines[line][:end] + b"()" + lines[line][end:]
    return b"\n".join(lines).decode()


def misses_gradient(one: Judged) -> bool:
    """Tell whether an answer ended for want of a gradient."""
    return any(check.message.id == MISSED for check in one.report.checks)


def but_step3(one: Judged, called: Judged) -> Judged:
    """Give what an answer is worth where its backward was called: it has not done so itself."""
    lost = {check.id: check for check in one.report.checks if check.step is Step.STEP3}
    judged = with_checks(called, tuple(lost.get(check.id, check) for check in called.report.checks))
    own = [diagnosis for diagnosis in one.report.diagnoses if diagnosis.step is Step.STEP3]
    others = [diagnosis for diagnosis in judged.report.diagnoses if diagnosis.step is not Step.STEP3]
    return judged._replace(report=replace(judged.report, diagnoses=(*own, *others)))
