"""Functions that a cell has made are called on inputs that the host has chosen, in a copy of the process.

The copy is forked at the cell's end and never comes back: whatever a function prints, draws, seeds, changes
or breaks, nothing of it is seen by the student. One that does not return is ended with its copy. Where a
process cannot be forked nothing is called. What was found is written down with the statement that made the
function too, since the rest of the cell may answer other questions.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import time
import types
import warnings
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NoReturn

import torch
from IPython.utils.capture import capture_output

from grader.recorder.encode import DENSE, Store, encode, flat
from grader.recorder.names import tensors_in, visible

SECONDS = 2.0  # for one function on all of its inputs
FUNCTIONS = 20  # of one cell that are called
ANSWER = 2_000_000  # bytes of an answer
NUMBERS = 10_000  # of a result that is written whole
LIBRARIES = ("torch", "numpy", "math", "scipy")
SETTINGS = (bool, int, float, str)  # of a module of torch.nn's
EMPTY = (types.NoneType, dict, set, OrderedDict)  # hooks, parts and the like, where it has none
PLAIN = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType)


class Calls:
    """Calls what is new in a namespace. ``inputs`` are tensors by the host's keys."""

    def __init__(self, namespace: dict[str, Any], inputs: Mapping[str, torch.Tensor]) -> None:
        self.namespace = namespace
        self.inputs = inputs if hasattr(os, "fork") else {}
        self._seen: dict[str, Callable[[], Any]] = {}  # at the end of the last cell
        self._hidden = {name: id(value) for name, value in namespace.items()}
        self._made: list[tuple[Any, dict[str, Any]]] = []  # by this cell's statements
        self._of_torch: dict[tuple[type, str], dict[str, Any]] = {}  # results, by class and settings

    def after(self, changed: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        """Give what ``results`` will fill in, for each function that a statement gave a name."""
        found = _own_first(self._functions(changed)) if self.inputs else []
        made = [(name, value, self._known(value)) for name, value in found]
        self._made += [
            (value, out) for _, value, out in made if not any(out is known for _, known in self._made)
        ]
        return {name: out for name, _, out in made}

    def results(self) -> dict[str, Any]:
        """Call what the cell has made; give ``{"kind": "function", "type", "results"}`` for each name.

        ``results`` are values by the keys of the inputs; what a function raised is a value of kind
        ``exception``. Functions whose names stand for others by now are called as well.
        """
        found = dict(self._functions(visible(self.namespace)) if self.inputs else ())
        new = [(n, value) for n, value in found.items() if not (n in self._seen and self._seen[n]() is value)]
        self._seen = {name: _reference(value) for name, value in found.items()}
        results = self.after(new)
        for value, out in sorted(self._made, key=lambda made: _of_a_library(made[0]))[:FUNCTIONS]:
            out["results"] = self._results_of(value)
        self._made = []
        return results

    def _results_of(self, function: Any) -> dict[str, Any]:
        """Call a function; ``torch.nn``'s own, made anew in each cell, only once."""
        if (which := _of_torch(function)) in self._of_torch:
            return self._of_torch[which]
        results = in_a_copy(partial(_answers, function, self.inputs), list(self.inputs))
        if which is not None:
            self._of_torch[which] = results
        return results

    def _known(self, function: Any) -> dict[str, Any]:
        kind = type(function)
        empty = {"kind": "function", "type": f"{kind.__module__}.{kind.__qualname__}"[:200], "results": {}}
        return next((out for value, out in self._made if value is function), empty)

    def _functions(self, items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
        for name, value in items:
            if self._hidden.get(name) != id(value) and _is_function(value):
                yield name, value


def _reference(value: Any) -> Callable[[], Any]:
    """Refer to a function without holding it, where its type allows that: numpy's ``exp`` does not."""
    try:
        return weakref.ref(value)
    except TypeError:
        return lambda: value


def _own_first(functions: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Give as many as are called at once: of a library imported with a star not all are."""
    return sorted(functions, key=lambda item: _of_a_library(item[1]))[:FUNCTIONS]


def _of_a_library(function: Any) -> bool:
    home = function.__module__ if issubclass(type(function), PLAIN) else type(function).__module__
    return str(home) not in {"__main__", "functools"}


def _of_torch(function: Any) -> tuple[type, str] | None:
    """Tell the class and the settings of a ``torch.nn.Sigmoid()`` and the like that nothing is hooked to."""
    kind = type(function)
    if getattr(torch.nn, kind.__name__, None) is not kind:
        return None
    settings = {name: value for name, value in vars(function).items() if not name.startswith("_")}
    hidden = [value for name, value in vars(function).items() if name.startswith("_") and name != "_buffers"]
    bare = all(type(one) in EMPTY and not one for one in hidden)
    plain = all(type(one) in SETTINGS for one in settings.values())
    return (kind, str(settings)) if bare and plain else None


def _is_function(value: Any) -> bool:
    """Tell functions of the notebook, and those of libraries that do no more than compute."""
    kind = type(value)
    if issubclass(kind, torch.nn.Module):
        return next(tensors_in({"module": value}), None) is None  # one with a state is a network
    if issubclass(kind, partial):
        return _is_function(partial.__dict__["func"].__get__(value))
    if issubclass(kind, type) or not (issubclass(kind, PLAIN) or _has_call(kind)):
        return False
    home = value.__module__ if issubclass(kind, PLAIN) else kind.__module__
    if kind is types.FunctionType and home != "__main__":
        return str(home) == "torch.nn.functional"
    return home is None or str(home) == "__main__" or str(home).partition(".")[0] in LIBRARIES


def _has_call(kind: type) -> bool:
    """Tell objects that can be called: of a class of the notebook, numpy's functions, compiled ones."""
    return not issubclass(kind, torch.Tensor) and any("__call__" in base.__dict__ for base in kind.__mro__)


# ── in the copy ───────────────────────────────────────────────────────────────────────────────────────────


def _answers(function: Any, inputs: Mapping[str, torch.Tensor]) -> Iterator[tuple[str, Any]]:
    for key, given in inputs.items():
        try:
            yield key, _encoded(function(given.clone()))
        except BaseException as error:  # noqa: BLE001 - sys.exit() and all else is the function's answer
            yield key, encode(error, Store(0, keep=False))


def _encoded(value: Any) -> dict[str, Any]:
    """Give a value whose numbers stand in it, since nothing else leaves the copy."""
    numpy = sys.modules.get("numpy")
    out = encode(value, Store(0, keep=False))
    if isinstance(value, torch.Tensor):
        tensor = value.detach()
    elif out["kind"] == "array" and numpy is not None:
        tensor = torch.from_numpy(numpy.array(value))
    else:
        return out
    plain = tensor.dtype in DENSE and tensor.layout is torch.strided and tensor.numel() <= NUMBERS
    for key in ("ref", "sample"):
        out.pop(key, None)
    return out | {"values": flat(tensor.tolist())} if plain else out


def in_a_copy(answers: Any, keys: list[str]) -> dict[str, Any]:
    """Fork, run ``answers`` there, and give what it yields by key; for the rest, why it is missing."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of threads: the copy starts none and ends soon
        child = os.fork()
    if child == 0:
        _answer_and_end(answers, writing)
    os.close(writing)
    try:
        text = _read(reading, time.monotonic() + SECONDS)
    finally:
        os.close(reading)
        _end(child)
    out: dict[str, Any] = {}
    for line in text.splitlines():
        try:
            key, value = json.loads(line)
        except ValueError:  # cut off in the middle
            break
        out[key] = value
    missing = {"kind": "exception", "type": "TimeoutError", "text": f"no answer within {SECONDS:g} seconds"}
    return {key: out.get(key, missing) for key in keys}


def _answer_and_end(answers: Any, writing: int) -> NoReturn:
    try:
        gc.disable()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        sys.stdin = sys.stdout = sys.stderr = os.fdopen(nowhere, "r+")
        with capture_output():
            for key, value in answers():
                os.write(writing, (json.dumps([key, value]) + "\n").encode())
    finally:
        os._exit(0)


def _read(reading: int, deadline: float) -> str:
    """Read until the other end is closed, the time is up, or it is too much."""
    content = b""
    while (left := deadline - time.monotonic()) > 0 and len(content) < ANSWER:
        if select.select([reading], [], [], left)[0]:
            part = os.read(reading, 1 << 16)
            if not part:
                break
            content += part
    return content.decode("utf-8", "replace")


def _end(child: int) -> None:
    for act in (lambda: os.kill(child, signal.SIGKILL), lambda: os.waitpid(child, 0)):
        try:
            act()
        except OSError:  # it is gone already
            continue
