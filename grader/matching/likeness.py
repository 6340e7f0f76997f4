"""How much a training run is like the one a question asks for.

What students get wrong counts least: first what the parameters are and how they are updated, then the
start, the learning rate, and the form of the loss last. All of it is read from what was recorded; the
reference runs once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from grader.runs.epochs import Epoch
from grader.runs.training_runs import TrainingRun
from grader.training import MISFIT, Data, Training, cast

SHAPES, MODULE, OPTIMIZER, START, EPOCHS, RATE, LOSS = 2.0, 1.5, 2.0, 0.5, 0.5, 0.8, 0.4
EPOCHS_COMPARED = 60  # from the start; whoever has gone right so far has understood
OWN_EPOCHS = 3  # the same, where the reference has to run on a student's own data
SAME = 1e-3  # relative; a run of right steps in float32 is nearer, a mistake is farther
MODULE_PARTS = ("weight", "bias")  # what torch.nn calls the parameters of its layers


@dataclass(frozen=True)
class Likeness:
    """How like: ``points`` compare questions with one another, ``exact`` is a right answer, step by step.

    ``wrong`` is how many marks of the run contradict the question: size, optimizer, start, epochs,
    rate, loss.
    """

    points: float
    exact: bool
    wrong: int


@dataclass(frozen=True)
class Model:
    """What is compared of a reference."""

    shapes: tuple[tuple[int, ...], ...]
    start: tuple[float, ...]
    module: bool
    losses: tuple[float, ...]


_MODELS: WeakKeyDictionary[Training, Model] = WeakKeyDictionary()
"""On the assignment's own data, once for the whole class."""


def likeness(training: Training, run: TrainingRun, data: Data, own: Data | None) -> Likeness:
    """Compare a run with a question's reference; ``own`` are the student's data where they are others."""
    model = _model(training, data)
    shapes = tuple(sorted(shape for _, shape, _ in run.leaves))
    same_size = len(run.start) == len(model.start)
    alike = shapes == model.shapes
    started = same_size and sorted(map(_rounded, run.start)) == sorted(map(_rounded, model.start))
    module = _is_module([name for name, _, _ in run.leaves])
    by = run.optimizers[:1] == ((training.optimizer,) if training.optimizer else ())
    losses = _expected(training, model, own) if same_size and started else ()
    told = [e for e in run.epochs if e.index < len(losses) and any(root.value for root in e.roots)]
    agree = [_close(_loss(e), losses[e.index]) for e in told]
    form = agree[:1] == [True]
    rate = _same_rate(training, run)
    long = run.count == training.epochs
    points = SHAPES * (1.0 if alike else 0.5 if same_size else 0.0)
    points += MODULE * (1.0 if module is model.module else 0.5 if module is None else 0.0)
    points += OPTIMIZER * (1.0 if by else 0.5 if run.optimizers and training.optimizer else 0.0)
    points += START * started + EPOCHS * long + RATE * rate + LOSS * form
    wrong = sum(not mark for mark in (same_size, by, started, long, rate, form))
    built_so = module in (None, model.module) and len(run.leaves) == len(model.shapes)
    return Likeness(points, not wrong and built_so and all(agree) and not run.restarts, wrong)


def own_data(run: TrainingRun, data: Data, made: Data) -> Data | None:
    """Give the data with the student's tensors of the same names where one of them differs, else ``None``.

    What a run does not show is as the student has ``made`` it.
    """
    variables = next((epoch.variables for epoch in run.epochs if epoch.variables), {})
    shown = {name: value.tensor for name, value in variables.items() if value.tensor is not None}
    tensors = {**vars(made), **shown}
    own = {name: tensor for name in vars(data) if isinstance(tensor := tensors.get(name), Tensor)}
    different = any(not _same_numbers(tensor, getattr(data, name)) for name, tensor in own.items())
    return cast(SimpleNamespace(**{**vars(data), **own}), torch.float32) if different else None


def foreign(run: TrainingRun, data: Data) -> bool:
    """Tell whether a run was on something else: nothing in its graph is as long as the data are."""
    lengths = {len(value) for value in vars(data).values() if isinstance(value, Tensor) and value.dim()}
    graph = next((epoch.graph for epoch in run.epochs if epoch.graph), None)
    if graph is None or not lengths:
        return False
    shapes = [value.shape for node in graph for value in node.values if value.shape]
    return bool(shapes) and not lengths.intersection(size for shape in shapes for size in shape)


def _model(training: Training, data: Data) -> Model:
    if training not in _MODELS:
        start = training.init()
        _MODELS[training] = Model(
            shapes=tuple(sorted(tuple(value.shape) for value in start.values())),
            start=tuple(number for value in start.values() for number in value.flatten().tolist()),
            module=_is_module(list(start)) is True,
            losses=_losses(training, data, min(training.epochs, EPOCHS_COMPARED)),
        )
    return _MODELS[training]


def _expected(training: Training, model: Model, own: Data | None) -> tuple[float, ...]:
    return model.losses if own is None else _losses(training, own, OWN_EPOCHS)


def _losses(training: Training, data: Data, epochs: int) -> tuple[float, ...]:
    """Give the first losses of the reference; none where the data do not fit it."""
    p, losses, update = training.init(), [], training.begin()
    try:
        for epoch in range(epochs):
            _, loss, gradient = training.step3(p, data)
            losses.append(float(loss))
            p = update(epoch, p, gradient)
    except MISFIT:
        return ()
    return tuple(losses)


def _is_module(names: list[str]) -> bool | None:
    """Tell whether parameters belong to a layer of torch; ``None`` where their names are not known."""
    if not all(names):
        return None
    return all(name.rpartition(".")[2] in MODULE_PARTS for name in names)


def _same_rate(training: Training, run: TrainingRun) -> bool:
    """Tell whether the first update is as long as the reference's would be."""
    for epoch in run.epochs[:2]:
        if epoch.step is not None and epoch.step.lr:
            return epoch.step.lr[0] is not None and _close(epoch.step.lr[0], training.rate(epoch.index))
        if (rate := _rate(epoch)) is not None:
            return _close(rate, training.rate(epoch.index))
    return False


def _rate(epoch: Epoch) -> float | None:
    """Give an update's length in units of the gradient, where it has one."""
    if epoch.following is None or epoch.found is None:
        return None
    moved = [before - after for before, after in zip(epoch.values, epoch.following, strict=True)]
    square = sum(g * g for g in epoch.found)
    if not 0.0 < square < math.inf or not all(map(math.isfinite, moved)):
        return None
    return abs(sum(m * g for m, g in zip(moved, epoch.found, strict=True)) / square)


def _loss(epoch: Epoch) -> float:
    return sum(root.value[0] for root in epoch.roots if root.value)


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= SAME * abs(b)


def _rounded(number: float) -> float:
    return float(f"{number:.5g}")


def _same_numbers(own: Tensor, reference: object) -> bool:
    return (
        isinstance(reference, Tensor)
        and own.numel() == reference.numel()
        and not own.is_complex()
        and bool(torch.allclose(own.flatten().double(), reference.flatten().double(), rtol=1e-5, atol=1e-5))
    )
