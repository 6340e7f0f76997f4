"""What is written down around each backward, optimizer step and seed. Nothing here may raise into student code."""

from __future__ import annotations

import sys
import weakref
from operator import is_
from types import FrameType
from typing import Any

import torch

from grader.recorder.encode import INLINE, encode_tensor, flat, numbers
from grader.recorder.graph import WHOLE, encode_graph, leaves_of
from grader.recorder.log import Log
from grader.recorder.names import student_frames, tensors_in
from grader.recorder.streams import HEAD, Backward, Brief, BriefStep, Leaves

VARIABLES = 100  # tensors of the namespace and frames that are written out at a sampled epoch
KNOWN = 10_000  # tensor objects remembered; a loop that rebinds its parameters makes a new one every epoch
PLAIN = (torch.Tensor, torch.nn.Parameter)  # functorch's wrappers and other subclasses have no plain values


def sampled(epoch: int) -> bool:
    """Tell whether the graph of this epoch (from 0) is written out: 1, 2, 3, 10, 30, 100, 300 … counted from 1."""
    return epoch < 3 or (epoch % 10 == 9 and str(epoch + 1).rstrip("0") in ("1", "3"))  # noqa: PLR2004


class Known:
    """A tensor object that was met before, and the state of its storage after its last backward."""

    __slots__ = ("name", "number", "pointer", "ref", "version")

    def __init__(self, tensor: torch.Tensor, name: str, number: int) -> None:
        self.ref = weakref.ref(tensor)
        self.name, self.number = name, number
        self.version, self.pointer = -1, 0


