"""The text of what is repeated in a training, statement by statement: which step each of them is."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cached_property

from grader.checks.source import differentiated, differentiates, is_clear, is_update, means, targets
from grader.records import Step

TARGET = "y"
"""What a loss is computed from, and a ŷ is not."""
LOOKS = ("plt.", "print(")
"""What a line begins with that shows something."""
PARAMETERS = ("requires_grad", "Linear(", "Parameter(")
"""What makes parameters, wherever it stands."""


class LoopText:
    """What is repeated in the training that a line belongs to, statement by statement."""

    def __init__(self, nodes: list[ast.stmt], line: int) -> None:
        self.nodes = nodes
        loops = blocks(nodes, ast.For | ast.While)
        trains = [block for block in (*loops, *blocks(nodes, ast.FunctionDef)) if has_training(block)]
        around = [block for block in (*trains, *loops) if holds(block, line)]
        below = [[block for block in some if block.lineno > line] for some in (trains, loops)]
        block = next(iter((*around, *below[0], *trains, *below[1])), None)
        inside = [] if block is None else [*ast.walk(block)]
        within = [loop for loop in loops if loop in trains and loop in inside]
        self.block = next(iter(within), block)  # of a function that trains, its loop
        self.inner = [] if self.block is None else _simple(self.block)
        self.above = [n for n in nodes if self.block and (n.end_lineno or 0) < self.block.lineno]
        self.backward = next(filter(differentiates, self.inner), None)
        self.of_target = {TARGET}
        for node in self.inner:
            if _uses(node) & self.of_target and not _moves(node) and not differentiates(node):
                self.of_target |= targets(node)

    def step(self, node: ast.stmt) -> Step | None:
        """Give the step that a statement is; ``None`` for one around them, a look or a picture."""
        if node is self.block:
            return Step.EPOCHS
        if hasattr(node, "body"):
            return self.step(node.body[0])
        if (told := step_anywhere(node)) is not None:
            return told
        if node in self.inner:
            return self._inner_step(node)
        return self._step_above(node) if node in self.above else None

    def _inner_step(self, node: ast.stmt) -> Step | None:
        if isinstance(node, ast.Expr) or isinstance(_target(node), ast.Subscript):
            return None  # a look, a picture, a list of losses
        below = self.backward is not None and node.lineno > self.backward.lineno
        if isinstance(_target(node), ast.Attribute) or (below and targets(node) & self.parameters):
            return Step.STEP4
        if below:
            return None
        if any(word in ast.unparse(node) for word in PARAMETERS):
            return Step.INIT
        return Step.STEP2 if self.is_of_target(node) or self._is_loss(node) else Step.STEP1

    def _step_above(self, node: ast.stmt) -> Step:
        """Give what a line in front of the loop prepares: parameters, the optimizer, a loss to be called.

        A look, or a picture, prepares nothing.
        """
        if ast.unparse(node).startswith(LOOKS):
            return Step.EPOCHS
        made = targets(node)
        steps = any(_calls(n, "step") and _uses(n) & made for n in self.inner)
        if steps or ".optim" in ast.unparse(node):
            return Step.STEP4
        called = {_called(n) for n in self.inner if self._inner_step(n) is Step.STEP2}
        return Step.STEP2 if made & called else Step.INIT

    @cached_property
    def parameters(self) -> set[str]:
        """The names that are made in front of the loop and used before the gradient is there."""
        before = self.inner if self.backward is None else self.inner[: self.inner.index(self.backward)]
        made = {name for node in self.above for name in targets(node)}
        return made & {name for node in before for name in _uses(node)}

    def is_of_target(self, node: ast.stmt) -> bool:
        """Tell whether a statement uses y, or what was computed from it, other than by differentiating it."""
        given = differentiated(node) if differentiates(node) else set()
        return bool((_uses(node) - given) & self.of_target)

    def takes_loss(self, node: ast.stmt) -> bool:
        """Tell whether what a statement differentiates is a loss, as far as there is one to compare with."""
        return differentiated(node) <= self.of_target or self.of_target == {TARGET}

    def has_yhat_within(self, node: ast.stmt) -> bool:
        """Tell whether a loss uses nothing that was computed before it in the epoch."""
        before = {name for n in self.inner if n.lineno < node.lineno for name in targets(n)}
        return self.is_of_target(node) and not _uses(node) & before

    @property
    def handed_over(self) -> set[str]:
        """The names that lines before the loss make for it, whether it uses some of them or none."""
        steps = {node: self.step(node) for node in self.inner}
        made = {name for node, step in steps.items() if step is Step.STEP1 for name in targets(node)}
        used = {name for node, step in steps.items() if step is Step.STEP2 for name in _uses(node)}
        return made & used or made

    def first_call(
        self, method: ast.FunctionDef | ast.ClassDef, among: Iterable[ast.stmt]
    ) -> ast.stmt | None:
        """Give the first line of some that calls a method, ``self.loss(…)``, or one that calls it."""
        names = {method.name}
        others = [f for f in self.nodes if isinstance(f, ast.FunctionDef) and not has_training(f)]
        names |= {f.name for f in others if _methods(f) & names}
        return next((node for node in among if _methods(node) & names), None)

    def first_use(self, helper: ast.FunctionDef | ast.ClassDef, among: Iterable[ast.stmt]) -> ast.stmt | None:
        """Give the first line of some that calls a function, or what was made with it."""
        names = {helper.name}
        for node in self.above:
            if _uses(node) & names:
                names |= {node.name} if isinstance(node, ast.FunctionDef | ast.ClassDef) else targets(node)
        return next((node for node in among if _uses(node) & names), None)

    def _is_loss(self, node: ast.stmt) -> bool:
        named = {"loss", "cost"} if self.backward is None else differentiated(self.backward)
        return bool(targets(node) & named)


def step_anywhere(node: ast.stmt) -> Step | None:
    """Give the step that a statement is wherever it stands."""
    if differentiates(node):
        return Step.STEP3
    if is_clear(node) or _calls(node, "zero") or _calls(node, "zero_grad"):
        return Step.CLEAR
    return Step.STEP4 if _moves(node) else None


def blocks(nodes: Iterable[ast.stmt], kind: object) -> list[ast.stmt]:
    """Give the outermost blocks first."""
    return [node for node in nodes if isinstance(node, kind)]  # type: ignore[arg-type]


def _simple(block: ast.stmt) -> list[ast.stmt]:
    inner = (node for node in ast.walk(block) if isinstance(node, ast.stmt) and not hasattr(node, "body"))
    return sorted(inner, key=lambda node: (node.lineno, node.col_offset))


def has_training(block: ast.stmt) -> bool:
    """Tell whether a loss is differentiated within a statement."""
    return any(map(differentiates, _simple(block)))


def holds(node: ast.stmt, line: int) -> bool:
    """Tell whether a line of the text is a statement's."""
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _uses(node: ast.stmt) -> set[str]:
    names = (part for part in ast.walk(node) if isinstance(part, ast.Name))
    augmented = isinstance(node, ast.AugAssign)
    return {name.id for name in names if augmented or isinstance(name.ctx, ast.Load)}


def _target(node: ast.stmt) -> ast.expr | None:
    return node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)


def _moves(node: ast.stmt) -> bool:
    """Tell a line that updates, or was meant to: ``optimizr.steps()``."""
    return is_update(node) or _calls(node, "step")


def _calls(node: ast.stmt, method: str) -> bool:
    """Tell whether a statement is a call of a method whose name begins so."""
    call = node.value if isinstance(node, ast.Expr) else None
    function = call.func if isinstance(call, ast.Call) else None
    return isinstance(function, ast.Attribute) and means(function.attr, method)


def _methods(node: ast.stmt) -> set[str]:
    """Give the methods that a statement calls of what has a plain name: ``loss`` of ``self.loss(yhat)``."""
    functions = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    return {f.attr for f in functions if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name)}


def _called(node: ast.stmt) -> str:
    """Give the name of what a statement assigns the result of: ``lossfn`` of ``loss = lossfn(yhat, y)``."""
    call = node.value if isinstance(node, ast.Assign) else None
    return call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
