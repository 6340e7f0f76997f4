"""Values of the student's process -> plain JSON values, with tensors set aside for safetensors.

Classes of the student's own can make anything raise, lie or hang: ``__class__``, ``__len__``, ``__iter__``,
``__str__``. So nothing here asks an object; its type is asked, and read with the built-in type's own methods.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from types import WrapperDescriptorType
from typing import Any

import torch
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

INLINE = 16  # numbers; up to here a tensor stands in the JSON itself
WHOLE = 100_000  # numbers; beyond, only a sample is kept
LEAF = 256  # numbers; up to here a parameter and its gradient are recorded whole
SAMPLE = 16  # elements of a large tensor
SAMPLED_UP_TO = 1 << 32  # elements; what claims more is a view that lies about its size
TEXT = 10_000  # characters
ITEMS = 1_000  # items of a list
DEPTH = 4  # lists within lists
BITS = 1023  # a longer integer may be no float
ROOM = 200_000  # items that are written of one cell
SHARE = 20_000  # of these, for one name

DENSE = {
    torch.float16, torch.bfloat16, torch.float32, torch.float64,
    torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool,
}  # fmt: skip
UNMADE = (UninitializedParameter, UninitializedBuffer)  # of a lazy layer that was never called: no shape yet
SEQUENCES = (list, tuple, set, frozenset, dict)


class Store:
    """Tensors set aside while one cell is recorded, each content once, up to ``budget`` bytes in all cells.

    ``room`` is how many items may still be written; a list of lists of lists stops there. A store that does
    not ``keep`` only names contents: what is encoded with it tells whether a value has changed.
    """

    def __init__(self, budget: int, *, keep: bool = True) -> None:
        self.budget = budget
        self._half = budget // 2
        self.room = ROOM
        self.tensors: dict[str, torch.Tensor] = {}
        self._keep = keep

    @property
    def half_left(self) -> bool:
        """Whether pictures of the graph may still take tensors; the rest is for the ends of cells."""
        return self.budget > self._half

    def begin(self) -> None:
        """Begin the next cell."""
        self.tensors.clear()
        self.room = ROOM

    def take(self, size: int = 1) -> bool:
        """Tell whether there is room for so many items more, and count them."""
        self.room -= size
        return self.room >= 0

    def put(self, tensor: torch.Tensor) -> str | None:
        """Keep a copy and give its name; ``None`` once the budget is spent."""
        with _plainly():
            copy = tensor.detach().contiguous().clone().reshape(-1)
            content = copy.view(torch.uint8).numpy().tobytes()
        name = hashlib.sha1(content, usedforsecurity=False).hexdigest()[:16] + f"-{str(copy.dtype)[6:]}"
        if self._keep and name not in self.tensors:
            if len(content) > self.budget:
                return None
            self.budget -= len(content)
            self.tensors[name] = copy
        return name


def _plainly() -> contextlib.AbstractContextManager[Any]:
    """Give a context without the transforms of ``torch.func``: within one every result is wrapped again."""
    if torch._C._functorch.maybe_current_level() is None:  # noqa: SLF001 - no public way to ask
        return contextlib.nullcontext()
    from torch._functorch import pyfunctorch  # noqa: PLC0415 - torch has imported it for the transform

    return pyfunctorch.temporarily_clear_interpreter_stack()


def outside(tensor: torch.Tensor) -> torch.Tensor:
    """Give the tensor that one within ``torch.func.grad`` stands for; any other is its own."""
    functorch: Any = torch._C._functorch  # noqa: SLF001 - no public way to ask
    within = functorch.is_gradtrackingtensor(tensor)
    return functorch.get_unwrapped(tensor) if within else tensor


def flat(value: Any) -> list[Any]:
    """Flatten what ``Tensor.tolist()`` gave: a number, or lists of lists."""
    items: list[Any] = value if isinstance(value, list) else [value]
    while items and isinstance(items[0], list):
        items = [item for row in items for item in row]
    return items


def numbers(tensor: torch.Tensor, whole: int = LEAF) -> list[Any] | None:
    """Give a tensor's values flat, of one larger than ``whole`` a strided sample; ``None`` if unreadable."""
    if not readable(tensor):
        return None
    return flat(tensor.tolist()) if tensor.numel() <= whole else sample(tensor)


def sample(tensor: torch.Tensor) -> list[Any] | None:
    """Give ``SAMPLE`` evenly strided elements without copying the rest."""
    count = tensor.numel()
    if not readable(tensor) or not tensor.is_contiguous() or count > SAMPLED_UP_TO:
        return None
    step = max(1, count // SAMPLE)
    return tensor.detach().view(-1)[: step * SAMPLE : step].tolist()


def readable(tensor: torch.Tensor) -> bool:
    """Tell whether the numbers of a tensor can be read plainly."""
    return tensor.dtype in DENSE and tensor.layout is torch.strided and tensor.is_cpu and not tensor.is_nested


def encode_tensor(tensor: torch.Tensor, store: Store, whole: int = WHOLE) -> dict[str, Any]:
    """Give the value of a tensor, whole up to ``whole`` elements."""
    tensor = outside(tensor)
    unread = issubclass(type(tensor), UNMADE) or tensor.is_nested
    if unread or not store.take(1 + min(tensor.numel(), INLINE)):
        return {"kind": "object", "type": _type_name(type(tensor))}
    out: dict[str, Any] = {
        "kind": "tensor",
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype)[6:],
        "requires_grad": tensor.requires_grad,
    }
    if tensor.layout is not torch.strided or tensor.device.type != "cpu":
        out["where"] = f"{tensor.layout} {tensor.device}"
    if readable(tensor):
        with contextlib.suppress(RuntimeError):  # named dimensions and other rarities: the shape must do
            out |= _content(tensor, store, whole)
    return out


