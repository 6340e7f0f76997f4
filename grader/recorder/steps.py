"""What is written down around each step of an optimizer. Nothing here may raise into student code."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import torch

from grader.recorder.encode import LEAF, flat, numbers
from grader.recorder.steady import dispatch_modes, function_modes
from grader.recorder.streams import BriefStep
from grader.recorder.tape import NoModes, Tape

TEXT = 200  # characters of a setting
DEPTH = 3  # tuples within tuples


class Entered:
    """A step that has begun: its event, the optimizer, how many steps of the same optimizer run in it."""

    __slots__ = ("event", "inner", "optimizer")

    def __init__(self, optimizer: torch.optim.Optimizer, event: dict[str, Any] | BriefStep) -> None:
        self.optimizer, self.event, self.inner = optimizer, event, 0


class Steps:
    """Turns the steps of optimizers into events of the tape's log."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self._entered: dict[int, Entered] = {}
        self._stepper = 0  # id of the optimizer that made the last full step
        self._size = 0  # of its gradients, in numbers

    def enter(self, optimizer: torch.optim.Optimizer, *_: Any) -> None:
        """Look at the parameters and gradients an optimizer finds.

        A step that an overridden ``step`` makes with ``super().step()`` is part of the outer one.
        """
        outer = self._entered.get(id(optimizer))
        if outer is not None and _within_step(optimizer):
            outer.inner += 1
        elif not dispatch_modes():
            event = self._brief(optimizer) or self._full(optimizer)
            self._entered[id(optimizer)] = Entered(optimizer, event)

    def leave(self, optimizer: torch.optim.Optimizer, *_: Any) -> None:
        """Complete the event with the parameters there are now, and log it."""
        entered = self._entered.get(id(optimizer))
        if entered is None:
            return
        if entered.inner:
            entered.inner -= 1
            return
        del self._entered[id(optimizer)]
        event, stream = entered.event, self.tape.log.stream
        if type(event) is BriefStep:
            if self.tape.log.seq == event.entered:
                stream.add_brief_step(event)
                return
            event = event.full()  # a closure has run, for the first time
        assert isinstance(event, dict)
        with NoModes():
            self._complete(event, _parameters(optimizer))

    def end_cell(self) -> None:
        """Forget steps that never came to their end."""
        self._entered.clear()
        self._stepper = 0

    def _full(self, optimizer: torch.optim.Optimizer) -> dict[str, Any]:
        with NoModes():
            return self._look(optimizer, _parameters(optimizer))

    def _look(self, optimizer: torch.optim.Optimizer, tensors: list[torch.Tensor]) -> dict[str, Any]:
        tape = self.tape
        self._stepper = id(optimizer)
        known = [tape.register.know(tensor) for tensor in tensors]
        tape.log.seq += 1
        return {
            "kind": "step",
            "entered": tape.log.seq,
            "line": tape.line(),
            "optimizer": self._index(optimizer),
            "lr": _rates(optimizer),
            "params": [
                [tape.slot(k, p), k.number, numbers(p), None if p.grad is None else numbers(p.grad)]
                for k, p in zip(known, tensors, strict=True)
            ],
        }

    def _brief(self, optimizer: torch.optim.Optimizer) -> BriefStep | None:
        """Give a step in a steady loop: only its learning rates and the gradients it finds are new."""
        log = self.tape.log
        like = log.stream.last_step
        if not log.stream.steady or like is None or self._stepper != id(optimizer) or function_modes():
            return None
        gradients: list[float] = []
        rates: list[Any] = []
        for group in optimizer.param_groups:
            rates.append(_plain(group.get("lr")))
            for tensor in group["params"]:
                gradient = tensor.grad
                if gradient is None or (size := gradient.numel()) > LEAF:
                    return None
                gradients += [gradient.item()] if size == 1 else flat(gradient.tolist())
        if len(gradients) != self._size:
            return None
        log.seq = seq = log.seq + 1
        return BriefStep(seq, seq, like, rates, gradients)

    def _complete(self, event: dict[str, Any], tensors: list[torch.Tensor]) -> None:
        log = self.tape.log
        closure = log.seq != event["entered"]
        if closure:
            self._stepper = 0  # the next may have one too: what it finds says nothing of what it will use
        params = []
        for tensor, (slot, number, before, found, *_) in zip(tensors, event["params"], strict=True):
            gradient = tensor.grad if closure else None
            left = found if gradient is None else numbers(gradient)
            params.append([slot, number, before, left, numbers(tensor)])
        log.seq += 1
        event = {**event, "params": params, "seq": log.seq}
        self._size = sum(len(record[3] or ()) for record in params)
        if log.stream.last is None:
            log.add(event)
        else:
            log.stream.add_step(event)

    def _index(self, optimizer: torch.optim.Optimizer) -> int:
        """Give the index of the optimizer's class and settings in the cell's table."""
        settings = {key: _plain(value) for key, value in optimizer.param_groups[0].items() if key != "params"}
        settings.pop("lr", None)  # recorded with every step: schedules change it
        entry = {"class": type(optimizer).__name__, "settings": settings}
        optimizers = self.tape.log.optimizers
        if entry not in optimizers:
            optimizers.append(entry)
        return optimizers.index(entry)


def _within_step(optimizer: torch.optim.Optimizer) -> bool:
    """Tell whether a step of this optimizer is running, further out than the one that has just begun."""
    wrapper: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to the caller's frame
    while wrapper is not None and not _is_step_of(optimizer, wrapper):
        wrapper = wrapper.f_back
    frame = None if wrapper is None else wrapper.f_back
    while frame is not None and not _is_step_of(optimizer, frame):
        frame = frame.f_back
    return frame is not None


def _is_step_of(optimizer: torch.optim.Optimizer, frame: FrameType) -> bool:
    """Tell whether a frame is torch's wrapper of ``step``, which calls the hooks, for this optimizer."""
    return frame.f_code.co_qualname.startswith("Optimizer.profile_hook_step") and (
        frame.f_locals.get("self") is optimizer
    )


def _parameters(optimizer: torch.optim.Optimizer) -> list[torch.Tensor]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _rates(optimizer: torch.optim.Optimizer) -> list[Any]:
    return [_plain(group.get("lr")) for group in optimizer.param_groups]


def _plain(value: Any, depth: int = 0) -> Any:
    """Give a setting of an optimizer as JSON has it."""
    if type(value) in (bool, int, float):
        return value
    if isinstance(value, torch.Tensor):
        return value.item() if value.numel() == 1 else None
    if type(value) in (tuple, list) and depth < DEPTH:
        return [_plain(item, depth + 1) for item in value[:TEXT]]
    if type(value) is str:
        return value[:TEXT]
    return None
