"""The tensor objects that were met: their numbers, the student's names for them, and what became of them."""

from __future__ import annotations

import weakref
from typing import Any

import torch

from grader.recorder.encode import readable
from grader.recorder.names import student_frames, tensors_in

KNOWN = 10_000  # tensor objects remembered; a loop that rebinds its parameters makes a new one every epoch


class Known:
    """A tensor object that was met before, and the state of its storage after its last backward."""

    __slots__ = ("_state", "name", "number", "ref")

    def __init__(self, tensor: torch.Tensor, name: str, number: int) -> None:
        self.ref = weakref.ref(tensor)
        self.name, self.number = name, number
        self._state: tuple[int, int] | None = None

    def keep(self, tensor: torch.Tensor) -> None:
        """Remember the state the tensor is in."""
        self._state = _state(tensor)

    def written(self, tensor: torch.Tensor) -> bool:
        """Tell whether the tensor was written since its last backward, be it with the values it had."""
        return self._state is not None and self._state != _state(tensor)


class Register:
    """Gives every tensor object a number and a name; the namespace is the student's and never written."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self._known: dict[int, Known] = {}
        self._count = 0
        self._names: dict[torch.Size, str] = {}

    def know(self, tensor: torch.Tensor) -> Known:
        """Give what is known of a tensor object; a new one gets the next number and the student's name."""
        known = self._known.get(id(tensor))
        if known is None or known.ref() is not tensor:
            if len(self._known) > KNOWN:
                self._known = {key: old for key, old in self._known.items() if old.ref() is not None}
            self._count += 1
            known = self._known[id(tensor)] = Known(tensor, self._name(tensor), self._count)
        return known

    def scopes(self) -> list[dict[str, Any]]:
        """Give the locals of the student's functions that are running, innermost first, and the namespace."""
        functions = [
            frame.f_locals
            for frame in student_frames()
            if frame.f_globals is self.namespace and frame.f_code.co_name != "<module>"
        ]
        return [*functions, self.namespace]

    def _name(self, tensor: torch.Tensor) -> str:
        """Give the student's name of a tensor; the name that the last one like it had is tried first."""
        if (name := self._names.get(tensor.shape)) and self.namespace.get(name) is tensor:
            return name
        for scope in self.scopes():
            for name, found in tensors_in(scope):
                if found is tensor:
                    self._names[tensor.shape] = name
                    return name
        return ""


def _state(tensor: torch.Tensor) -> tuple[int, int]:
    """Give what changes when a tensor is written: its version and where it is stored."""
    if not readable(tensor):
        return 0, 0
    return tensor._version, tensor.data_ptr()  # noqa: SLF001 - the version has no public name
