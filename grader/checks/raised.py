"""An exception that ended a training: the step that it stopped, by the line that raised."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from grader.checks.source import (
    differentiated,
    differentiates,
    has_backward,
    is_clear,
    is_update,
    means,
    names_in,
    statements,
    targets,
    words_in,
)
from grader.records import Step

CUT = "tensors does not require grad"
"""What ``backward()`` says of a loss that no parameter leads to; ``grad(loss, X)`` has another word for X."""
NO_GRADIENT = "NoneType"
"""What Python and torch say of an update by a gradient that is not there."""
OF_LOSS = (
    "only for scalar outputs",
    "object has no attribute 'backward'",
    "Loss' has no attribute 'backward'",
)
"""What is raised at ``backward()`` of a loss that is a table, or no tensor."""
UNKNOWN = re.compile(r"name '(\w+)' is not defined")
"""What Python says of a name that nothing has made."""
UNBOUND = re.compile(r"local variable '(\w+)'")
"""What Python says of a name that a function assigns below."""
TAKEN_OUT = ("data", "detach", "item")
"""What gives a loss's number without the way that led to it."""
TARGET = "y"
"""What a loss is computed from, and a ŷ is not."""
LOOKS = ("plt.", "print(")
"""What a line begins with that shows something."""
PARAMETERS = ("requires_grad", "Linear(", "Parameter(")
"""What makes parameters, wherever it stands."""


