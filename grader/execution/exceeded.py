"""Which limit a cell has passed: watched while it runs, and told afterwards from how it ended."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from grader.execution.held import held_open
from grader.records import CellError, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.records import Limits

#: Seconds between two looks at what a cell uses.
PAUSE = 0.2

#: The lowest priority there is.
NICEST = 19

#: Of the memory allowed, the share at which a process that died without a word is taken to have died of it:
#: what it asked for last was refused and is not counted.
NEAR = 0.6

#: Bytes that the system may keep for a socket at most, and counts for no process.
SOCKET = 416 << 10


class Limit(StrEnum):
    """What there is a limit of."""

    CELL_TIME = "cell-time"
    NOTEBOOK_TIME = "notebook-time"
    CPU = "cpu"
    MEMORY = "memory"
    PROCESSES = "processes"
    OPEN_FILES = "open-files"
    FILE_SIZE = "file-size"
    DISK = "disk"


@dataclass(frozen=True)
class Ending:
    """How a kernel's process ended, and what it and its children had used."""

    #: Exit code, negative for a signal.
    code: int
    #: Seconds of processor time.
    cpu_seconds: float = 0.0
    #: Bytes of memory at most, besides what it began with.
    memory_bytes: int = 0


async def passed(limits: Limits, folder: Path, pid: int | None, *, seconds: float) -> Limit:
    """Wait until a cell passes a limit that only the host can watch, and name it.

    Cancelled when the cell has ended.

    Args:
        limits: what it may use.
        folder: what counts as its disk.
        pid: the kernel's process, whose descendants' memory counts as one; None where that cannot be known.
        seconds: of wall clock, that are left to it.

    """
    try:
        async with asyncio.timeout(seconds):
            return await _used_up(limits, folder, pid)
    except TimeoutError:
        return Limit.CELL_TIME


async def _used_up(limits: Limits, folder: Path, pid: int | None) -> Limit:
    """Wait until too much of something is used; it is looked up in threads, as it can take any time."""
    hidden: frozenset[int] = frozenset()
    while True:
        await asyncio.sleep(PAUSE)
        family = [] if pid is None else await asyncio.to_thread(descendants, pid)
        held = await asyncio.to_thread(held_open, [] if pid is None else [pid, *family], folder)
        if hidden & held.hidden:  # still: what workers send to one another arrives, and they begin and end
            return Limit.DISK
        hidden = held.hidden
        left = limits.disk_bytes - held.removed - held.unseen * limits.file_bytes
        if await asyncio.to_thread(disk_used, folder, enough=left) >= left:
            return Limit.DISK
        if family:
            put_last(family)
            if await asyncio.to_thread(memory_used, family) + held.sockets * SOCKET > limits.memory_bytes:
                return Limit.MEMORY


def disk_used(folder: Path, *, enough: float = float("inf")) -> float:
    """Add up what the files beneath a folder take, at least a block each; links are not followed.

    Counting ends once it has come to ``enough``, so that a million files do not keep the host busy. A folder
    that nobody can look into, for it is locked or deeper than a path can name, holds any amount.
    """
    used = 0.0
    for size in _sizes(str(folder)):
        used += size
        if used >= enough:
            break
    return used


def descendants(pid: int) -> list[int]:
    """Give the processes that a process has started, and those that these have."""
    found, pending = [], [pid]
    while pending:
        children = _children(pending.pop())
        found += children
        pending += children
    return found


def put_last(pids: Iterable[int]) -> None:
    """Let processes have what processor time all others leave: a bomb of them starves nobody."""
    for pid in pids:
        with suppress(OSError):  # it has ended
            os.setpriority(os.PRIO_PROCESS, pid, NICEST)


def memory_used(pids: Iterable[int]) -> int:
    """Add up the bytes that processes share with nobody."""
    return sum(map(_own_memory, pids))


def of_error(error: CellError) -> Limit | None:
    """Tell from an exception which limit it ran into, if it did."""
    for limit, names, words in _SIGNS:
        if error.name in names or any(word in error.value for word in words):
            return limit
    return None


#: Names of exceptions, and parts of messages of torch, numpy and the operating system.
_SIGNS: tuple[tuple[Limit, tuple[str, ...], tuple[str, ...]], ...] = (
    (Limit.MEMORY, ("MemoryError", "_ArrayMemoryError"), ("can't allocate memory", "[Errno 12]")),
    (Limit.PROCESSES, (), ("can't start new thread", "[Errno 11] Resource temporarily unavailable")),
    (Limit.OPEN_FILES, (), ("[Errno 24]",)),
    (Limit.FILE_SIZE, (), ("[Errno 27]",)),
)


def of_ending(ending: Ending | None, limits: Limits) -> Limit | None:
    """Tell from how a kernel died which limit it ran into, if it did."""
    if ending is None or ending.code >= 0:
        return None
    if ending.cpu_seconds >= limits.cpu_seconds:
        return Limit.CPU
    return Limit.MEMORY if ending.memory_bytes >= NEAR * limits.memory_bytes else None


def flag(index: int, limit: Limit, limits: Limits) -> Message:
    """Say which cell ran into which limit; ``index`` counts from 0."""
    amounts: Mapping[Limit, float | str] = {
        Limit.CELL_TIME: limits.cell_seconds,
        Limit.NOTEBOOK_TIME: limits.notebook_seconds,
        Limit.CPU: limits.cpu_seconds,
        Limit.MEMORY: _in_units(limits.memory_bytes),
        Limit.PROCESSES: limits.processes,
        Limit.OPEN_FILES: limits.open_files,
        Limit.FILE_SIZE: _in_units(limits.file_bytes),
        Limit.DISK: _in_units(limits.disk_bytes),
    }
    return Message(f"flag.limit.{limit}", {"cell": index + 1, "limit": amounts[limit]})


def _in_units(size: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.4g} {unit}"
        size /= 1024
    return f"{size:.4g} GiB"


def _sizes(folder: str) -> Iterator[float]:
    pending = [folder]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    with suppress(FileNotFoundError):  # it has just gone
                        yield max(entry.stat(follow_symlinks=False).st_blocks * 512, 4096)
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            yield float("inf")


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):  # it has ended
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, children.read_text("ascii").split())
    return found


def _own_memory(pid: int) -> int:
    """Give the bytes of a process's pages that no other has, and its part of what was shared on purpose.

    Of the latter the pages that no other has count twice: it is not told how many these are.
    """
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    except OSError:  # it has ended
        return 0
    amounts = dict(line.split(":", 1) for line in lines)
    counted = ("Private_Clean", "Private_Dirty", "Pss_Shmem")  # the last one from Linux 5.9 on
    return sum(int(amounts[name].split()[0]) << 10 for name in counted if name in amounts)
