"""What step 4 makes of a student's own parameters and gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor
from torch.func import vmap

from grader.checks.flow import clears_before_update
from grader.checks.observed import Observed
from grader.checks.start import flat
from grader.runs.epochs import Epoch
from grader.training import Parameters, Training

Cut = Callable[[Tensor], Parameters]


def told(training: Training, epochs: Iterable[Epoch]) -> list[Epoch]:
    """Give the epochs whose update follows from what was recorded.

    One that remembers those before it does so up to the first that was left out of the recording.
    """
    known = list(epochs)
    return [e for i, e in enumerate(known) if e.index == i] if training.remembers else known


def updates(training: Training, observed: Observed, epochs: Sequence[Epoch], before: Tensor) -> Tensor:
    """Give what step 4 makes of parameters (T, count) and their gradients, in the student's order.

    ``epochs`` are some of those that are ``told``.

    Raises:
        MISFIT: a step 4 that treats each parameter in its own way, and the student's are others.
    """
    zero = (0.0,) * before.shape[1]
    found = table([zero if cleared_before(observed, e) else e.found or zero for e in epochs])
    if not observed.alignment.complete:  # the update is the same for each number, whatever it is called
        return _after(training, observed, epochs, before, found, lambda numbers: {"": numbers})
    places = [place for place in observed.alignment.places if place is not None]
    out = torch.empty_like(before)
    out[:, places] = _after(
        training, observed, epochs, before[:, places], found[:, places], observed.alignment.parameters
    )
    return out


def _after(  # noqa: PLR0913, PLR0917 - a step 4, and what it is given
    training: Training, observed: Observed, epochs: Sequence[Epoch], before: Tensor, found: Tensor, cut: Cut
) -> Tensor:
    if training.remembers:
        return _in_turn(training, epochs, before, found, cut, anew=observed.run.restarts > 0)
    shares = torch.tensor([training.share(epoch.index) for epoch in epochs], dtype=torch.float64)
    due = found * shares.unsqueeze(1)

    def one(values: Tensor, gradient: Tensor) -> Tensor:
        p = cut(values)
        return flat({**p, **training.step4(p, cut(gradient))})

    return vmap(one)(before, due)


def _in_turn(  # noqa: PLR0913 - as above
    training: Training, epochs: Sequence[Epoch], before: Tensor, found: Tensor, cut: Cut, *, anew: bool
) -> Tensor:
    """Go through a run's updates; ``anew``: its parameters are made in each epoch, and all with them."""
    update, rows = training.begin(), []
    for epoch, values, gradient in zip(epochs, before, found, strict=True):
        update = training.begin() if anew else update
        rows.append(flat(update(epoch.index, cut(values), cut(gradient))))
    return torch.stack(rows)


def cleared_before(observed: Observed, epoch: Epoch) -> bool:
    """Tell whether the gradient was cleared between an epoch's backward and its update.

    An optimizer's step shows the gradient it found. By hand the parameters stay as they are though their
    gradient was not zero, and the text has to tell that from an update that does nothing.
    """
    if not any(epoch.after):
        return False
    if epoch.step is not None:
        return epoch.found is not None and not any(epoch.found)
    return epoch.following == epoch.values and clears_before_update(observed.source)


def table(rows: Sequence[Sequence[float]]) -> Tensor:
    """Put rows of numbers into a float64 tensor."""
    return torch.tensor(rows, dtype=torch.float64)
