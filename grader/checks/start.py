"""The parameters before the first epoch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from grader.checks.alignment import ROLE
from grader.checks.finding import PASSED, Finding, failed, shown_numbers, text
from grader.checks.observed import Observed
from grader.records import CheckStatus, Message
from grader.training import Parameters, Training

OF_A_NETWORK = {"bias", "weight"}  # what torch calls the parameters of a layer


def judge_init(
    training: Training, observed: Observed, *, any_shape: bool, frozen: str | None = None
) -> Finding:
    """Judge the parameters before the first epoch; those that are missing are step 1's business.

    ``frozen`` is the name of one that is there and needs no gradient.
    """
    if frozen is not None:
        return failed("init.no-gradient", name=frozen)
    if observed.run.restarts:
        return failed("init.recreated")
    alignment = observed.alignment
    wanted = flat(training.init())
    if _none_is_there(observed):
        every = [text(number) for number in wanted.tolist()]
        return _differs(observed, wanted, every, 0, observed.states[0].tolist())
    for k, place in enumerate(alignment.places):
        if place is None:
            continue
        given = observed.states[0, place]
        right = bool((given - wanted[k]).abs() <= 4 * observed.unit * wanted[k].abs())
        if not right and not _is_the_optimizers(observed, wanted):
            seen = [float(observed.states[0, p]) for p in alignment.places if p is not None]
            return _differs(observed, wanted, text(float(wanted[k])), place, seen)
    if not any_shape and alignment.complete and not alignment.same_shapes:
        name, expected, actual = _other_shape(observed)
        if name:  # without one it is what the student's own was made of, by ``reshape`` say
            return failed("init.shape", name=name, expected=list(expected), actual=list(actual))
    return _asked_parameters(training, observed)


def _differs(observed: Observed, wanted: Tensor, expected: object, place: int, seen: list[float]) -> Finding:
    """Say that the parameter at a place starts elsewhere than ``expected``."""
    return failed(
        "init.differs",
        wanted=shown_numbers(wanted.tolist()),
        given=shown_numbers(seen),
        name=observed.names[place],
        expected=expected,
        actual=text(float(observed.states[0, place])),
    )


def _is_the_optimizers(observed: Observed, wanted: Tensor) -> bool:
    """Tell whether the start is that of other parameters, which the optimizer holds: its one mistake."""
    epoch = observed.epochs[0]
    held = () if epoch.step is None else epoch.step.parameters
    numbers = [number for parameter in held for number in parameter.before or ()]
    strangers = not {parameter.number for parameter in held}.intersection(epoch.numbers)
    return strangers and sorted(numbers) == sorted(wanted.tolist())


def _none_is_there(observed: Observed) -> bool:
    """Tell whether there are fewer numbers than asked for, and each starts from what is no one's start."""
    places = observed.alignment.places
    return not any(place is not None for place in places) and len(observed.names) < len(places)


def _other_shape(observed: Observed) -> tuple[str, Sequence[int], Sequence[int]]:
    """Give a parameter whose shape is another than the reference's: its name, that one, and its own."""
    leaves = [
        leaf
        for leaf, count in zip(observed.run.leaves, observed.run.counts, strict=True)
        for _ in range(count)
    ]
    at, pairs = 0, []
    for shape in observed.alignment.shapes:
        name, actual, _ = leaves[observed.alignment.places[at] or 0]
        pairs.append((name, tuple(shape), actual))
        at += shape.numel()
    return next((pair for pair in pairs if pair[1] != pair[2]), pairs[0])


def _asked_parameters(training: Training, observed: Observed) -> Finding:
    """Ask for a look where bias and weight should stand apart, or in one tensor, and do the other.

    Likewise where a network's parameters are asked for and tensors were trained, or the other way round. It
    is the same training to the last digit, and may be the answer to the question before, copied. What is no
    network's may have any other form.
    """
    asked = tuple(training.init())
    given = tuple(name or str(list(shape)) for name, shape, _ in observed.run.leaves)
    network = _of_layers(asked)
    divided = set(asked) <= ROLE.keys() and len(asked) != len(given)
    if not observed.alignment.complete or not (divided or network not in _networks(observed)):
        return PASSED
    message = Message("init.other-tensors", {"expected": ", ".join(asked), "actual": ", ".join(given)})
    return Finding(CheckStatus.BORDERLINE, message)


def _networks(observed: Observed) -> set[bool]:
    """Tell of the parameters that were trained whether they are a network's, as far as their names tell."""
    names = [name for name, _, _ in observed.run.leaves]
    if _of_layers(names) and all("." in name for name in names):
        return {True}
    return {False, True} if _of_layers(names) or not all(map(str.isidentifier, names)) else {False}


def _of_layers(names: Iterable[str]) -> bool:
    return {name.rpartition(".")[2] for name in names} <= OF_A_NETWORK


def flat(parameters: Parameters) -> Tensor:
    """Give all numbers of parameters one after the other, float64."""
    return torch.cat([value.flatten().to(torch.float64) for value in parameters.values()])
