"""``loss.backward`` without brackets above an update by hand: what follows is judged where it is called."""

from __future__ import annotations

from dataclasses import replace

from grader.checks.source import names_backward, statements
from grader.judging.questions import Judged, with_checks
from grader.records import Step

MISSED = "step3.no-gradient"
"""What step 3 says of an update that found no gradient."""


def with_brackets(source: str) -> str:
    """Give a cell's text in which each ``loss.backward`` that is a statement of its own is called."""
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
