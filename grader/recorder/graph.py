"""The autograd graph: its leaves at every backward, and all of it at sampled epochs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from grader.recorder.encode import Store, encode_tensor

NODES = 64  # nodes of a graph that is written out
LEAVES = 64  # leaves that are followed
WALKED = 5_000  # nodes that are visited in search of leaves
WHOLE = 4_096  # elements; a (100, 100) residual is told by its shape alone
_any_graph: Any = torch.ones(1, requires_grad=True).view(1).grad_fn
AccumulateGrad: Any = type(_any_graph.next_functions[0][0])
unknown = object()  # versions of torch that do not tell of hooks: nothing saved is read there


def leaves_of(roots: tuple[torch.Tensor, ...]) -> list[torch.Tensor]:
    """Give the tensors whose ``.grad`` a backward from ``roots`` would fill, in a fixed order."""
    leaves: list[torch.Tensor] = []
    seen: set[Any] = set()
    stack: list[Any] = []
    for root in roots:
        if root.grad_fn is not None:
            stack.append(root.grad_fn)
        elif root.requires_grad:
            leaves.append(root)
    while stack and len(seen) < WALKED:
        for node, _ in stack.pop().next_functions:
            if node is None or node in seen:
                continue
            seen.add(node)
            if type(node) is not AccumulateGrad:
                stack.append(node)
            elif len(leaves) < LEAVES:
                leaves.append(node.variable)
    return leaves


def encode_graph(
    root: torch.Tensor,
    leaves: list[torch.Tensor],
    named: list[tuple[str, torch.Tensor]],
    store: Store,
    whole: int,
) -> list[dict[str, Any]]:
    """Write the graph below ``root`` out, the root's node first.

    A node is ``{"op", "inputs"}``: inputs are indices of nodes, ``None`` for what needs no gradient.
    ``leaf`` is an index into ``leaves``, ``names`` what the student calls the node's output, ``out`` that
    output, ``saved`` the tensors that autograd kept for the way back. Tensors of more than ``whole``
    elements are told by their shape.
    """
    nodes, index = _walk(root.grad_fn)
    names: dict[int, list[tuple[str, torch.Tensor]]] = {}
    taken = {name for name, tensor in named if any(tensor is leaf for leaf in leaves)}
    for name, tensor in [("", root), *named]:
        if name in taken:  # in a function by a result, elsewhere still by the leaf: the leaf's it stays
            continue
        if tensor.grad_fn is not None and (place := index.get(tensor.grad_fn)) is not None:
            names.setdefault(place, []).append((name, tensor))
    return [
        _encode_node(
            node, index, leaves, names.get(i, []), lambda tensor: encode_tensor(tensor, store, whole)
        )
        for i, node in enumerate(nodes)
    ]


def _walk(root: Any) -> tuple[list[Any], dict[Any, int]]:
    """Give the nodes below ``root``, breadth first, and each one's index."""
    nodes = [] if root is None else [root]
    index = {node: i for i, node in enumerate(nodes)}
    for node in nodes:
        for below, _ in node.next_functions:
            if below is not None and below not in index and len(nodes) < NODES:
                index[below] = len(nodes)
                nodes.append(below)
    return nodes, index


def _encode_node(
    node: Any,
    index: dict[Any, int],
    leaves: list[torch.Tensor],
    names: list[tuple[str, torch.Tensor]],
    encode: Callable[[torch.Tensor], dict[str, Any]],
) -> dict[str, Any]:
    out: dict[str, Any] = {
        "op": node.name().removeprefix("torch::autograd::"),
        "inputs": [None if below is None else index.get(below) for below, _ in node.next_functions],
    }
    if type(node) is AccumulateGrad:
        out["leaf"] = next((i for i, leaf in enumerate(leaves) if leaf is node.variable), None)
    if names:
        out["names"] = [name for name, _ in names if name]
        out["out"] = encode(names[0][1])
    saved = {
        key[11:]: encode(value)
        for key in dir(node)
        if key.startswith("_raw_saved_") and (value := _saved(node, key)) is not None
    }
    if saved:
        out["saved"] = saved
    return out


def _saved(node: Any, key: str) -> torch.Tensor | None:
    """Read one saved tensor; a freed or since overwritten one is not there, which is no error.

    Where it was packed by a hook, unpacking would run the student's code, or a checkpoint's forward pass
    again.
    """
    try:
        if getattr(getattr(node, key), "unpack_hook", unknown) is not None:
            return None
        value = getattr(node, key.removeprefix("_raw"))
    except RuntimeError:
        return None
    return value if isinstance(value, torch.Tensor) else None
