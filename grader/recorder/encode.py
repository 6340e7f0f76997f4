"""Values of the student's process -> plain JSON values, with tensors set aside for safetensors."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import torch

INLINE = 16  # numbers; up to here a tensor stands in the JSON itself
WHOLE = 100_000  # numbers; beyond, only a sample is kept
SAMPLE = 16  # elements of a large tensor
SAMPLED_UP_TO = 1 << 32  # elements; what claims more is a view that lies about its size
TEXT = 10_000  # characters
ITEMS = 1_000  # items of a list

DENSE = {
    torch.float16, torch.bfloat16, torch.float32, torch.float64,
    torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool,
}  # fmt: skip


class Store:
    """Tensors set aside while one cell is recorded, each content once, up to ``budget`` bytes in all cells."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.tensors: dict[str, torch.Tensor] = {}

    def put(self, tensor: torch.Tensor) -> str | None:
        """Keep a copy and give its name; ``None`` once the budget is spent."""
        copy = tensor.detach().contiguous().clone()
        raw = copy.view(torch.uint8) if copy.dtype is torch.bool else copy
        content = raw.reshape(-1).view(torch.uint8).numpy().tobytes()
        name = hashlib.sha1(content, usedforsecurity=False).hexdigest()[:16] + f"-{str(copy.dtype)[6:]}"
        if name not in self.tensors:
            if len(content) > self.budget:
                return None
            self.budget -= len(content)
            self.tensors[name] = copy.reshape(-1)
        return name


def flat(value: Any) -> list[Any]:
    """Flatten what ``Tensor.tolist()`` gave: a number, or lists of lists."""
    if not isinstance(value, list):
        return [value]
    while value and isinstance(value[0], list):
        value = [item for row in value for item in row]
    return value


def numbers(tensor: torch.Tensor) -> list[Any] | None:
    """Give a tensor's values flat, of a large one an evenly strided sample; ``None`` where they cannot be read.

    This runs several times an epoch: ``tolist`` of a tiny tensor costs a seventh of ``clone``.
    """
    if tensor.numel() <= INLINE:
        return flat(tensor.tolist())
    return sample(tensor)


def sample(tensor: torch.Tensor) -> list[Any] | None:
    """Give ``SAMPLE`` evenly strided elements without copying the rest."""
    count = tensor.numel()
    if not readable(tensor) or not tensor.is_contiguous() or count > SAMPLED_UP_TO:
        return None
    step = max(1, count // SAMPLE)
    return tensor.detach().view(-1)[: step * SAMPLE : step].tolist()  # type: ignore[no-any-return]


def readable(tensor: torch.Tensor) -> bool:
    """Tell whether the numbers of a tensor can be read plainly."""
    return tensor.layout is torch.strided and tensor.device.type == "cpu" and tensor.dtype in DENSE


def encode_tensor(tensor: torch.Tensor, store: Store, whole: int = WHOLE) -> dict[str, Any]:
    """Give the value of a tensor, whole up to ``whole`` elements."""
    shape = list(tensor.shape)
    out: dict[str, Any] = {
        "kind": "tensor",
        "shape": shape,
        "dtype": str(tensor.dtype)[6:],
        "requires_grad": tensor.requires_grad,
    }
    if tensor.layout is not torch.strided or tensor.device.type != "cpu":
        out["where"] = f"{tensor.layout} {tensor.device}"
    if not readable(tensor):
        return out
    count = math.prod(shape)
    if count <= INLINE:
        out["values"] = flat(tensor.detach().tolist())
    elif count <= whole and (name := store.put(tensor)) is not None:
        out["ref"] = name
    elif (some := sample(tensor)) is not None:
        out["sample"] = some
    return out


def encode(value: Any, store: Store, depth: int = 0) -> dict[str, Any]:
    """Give the value of anything in a namespace. Unknown objects are named by their type, never asked for a repr."""
    if value is None:
        return {"kind": "none"}
    if isinstance(value, torch.Tensor):
        return encode_tensor(value, store)
    if isinstance(value, bool | int | float):
        return _number(value)
    if isinstance(value, str):
        return {"kind": "text", "value": value[:TEXT]}
    if isinstance(value, list | tuple | set | frozenset | dict):
        return _sequence(value, store, depth)
    if isinstance(value, BaseException):
        return {"kind": "exception", "type": type(value).__name__, "text": str(value)[:TEXT]}
    if isinstance(value, type) and issubclass(value, BaseException):
        return {"kind": "exception", "type": value.__name__, "text": ""}
    return _array(value, store) or {"kind": "object", "type": _type_name(value)}


def _number(value: float) -> dict[str, Any]:
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 1024:
        return {"kind": "object", "type": "int"}  # Python refuses to print the very long ones
    return {"kind": "number", "type": type(value).__name__, "value": value}


def _sequence(value: Any, store: Store, depth: int) -> dict[str, Any]:
    out: dict[str, Any] = {"kind": "sequence", "type": type(value).__name__, "length": len(value)}
    if len(value) <= ITEMS and depth < 4:
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
        out["items"] = [encode(item, store, depth + 1) for item in items]
    return out


def _array(value: Any, store: Store) -> dict[str, Any] | None:
    """Encode a numpy array or scalar, a pandas Series or Index; nothing is imported for it."""
    kind = type(value)
    if kind.__module__.split(".")[0] == "pandas" and kind.__name__ in ("Series", "Index", "RangeIndex"):
        value = value.to_numpy()
    if type(value).__module__ != "numpy" or not hasattr(value, "dtype"):
        return None
    if value.shape == () and value.dtype.kind in "biuf":
        return {"kind": "number", "type": str(value.dtype), "value": value.item()}
    out: dict[str, Any] = {
        "kind": "array",
        "shape": list(value.shape),
        "dtype": str(value.dtype),
        "type": kind.__name__,
    }
    if value.dtype.kind in "biuf" and value.size <= WHOLE:
        inner = encode_tensor(torch.from_numpy(value.copy()), store)
        out |= {key: inner[key] for key in ("values", "ref", "sample") if key in inner}
    return out


def _type_name(value: Any) -> str:
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}"[:200]
