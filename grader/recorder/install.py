"""Puts the recorder into a kernel: hooks where torch has them, one seam of the engine where not."""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from grader.recorder.cells import Cells
from grader.recorder.functions import Calls
from grader.recorder.log import Log
from grader.recorder.namespace import Snapshots
from grader.recorder.statements import Statements
from grader.recorder.steps import Steps
from grader.recorder.tape import Tape


def install(
    shell: Any, folder: Path, budget: int = 32_000_000, inputs: Mapping[str, torch.Tensor] | None = None
) -> Cells:
    """Record what ``shell`` (an IPython shell) executes from the next cell on.

    What comes back is for who looks at the log from within the same process.

    Args:
        shell: the InteractiveShell; its namespace is read and never written.
        folder: an existing folder for the files; the package's docstring describes them.
        budget: bytes of tensors that are kept in all.
        inputs: what functions are called on where a cell makes them, by keys that name the results.
    """
    log = Log(folder, budget)
    tape = Tape(log, shell.user_ns)
    steps = Steps(tape)
    _watch_engine(tape)
    _watch_optimizers(steps)
    _watch_seeds(tape)
    calls = Calls(shell.user_ns, inputs or {})
    statements = Statements(tape, calls)
    _watch_statements(shell, statements, tape.log)
    cells = Cells(tape, steps, Snapshots(shell.user_ns), statements, calls)
    _watch_cells(shell, tape, cells)
    return cells


def _quiet(log: Log, function: Any) -> Any:
    """Make a function of ours give ``None`` where it fails: a gap, which the log counts, no error of theirs.

    An interrupt goes on, but as if it had come in the student's own line: without a frame of ours.
    """

    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        if log.paused:
            return None
        try:
            return function(*args)
        except Exception:  # noqa: BLE001 - whatever it is, the student's cell goes on as if we were not there
            log.faults += 1
            return None
        except BaseException as error:
            error.__traceback__ = None
            raise

    return wrapper


def _watch_engine(tape: Tape) -> None:
    """Stand where ``Tensor.backward``, ``autograd.backward`` and ``autograd.grad`` all enter the engine.

    torch documents no hook for the start of a backward pass. A ``TorchFunctionMode`` would see it, but it
    also sees every addition, at a third of the time of a small loop.
    """
    autograd: Any = torch.autograd
    engine = autograd._engine_run_backward  # noqa: SLF001 - the seam
    watchers = (tape.before_backward, tape.after_backward, tape.briefly)
    before, after, briefly = (_quiet(tape.log, watcher) for watcher in watchers)
    turn = threading.Lock()

    def run_backward(roots: Any, *args: Any, **kwargs: Any) -> Any:
        # A backward within a backward, as checkpointing does, is part of the outer one. Of two at once in two
        # threads one is recorded.
        alone = turn.acquire(blocking=False)
        try:
            steady = tape.steady if alone and not tape.log.paused else None
            if steady is not None and kwargs["accumulate_grad"] and steady.goes_on(roots, args[3]):
                result = engine(roots, *args, **kwargs)
                briefly(steady, roots[0])
                return result
            begun = before(roots, args, kwargs) if alone else None
            result = engine(roots, *args, **kwargs)
            if begun is not None:
                after(begun, result)
        except BaseException as error:
            # A bare raise adds no entry for the frame that caught, so the traceback is torch's own again.
            error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
            raise
        finally:
            if alone:
                turn.release()
        return result

    autograd._engine_run_backward = run_backward  # noqa: SLF001 - the seam


def _watch_optimizers(steps: Steps) -> None:
    register_optimizer_step_pre_hook(_quiet(steps.tape.log, steps.enter))
    register_optimizer_step_post_hook(_quiet(steps.tape.log, steps.leave))


def _watch_seeds(tape: Tape) -> None:
    original = torch.manual_seed
    seen = _quiet(tape.log, tape.seed)

    @functools.wraps(original)
    def manual_seed(seed: int) -> torch.Generator:
        try:
            generator = original(seed)
            seen(seed)
        except BaseException as error:
            error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
            raise
        return generator

    torch.manual_seed = torch.random.manual_seed = manual_seed


def _watch_statements(shell: Any, statements: Statements, log: Log) -> None:
    """Stand where IPython runs the statements of a cell, one after the other.

    What a statement raises is caught and shown below this, so that no traceback has a frame of ours.
    """
    run, seen = shell.run_code, _quiet(log, statements.after)

    async def run_code(code_obj: Any, result: Any = None, *, async_: bool = False) -> Any:
        failed = await run(code_obj, result, async_=async_)
        seen(code_obj)
        return failed

    shell.run_code = run_code


def _watch_cells(shell: Any, tape: Tape, cells: Cells) -> None:
    """Begin and end cells with IPython's own events."""
    cache = shell.compile.cache

    def remember(*args: Any, **kwargs: Any) -> Any:
        name = cache(*args, **kwargs)
        tape.cells[name] = tape.log.cell
        return name

    shell.compile.cache = remember
    shell.events.register("pre_run_cell", cells.begin)
    shell.events.register("post_run_cell", cells.end)
