"""One step of an answer that stops all the others: what is around it is judged with that step put right.

That is a ``loss.backward()`` that is not there above an update, or has no brackets, and a start that is made
of the tensor which needs a gradient, by ``reshape`` say. The step itself costs what it costs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.checks.finding import failed
from grader.checks.source import has_backward, loops, moves, names_backward, parsed, statements
from grader.judging.questions import Judged, with_checks
from grader.records import CheckResult, Step

MISSED = "step3.no-gradient"
"""What step 3 says of an update that found no gradient."""
NO_RUN = "check.no-run"
"""What every step says of an answer in which nothing was differentiated, where no name tells more."""
NO_LEAF = "init.no-leaf"
"""What the start says that was made of a parameter, which the update by hand then shows."""
NON_LEAF = "can't optimize a non-leaf Tensor"
"""What an optimizer says of it."""
WITHOUT_GRADIENT = {"data", "detach", "grad", "item", "numpy", "tolist"}
"""What of a tensor asks for no gradient."""

Insertion = tuple[ast.stmt, str]
"""What is written behind a statement, in its line: all lines keep their numbers."""


@dataclass(frozen=True)
class Repair:
    """How a step is put right: in which answers, and by what text. ``flag`` says that it was."""

    step: Step
    flag: str
    needed: Callable[[Judged], bool]
    text: Callable[[str], str]


def repair_of(one: Judged) -> Repair | None:
    """Give what an answer needs, if it is any of these."""
    return next((repair for repair in REPAIRS if repair.needed(one)), None)


def with_backward(source: str) -> str:
    """Give a cell's text that calls ``backward``: with brackets, or with a call where none was written."""
    found: list[Insertion] = [(node, "()") for node in statements(source) if names_backward(node)]
    if not found and not has_backward(source):
        found = [*_missing_calls(source)]
    return _inserted(source, found)


def with_leaf(source: str) -> str:
    """Give a cell's text whose parameters are leaves: nothing that was computed of others."""
    made = [(node, f"; {name} = {name}.detach().requires_grad_()") for node, name in _made_of_leaves(source)]
    return _inserted(source, made)


def _inserted(source: str, found: Sequence[Insertion]) -> str:
    lines = [line.encode() for line in source.split("\n")]  # as ast counts columns
    for node, text in sorted(found, key=lambda one: (one[0].lineno, one[0].col_offset), reverse=True):
        line, end = (node.end_lineno or node.lineno) - 1, node.end_col_offset
        lines[line] = lines[line][:end] + text.encode() + lines[line][end:]
    return b"\n".join(lines).decode()


def _made_of_leaves(source: str) -> Iterator[tuple[ast.stmt, str]]:
    """Give the statements that name what a tensor which needs a gradient was made into, and the names."""
    leaves: set[str] = set()
    for node in parsed(source).body:
        if not isinstance(node, ast.Assign) or not isinstance(target := node.targets[0], ast.Name):
            continue
        made_of = [*_made_of(node.value)]
        named = {part.id for part in made_of if isinstance(part, ast.Name)}
        if any(map(_asks_for_gradient, made_of)) or named & leaves:
            yield node, target.id
        if any(map(_asks_for_gradient, (node.value, *made_of))):
            leaves.add(target.id)


def _made_of(value: ast.expr) -> Iterator[ast.expr]:
    """Give what methods were called on, the last one first; nothing where numbers were taken out."""
    while isinstance(value, ast.Call | ast.Attribute):
        if isinstance(value, ast.Call):
            value = value.func
            continue
        if value.attr in WITHOUT_GRADIENT:
            return
        value = value.value
        yield value


def _asks_for_gradient(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    by_method = isinstance(node.func, ast.Attribute) and node.func.attr == "requires_grad_"
    return by_method or any(keyword.arg == "requires_grad" for keyword in node.keywords)


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


def misses_leaf(one: Judged) -> bool:
    """Tell whether an answer ended because its parameter was made of another tensor."""
    return any(check.message.id == NO_LEAF or _was_refused(check) for check in one.report.checks)


def _was_refused(check: CheckResult) -> bool:
    return NON_LEAF in str(check.message.params.get("error", ""))


REPAIRS = (
    Repair(Step.INIT, "flag.leaf", misses_leaf, with_leaf),
    Repair(Step.STEP3, "flag.called", misses_gradient, with_backward),
)


def but(step: Step, one: Judged, repaired: Judged) -> Judged:
    """Give what an answer is worth where a step was put right: it has not done that itself."""
    lost = {check.id: _lost(check, one) for check in one.report.checks if check.step is step}
    as_written = repaired._replace(case=replace(repaired.case, sources=one.case.sources))
    judged = with_checks(as_written, tuple(lost.get(check.id, check) for check in repaired.report.checks))
    own = [diagnosis for diagnosis in one.report.diagnoses if diagnosis.step is step]
    others = [d for d in judged.report.diagnoses if d.step is not step or not own]
    in_order = sorted((*own, *others), key=lambda diagnosis: [*Step].index(diagnosis.step))
    return judged._replace(report=replace(judged.report, diagnoses=tuple(in_order)))


def _lost(check: CheckResult, one: Judged) -> CheckResult:
    """Say of a loop whose steps nobody had seen what it lacks, of a parameter that was refused why it was."""
    if check.message.id == NO_RUN:
        return replace(check, message=failed("step3.no-backward").message)
    sources = one.case.sources.values() if _was_refused(check) else ()
    made = [name for source in sources for _, name in _made_of_leaves(source)]
    return replace(check, message=failed(NO_LEAF, name=made[-1]).message) if made else check
