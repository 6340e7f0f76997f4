"""A notebook is run, and run again without the cells that killed its kernel."""

from __future__ import annotations

import asyncio
import copy
import shutil
import stat
import time
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any

from grader import recording
from grader.ending import in_thread
from grader.errors import SandboxError
from grader.execution import exceeded, notes
from grader.execution.client import Client
from grader.execution.kernel import KernelFactory
from grader.execution.workspace import workspace
from grader.records import CellOutcome, CellStatus, Execution, Message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from jupyter_client.manager import AsyncKernelManager
    from nbformat import NotebookNode
    from torch import Tensor

    from grader.execution.exceeded import Limit
    from grader.records import Limits, Submission

#: A notebook whose kernel dies this often is left where it is: the rest of its cells is not reached.
MOST_RUNS = 6

#: A run whose kernel went down with its server is made again, this often in all.
MOST_ATTEMPTS = 3


def execute(  # noqa: PLR0913 - execute_async's own arguments
    submission: Submission,
    *,
    limits: Limits,
    files: Mapping[str, Path],
    kernel: KernelFactory,
    keep: Path | None = None,
    calls: Mapping[str, Tensor] | None = None,
) -> Execution:
    """Do what ``execute_async`` does, where no event loop is running."""
    return asyncio.run(
        execute_async(submission, limits=limits, files=files, kernel=kernel, keep=keep, calls=calls)
    )


async def execute_async(  # noqa: PLR0913 - one notebook, what it may use, how it is run
    submission: Submission,
    *,
    limits: Limits,
    files: Mapping[str, Path],
    kernel: KernelFactory,
    keep: Path | None = None,
    calls: Mapping[str, Tensor] | None = None,
) -> Execution:
    """Run every code cell of a submission in a kernel of its own and gather what came of it.

    The result tells of the last run. A cell that killed its kernel has no part in that one; it keeps the
    status and the outputs it had when it did. ``SandboxError`` means that the kernel could not be started or
    what was recorded could not be read.

    Args:
        submission: the notebook as handed in; it is not changed.
        limits: what it may use; the times apply to each run anew.
        files: the data files by the name under which notebooks ask for them.
        kernel: how to make a kernel.
        keep: a folder that receives the recording's files.
        calls: inputs on which the functions that a cell makes are called, by the key of the results.

    """
    started = time.monotonic()
    killers: dict[int, tuple[CellOutcome, Any]] = {}
    passed: dict[int, Limit] = {}
    while True:
        client, recorded = await _run(
            submission,
            limits=limits,
            files=files,
            kernel=kernel,
            keep=keep,
            calls=calls,
            without=killers.keys(),
        )
        passed |= client.exceeded
        if client.fatal is None:
            break
        cell = client.nb.cells[client.fatal]
        killers[client.fatal] = client.outcomes[client.fatal], cell.outputs
        if len(killers) == MOST_RUNS or not _code_after(client.nb, client.fatal):
            break
    for index, (_, outputs) in killers.items():
        client.nb.cells[index].outputs = outputs
    outcomes = client.outcomes | {index: outcome for index, (outcome, _) in killers.items()}
    cells = tuple(
        outcomes.get(index, CellOutcome(index, CellStatus.NOT_REACHED)) for index in _code_cells(client.nb)
    )
    return Execution(
        cells=cells,
        recording=recorded,
        notebook=client.nb,
        flags=(*_deaths(cells, passed, limits), *_floods(client.flooded), *notes.flags(client.noted)),
        seconds=time.monotonic() - started,
    )


async def _run(  # noqa: PLR0913 - execute's own arguments, passed on
    submission: Submission,
    *,
    limits: Limits,
    files: Mapping[str, Path],
    kernel: KernelFactory,
    keep: Path | None,
    calls: Mapping[str, Tensor] | None,
    without: Collection[int],
) -> tuple[Client, Any]:
    """One run in one fresh kernel: the client that knows what happened, and what was recorded."""
    for _ in range(MOST_ATTEMPTS):
        with suppress(_KernelLostError):
            return await _attempt(
                submission, limits=limits, files=files, kernel=kernel, keep=keep, calls=calls, without=without
            )
    raise SandboxError(f"the warm-kernel server died {MOST_ATTEMPTS} times while this notebook ran")


class _KernelLostError(Exception):
    """The kernel went down with the server that made it; what the notebook did does not count."""


async def _attempt(  # noqa: PLR0913 - execute's own arguments, passed on
    submission: Submission,
    *,
    limits: Limits,
    files: Mapping[str, Path],
    kernel: KernelFactory,
    keep: Path | None,
    calls: Mapping[str, Tensor] | None,
    without: Collection[int],
) -> tuple[Client, Any]:
    with workspace(files, limits, calls) as space:
        manager = kernel(space)
        client = Client(_cleared(submission.notebook), manager, limits)
        try:
            await client.run(space, without)
        except SandboxError:
            if not _is_lost(manager):
                raise
        if _is_lost(manager):
            raise _KernelLostError
        try:
            recorded = await in_thread(
                recording.read, space.recording, cells=client.sent, limit=limits.recording_bytes
            )
        except (OSError, ValueError) as error:
            raise SandboxError(f"what was recorded cannot be read: {error}") from error
        if keep is not None:
            _keep(space.recording, keep, cells=len(client.sent), limit=limits.recording_bytes)
    return client, recorded


def _is_lost(manager: AsyncKernelManager) -> bool:
    return getattr(manager.provisioner, "lost", False)


def _cleared(notebook: NotebookNode) -> NotebookNode:
    """Copy without the outputs handed in, and without tags: nbclient would skip cells by them."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.metadata.pop("tags", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _keep(recorded: Path, folder: Path, *, cells: int, limit: int) -> None:
    """Move the recording's files in place of an earlier run's, as many and as much as there may be.

    Links may lead anywhere: not followed. What the submission has locked away was told of by the reader.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("cell-*"):
        old.unlink()
    for name in chain.from_iterable(map(recording.files, range(cells))):
        with suppress(OSError):
            found = (recorded / name).lstat()
            if stat.S_ISREG(found.st_mode) and found.st_size <= limit:
                limit -= found.st_size
                shutil.move(recorded / name, folder / name)
                (folder / name).chmod(0o600)


def _code_cells(notebook: NotebookNode) -> list[int]:
    return [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]


def _code_after(notebook: NotebookNode, index: int) -> bool:
    return any(cell.cell_type == "code" and cell.source.strip() for cell in notebook.cells[index + 1 :])


def _deaths(cells: Iterable[CellOutcome], passed: Mapping[int, Limit], limits: Limits) -> Iterator[Message]:
    """Say of each cell that ran into a limit which it was, and which other cells died."""
    for cell in cells:
        if cell.index in passed:
            yield exceeded.flag(cell.index, passed[cell.index], limits)
        elif cell.status is CellStatus.KILLED:
            yield Message("flag.cell-killed", {"cell": cell.index + 1})


def _floods(flooded: Collection[int]) -> Iterator[Message]:
    return (Message("flag.output-cut", {"cell": index + 1}) for index in sorted(flooded))