class Tape:
    """Turns what happens into events of a ``Log``. ``namespace`` is the student's, read and never written."""

    def __init__(self, log: Log, namespace: dict[str, Any]) -> None:
        self.log = log
        self.namespace = namespace
        self.cells: dict[str, int] = {}  # which cell a code object's file name belongs to
        self._leaves = Leaves([], (), (), tiny=True)  # of the last backward; held, so that their end is seen
        self._known: dict[int, Known] = {}
        self._count = 0
        self._root: weakref.ref[torch.Tensor] | None = None  # of the last backward
        self._stepper = 0  # id of the optimizer that made the last full step
        self._names: dict[torch.Size, str] = {}

    # ── around backward ───────────────────────────────────────────────────────────────────────────────────

    def before_backward(
        self, roots: tuple[torch.Tensor, ...], weights: Any, inputs: Any, *, accumulate: bool
    ) -> Backward | torch.Tensor | None:
        """Look at the roots, the leaves and, at sampled epochs, the graph; give what is known before the pass.

        In a loop that has run steadily for a hundred epochs only the root is kept in mind, for ``after_backward``.
        """
        if (
            self.log.stream.steady
            and accumulate
            and not inputs
            and len(roots) == 1
            and self._as_before(weights)
        ):
            return roots[0]
        for root in roots:
            if type(root) not in PLAIN:
                return None
        tensors = list(inputs) if inputs else leaves_of(roots)
        leaves = self._leaves
        if len(tensors) != len(leaves.tensors) or not all(map(is_, tensors, leaves.tensors)):
            leaves = self._leaves = self._meet(tensors)
            self.log.turn_to(leaves)
        if leaves.tiny:
            values = [tensor.tolist() for tensor in tensors]
        else:
            values = [numbers(tensor.detach()) for tensor in tensors]
        before: list[Any] = [None] * len(tensors)
        if accumulate:
            before = [
                None if (g := t.grad) is None else g.tolist() if leaves.tiny else numbers(g) for t in tensors
            ]
        log, line = self.log, self.line()
        if log.stream.ends_before(values, leaves.numbers, line):
            log.begin_stream(leaves)
        stream = log.stream
        touched = stream.last is not None and values == stream.last.values and self._touched(tensors)
        losses = [numbers(root) for root in roots]
        again = self._again(roots[0], losses, line)
        if stream.opens_epoch(values, before, touched=touched, again=again):
            stream.next_epoch()
        index = stream.epoch.index
        picture = None
        if stream.epoch.backwards < 3 and sampled(index):  # noqa: PLR2004 - mini-batches that add up are alike
            picture = self._picture(roots[0], tensors)
        log.seq += 1
        return Backward(
            log.seq,
            "backward" if accumulate else "grad",
            line,
            [[x, list(root.shape), str(root.dtype)[6:]] for x, root in zip(losses, roots, strict=True)],
            _unlike_one(weights),
            leaves,
            values,
            before,
            touched,
            picture,
            [],
        )

    def after_backward(self, event: Backward | torch.Tensor, gradients: Any) -> None:
        """Add the gradients there are now, and log the event."""
        if type(event) is not Backward:
            self._briefly(event)
            return
        tensors = event.leaves.tensors
        after = gradients if event.via == "grad" else [tensor.grad for tensor in tensors]
        if event.leaves.tiny:
            event.after.extend([None if g is None else g.tolist() for g in after])
        else:
            event.after.extend([None if g is None else numbers(g) for g in after])
        stream = self.log.stream
        stream.add(event)
        for tensor in tensors:
            known = self._known[id(tensor)]
            known.version, known.pointer = tensor._version, tensor.data_ptr()
        usual = event.via == "backward" and event.leaves.tiny and len(event.roots) == 1 and not event.weights
        usual = usual and event.roots[0][1] == [] and None not in event.after
        stream.steady = usual and stream.epoch.index >= HEAD and not sampled(stream.epoch.index + 1)
        self.log.checkpoint()

    def _as_before(self, weights: Any) -> bool:
        """Tell whether all gradients have been cleared, and nothing but one is sent back from the root."""
        for tensor in self._leaves.tensors:
            if tensor.grad is not None:
                return False
        return weights[0] is None or weights[0].item() == 1

    def _briefly(self, root: torch.Tensor) -> None:
        """Log a backward like the one before: its leaves are those whose gradients are there again.

        Walking the graph and reading every value twice costs more than the rest of the recorder.
        """
        row = [root.item()]
        gradients: list[float] = []
        for tensor in self._leaves.tensors:
            gradient = tensor.grad
            if gradient is None:
                self._late(root)
                return
            row += _flat(tensor)
            gradients += _flat(gradient)
        stream, log = self.log.stream, self.log
        log.seq += 1
        stream.next_epoch()
        stream.add(Brief(log.seq, row + gradients))
        index = stream.epoch.index
        stream.steady = not sampled(index + 1)
        if not index % 256:
            log.checkpoint()

    def _late(self, root: torch.Tensor) -> None:
        """Log a backward whose leaves turned out to be others; what their gradients were before is not known."""
        tensors = leaves_of((root,))
        leaves = self._leaves = self._meet(tensors)
        self.log.turn_to(leaves)
        self.log.stream.next_epoch()
        self.log.seq += 1
        values, before = [numbers(tensor.detach()) for tensor in tensors], [None] * len(tensors)
        roots = [[numbers(root), list(root.shape), str(root.dtype)[6:]]]
        line = self.line()
        event = Backward(self.log.seq, "backward", line, roots, None, leaves, values, before, False, None, [])  # noqa: FBT003
        self.after_backward(event, None)

    def _again(self, root: torch.Tensor, losses: list[Any], line: Any) -> bool:
        """Tell whether the last loss has been computed once more, rather than sent back once more."""
        last, same = self.log.stream.last, self._root is not None and self._root() is root
        self._root = weakref.ref(root)
        return last is not None and not same and line == last.line and losses == [r[0] for r in last.roots]

    def _touched(self, tensors: list[torch.Tensor]) -> bool:
        """Tell whether a parameter was written since the last backward, be it with the values it had."""
        for tensor in tensors:
            known = self._known[id(tensor)]
            if known.version != -1 and (
                known.version != tensor._version or known.pointer != tensor.data_ptr()
            ):
                return True
        return False

    def _meet(self, tensors: list[torch.Tensor]) -> Leaves:
        known = [self._know(tensor) for tensor in tensors]
        slots = tuple(self._slot(k, tensor) for k, tensor in zip(known, tensors, strict=True))
        tiny = all(type(t) in PLAIN and t.numel() <= INLINE and t.layout is torch.strided for t in tensors)
        return Leaves(tensors, slots, tuple(k.number for k in known), tiny)

    def _picture(self, root: torch.Tensor, tensors: list[torch.Tensor]) -> dict[str, Any]:
        """Give the graph and the tensors in sight of the student's line."""
        named: list[tuple[str, torch.Tensor]] = []
        for frame in self._scopes():
            named += tensors_in(frame.f_locals)
        named += tensors_in(self.namespace)
        store = self.log.store
        variables: dict[str, Any] = {}
        for name, tensor in named:
            if name not in variables and len(variables) < VARIABLES:
                variables[name] = encode_tensor(tensor, store, WHOLE)
        return {"graph": encode_graph(root, tensors, named, store), "variables": variables}

    # ── around an optimizer's step ────────────────────────────────────────────────────────────────────────

    def enter_step(self, optimizer: torch.optim.Optimizer) -> dict[str, Any] | BriefStep:
        """Look at the parameters and gradients an optimizer finds; give the event begun."""
        last = self.log.stream.last_step
        if self.log.stream.steady and last is not None and self._stepper == id(optimizer):
            brief = self._brief_step(optimizer, sum(len(record[2] or ()) for record in last["params"]))
            if brief is not None:
                return brief
        tensors = [p for group in optimizer.param_groups for p in group["params"]]
        self._stepper = id(optimizer)
        self.log.seq += 1
        return {
            "kind": "step",
            "entered": self.log.seq,
            "line": self.line(),
            "optimizer": self._optimizer(optimizer),
            "lr": [_plain(group.get("lr")) for group in optimizer.param_groups],
            "params": [
                [
                    self._slot(k, p),
                    k.number,
                    numbers(p.detach()),
                    None if (g := p.grad) is None else numbers(g),
                ]
                for p in tensors
                if (k := self._know(p))
            ],
            "tensors": tensors,
        }

    def _brief_step(self, optimizer: torch.optim.Optimizer, last_count: int) -> BriefStep | None:
        gradients = []
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    return None  # with a closure they are not there yet
                gradients += _flat(p.grad)
        if last_count != len(gradients):
            return None
        self.log.seq += 1
        return BriefStep(
            self.log.seq, self.log.seq, [group["lr"] for group in optimizer.param_groups], gradients
        )

    def leave_step(self, event: dict[str, Any] | BriefStep) -> None:
        """Complete the event with the parameters there are now; with a closure the gradients are known only now."""
        if type(event) is BriefStep:
            self.log.stream.add(event)
            return
        closure = self.log.seq != event["entered"]
        for p, record in zip(event.pop("tensors"), event["params"], strict=True):
            if closure:
                record[3] = None if p.grad is None else numbers(p.grad)
            record.append(numbers(p.detach()))
        self.log.seq += 1
        event["seq"] = self.log.seq
        self.log.add(event)

    def _optimizer(self, optimizer: torch.optim.Optimizer) -> int:
        """Give the index of the optimizer's class and settings in the cell's table."""
        settings = {key: _plain(value) for key, value in optimizer.param_groups[0].items() if key != "params"}
        settings.pop("lr", None)  # recorded with every step: schedules change it
        entry = {"class": type(optimizer).__name__, "settings": settings}
        if entry not in self.log.optimizers:
            self.log.optimizers.append(entry)
        return self.log.optimizers.index(entry)

    # ── seeds, cells ──────────────────────────────────────────────────────────────────────────────────────

    def seed(self, seed: Any) -> None:
        """Log that the generators were seeded."""
        if isinstance(seed, int):
            self.log.seq += 1
            self.log.add({"kind": "seed", "seq": self.log.seq, "line": self.line(), "seed": seed})

    def begin_cell(self, code_name: str) -> None:
        """Begin the next cell, whose code objects carry the file name ``code_name``."""
        self.log.begin()
        self.cells[code_name] = self.log.cell
        self._leaves = Leaves([], (), (), tiny=True)

    def last_leaves(self) -> None:
        """Log the leaves of the last backward as they stand at the cell's end, and let go of them."""
        leaves = [
            [slot, number, numbers(tensor.detach())]
            for tensor, slot, number in zip(*self._leaves[:3], strict=True)
        ]
        if leaves:
            self.log.seq += 1
            self.log.add({"kind": "leaves", "seq": self.log.seq, "leaves": leaves})
        self._leaves = Leaves([], (), (), tiny=True)

    def line(self) -> list[int | None] | None:
        """Give the cell and the line of the student's innermost frame."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            if frame.f_globals is self.namespace:
                return [self.cells.get(frame.f_code.co_filename), frame.f_lineno]
            frame = frame.f_back
        return None

    # ── names ─────────────────────────────────────────────────────────────────────────────────────────────

    def _know(self, tensor: torch.Tensor) -> Known:
        known = self._known.get(id(tensor))
        if known is None or known.ref() is not tensor:
            if len(self._known) > KNOWN:
                self._known = {key: old for key, old in self._known.items() if old.ref() is not None}
            self._count += 1
            known = self._known[id(tensor)] = Known(tensor, self._name(tensor), self._count)
        return known

    def _slot(self, known: Known, tensor: torch.Tensor) -> int:
        return self.log.slot(known.name, tuple(tensor.shape), str(tensor.dtype)[6:])

    def _name(self, tensor: torch.Tensor) -> str:
        """Give the student's name of a tensor; the name that the last one like it had is tried first."""
        if (name := self._names.get(tensor.shape)) and self.namespace.get(name) is tensor:
            return name
        for scope in [*(frame.f_locals for frame in self._scopes()), self.namespace]:
            for name, found in tensors_in(scope):
                if found is tensor:
                    self._names[tensor.shape] = name
                    return name
        return ""

    def _scopes(self) -> list[FrameType]:
        """Give the frames of the student's functions that are running, innermost first."""
        return [
            frame
            for frame in student_frames()
            if frame.f_globals is self.namespace and frame.f_code.co_name != "<module>"
        ]


def _unlike_one(weights: Any) -> list[Any] | None:
    """Give what the roots' gradients were seeded with, where that is not the one of a plain ``loss.backward()``."""
    factors = [None if weight is None else numbers(weight) for weight in weights or ()]
    return factors if any(factor not in (None, [1.0]) for factor in factors) else None


def _flat(tensor: Any) -> list[float]:
    return [tensor.item()] if tensor.numel() == 1 else flat(tensor.tolist())


def _plain(value: Any) -> Any:
    """Give a setting of an optimizer as JSON has it."""
    if isinstance(value, torch.Tensor):
        return value.item() if value.numel() == 1 else None
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else None
