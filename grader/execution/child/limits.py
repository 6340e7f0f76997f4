"""How much a process may use, as far as the kernel counts it for one process or one user."""

from __future__ import annotations

import os
import resource
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Address space that is reserved but not used: the stacks and arenas of a kernel's threads.
RESERVED = 2 << 30

#: Bytes that a kernel takes besides before the first cell: the stacks of its threads count from their start.
KERNEL = 128 << 20

#: Seconds between the signal that ends a process which has used up its time and the one nobody can catch.
GRACE = 2


def restrict(limits: Mapping[str, Any], *, tasks: int) -> None:
    """Set limits that can only be lowered from here on. Memory comes on top of what the process already has.

    Args:
        limits: ``cpu_seconds``, ``memory_bytes``, ``processes``, ``open_files``, ``file_bytes``.
        tasks: how many tasks of the same user are not the submission's; the kernel counts them too.

    """
    data, space = _memory()
    cpu, memory = int(limits["cpu_seconds"]), int(limits["memory_bytes"])
    _lower(resource.RLIMIT_CPU, cpu, cpu + GRACE)
    # Lists, tensors and private mappings count as data; shared mappings only as address space.
    _lower(resource.RLIMIT_DATA, data + KERNEL + memory)
    _lower(resource.RLIMIT_AS, space + KERNEL + memory + RESERVED)
    _lower(resource.RLIMIT_NPROC, tasks + int(limits["processes"]))
    _lower(resource.RLIMIT_NOFILE, int(limits["open_files"]))
    _lower(resource.RLIMIT_FSIZE, int(limits["file_bytes"]))
    for none in (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE):
        _lower(none, 0)


def tasks_of(uid: int) -> int:
    """Count the threads of a user, as far as ``/proc`` shows them."""
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid == uid:
                count += len(list((process / "task").iterdir()))
        except OSError:  # it has ended
            continue
    return count


def _lower(kind: int, soft: int, hard: int | None = None) -> None:
    most = resource.getrlimit(kind)[1]
    hard = soft if hard is None else hard
    if most != resource.RLIM_INFINITY:
        hard = min(hard, most)
    resource.setrlimit(kind, (min(soft, hard), hard))


def _memory() -> tuple[int, int]:
    """Give the bytes of data and of address space that this process has."""
    size, *_, data, _ = map(int, Path("/proc/self/statm").read_text(encoding="utf-8").split())
    page = os.sysconf("SC_PAGE_SIZE")
    return data * page, size * page
