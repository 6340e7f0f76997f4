"""Rows in another order: the same observations, shuffled or sorted, of which all else may be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from types import SimpleNamespace

import torch
from torch import Tensor

from grader.checks.tolerance import ROUNDINGS, unit
from grader.recording import Value
from grader.training import Data


def in_order_of(data: Data, given: Mapping[str, Value]) -> Data:
    """Give ``data`` with the rows in the order that a student's values of the same names have; else ``data``.

    Two of them have to have it of which neither holds the other: an x shuffled alone is no more beside its y,
    and an X that was made of it proves nothing. What else there is may be in any order, and wrong in it.
    """
    pairs = {
        name: (_columns(mine), _columns(value.tensor.to(mine.dtype).reshape(mine.shape)))
        for name, mine in vars(data).items()
        if isinstance(mine, Tensor) and mine.dim() and mine.numel()
        if (value := given.get(name)) is not None and value.tensor is not None
        if value.tensor.numel() == mine.numel() and not value.tensor.is_complex()
    }
    if all(torch.equal(mine, theirs) for mine, theirs in pairs.values()):
        return data
    for (one, its), (other, others) in combinations(pairs.values(), 2):
        if len(one) == len(other) and not _holds(one, other):
            order = _order(torch.hstack([one, other]), torch.hstack([its, others]))
            if order is not None:
                return _reordered(data, order)
    return data


def order_of(data: Data, ordered: Data) -> Tensor | None:
    """Give the order in which the rows of ``data`` stand in ``ordered``; ``None`` if they are others."""
    pairs = [
        (_columns(mine), _columns(theirs))
        for name, mine in vars(data).items()
        if isinstance(mine, Tensor) and isinstance(theirs := getattr(ordered, name, None), Tensor)
        if mine.dim() and mine.shape == theirs.shape and not torch.equal(mine, theirs)
    ]
    if len({len(mine) for mine, _ in pairs}) != 1:
        return None
    return _order(*map(torch.hstack, zip(*pairs, strict=True)))


def put_back(values: Tensor, data: Data, seen: Mapping[str, Value]) -> Tensor:
    """Give numbers, one a row, in the order of the data where an epoch's names show that it shuffled them.

    One of the names has to hold what ŷ is made of in another order, another one y in the same.
    """
    order = _order_within(data, [value.tensor for value in seen.values() if value.tensor is not None])
    if order is None or len(order) != values.numel():
        return values
    back = torch.empty_like(values)
    back[order] = values
    return back


def _order_within(data: Data, seen: Sequence[Tensor]) -> Tensor | None:
    y = getattr(data, "y", None)
    for name, mine in vars(data).items():
        if name == "y" or y is None or not isinstance(mine, Tensor) or len(mine) != len(y):
            continue
        for theirs in seen:
            if theirs.numel() != mine.numel() or theirs.is_complex():
                continue
            columns = _columns(mine), _columns(theirs.reshape(mine.shape))
            order = None if torch.equal(*columns) else _order(*columns)
            if order is not None and any(_same(y[order], other) for other in seen):
                return order
    return None


def _same(one: Tensor, other: Tensor) -> bool:
    return one.numel() == other.numel() and torch.equal(one.flatten(), other.flatten().to(one.dtype))


def in_another_order(expected: Tensor, actual: Tensor | None, tolerance: Tensor) -> bool:
    """Tell whether numbers, flat, are the right ones, but not where they should be."""
    if actual is None or actual.shape != expected.shape:
        return False
    same_sum = abs(expected.sum() - actual.sum()) <= tolerance.sum()  # spares most of them being sorted
    return bool(same_sum) and bool(((actual.sort().values - expected.sort().values).abs() <= tolerance).all())


def _columns(tensor: Tensor) -> Tensor:
    return tensor.reshape(len(tensor), -1).to(torch.float64)


def _holds(one: Tensor, other: Tensor) -> bool:
    """Tell whether two tensors have a column in common."""
    return any(torch.equal(a, b) for a in one.unbind(1) for b in other.unbind(1))


def _order(mine: Tensor, theirs: Tensor) -> Tensor | None:
    """Give the order in which the rows of ``mine`` are ``theirs``, but for rounding, if there is one."""
    allowed = ROUNDINGS * unit("float32") * mine.abs().amax(0)
    if not bool(((mine - theirs).sum(0).abs() <= allowed * len(mine)).all()):
        return None  # spares most of them being sorted
    here, there = _sorted(mine), _sorted(theirs)
    if not bool(((mine[here] - theirs[there]).abs() <= allowed).all()):
        return None
    return here[there.argsort()]


def _sorted(rows: Tensor) -> Tensor:
    """Give the order in which rows stand sorted by their columns, the first before the next."""
    order = torch.arange(len(rows))
    for column in reversed(rows.unbind(1)):
        order = order[column[order].argsort(stable=True)]
    return order


def _reordered(data: Data, order: Tensor) -> Data:
    rows = len(order)
    if order.tolist() == list(range(rows)):
        return data
    return SimpleNamespace(
        **{
            name: value[order] if isinstance(value, Tensor) and value.dim() and len(value) == rows else value
            for name, value in vars(data).items()
        }
    )
