"""Puts the recorder into a kernel: torch's hooks where torch has them, one seam of the engine where it has not."""

from __future__ import annotations

import functools
from pathlib import Path  # noqa: TC003 - part of the signature people read
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from grader.recorder.log import Log
from grader.recorder.namespace import Snapshots
from grader.recorder.tape import Tape


def install(shell: Any, folder: Path, budget: int = 32_000_000) -> None:
    """Record what ``shell`` (an IPython shell) executes from the next cell on.

    Args:
        shell: the InteractiveShell; its namespace is read and never written.
        folder: an existing folder for the files; the package's docstring describes them.
        budget: bytes of tensors that are kept in all.
    """
    log = Log(folder, budget)
    tape = Tape(log, shell.user_ns)
    _watch_engine(tape)
    _watch_optimizers(tape)
    _watch_seeds(tape)
    _watch_cells(shell, tape, Snapshots(shell.user_ns))


def _quiet(function: Any) -> Any:
    """Make a function of ours give ``None`` where it fails: a gap in a recording, not an error of the student."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception:  # noqa: BLE001 - whatever it is, the student's cell goes on as if we were not there
            return None

    return wrapper


def _watch_engine(tape: Tape) -> None:
    """Stand where ``Tensor.backward``, ``autograd.backward`` and ``autograd.grad`` all enter the engine.

    torch documents no hook for the start of a backward pass. A ``TorchFunctionMode`` would see it, but it also sees
    every addition, at a third of the time of a small loop.
    """
    engine = torch.autograd._engine_run_backward
    before, after = _quiet(tape.before_backward), _quiet(tape.after_backward)
    inside = False

    def run_backward(roots: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal inside
        if inside:  # a backward within a backward, as checkpointing does, is part of the outer one
            return engine(roots, *args, **kwargs)
        inside = True
        event = None
        try:
            event = before(roots, args[0], args[3], accumulate=kwargs.get("accumulate_grad", False))
            result = engine(roots, *args, **kwargs)
        except BaseException as error:
            # A bare raise adds no entry for the frame that caught, so the traceback is torch's own again.
            error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
            raise
        finally:
            inside = False
        if event is not None:
            after(event, result)
        return result

    torch.autograd._engine_run_backward = run_backward


def _watch_optimizers(tape: Tape) -> None:
    enter, leave = _quiet(tape.enter_step), _quiet(tape.leave_step)
    entered: dict[int, Any] = {}

    def pre(optimizer: Any, args: Any, kwargs: Any) -> None:
        entered[id(optimizer)] = enter(optimizer)

    def post(optimizer: Any, args: Any, kwargs: Any) -> None:
        if (event := entered.pop(id(optimizer), None)) is not None:
            leave(event)

    register_optimizer_step_pre_hook(pre)
    register_optimizer_step_post_hook(post)


def _watch_seeds(tape: Tape) -> None:
    original = torch.manual_seed
    seen = _quiet(tape.seed)

    @functools.wraps(original)
    def manual_seed(seed: int) -> torch.Generator:
        try:
            generator = original(seed)
        except BaseException as error:
            error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
            raise
        seen(seed)
        return generator

    torch.manual_seed = torch.random.manual_seed = manual_seed


def _watch_cells(shell: Any, tape: Tape, snapshots: Snapshots) -> None:
    """Begin and end cells with IPython's own events; a cell run from within a cell belongs to the outer one."""
    depth = 0

    @_quiet
    def begin(info: Any) -> None:
        code = shell.transform_cell(info.raw_cell)
        tape.begin_cell(shell.compile.get_code_name(info.raw_cell, code, shell.execution_count))

    @_quiet
    def end(result: Any) -> None:
        tape.last_leaves()
        values, gone = snapshots.changes(tape.log.store, getattr(result, "result", None))
        tape.log.write(complete=True, values=values, gone=gone)

    def pre_run_cell(info: Any) -> None:
        nonlocal depth
        depth += 1
        if depth == 1:
            begin(info)

    def post_run_cell(result: Any) -> None:
        nonlocal depth
        depth -= 1
        if depth == 0:
            end(result)

    shell.events.register("pre_run_cell", pre_run_cell)
    shell.events.register("post_run_cell", post_run_cell)
