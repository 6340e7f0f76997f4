"""The student's own line behind a step, found in the text of the answer."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from dataclasses import dataclass

from grader.checks.source import (
    calls,
    differentiated,
    differentiates,
    dropped_lines,
    is_clear,
    is_update,
    names_backward,
    names_in,
    parsed,
    statements,
    targets,
    words_in,
)
from grader.diagnosis.case import Case
from grader.records import Step

LONGEST = 300  # characters of a line that are quoted
OF_OPTIMIZER = (
    "learning-rate",
    "wrong-optimizer",
    "optimizer-settings",
    "stale-optimizer",
    "bias-not-updated",
    "weight-not-updated",
)
"""What stands where the optimizer is made, if there is one."""


@dataclass(frozen=True)
class Place:
    """A line of a notebook: the cell's index, the line from 1, its text."""

    cell: int
    line: int
    text: str


def locate(step: Step, code: str, case: Case, value: str = "") -> Place | None:
    """Find the line that a student should look at; ``None`` where none stands out.

    Of a value, the ``value`` that was asked for, that is the line that made it last.
    """
    if step in (Step.DATA, Step.VALUE):
        return _made_last(value.partition(".")[0], case)
    cells = () if case.observed is None else case.observed.run.cells
    mentioned = {word for source in case.sources.values() for word in words_in(parsed(source))}
    for cell in dict.fromkeys((*cells, *case.sources)):
        source = case.sources.get(cell, "")
        node = _find(step, code, _Text(source, _near(case, cell, source), mentioned), case)
        if node is not None:
            return _place(cell, source, node)
    return None


def _made_last(name: str, case: Case) -> Place | None:
    for cell, source in reversed(list(case.sources.items())):
        made = [node for node in statements(source) if name in targets(node)]
        if made:
            return _place(cell, source, max(made, key=lambda node: node.lineno))
    return None


def _place(cell: int, source: str, node: ast.stmt) -> Place:
    text = "\n".join(source.splitlines()[node.lineno - 1 : _end(node)])
    return Place(cell, node.lineno, text[:LONGEST])


def _near(case: Case, cell: int, source: str) -> int | None:
    """Give the line of the run's ``backward()`` in a cell."""
    line = None if case.observed is None else case.observed.run.epochs[0].line
    if line is None or line[0] != cell:
        return None
    return line[1] + dropped_lines(source)


def _end(node: ast.stmt) -> int:
    """Give the last line to quote: of a loop its head alone."""
    if isinstance(node, ast.For | ast.While):
        return node.lineno
    return node.end_lineno or node.lineno


class _Text:
    """A cell's simple statements, the nearest to a line first, without functions that nobody mentions."""

    def __init__(self, source: str, near: int | None, mentioned: Collection[str]) -> None:
        every = statements(source)
        idle = [node for node in every if _is_idle(node, mentioned)]
        found = [n for n in every if not any(f.lineno <= n.lineno <= (f.end_lineno or 0) for f in idle)]
        key = (lambda node: node.lineno) if near is None else (lambda node: abs(node.lineno - near))
        self.all = sorted(found, key=key)
        self.simple = [node for node in self.all if not hasattr(node, "body")]

    def first(self, wanted: Callable[[ast.stmt], bool]) -> ast.stmt | None:
        return next((node for node in self.simple if wanted(node)), None)

    def assigned(self, names: set[str], before: int) -> ast.stmt | None:
        """Give the last assignment to one of ``names`` above a line; of attributes, be it below, the last."""
        found = [n for n in self.simple if names & _written(n)]
        above = [n for n in found if n.lineno <= before]
        below = [n for n in found if not names & targets(n)]  # in a method that stands there
        return max(above or below, key=lambda node: node.lineno, default=None)

    @property
    def backward(self) -> ast.stmt | None:
        return self.first(differentiates)

    @property
    def loop(self) -> ast.stmt | None:
        """The innermost loop around what is differentiated, else the nearest one."""
        loops = [node for node in self.all if isinstance(node, ast.For | ast.While)]
        line = 0 if self.backward is None else self.backward.lineno
        around = [node for node in loops if node.lineno <= line <= (node.end_lineno or 0)]
        return max(around or loops[:1], key=lambda node: node.lineno, default=None)

    @property
    def loss(self) -> ast.stmt | None:
        """The line that computes what is differentiated."""
        backward = self.backward
        if backward is None:
            return self.first(lambda node: bool(targets(node) & {"loss", "cost"}))
        return self.assigned(_sent_back(backward), backward.lineno) or backward

    @property
    def yhat(self) -> ast.stmt | None:
        """The line that computes ŷ: what the loss's line uses, assigned above it."""
        loss = self.loss
        if loss is None:
            return None
        read = {ast.unparse(n) for n in ast.walk(loss) if isinstance(n, ast.Name | ast.Attribute)}
        used = read - _written(loss) - {"x", "y", "X", "self"}
        return self.assigned(used, loss.lineno) or loss


