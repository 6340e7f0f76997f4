"""An exception that ended a training: the step that it stopped, by the line that raised."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property

from grader.checks.loop_text import TARGET, LoopText, blocks, has_training, holds, step_anywhere
from grader.checks.source import (
    has_backward,
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
            f for f in blocks(self._all, ast.FunctionDef) if holds(f, self.line or 0) and not has_training(f)
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
        return block is not None and holds(block, self.line or 0)

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
        loops = [block for block in blocks(self._all, ast.For | ast.While) if has_training(block)]
        return all(holds(loops[0], loop.lineno) for loop in loops)

    @cached_property
    def _all(self) -> list[ast.stmt]:
        return statements(self.source)

    @cached_property
    def _epoch(self) -> LoopText:
        return LoopText(self._all, self.line or 0)

    @cached_property
    def _node(self) -> ast.stmt | None:
        """The statement that raised; the line that calls it where a function computes a part of the epoch."""
        around = [node for node in self._all if holds(node, self.line or 0)]
        innermost = self._innermost(around)
        functions = [node for node in around if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        helper = next((node for node in functions if not has_training(node)), None)
        if helper is not None and (innermost is None or step_anywhere(innermost) is None):
            makes = any(node.name == "__init__" for node in functions)
            among = self._epoch.above if makes else self._epoch.inner
            called = self._epoch.first_call(functions[-1], among) if len(functions) > 1 else None
            if called or helper is not functions[0]:  # within a class that trains: methods have no own names
                return called
            return self._epoch.first_use(helper, among)
        return innermost

    def _innermost(self, around: list[ast.stmt]) -> ast.stmt | None:
        """Give the statement in a line; of several the first that has what the exception names."""
        simple = [node for node in around if not hasattr(node, "body")]
        if len(simple) > 1:
            named = re.findall(r"'(\w+)'", self.error)[-1:]
            return next((node for node in simple if words_in(node).intersection(named)), None)
        return max(around, key=lambda node: (node.lineno, node.col_offset), default=None)


def _taken_out(call: ast.AST) -> bool:
    """Tell a ``backward()`` of a name's number alone, by ``data``, ``detach()`` or ``item()``."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    taken = call.func.value.func if isinstance(call.func.value, ast.Call) else call.func.value
    out = isinstance(taken, ast.Attribute) and taken.attr in TAKEN_OUT and isinstance(taken.value, ast.Name)
    return out and means(call.func.attr, "backward")