def _content(tensor: torch.Tensor, store: Store, whole: int) -> dict[str, Any]:
    if tensor.numel() <= INLINE:
        return {"values": flat(tensor.detach().tolist())}
    if tensor.numel() <= whole and (name := store.put(tensor)) is not None:
        return {"ref": name}
    return {} if (some := sample(tensor)) is None else {"sample": some}


def within_share(value: Any, store: Store) -> dict[str, Any]:
    """Encode a value within one name's share of the room, so that one name cannot take all of it."""
    rest = max(0, store.room - SHARE)
    store.room -= rest
    out = encode(value, store)
    store.room = max(0, store.room) + rest
    return out


def encode(value: Any, store: Store, depth: int = 0) -> dict[str, Any]:
    """Give the value of anything in a namespace. Unknown objects are named by their type."""
    kind = type(value)
    if not store.take():
        return {"kind": "object", "type": _type_name(kind)}
    try:
        return _encode(value, kind, store, depth)
    except Exception:  # noqa: BLE001 - one odd value costs itself, not the rest of the cell
        return {"kind": "object", "type": _type_name(kind)}


def _encode(value: Any, kind: type, store: Store, depth: int) -> dict[str, Any]:  # noqa: PLR0911 - a kind each
    if value is None:
        return {"kind": "none"}
    if issubclass(kind, torch.Tensor):
        return encode_tensor(value, store)
    if issubclass(kind, int | float):
        return _number(value, kind)
    if issubclass(kind, str):
        text = str.__getitem__(value, slice(TEXT))
        return {"kind": "text", "value": text if store.take(len(text) // SAMPLE) else ""}
    if kind is torch.dtype:
        return {"kind": "text", "type": "dtype", "value": str(value)}
    if issubclass(kind, SEQUENCES):
        return _sequence(value, kind, store, depth)
    return (
        _exception(value, kind) or _array(value, kind, store) or {"kind": "object", "type": _type_name(kind)}
    )


def _number(value: Any, kind: type) -> dict[str, Any]:
    if kind is bool:
        return {"kind": "number", "type": "bool", "value": value}
    plain: int | float = float.__pos__(value) if issubclass(kind, float) else int.__pos__(value)
    if isinstance(plain, int) and plain.bit_length() > BITS:
        return {"kind": "object", "type": "int"}
    return {"kind": "number", "type": _name(kind), "value": plain}


def _sequence(value: Any, kind: type, store: Store, depth: int) -> dict[str, Any]:
    base: Any = next(base for base in SEQUENCES if issubclass(kind, base))
    length = base.__len__(value)
    out: dict[str, Any] = {"kind": "sequence", "type": _name(kind), "length": length}
    if length <= ITEMS and depth < DEPTH and store.room > length:
        items = [encode(item, store, depth + 1) for item in base.__iter__(value)]
        if base in (set, frozenset):  # whose order changes from one process to the next
            items.sort(key=lambda item: json.dumps(item, sort_keys=True))
        out["items"] = items
    return out


def _exception(value: Any, kind: type) -> dict[str, Any] | None:
    """Encode an exception, or a class of exceptions."""
    if issubclass(kind, BaseException):
        return {"kind": "exception", "type": _name(kind), "text": _message(value, kind)[:TEXT]}
    if issubclass(kind, type) and issubclass(value, BaseException):
        return {"kind": "exception", "type": _name(value), "text": ""}
    return None


def _message(error: BaseException, kind: type) -> str:
    """Give an exception's text, unless that would run code of the notebook."""
    arguments = BaseException.__dict__["args"].__get__(error)
    plain = all(type(argument) in (str, int, float, bool, type(None)) for argument in arguments)
    return str(error) if plain and isinstance(kind.__str__, WrapperDescriptorType) else ""


def _array(value: Any, kind: type, store: Store) -> dict[str, Any] | None:
    """Encode a numpy array or scalar, a pandas Series or Index; nothing is imported for it."""
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if pandas is not None and kind in (pandas.Series, pandas.Index, pandas.RangeIndex):
        value = value.to_numpy()
    if numpy is None or not (type(value) is numpy.ndarray or issubclass(type(value), numpy.generic)):
        return None
    if issubclass(type(value), numpy.generic):
        plain = value.dtype.kind in "biuf" and value.item()
        return {"kind": "number", "type": str(value.dtype), "value": plain} if _json_number(plain) else None
    out: dict[str, Any] = {
        "kind": "array",
        "shape": list(value.shape),
        "dtype": str(value.dtype),
        "type": _name(kind),
    }
    if value.dtype.kind in "biuf" and value.size <= WHOLE:
        try:
            inner = encode_tensor(torch.from_numpy(value.copy()), store)
        except (TypeError, ValueError):  # a byte order or width that torch has not
            return out
        out |= {key: inner[key] for key in ("values", "ref", "sample") if key in inner}
    return out


def _json_number(value: Any) -> bool:
    return type(value) in (bool, int, float)


def _name(kind: type) -> str:
    return str(type.__dict__["__name__"].__get__(kind))[:200]


def _type_name(kind: type) -> str:
    module = type.__dict__["__module__"].__get__(kind)
    name = type.__dict__["__qualname__"].__get__(kind)
    return f"{module if type(module) is str else '?'}.{name}"[:200]
