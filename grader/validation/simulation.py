"""A ``Training``, right or with a step replaced -> the answer that a student would have handed in with it.

What the recorder would have written down of the loop is made up here, event by event, without a kernel.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass, field

import torch
from torch import Tensor

from grader.recording import (
    Backward,
    CellRecord,
    Event,
    Leaf,
    Node,
    OptimizerStep,
    Recording,
    Root,
    StepParameter,
    Value,
)
from grader.records import CellError, CellOutcome, CellStatus, Execution, SourceCell, Student, Submission
from grader.training import Data, Parameters, Training, Update, optimizer_of, run

CELL, LINE = 0, 5  # where the one cell stands, and its line with backward()
STRANGERS = 100  # from here on the numbers of tensors that the loss does not know
SILENT = (
    "requires-grad-missing",
    "integer-parameter",
    "float64",
    "no-backward",
    "no-gradient",
    "hard-coded",
)
"""The flows in which nothing is ever differentiated."""
RAISED = {
    "requires-grad-missing": (
        "RuntimeError",
        "element 0 of tensors does not require grad and does not have a grad_fn",
    ),
    "integer-parameter": (
        "RuntimeError",
        "Only Tensors of floating point and complex dtype can require gradients",
    ),
    "in-place": (
        "RuntimeError",
        "a leaf Variable that requires grad is being used in an in-place operation.",
    ),
    "float64": ("RuntimeError", "mat1 and mat2 must have the same dtype, but got Double and Float"),
    "no-gradient": ("TypeError", "unsupported operand type(s) for *: 'float' and 'NoneType'"),
    "rebound": ("TypeError", "unsupported operand type(s) for *: 'float' and 'NoneType'"),
}


@dataclass
class _Loop:
    """The loop while it runs: the parameters, what is left of their gradients, the events so far."""

    training: Training
    data: Data
    p: Parameters
    left: Parameters
    update: Update
    events: list[Event] = field(default_factory=list)
    numbers: int = 1

    @property
    def seq(self) -> int:
        return len(self.events) + 1


def simulate(training: Training, data: Data, question: str) -> tuple[Submission, Execution]:
    """Give an answer to ``question`` by ``training``, as it is handed in and as it is recorded."""
    flow, given = training.flow, _input(data)
    start = run(training, data).result if flow == "hard-coded" else training.init()
    none = {name: torch.zeros_like(value) for name, value in start.items()}
    loop = _Loop(training, data, start, none, training.begin())
    silent = flow in SILENT
    for epoch in range(0 if silent else 1 if flow in ("rebound", "in-place") else training.epochs):
        _epoch(loop, epoch)
    if flow == "rebound":
        _rebind(loop)
    asking = not silent or flow == "no-backward"
    values = {} if flow == "integer-parameter" else {
        name: Value("tensor", tuple(value.shape), "float32", value, requires_grad=asking)
        for name, value in loop.p.items()
    }  # fmt: skip
    if flow == "no-backward":
        values |= _never_sent_back(loop)
    if flow == "float64":
        x = getattr(data, given)
        values[given] = Value("tensor", tuple(x.shape), "float64", x.double())
    error = CellError(*RAISED[flow]) if flow in RAISED else None
    record = CellRecord(CELL, complete=True, events=tuple(loop.events), values=values, gone=())
    outcome = CellOutcome(CELL, CellStatus.RAISED if error else CellStatus.OK, error)
    cell = SourceCell(CELL, "code", text(training, start, given), question)
    return (
        Submission("simulated.ipynb", "simulated", "", Student(), (cell,), None),
        Execution((outcome,), Recording((record,)), None),
    )


def _input(data: Data) -> str:
    """Give the name of what ŷ is made of: x, or the first of the data that may be it."""
    names = [
        name
        for name, value in vars(data).items()
        if isinstance(value, Tensor) and value.is_floating_point() and name != "y"
    ]
    return next(iter(sorted(names, key=lambda name: name != "x")), "x")


def text(training: Training, start: Parameters, given: str = "x") -> str:
    """Write the cell, as far as it is not recorded but read: what was typed in, the order of the lines.

    ``given`` is the name of what ŷ is made of.
    """
    spelt = {re.sub(r"^(?=\d)|\W", "_", name): value for name, value in start.items()}  # 0.weight is no name
    names = list(spelt)
    if training.flow == "hard-coded":
        return "\n".join(f"{name} = torch.tensor({value.tolist()})" for name, value in spelt.items())
    if training.optimizer:
        update, clear = ["optimizr.step()"], ["optimizr.zero_grad()"]
    else:
        update = [f"{name}.data = {name}.data - alpha * {name}.grad" for name in names]
        clear = [f"{name}.grad = None" for name in names]
    if training.flow == "not-updated":
        update = []
    middle = [*clear, *update] if training.flow == "cleared-first" else [*update, *clear]
    backward = [] if training.flow in ("no-backward", "no-gradient") else ["loss.backward()"]
    body = [f"yhat = f({given})", "loss = g(y, yhat)", *backward, *middle]
    return "\n".join(["alpha = 0.1", f"for epoc in range({training.epochs}):", *(f"    {it}" for it in body)])


def _epoch(loop: _Loop, epoch: int) -> None:
    """Run one epoch and write it down."""
    training, flow = loop.training, loop.training.flow
    yhat, loss, gradient = training.step3(loop.p, loop.data)
    if flow == "recreated" and epoch:
        loop.numbers += len(loop.p)
    passes = 2 if flow == "backward-twice" else 1
    for _ in range(passes):
        after = {name: loop.left[name] + gradient[name] for name in gradient}
        loop.events.append(_backward(loop, epoch, passes, (yhat, loss), after))
        loop.left = after
    found = loop.left
    if flow == "cleared-first":
        found = {name: torch.zeros_like(value) for name, value in found.items()}
    following = loop.update(epoch, loop.p, found)
    if training.optimizer and flow != "not-updated":
        made_anew = _as_asked(training).begin()(epoch, loop.p, found) if flow == "recreated" else following
        loop.events.append(_step(loop, epoch, found, made_anew))
    if flow == "recreated":
        loop.left = {name: torch.zeros_like(value) for name, value in found.items()}
    elif flow != "stale-optimizer":  # which clears what it holds itself
        loop.left = training.clear(loop.left)
    loop.p = following


def _never_sent_back(loop: _Loop) -> dict[str, Value]:
    """Write down steps that found no gradient; give ŷ and loss, which are those of the start."""
    if loop.training.optimizer:
        for epoch in range(loop.training.epochs):
            loop.events.append(_step(loop, epoch, loop.left, loop.p))
    yhat, loss, _ = loop.training.step3(loop.p, loop.data)
    made = {"yhat": yhat.detach(), "loss": loss.detach()}
    return {n: Value("tensor", tuple(v.shape), "float32", v, requires_grad=True) for n, v in made.items()}


def _backward(
    loop: _Loop, epoch: int, passes: int, made: tuple[Tensor, Tensor], after: Parameters
) -> Backward:
    yhat, loss = made
    leaves = tuple(
        Leaf(
            name=name,
            shape=tuple(value.shape),
            dtype="float32",
            number=loop.numbers + i,
            value=_numbers(value),
            before=_numbers(loop.left[name]) if bool(loop.left[name].any()) else None,
            after=_numbers(after[name]),
        )
        for i, (name, value) in enumerate(loop.p.items())
    )
    return Backward(
        cell=CELL,
        seq=loop.seq,
        stream=0,
        epoch=epoch,
        backwards=passes,
        via="backward",
        line=(CELL, LINE),
        roots=(Root(_numbers(loss), (), "float32"),),
        weights=(),
        leaves=leaves,
        touched=False,
        graph=_graph(loop, yhat),
        variables={},
    )


def _graph(loop: _Loop, yhat: Tensor) -> tuple[Node, ...]:
    """Give the least that tells ŷ from the loss: loss ← residual ← ŷ ← parameters."""
    n = yhat.numel()
    spread = (n, n) if loop.training.flow == "broadcast" else tuple(yhat.shape)
    inputs = tuple(range(3, 3 + len(loop.p)))
    return (
        Node("MeanBackward0", (1,), ("loss",)),
        Node("SubBackward0", (None, 2), (), None, Value("tensor", spread, "float32")),
        Node(
            "SimulatedBackward0", inputs, ("yhat",), None, Value("tensor", tuple(yhat.shape), "float32", yhat)
        ),
        *(Node("AccumulateGrad", (), (name,), i) for i, name in enumerate(loop.p)),
    )


def _step(loop: _Loop, epoch: int, found: Parameters, following: Parameters) -> OptimizerStep:
    stale = loop.training.flow == "stale-optimizer"
    parameters = tuple(
        StepParameter(
            name="" if stale else name,
            number=STRANGERS + i if stale else loop.numbers + i,
            before=_numbers(value),
            gradient=None if stale else _numbers(found[name]),
            after=_numbers(value if stale else following[name]),
        )
        for i, (name, value) in enumerate(loop.p.items())
    )
    return OptimizerStep(
        cell=CELL,
        seq=loop.seq,
        entered=loop.seq - 1,
        epoch=epoch,
        line=(CELL, LINE + 1),
        optimizer=loop.training.optimizer or "SGD",
        settings={"momentum": 0.9} if loop.training.flow == "momentum" else _settings(loop.training),
        lr=(loop.training.lr,),
        parameters=parameters,
    )


def _settings(training: Training) -> dict[str, object]:
    """Give what the recorder would note of the optimizer's settings, where they matter."""
    if not training.remembers and training.flow != "other-settings":
        return {}
    (group,) = optimizer_of(training, [torch.zeros(1)]).param_groups
    settings = {name: value for name, value in group.items() if name != "params"}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()}


def _as_asked(training: Training) -> Training:
    """Give the training with the step 4 that its question asks for."""
    other = copy(training)
    vars(other).pop("step4", None)
    return other


def _rebind(loop: _Loop) -> None:
    """Write down the backward after the parameter's name went to a result: that result is a node."""
    yhat, loss, gradient = loop.training.step3(loop.p, loop.data)
    name = next(iter(loop.p))
    event = _backward(loop, 1, 1, (yhat, loss), gradient)
    node = Node("SubBackward0", (3,), (name,))
    loop.events.append(
        Backward(**{**vars(event), "graph": (*(event.graph or ()), node), "leaves": event.leaves})
    )


def _numbers(value: Tensor) -> tuple[float, ...]:
    return tuple(float(number) for number in value.flatten().tolist())
