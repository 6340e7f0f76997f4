"""What is written down around each backward and seed. Nothing here may raise into student code."""

from __future__ import annotations

import sys
import weakref
from operator import is_
from types import FrameType
from typing import Any, NamedTuple

import torch

from grader.recorder.encode import INLINE, LEAF, encode_tensor, numbers, outside, readable
from grader.recorder.graph import WHOLE, encode_graph, leaves_of
from grader.recorder.known import Known, Register
from grader.recorder.log import Log
from grader.recorder.names import tensors_in
from grader.recorder.steady import Steady, depth_from, dispatch_modes, transformed
from grader.recorder.streams import SAMPLES, Backward, Leaves, Stream, same

VARIABLES = 100  # tensors of the namespace and frames that are written out at a sampled epoch
PLAIN = (torch.Tensor, torch.nn.Parameter)  # other subclasses may have no plain values
EVERY = 16  # brief backwards between two looks at the clock
SEAM = "run_backward"  # the function of ours that stands where torch enters its engine

NoModes = torch._C.DisableTorchFunction  # noqa: SLF001 - a mode of the student's must not see what we look at


class Pass(NamedTuple):
    """A backward pass that has begun; it becomes an event once it has come to its end.

    ``hooked`` are the places of tensors that a hook of the student's may update or clear within the pass,
    and the gradients that it found.
    """

    event: Backward
    stream: Stream
    tensors: list[torch.Tensor]
    opens: bool
    inputs: list[torch.Tensor]
    hooked: dict[int, torch.Tensor | None]


