"""What is wrong with a reference, found by trying it before any student's work is held against it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from grader.errors import phrase
from grader.expectations import Bernoulli, Either, Function, Raises
from grader.spelling import did_you_mean
from grader.training import LARGEST, Data, Parameters, Training, cast

if TYPE_CHECKING:
    from grader.errors import Phrase

#: The parts of a line that says what is wrong; nothing where all is well.
Wrong = tuple["str | Phrase", ...]


def wrong_training(training: Training, data: Data) -> Wrong:
    """Go through one epoch of a training."""
    return _settings(training) or _start(training) or _steps(training, training.init(), data)


def wrong_data(data: object) -> Wrong:
    """See that the function ``data`` gave tensors under names."""
    if hasattr(data, "__dict__"):
        return ()
    return (phrase("should return a SimpleNamespace, x = … and so on, not {given}", given=_cut(data)),)


def wrong_files(contents: object) -> Wrong:
    """See that the function ``files`` gave texts by name."""
    if isinstance(contents, Mapping) and all(isinstance(text, str) for text in contents.values()):
        return ()
    return (phrase("should return a dict of texts by the files' names, not {given}", given=_cut(contents)),)


def wrong_values(values: object) -> Wrong:
    """See that a values question's function gave values by name, all of a kind that can be compared."""
    if not isinstance(values, Mapping) or not all(isinstance(name, str) for name in values):
        return (phrase("should return a dict of values by name, not {given}", given=_cut(values)),)
    return next(filter(None, map(_value, values.keys(), values.values())), ())


def _value(name: str, value: object) -> Wrong:
    match value:
        case None | bool() | int() | float() | str() | Tensor() | np.ndarray() | Bernoulli() | Raises():
            return ()
        case Either():
            return next((wrong for one in value.answers if (wrong := _value(name, one))), ())
        case Function():
            return _function(name, value)
        case np.generic():
            said = phrase(
                "gives {name} as a {kind}: write int(…) or float(…)", name=repr(name), kind=_kind(value)
            )
        case _ if callable(value) and not isinstance(value, type):
            said = phrase(
                "gives a function as {name}: write Function(it, inputs), for it to be called", name=repr(name)
            )
        case _:
            kinds = "Tensor, ndarray, int, float, str, bool, None"
            said = phrase(
                "gives {name} as {given}, with which nothing can be compared;"
                " there are {kinds}, and grader.expectations",
                name=repr(name),
                given=_cut(value),
                kinds=kinds,
            )
    return (said,)


def _function(name: str, value: Function) -> Wrong:
    if not isinstance(value.inputs, Tensor) or not value.inputs.is_floating_point():
        return (
            phrase(
                "gives {name}: the inputs of a Function should be a tensor of float32, not {given}",
                name=repr(name),
                given=_cut(value.inputs),
            ),
        )
    try:
        given = value.reference(value.inputs.to(torch.float64))
    except Exception as error:  # noqa: BLE001 - whatever the instructor's code raises
        return (
            phrase(
                "gives {name}: its reference raises {error} on its inputs",
                name=repr(name),
                error=_raised(error),
            ),
        )
    if not isinstance(given, Tensor):
        return (
            phrase(
                "gives {name}: its reference should return a tensor, not {given}",
                name=repr(name),
                given=_cut(given),
            ),
        )
    return ()


# ── a training ────────────────────────────────────────────────────────────────────────────────────────────


def _settings(training: Training) -> Wrong:
    """Give what is wrong with the learning rate, the epochs, the optimizer."""
    lr, epochs, optimizer = training.lr, training.epochs, training.optimizer
    if isinstance(lr, bool) or not isinstance(lr, int | float) or not 0 < lr < math.inf:
        return (phrase("lr is {given}, not a number above 0", given=repr(lr)),)
    if type(epochs) is not int or epochs < 1:
        return (phrase("epochs is {given}, not a whole number above 0", given=repr(epochs)),)
    optimizers = [name for name, value in vars(torch.optim).items() if isinstance(value, type)]
    if optimizer is not None and optimizer not in optimizers:
        said = phrase("optimizer is {given}, not in torch.optim", given=repr(optimizer))
        return said, did_you_mean(str(optimizer), optimizers)
    return ()


def _start(training: Training) -> Wrong:
    """Give what is wrong with the parameters it starts from."""
    start: object = training.init()
    if not isinstance(start, dict) or not start or not all(isinstance(it, Tensor) for it in start.values()):
        return (phrase("init should return a dict of tensors by name, not {given}", given=_cut(start)),)
    again = training.init()
    for name, value in start.items():
        named = {"name": repr(name)}
        if not value.is_floating_point():
            kind = str(value.dtype).removeprefix("torch.")
            return (
                phrase("init: {name} is {kind}, which has no gradient: write 1.0 for 1", kind=kind, **named),
            )
        if value.requires_grad:
            return (phrase("init: {name} has requires_grad; leave it out, or detach()", **named),)
        if value.numel() > LARGEST:
            return (
                phrase(
                    "{name} has {count} numbers, more than the {most} that are recorded of a parameter",
                    count=value.numel(),
                    most=LARGEST,
                    **named,
                ),
            )
        if not torch.equal(value.nan_to_num(), again[name].nan_to_num()):
            return (
                phrase(
                    "init: {name} is another one each time;"
                    " draw it within torch.random.fork_rng(), from a seed",
                    **named,
                ),
            )
    return ()


def _steps(training: Training, start: Parameters, data: Data) -> Wrong:
    """Give what is wrong with what the steps return."""
    yhat: object = training.step1(start, data)
    if not isinstance(yhat, Tensor):
        return (phrase("step1 should return ŷ, a tensor, not {given}", given=_cut(yhat)),)
    loss: object = training.step2(yhat, data)
    if not isinstance(loss, Tensor) or loss.numel() != 1:
        return (
            phrase("step2 should return the loss, a tensor of one number, not {given}", given=_cut(loss)),
        )
    added: object = training.penalty(start)
    if not isinstance(added, Tensor | int | float) or (isinstance(added, Tensor) and added.numel() != 1):
        return (phrase("penalty should return one number, not {given}", given=_cut(added)),)
    _, loss, gradient = training.step3(start, data)
    if not torch.isfinite(loss):
        return (phrase("the first loss is {loss}", loss=str(float(loss))),)
    training.begin()(training.epochs - 1, start, gradient)
    step4 = training.step4 if not training.remembers else partial(training.begin(), 0)
    after: object = step4(start, gradient)
    if not isinstance(after, Mapping) or after.keys() != start.keys():
        return (phrase("step4 does not give back the parameters that init gave"),)
    return _at_once(training, start, data)


def _at_once(training: Training, start: Parameters, data: Data) -> Wrong:
    """Compute the loss as judging does: in float64, at several parameters at once."""
    data = cast(data, torch.float64)
    states = {name: torch.stack([value.to(torch.float64)] * 2) for name, value in start.items()}
    try:
        torch.func.vmap(lambda p: training.step2(training.step1(p, data), data) + training.penalty(p))(states)
    except Exception as error:  # noqa: BLE001 - whatever the instructor's code raises
        return (
            phrase(
                "{error}: raised in float64 at several parameters at once, as judging does it;"
                " write plain torch, all data from the argument,"
                " without float(), item() and changes in place",
                error=_raised(error),
            ),
        )
    return ()


def _cut(value: Any) -> str:
    """Show a value in a few words."""
    if isinstance(value, Tensor):
        return f"Tensor {tuple(value.shape)}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def _kind(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__name__}"


def _raised(error: Exception) -> str:
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text if len(text) <= 120 else f"{text[:119]}…"
