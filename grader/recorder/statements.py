"""What each statement of a cell left in the namespace, before a later one overwrites it.

A whole notebook in one cell makes ``net`` and ``yhat`` anew for every question, and the cell's end
shows the last of them alone. So after each statement the names that stand for something else by now are
written, with values.
"""

from __future__ import annotations

import weakref
from itertools import islice
from types import CodeType
from typing import Any

import torch

from grader.recorder.encode import INLINE, encode_tensor, numbers, within_share
from grader.recorder.functions import Calls
from grader.recorder.graph import WHOLE
from grader.recorder.names import tensors_in, visible
from grader.recorder.tape import NoModes, Tape

STATEMENTS = 400  # written of one cell
INNER = 20  # tensors within a value that are looked at after each statement
PLAIN = (bool, int, float, str, type(None))


class Statements:
    """Remembers what each name stood for. Nothing here holds on to what the student lets go of."""

    def __init__(self, tape: Tape, calls: Calls) -> None:
        self.tape = tape
        self.calls = calls
        self._initial = {name: id(value) for name, value in tape.namespace.items()}
        self._seen: dict[str, Mark] = {}
        self._inner: dict[str, list[str]] = {}  # the dotted names that were written with a name
        self._left = STATEMENTS

    def begin_cell(self) -> None:
        """Look at what there is, so that a cell is not charged with what came before it."""
        self._left = STATEMENTS
        with NoModes():
            self._seen = {name: Mark(value) for name, value in self._own()}

    def after(self, code: CodeType) -> None:
        """Log the names that the statement ``code`` made, changed or deleted."""
        if self._left <= 0:
            return
        with NoModes():
            names = dict(self._own())
            changed = {
                name: value
                for name, value in names.items()
                if (mark := self._seen.get(name)) is None or not mark.still(value)
            }
            gone = [name for name in self._seen if name not in names]
            if changed or gone:
                self._log(code, changed, gone)

    def _own(self) -> list[tuple[str, Any]]:
        return [(n, v) for n, v in visible(self.tape.namespace) if self._initial.get(n) != id(v)]

    def _log(self, code: CodeType, changed: dict[str, Any], gone: list[str]) -> None:
        log = self.tape.log
        values: dict[str, Any] = {}
        for name, value in changed.items():
            self._seen[name] = Mark(value)
            values[name] = self._encoded(value)
            inner = [(key, tensor) for key, tensor in tensors_in({name: value}) if key != name]
            values |= {key: self._encoded(tensor) for key, tensor in inner}
            gone = [*gone, *(key for key in self._inner.get(name, ()) if key not in values)]
            self._inner[name] = [key for key, _ in inner]
        for name in [name for name in gone if name in self._seen]:
            del self._seen[name]
            gone += self._inner.pop(name, [])
        values |= self.calls.after(changed.items())
        self._left -= 1
        log.seq += 1
        line = min((line for *_, line in code.co_lines() if line), default=1)
        where = [self.tape.cells.get(code.co_filename), line]
        log.add({"kind": "names", "seq": log.seq, "line": where, "values": values, "gone": gone})

    def _encoded(self, value: Any) -> dict[str, Any]:
        store = self.tape.log.store
        if issubclass(type(value), torch.Tensor):
            return encode_tensor(value, store, WHOLE if store.half_left else INLINE)
        return within_share(value, store) if store.half_left else {"kind": "object", "type": "?"}


class Mark:
    """What a name stood for: told again without holding it."""

    __slots__ = ("_ref", "_state")

    def __init__(self, value: Any) -> None:
        self._ref = _reference(value)
        self._state = _state(value)

    def still(self, value: Any) -> bool:
        """Tell whether a name stands for the same object in the same state."""
        same = self._ref is None or self._ref() is value
        return same and self._state == _state(value)


def _reference(value: Any) -> weakref.ref[Any] | None:
    """Refer to tensors and modules weakly: in a loop, another may have come to stand where one stood."""
    return weakref.ref(value) if issubclass(type(value), torch.Tensor | torch.nn.Module) else None


def _state(value: Any) -> Any:
    kind = type(value)
    if kind in PLAIN:
        return kind, value if kind is not str else hash(value)
    if issubclass(kind, torch.Tensor):
        return id(value), *_storage(value)
    inner = (tensor for _, tensor in tensors_in({"": value}))  # of a module, a list, a dictionary, an object
    return id(value), *(part for tensor in islice(inner, INNER) for part in (id(tensor), *_storage(tensor)))


def _storage(tensor: torch.Tensor) -> tuple[Any, ...]:
    """Give what changes when a tensor is written; through ``data`` its numbers alone do."""
    if tensor.requires_grad:
        return id(tensor), *(numbers(tensor) or ()), *_version(tensor)
    return _version(tensor)


def _version(tensor: torch.Tensor) -> tuple[int, int]:
    try:
        # Asked of torch's own class: one of the student's may have another idea of it.
        return torch.Tensor._version.__get__(tensor), torch.Tensor.data_ptr(tensor)  # type: ignore[attr-defined] # noqa: SLF001
    except RuntimeError:  # no storage of its own
        return 0, 0