class Tape:
    """Turns what happens into events of a ``Log``. ``namespace`` is the student's, read and never written."""

    def __init__(self, log: Log, namespace: dict[str, Any]) -> None:
        self.log = log
        self.namespace = namespace
        self.register = Register(namespace)
        self.cells: dict[str, int] = {}  # which cell a code object's file name belongs to
        self._leaves = Leaves()  # of the last backward
        self._tensors: list[torch.Tensor] = []  # the same as tensors; held, so that their end is seen
        self._root: weakref.ref[torch.Tensor] | None = None  # of the last backward
        self.steady: Steady | None = None  # what the next backward is, if the loop goes on as it has

    # ── around backward ───────────────────────────────────────────────────────────────────────────────────

    def before_backward(
        self, roots: tuple[torch.Tensor, ...], arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Pass | None:
        """Look at the roots, the leaves and, at sampled epochs, the graph; give what is known then.

        ``arguments`` and ``options`` are the engine's.
        """
        self.steady = None
        weights, inputs = arguments[0], arguments[3]
        accumulate = options.get("accumulate_grad", False)
        if dispatch_modes() or transformed():
            return None
        with NoModes():
            return self._look(roots, weights, inputs, accumulate=accumulate)

    def after_backward(self, begun: Pass, gradients: Any) -> None:
        """Add the gradients there are now, and log the event."""
        with NoModes():
            self._finish(begun, gradients)
        if begun.stream.steady:
            self.steady = self._settle(begun.stream)

    def _settle(self, stream: Stream) -> Steady | None:
        """Give what the next backwards of this loop are expected to be, seen from the seam of the engine."""
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way
        while frame is not None and frame.f_globals is not self.namespace:
            frame = frame.f_back
        if frame is None:
            return None
        return Steady(stream, self._tensors, frame, depth_from(SEAM, frame), single=self._leaves.single)

    def _look(
        self,
        roots: tuple[torch.Tensor, ...],
        weights: Any,
        inputs: Any,
        *,
        accumulate: bool,
        late: bool = False,
    ) -> Pass | None:
        """Give the pass as it begins; ``late``: it is over, and what the gradients were is not known."""
        for root in roots:
            if type(root) not in PLAIN:
                self.log.faults += 1  # a training that nobody has seen is no zero
                return None
        inputs = list(inputs or ())
        leaves_in_graph = _all_leaves(roots, inputs)
        tensors = [outside(tensor) for tensor in leaves_in_graph]
        self.log.stream.take_in()
        leaves = self._turn_to(tensors)
        values = [numbers(tensor) for tensor in tensors]
        gradients = (
            [tensor.grad if tensor.is_leaf else None for tensor in tensors] if accumulate and not late else []
        )
        before = [None if g is None else numbers(g) for g in gradients] or [None] * len(tensors)
        log, line = self.log, self.line()
        if log.stream.ends_before(values, leaves.numbers, line):
            log.begin_stream(leaves)
        stream = log.stream
        touched = any(self.register.know(tensor).written(tensor) for tensor in tensors)
        touched = touched and stream.last is not None and same(values, stream.last.values)
        losses = [numbers(outside(root), INLINE) for root in roots]
        via = "backward" if accumulate else "grad"
        again = late or self._again(roots[0], losses, line)
        opens = stream.opens_epoch(values, before, via, touched=touched, again=again)
        passes, index = (0, stream.epoch.index + 1) if opens else (stream.epoch.backwards, stream.epoch.index)
        picture = None
        if index in SAMPLES and passes < 3 and not late:  # mini-batches that add up are alike
            picture = self._picture(roots[0], leaves_in_graph)
        log.seq += 1
        event = Backward(
            log.seq,
            via,
            line,
            [[loss, list(root.shape), str(root.dtype)[6:]] for loss, root in zip(losses, roots, strict=True)],
            _unlike_one(weights),
            leaves,
            values,
            before,
            touched,
            picture,
            [],
        )
        hooked = _hooked(tensors) if accumulate and not late else {}
        return Pass(event, stream, tensors, opens, inputs, hooked)

    def _finish(self, begun: Pass, gradients: Any) -> None:
        event, tensors = begun.event, begun.tensors
        if event.via == "grad":
            given = dict(zip(map(id, map(outside, begun.inputs)), gradients, strict=True))
            after = [given.get(id(tensor)) for tensor in tensors]
        else:
            after = [tensor.grad if tensor.is_leaf else None for tensor in tensors]
        for place, gradient in begun.hooked.items():
            after[place] = gradient
            begun.stream.regular = False  # what stands there afterwards is not what the gradient was taken at
        event.after.extend(None if g is None else numbers(outside(g)) for g in after)
        begun.stream.add(event, opens=begun.opens)
        for tensor in tensors:
            self.register.know(tensor).keep(tensor)
        self.log.checkpoint()

    def briefly(self, steady: Steady, root: torch.Tensor) -> None:
        """Log a backward of a steady loop that has come to its end."""
        log, row = self.log, steady.row(root)
        if row is None:
            self._late(root)
            return
        log.seq = seq = log.seq + 1
        if not steady.stream.add_brief(seq, row) % EVERY:
            log.checkpoint()

    def _late(self, root: torch.Tensor) -> None:
        """Log a backward that turned out to be unlike the last: of other leaves, or back at the start."""
        self.log.stream.regular = self.log.stream.steady = False
        self.steady = None
        with NoModes():
            begun = self._look((root,), None, None, accumulate=True, late=True)
            if begun is not None:
                self._finish(begun, None)

    def _again(self, root: torch.Tensor, losses: list[Any], line: Any) -> bool:
        """Tell whether the last loss has been computed once more, rather than sent back once more."""
        last, held = self.log.stream.last, self._root is not None and self._root() is root
        self._root = weakref.ref(root)
        if last is None or held or line != last.line:
            return False
        return same(losses, [r[0] for r in last.roots])

    def _turn_to(self, tensors: list[torch.Tensor]) -> Leaves:
        """Make the stream of these leaves the current one; an update may have changed their sizes."""
        sizes = tuple(tensor.numel() for tensor in tensors)
        if sizes != self._leaves.sizes or not all(map(is_, tensors, self._tensors)):
            known = [self.register.know(tensor) for tensor in tensors]
            self._leaves = Leaves(
                tuple(self.slot(k, tensor) for k, tensor in zip(known, tensors, strict=True)),
                tuple(k.number for k in known),
                sizes,
                tiny=all(type(t) in PLAIN and t.numel() <= LEAF and readable(t) for t in tensors),
                single=all(tensor.numel() == 1 for tensor in tensors),
            )
            self._tensors = tensors
            self.log.turn_to(self._leaves)
        return self._leaves

    def _picture(self, root: torch.Tensor, tensors: list[torch.Tensor]) -> dict[str, Any]:
        """Give the graph and the tensors in sight of the student's line."""
        named: list[tuple[str, torch.Tensor]] = []
        for scope in self.register.scopes():
            named += tensors_in(scope)
        store = self.log.store
        whole = WHOLE if store.half_left else INLINE
        variables: dict[str, Any] = {}
        for name, tensor in named:
            if name not in variables and len(variables) < VARIABLES:
                variables[name] = encode_tensor(tensor, store, whole)
        return {"graph": encode_graph(root, tensors, named, store, whole), "variables": variables}

    # ── seeds, cells ──────────────────────────────────────────────────────────────────────────────────────

    def slot(self, known: Known, tensor: torch.Tensor) -> int:
        """Give the number of the slot a tensor fills in this cell."""
        return self.log.slot(known.name, tuple(tensor.shape), str(tensor.dtype)[6:])

    def seed(self, seed: Any) -> None:
        """Log that the generators were seeded."""
        self.log.seq += 1
        self.log.add({"kind": "seed", "seq": self.log.seq, "line": self.line(), "seed": int(seed)})

    def begin_cell(self) -> None:
        """Begin the next cell."""
        self.log.begin()
        self._leaves, self._tensors, self._root, self.steady = Leaves(), [], None, None

    def last_leaves(self) -> None:
        """Log the leaves of the last backward as they stand at the cell's end, and let go of them."""
        tensors, self._tensors, self.steady = self._tensors, [], None
        with NoModes():
            leaves = zip(self._leaves.slots, self._leaves.numbers, map(numbers, tensors), strict=False)
            rows = [list(leaf) for leaf in leaves]
        if rows:
            self.log.seq += 1
            self.log.add({"kind": "leaves", "seq": self.log.seq, "leaves": rows})
        self._leaves = Leaves()

    def line(self, depth: int = 2) -> list[int | None] | None:
        """Give the cell and the line of the student's innermost frame; ``depth`` frames are ours."""
        frame: FrameType | None = sys._getframe(depth)  # noqa: SLF001 - the documented way
        while frame is not None:
            if frame.f_globals is self.namespace:
                return [self.cells.get(frame.f_code.co_filename), frame.f_lineno]
            frame = frame.f_back
        return None


def _all_leaves(roots: tuple[torch.Tensor, ...], inputs: list[torch.Tensor]) -> list[torch.Tensor]:
    """Give the leaves of a graph, or the inputs for whose gradient was asked where these are no leaves.

    Partial derivatives may be asked for one after the other; what they are taken of has all parameters.
    """
    leaves = leaves_of(roots)
    return leaves if all(any(tensor is leaf for leaf in leaves) for tensor in inputs) else inputs


def _hooked(tensors: list[torch.Tensor]) -> dict[int, torch.Tensor | None]:
    """Watch the gradients of tensors whose hooks run within the pass; give them by place, when there."""
    found: dict[int, torch.Tensor | None] = {}
    handles: dict[int, Any] = {}
    for place, tensor in enumerate(tensors):
        if not getattr(tensor, "_post_accumulate_grad_hooks", None):
            continue
        found[place] = None
        left = None if tensor.grad is None else tensor.grad.clone()

        def see(gradient: torch.Tensor, place: int = place, left: torch.Tensor | None = left) -> None:
            handles[place].remove()
            found[place] = gradient.clone() if left is None else left + gradient

        handles[place] = tensor.register_hook(see)  # type: ignore[no-untyped-call] # torch does not tell
    return found


def _unlike_one(weights: Any) -> list[Any] | None:
    """Give what was sent back from the roots, where that is not the one of ``loss.backward()``."""
    factors = [None if weight is None else numbers(weight, INLINE) for weight in weights or ()]
    return factors if any(factor not in (None, [1.0]) for factor in factors) else None
