"""What changed in the student's namespace from one cell's end to the next."""

from __future__ import annotations

from typing import Any

import torch

from grader.recorder.encode import Store, encode, numbers, readable
from grader.recorder.names import tensors_in, visible

EXACT = 4_096  # elements; above, a change is seen from storage, version and a sample
LAST = "_"  # the name under which the value of the cell's last expression is kept


class Snapshots:
    """Remembers a fingerprint of every name, so that only changes are written."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self._prints: dict[str, Any] = {}
        self._hidden = {name: id(value) for name, value in namespace.items()}

    def changes(self, store: Store, last: Any) -> tuple[dict[str, Any], list[str]]:
        """Give the values that are new or changed, and the names that are gone.

        Tensors within modules, lists and objects stand under dotted names (``net.weight``) beside the whole.
        """
        values: dict[str, Any] = {}
        prints: dict[str, Any] = {}
        for name, value in [*visible(self._own()), *tensors_in(self._own())]:
            if name not in prints:
                prints[name] = fingerprint(value)
                if self._prints.get(name) != prints[name]:
                    values[name] = encode(value, store)
        gone = [name for name in self._prints if name not in prints]
        self._prints = prints
        if last is not None:
            values[LAST] = encode(last, store)
        return values, gone

    def _own(self) -> dict[str, Any]:
        return {name: value for name, value in self.namespace.items() if self._hidden.get(name) != id(value)}


def fingerprint(value: Any) -> Any:
    """Give something that differs when the value does."""
    if isinstance(value, torch.Tensor):
        return _of_tensor(value)
    if type(value) in (int, float, str, bool, type(None)):
        return (type(value), value if value == value else "NaN")  # noqa: PLR0124 - NaN is not itself
    if type(value) in (list, tuple, set, dict) and len(value) <= EXACT:
        items = value.values() if type(value) is dict else value
        return (
            id(value),
            tuple(fingerprint(item) if type(item) in (int, float, str) else id(item) for item in items),
        )
    if type(value).__module__ == "numpy" and hasattr(value, "tobytes") and value.size <= EXACT:
        return (str(value.dtype), value.shape, value.tobytes() if value.dtype.kind in "biuf" else id(value))
    return id(value)


def _of_tensor(tensor: torch.Tensor) -> Any:
    head = (tuple(tensor.shape), str(tensor.dtype), tensor.requires_grad)
    if not readable(tensor):
        return (*head, id(tensor))
    if tensor.numel() <= EXACT:
        return (*head, str(tensor.detach().tolist()))
    return (*head, id(tensor), tensor.data_ptr(), tensor._version, str(numbers(tensor)))