@dataclass(frozen=True)
class Raised:
    """An exception in one line; the text of the question's cells, and the line of it that raised."""

    error: str
    source: str = ""
    line: int | None = None

    @property
    def step(self) -> Step | None:
        """The step that the line belongs to; ``None`` where that cannot be told.

        What ``backward()`` does not take is the loss, if it is one that is differentiated.
        """
        if self._updates_unbound:
            return Step.STEP4
        node = self._node
        return None if node is None else self._of(node, self._epoch.step(node))

    def _of(self, node: ast.stmt, step: Step | None) -> Step | None:
        """Give the step that a statement of ``step`` is, from what was said of it."""
        if step is Step.STEP3 and any(words in self.error for words in OF_LOSS):
            return Step.STEP2 if self._epoch.takes_loss(node) else Step.STEP3
        if step is Step.STEP2 and self.made_yhat and self._without_target:
            return Step.STEP1
        if step is Step.STEP3 and self._epoch.is_of_target(node) and "'backward" not in self.error:
            return Step.STEP2  # ``torch.mean((y - yhat) ** 2).backward()``
        if step in (Step.CLEAR, Step.STEP4) and NO_GRADIENT in self.error and not has_backward(self.source):
            return Step.STEP3
        return step

    @property
    def _updates_unbound(self) -> bool:
        """Tell whether an update made a name the function's own that it had from outside: ``What -= …``."""
        found = UNBOUND.search(self.error)
        return found is not None and any(is_update(n) and found[1] in targets(n) for n in self._all)

    @property
    def _without_target(self) -> bool:
        """Tell whether the line stands in a function of its own that does not know y, as ``forward`` does."""
        around = [
            f for f in _blocks(self._all, ast.FunctionDef) if _holds(f, self.line or 0) and not _trains(f)
        ]
        return bool(around) and TARGET not in names_in(around[-1])

    @property
    def made_yhat(self) -> bool:
        """Tell whether the line computes the loss from the parameters at once, ŷ within it."""
        return self._node is not None and self._epoch.has_yhat_within(self._node)

    @property
    def takes_loss_out(self) -> bool:
        """Tell whether the line itself takes the loss out of the graph: ``loss.data.backward()``."""
        return self._node is not None and any(map(_taken_out, ast.walk(self._node)))

    @property
    def yhats(self) -> set[str]:
        """The names of what step 1 hands over to step 2."""
        return self._epoch.handed_over

    @property
    def text(self) -> str:
        """The line that raised; an empty one where that is not known."""
        return "" if self.line is None else "".join(self.source.splitlines()[self.line - 1 : self.line])

    @property
    def in_loop(self) -> bool:
        """Tell whether the line stands in what is repeated."""
        block = self._epoch.block
        return block is not None and _holds(block, self.line or 0)

    @property
    def misses_training(self) -> bool:
        """Tell whether the line calls a function that is not there, in an answer without a loop."""
        found, call = UNKNOWN.search(self.error), getattr(self._node, "value", None)
        if found is None or self._epoch.block is not None or not isinstance(call, ast.Call):
            return False
        return isinstance(call.func, ast.Name) and call.func.id == found[1]

    @property
    def is_left_open(self) -> bool:
        """Tell whether the line says itself that nothing stands there yet: ``raise NotImplementedError``."""
        return isinstance(self._node, ast.Raise) and self.error.startswith(NotImplementedError.__name__)

    @property
    def once(self) -> bool:
        """Tell whether the text has one loop alone that trains, so that no other one's line has raised."""
        loops = [block for block in _blocks(self._all, ast.For | ast.While) if _trains(block)]
        return all(_holds(loops[0], loop.lineno) for loop in loops)

    @cached_property
    def _all(self) -> list[ast.stmt]:
        return statements(self.source)

    @cached_property
    def _epoch(self) -> _Epoch:
        return _Epoch(self._all, self.line or 0)

    @cached_property
    def _node(self) -> ast.stmt | None:
        """The statement that raised; the line that calls it where a function computes a part of the epoch."""
        around = [node for node in self._all if _holds(node, self.line or 0)]
        innermost = self._innermost(around)
        functions = [node for node in around if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        helper = next((node for node in functions if not _trains(node)), None)
        if helper is not None and (innermost is None or _told(innermost) is None):
            makes = any(node.name == "__init__" for node in functions)
            among = self._epoch.above if makes else self._epoch.inner
            called = self._epoch.first_call(functions[-1], among) if len(functions) > 1 else None
            trains = (
                helper is not functions[0]
            )  # the outermost, a class: its methods have no names of their own
            return called if called or trains else self._epoch.first_use(helper, among)
        return innermost

    def _innermost(self, around: list[ast.stmt]) -> ast.stmt | None:
        """Give the statement in a line; of several the first that has what the exception names."""
        simple = [node for node in around if not hasattr(node, "body")]
        if len(simple) > 1:
            named = re.findall(r"'(\w+)'", self.error)[-1:]
            return next((node for node in simple if words_in(node).intersection(named)), None)
        return max(around, key=lambda node: (node.lineno, node.col_offset), default=None)


class _Epoch:
    """What is repeated in the training that a line belongs to, statement by statement."""

    def __init__(self, nodes: list[ast.stmt], line: int) -> None:
        self.nodes = nodes
        loops = _blocks(nodes, ast.For | ast.While)
        trains = [block for block in (*loops, *_blocks(nodes, ast.FunctionDef)) if _trains(block)]
        around = [block for block in (*trains, *loops) if _holds(block, line)]
        below = [[block for block in some if block.lineno > line] for some in (trains, loops)]
        block = next(iter((*around, *below[0], *trains, *below[1])), None)
        within = (
            [] if block is None else [loop for loop in loops if loop in trains and loop in ast.walk(block)]
        )
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
        if (told := _told(node)) is not None:
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
        others = [f for f in self.nodes if isinstance(f, ast.FunctionDef) and not _trains(f)]
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


def _told(node: ast.stmt) -> Step | None:
    """Give the step that a statement is wherever it stands."""
    if differentiates(node):
        return Step.STEP3
    if is_clear(node) or _calls(node, "zero") or _calls(node, "zero_grad"):
        return Step.CLEAR
    return Step.STEP4 if _moves(node) else None


def _blocks(nodes: Iterable[ast.stmt], kind: object) -> list[ast.stmt]:
    """Give the outermost blocks first."""
    return [node for node in nodes if isinstance(node, kind)]  # type: ignore[arg-type]


def _simple(block: ast.stmt) -> list[ast.stmt]:
    inner = (node for node in ast.walk(block) if isinstance(node, ast.stmt) and not hasattr(node, "body"))
    return sorted(inner, key=lambda node: (node.lineno, node.col_offset))


def _trains(block: ast.stmt) -> bool:
    return any(map(differentiates, _simple(block)))


def _holds(node: ast.stmt, line: int) -> bool:
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


def _taken_out(call: ast.AST) -> bool:
    """Tell a ``backward()`` of a name's number alone, by ``data``, ``detach()`` or ``item()``."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    taken = call.func.value.func if isinstance(call.func.value, ast.Call) else call.func.value
    out = isinstance(taken, ast.Attribute) and taken.attr in TAKEN_OUT and isinstance(taken.value, ast.Name)
    return out and means(call.func.attr, "backward")


def _methods(node: ast.stmt) -> set[str]:
    """Give the methods that a statement calls of what has a plain name: ``loss`` of ``self.loss(yhat)``."""
    functions = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    return {f.attr for f in functions if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name)}


def _called(node: ast.stmt) -> str:
    """Give the name of what a statement assigns the result of: ``lossfn`` of ``loss = lossfn(yhat, y)``."""
    call = node.value if isinstance(node, ast.Assign) else None
    return call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
