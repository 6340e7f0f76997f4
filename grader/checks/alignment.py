"""Which of a student's parameters is which of the reference's."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import torch
from torch import Tensor

from grader.runs.training_runs import TrainingRun
from grader.training import Parameters

ALIASES = {
    "bias": {"bias", "b", "b0", "w0", "w0hat", "beta0", "b_hat", "bhat", "intercept", "what0", "alpha"},
    "weight": {"weight", "w", "w1", "w1hat", "beta1", "b1", "w_hat", "what", "slope", "what1", "beta"},
}
ROLE = {"b": "bias", "w": "weight", "bias": "bias", "weight": "weight"}


@dataclass(frozen=True)
class Alignment:
    """Where each number of the reference's parameters stands among the student's.

    The numbers are the flat parameters one after the other, the student's as in ``TrainingRun``.
    ``places[k]`` is the student's place of the reference's k-th number, ``None`` if it is missing; ``extra``
    are places of the student's numbers that are no one's.
    """

    names: tuple[str, ...]
    shapes: tuple[torch.Size, ...]
    places: tuple[int | None, ...]
    extra: tuple[int, ...]
    same_shapes: bool

    @property
    def complete(self) -> bool:
        """Tell whether each number has its counterpart on the other side."""
        return None not in self.places and not self.extra

    def to_reference(self, numbers: Tensor) -> Tensor:
        """Take student's numbers (epochs, student's count) into the reference's order."""
        return numbers[:, [place for place in self.places if place is not None]]

    def parameters(self, flat: Tensor) -> Parameters:
        """Cut flat numbers in the reference's order, (..., count), into its named parameters."""
        out, at = {}, 0
        for name, shape in zip(self.names, self.shapes, strict=True):
            count = math.prod(shape)
            out[name] = flat[..., at : at + count].reshape((*flat.shape[:-1], *shape))
            at += count
        return out


def align(reference: Parameters, run: TrainingRun) -> Alignment:
    """Align a run's leaves with the reference's parameters: by size, then name, then start, then order."""
    leaves = _leaves(run)
    whole = _whole(reference, leaves)
    places: list[int | None]
    if whole is not None:
        places = [place for partner in whole for place in _places(*partner)]
    else:
        places = _number_by_number(reference, leaves)
    used = {place for place in places if place is not None}
    total = sum(len(values) for _, _, values, _ in leaves)
    return Alignment(
        names=tuple(reference),
        shapes=tuple(value.shape for value in reference.values()),
        places=tuple(places),
        extra=tuple(place for place in range(total) if place not in used),
        same_shapes=whole is not None and _shapes_match(reference, run),
    )


def role(name: str) -> str:
    """Give ``bias`` or ``weight`` if a name says so, else an empty text."""
    last = re.split(r"[.\[\]'\"]+", name.lower().rstrip("]'\""))[-1]
    return next((kind for kind, names in ALIASES.items() if last in names), "")


Leaf = tuple[str, tuple[int, ...], tuple[float, ...], int]
"""Name, shape, values at the start, place of the first number."""


def _leaves(run: TrainingRun) -> list[Leaf]:
    out, at = [], 0
    for (name, shape, _), count in zip(run.leaves, run.counts, strict=True):
        out.append((name, shape, run.start[at : at + count], at))
        at += count
    return out


def _places(start: int, shape: torch.Size, transposed: bool) -> list[int]:  # noqa: FBT001 - of ``_whole``
    """Give where each number of a parameter of ``shape`` stands, in a leaf that begins at ``start``."""
    numbers = torch.arange(start, start + math.prod(shape))
    return (numbers.reshape(shape[::-1]).T if transposed else numbers).flatten().tolist()


def _whole(reference: Parameters, leaves: list[Leaf]) -> list[tuple[int, torch.Size, bool]] | None:
    """Pair whole leaves with whole parameters; ``None`` if one of them finds no partner of its size.

    A pair is where the leaf's numbers begin, the parameter's shape, and whether the leaf is transposed.
    """
    left = list(leaves)
    out = []
    for name, value in reference.items():
        fitting = [leaf for leaf in left if len(leaf[2]) == value.numel()]
        if not fitting:
            return None
        partner = max(fitting, key=lambda leaf: _likeness(name, value, leaf))
        left.remove(partner)
        out.append((partner[3], value.shape, _transposed(value, partner)))
    return out


def _transposed(value: Tensor, leaf: Leaf) -> bool:
    """Tell whether a matrix is written the other way round: ``X @ W`` for a layer of torch."""
    shape = tuple(value.shape)
    return len(shape) == 2 and 1 not in shape and leaf[1] == shape[::-1] != shape


def _likeness(name: str, value: Tensor, leaf: Leaf) -> tuple[bool, bool, bool, bool, int]:
    """Compare a leaf with a parameter; of several layers each has a name in its network, ``0.weight``."""
    of_layer, part = "." in name, name.rpartition(".")[2]
    wanted, seen = ROLE.get(part, ""), role(leaf[0])
    same_role = bool(wanted) and wanted == seen
    return (
        of_layer and f".{leaf[0]}".endswith(f".{name}"),
        of_layer and tuple(value.shape) == leaf[1],
        same_role,
        _starts_alike(value.flatten().tolist(), leaf[2]),
        -leaf[3],
    )


def _number_by_number(reference: Parameters, leaves: list[Leaf]) -> list[int | None]:
    """Place single numbers: ŵ0 and ŵ1 may stand in one tensor here and in two there."""
    wanted = [(name, number) for name, value in reference.items() for number in value.flatten().tolist()]
    given = [(leaf[0], number, leaf[3] + i) for leaf in leaves for i, number in enumerate(leaf[2])]
    if len(wanted) == len(given):
        by_role = {role(name): place for name, _, place in given}
        if len(reference) == 1 and len(given) == 2 and set(by_role) == {"bias", "weight"}:
            return [by_role["bias"], by_role["weight"]]
        return [place for _, _, place in given]
    places: list[int | None] = []
    left = list(given)
    for _, number in wanted:
        found = next((item for item in left if math.isclose(item[1], number, rel_tol=1e-6)), None)
        places.append(None if found is None else found[2])
        if found is not None:
            left.remove(found)
    return places


def _starts_alike(a: list[float], b: tuple[float, ...]) -> bool:
    return all(math.isclose(x, y, rel_tol=1e-6) for x, y in zip(a, b, strict=True))


def _shapes_match(reference: Parameters, run: TrainingRun) -> bool:
    return sorted(tuple(v.shape) for v in reference.values()) == sorted(shape for _, shape, _ in run.leaves)
