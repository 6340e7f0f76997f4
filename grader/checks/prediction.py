"""Where the prediction ends and the loss begins: ŷ, read off a recorded autograd graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from grader.checks.operations import INPUT_NAMES, LOGITS, LOSSES, OPERATIONS, SAME_NUMBERS
from grader.recording import Node, Value


@dataclass(frozen=True)
class Prediction:
    """ŷ as the graph shows it: its numbers flat in float64 if they are known, its shape if that is.

    ``entering`` are the numbers that a loss has taken the sigmoid of, which may have been ŷ already.
    """

    values: Tensor | None
    shape: tuple[int, ...] | None
    entering: Tensor | None = None


class Graph:
    """A recorded graph whose inner values are asked for: what was kept, or what follows from it."""

    def __init__(self, nodes: Sequence[Node], leaves: Sequence[Tensor], y: Tensor | None) -> None:
        self.nodes, self.leaves, self.y = nodes, leaves, y
        self._users: dict[int, list[tuple[int, int]]] = {}
        for index, node in enumerate(nodes):
            for place, below in enumerate(node.inputs):
                if below is not None:
                    self._users.setdefault(below, []).append((index, place))

    def prediction(self) -> Prediction | None:
        """Give ŷ: what enters the first node, seen from the loss, where the target comes in."""
        place = self._border()
        if place is None:
            return None
        for _ in self.nodes:  # spread to the shape of y
            node = self._node(place)
            if node is None or _name(node) != "Expand" or not _present(node):
                break
            place = _present(node)[0]
        whole = self._term_by_term(place)
        for _ in self.nodes:
            if (below := self._subtracted(place)) is None:
                break
            place = below
        values = self.value(place) if whole is None else whole
        shape = None if values is None else tuple(values.shape)
        entering = None
        if values is not None and self._is_logit(place):
            entering, values = values.flatten(), torch.sigmoid(values)
        return Prediction(None if values is None else values.flatten(), shape, entering)

    @property
    def meets_target(self) -> bool:
        """Whether anything in the graph meets a target, as in a loss."""
        return any(self._meets_target(node) is not None for node in self.nodes)

    def largest(self) -> tuple[int, ...]:
        """Give the shape of the largest tensor the graph is known to hold."""
        shapes = [value.shape for node in self.nodes for value in node.values if value.shape]
        shapes += [shape for node in self.nodes if (shape := self._met(node))]
        return max(shapes, key=lambda shape: torch.Size(shape).numel(), default=())

    def _met(self, node: Node) -> tuple[int, ...]:
        """Give the shape of what was kept times a logarithm: of the product itself nothing was kept."""
        below = _present(node)
        log = self._node(below[0]) if len(below) == 1 else None
        if _name(node) != "Mul" or log is None or _name(log) != "Log":
            return ()
        factor = next((node.saved[name] for name in ("self", "other") if name in node.saved), None)
        met = [value.shape for value in (factor, log.saved.get("self")) if value is not None and value.shape]
        try:
            return np.broadcast_shapes(*met) if len(met) == 2 else ()  # torch's own imports a second's worth
        except ValueError:  # shapes that do not fit: the graph is not what it seems
            return ()

    def _node(self, index: int) -> Node | None:
        return self.nodes[index] if 0 <= index < len(self.nodes) else None

    def value(self, index: int, depth: int = 0) -> Tensor | None:
        """Give a node's output, float64: recorded, saved by a user of it, or computed from its inputs."""
        if not 0 <= index < len(self.nodes) or depth > len(self.nodes):
            return None
        node = self.nodes[index]
        recorded = [node.out, node.saved.get("result"), node.saved.get("output")]
        recorded += [self._saved_by(user, place) for user, place in self._users.get(index, [])]
        for value in recorded:
            if value is not None and value.tensor is not None:
                return value.tensor.to(torch.float64)
        try:
            computed = self._compute(node, depth) if self._computable(node) else None
            return self._from_residual(index) if computed is None else computed
        except RuntimeError:  # shapes that do not fit: the graph is not what it seems
            return None

    def _is_logit(self, place: int) -> bool:
        """Tell whether a loss takes the sigmoid of what enters it; of a sigmoid, that is its mistake."""
        taken = any(self._logit(node) == place for node in self.nodes)
        return taken and _name(self.nodes[place]) != "Sigmoid"

    def _logit(self, node: Node) -> int | None:
        """Give the place of z where a node takes the logarithm of a sigmoid of it, or of minus it."""
        if (down := LOGITS.get(_name(node))) is None or not _present(node):
            return None
        at = _present(node)[0]
        for wanted in down:
            inner = self._node(at)
            if inner is None or _name(inner) != wanted or len(_present(inner)) != 1:
                return None
            at = _present(inner)[0]
        minus = self._node(at)
        return _present(minus)[0] if minus is not None and _name(minus) == "Neg" else at

    def _saved_by(self, user: int, place: int) -> Value | None:
        saved = self.nodes[user].saved
        if self.nodes[user].op.startswith("Addmm"):
            place -= 1  # its first input is the bias
        names = INPUT_NAMES[place] if 0 <= place < len(INPUT_NAMES) else ()
        return next((saved[name] for name in names if name in saved), None)

    # ── the border ────────────────────────────────────────────────────────────────────────────────────────

    def _border(self) -> int | None:
        """Find ŷ's node: breadth first from the root, the first that meets something without a gradient."""
        queue, seen = [0], {0}
        while queue:
            index = queue.pop(0)
            if index >= len(self.nodes):
                continue
            found = self._meets_target(self.nodes[index])
            if found is not None:
                return found
            for below in self.nodes[index].inputs:
                if below is not None and below not in seen:
                    seen.add(below)
                    queue.append(below)
        return self._deepest_named()

    def _deepest_named(self) -> int | None:
        """Give the named result of an operation that is as long as y and nearest to the parameters."""
        count = 0 if self.y is None else self.y.numel()
        named = [
            index
            for index, node in enumerate(self.nodes)
            if node.names and node.leaf is None and node.out is not None and node.out.shape is not None
            if torch.Size(node.out.shape).numel() == count
        ]
        return named[-1] if named else self._added(count)

    def _added(self, count: int) -> int | None:
        """Give what is as long as y and is added to something without a gradient: ``y + X @ What``."""
        for node in self.nodes:
            inputs = _present(node)
            if _name(node) != "Add" or len(node.inputs) != 2 or len(inputs) != 1:
                continue
            value = self.value(inputs[0])
            if value is not None and value.numel() == count:
                return inputs[0]
        return None

    def _meets_target(self, node: Node) -> int | None:
        inputs = [below for below in node.inputs if below is not None]
        name = _name(node)
        if (logit := self._logit(node)) is not None:
            return logit
        if name in (*LOSSES, "LogSoftmax") and inputs:
            return inputs[0]
        if name in ("Sub", "Rsub") and len(node.inputs) == 2 and len(inputs) == 1:
            return inputs[0]
        if name == "Log" and inputs and not self._is_number(node):
            return inputs[0] if self._is_yhat(inputs[0]) else self._complement(inputs[0])
        return None

    def _complement(self, index: int) -> int | None:
        """Give p's place where 1 - p stands at ``index``."""
        node = self._node(index)
        below = [] if node is None or _name(node) not in ("Rsub", "Sub") else _present(node)
        return below[0] if len(below) == 1 else None

    def _is_yhat(self, taken: int) -> bool:
        """Tell whether a logarithm is taken of ŷ, not of 1 - ŷ.

        ŷ may be written 1 - p itself: then 1 - ŷ has its logarithm taken too, or ŷ has a name and p has none.
        """
        below = self._complement(taken)
        if below is None:
            return True
        beside = [user for user, _ in self._users.get(taken, []) if self._complement(user) is not None]
        if any(_name(self.nodes[user]) == "Log" for one in beside for user, _ in self._users.get(one, [])):
            return True
        return any(self.nodes[taken].names) and not any(self.nodes[below].names)

    def _is_number(self, log: Node) -> bool:
        """Tell whether a logarithm is taken of a single number: of a whole loss, which meets no target."""
        taken = log.saved.get("self")
        shape = None if taken is None else taken.shape
        return shape is not None and torch.Size(shape).numel() == 1 and (self.y is None or self.y.numel() > 1)

    def last_named(self, count: int) -> list[Tensor | None]:
        """Give the results of ``count`` numbers that the student named last on each way to the loss."""
        queue, seen, found = [0], {0}, []
        while queue:
            index = queue.pop(0)
            node = self._node(index)
            if node is None:
                continue
            shape = node.out.shape if node.out is not None else None
            if any(node.names) and shape is not None and torch.Size(shape).numel() == count:
                found.append(index)
                continue
            queue += [below for below in _present(node) if below not in seen]
            seen.update(_present(node))
        return [self.value(index) for index in found]

    def _subtracted(self, index: int) -> int | None:
        """Give ŷ's place where ``y - ŷ``, or ``ŷ - y``, stands without a name: y is subtracted once more."""
        node = self._node(index)
        if self.y is None or node is None or _name(node) != "Sub" or any(node.names):
            return None
        below = _present(node)
        residual, value = (self.value(at) if len(below) == 1 else None for at in (index, below[0]))
        if residual is None or value is None or {residual.numel(), value.numel()} != {self.y.numel()}:
            return None
        sizes = residual.flatten().abs(), (self.y.to(torch.float64).flatten() - value.flatten()).abs()
        return below[0] if torch.allclose(*sizes, rtol=1e-5, atol=1e-4 * float(self.y.abs().max())) else None

    def _from_residual(self, index: int) -> Tensor | None:
        """Give ŷ = y - e or e + y where only the residual e was kept."""
        for user, place in self._users.get(index, []):
            node = self.nodes[user]
            if _name(node) != "Sub" or len(_present(node)) != 1 or self.y is None:
                continue
            residual = self._kept(user)
            if residual is None:
                continue
            y = self.y.to(torch.float64)
            y = y.reshape(residual.shape) if y.numel() == residual.numel() else y
            return y - residual if place == 1 else residual + y
        return None

    def _term_by_term(self, place: int) -> Tensor | None:
        """Give ŷ where its terms are subtracted from y one after the other: ``y - b - w*x``."""
        if self.y is None:
            return None
        first = next((u for u, _ in self._users.get(place, []) if len(_present(self.nodes[u])) == 1), None)
        if first is None or _name(self.nodes[first]) != "Sub":
            return None
        at, sign = first, 1 if self.nodes[first].inputs[0] is None else -1
        for _ in self.nodes:
            above = [(u, k) for u, k in self._users.get(at, []) if _name(self.nodes[u]) in ("Sub", "Add")]
            if len(above) != 1:
                break
            at, k = above[0]
            sign = -sign if k == 1 and _name(self.nodes[at]) == "Sub" else sign
        residual = None if at == first else self._kept(at)
        if residual is None or residual.numel() != self.y.numel():
            return None
        return self.y.to(torch.float64).reshape(residual.shape) - sign * residual

    def _kept(self, index: int) -> Tensor | None:
        for user, place in self._users.get(index, []):
            saved = self._saved_by(user, place)
            if saved is not None and saved.tensor is not None:
                return saved.tensor.to(torch.float64)
        out = self.nodes[index].out
        return None if out is None or out.tensor is None else out.tensor.to(torch.float64)

    # ── computing what was not kept ───────────────────────────────────────────────────────────────────────

    @staticmethod
    def _computable(node: Node) -> bool:
        return _name(node) in ("AccumulateGrad", *OPERATIONS, *SAME_NUMBERS)

    def _compute(self, node: Node, depth: int) -> Tensor | None:
        name = _name(node)
        if name == "AccumulateGrad":
            known = node.leaf is not None and node.leaf < len(self.leaves)
            return self.leaves[node.leaf] if known and node.leaf is not None else None
        parts = [self._part(node, place, depth) for place in range(len(node.inputs))]
        if any(part is None for part in parts):
            return None
        values = [part for part in parts if part is not None]
        return OPERATIONS.get(name, _first)(*values)

    def _part(self, node: Node, place: int, depth: int) -> Tensor | None:
        """Give one input of a node: computed, or the constant that the node kept."""
        below = node.inputs[place]
        if below is not None:
            return self.value(below, depth + 1)
        shifted = place - 1 if node.op.startswith("Addmm") else place
        names = INPUT_NAMES[shifted] if 0 <= shifted < len(INPUT_NAMES) else ()
        kept = next((node.saved[name] for name in names if name in node.saved), None)
        return None if kept is None or kept.tensor is None else kept.tensor.to(torch.float64)


def _first(value: Tensor, *_: Tensor) -> Tensor:
    return value


def _name(node: Node) -> str:
    """Give an operation's name without torch's suffix and version: ``MmBackward0`` is ``Mm``."""
    return node.op.split("Backward")[0]


def _present(node: Node) -> list[int]:
    return [below for below in node.inputs if below is not None]