def _is_idle(node: ast.stmt, mentioned: Collection[str]) -> bool:
    """Tell a function that nothing calls by name, a forgotten ``zero_grad``; torch calls some others."""
    if not isinstance(node, ast.FunctionDef):
        return False
    return node.name not in {*mentioned, "forward"} and not node.name.startswith("__")


def _find(step: Step, code: str, text: _Text, case: Case) -> ast.stmt | None:  # noqa: PLR0911 - one for each
    match step:
        case Step.INIT:
            names = {str(check.message.params.get("name")) for check in case.failed if check.step is step}
            return text.first(lambda node: _begins(node, names)) or text.first(_makes_parameters)
        case Step.STEP1:
            return text.yhat
        case Step.STEP2:
            return text.loss
        case Step.STEP3:
            return text.backward or text.first(names_backward)
        case Step.STEP4:
            if code in OF_OPTIMIZER:
                found = text.first(_makes_optimizer) or text.first(_steps) or text.backward
                return _rate_set(found, text, case) or found if code == "learning-rate" else found
            by_hand = case.observed is not None and not case.observed.run.optimizers
            return (by_hand and text.first(is_update)) or text.first(_steps) or text.backward
        case Step.CLEAR:
            return text.first(_seems_to_clear) or text.backward
        case Step.EPOCHS:
            return text.loop
    return None


def _written(node: ast.stmt) -> set[str]:
    """Give what a statement assigns, attributes too: ``self.loss``."""
    return targets(node) | {ast.unparse(part) for part in _assigned(node) if isinstance(part, ast.Attribute)}


def _assigned(node: ast.stmt) -> list[ast.expr]:
    given = node.targets if isinstance(node, ast.Assign) else []
    return [part for target in given for part in getattr(target, "elts", [target])]


def _begins(node: ast.stmt, names: Collection[str]) -> bool:
    """Tell whether a statement sets a parameter, or its data, to what is not made of it: no update does.

    One of its numbers may be named: ``net.weight[0]``.
    """
    wholes = {name.partition("[")[0] for name in names}
    made = {ast.unparse(part).removesuffix(".data") for part in _assigned(node)} & wholes
    read = set() if not isinstance(node, ast.Assign) else {ast.unparse(n) for n in ast.walk(node.value)}
    return bool(made) and not made & read


def _sent_back(node: ast.stmt) -> set[str]:
    """Give what is differentiated as it is written, an attribute too."""
    calls_of = [
        n.func for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    ]
    attributes = {ast.unparse(f.value) for f in calls_of if isinstance(f.value, ast.Attribute)}
    return differentiated(node) or attributes


def _rate_set(update: ast.stmt | None, text: _Text, case: Case) -> ast.stmt | None:
    """Give the line that sets the one number which an update reads, ``alpha = 1/100``, if that is wrong."""
    training = case.question.training
    if update is None or training is None:
        return None
    numbers = {
        name: value.plain
        for name in names_in(update) - targets(update)
        if (value := case.namespace.get(name)) is not None and value.kind == "number"
    }
    whole = any(isinstance(part, ast.FloorDiv) for part in ast.walk(update))  # ``1//n``: n is right
    wrong = len(numbers) == 1 and training.rate(0) not in numbers.values() and not whole
    return text.assigned({*numbers}, update.lineno) if wrong else None


def _makes_parameters(node: ast.stmt) -> bool:
    text = ast.unparse(node)
    return "requires_grad" in text or "Linear(" in text or "Parameter(" in text or "torch.tensor(" in text


def _makes_optimizer(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and "optim." in ast.unparse(node.value)


def _steps(node: ast.stmt) -> bool:
    """Tell a line that updates, or was meant to: ``What.data == …``, ``step`` without brackets."""
    if is_update(node) or calls(node, "step"):
        return True
    value = node.value if isinstance(node, ast.Expr) else None
    if isinstance(value, ast.Compare):
        return ".grad" in ast.unparse(value.comparators[-1])
    return isinstance(value, ast.Attribute) and value.attr == "step"


def _seems_to_clear(node: ast.stmt) -> bool:
    """Tell a line that clears, or was meant to: ``What.grad == None``, ``zero_grad`` without brackets."""
    if is_clear(node):
        return True
    meant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Compare | ast.Attribute)
    return meant and any(word in ast.unparse(node) for word in (".grad ==", "zero_grad"))
