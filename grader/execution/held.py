"""What processes hold that has no name: removed files, sockets, and what is on its way between them."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class Held:
    """What processes hold: bytes of open files that have no name any more, sockets, and other such files.

    Of those ``unseen``, which are mapped into memory or on their way from one process to another, nobody can
    tell the size; of sockets that are themselves on their way, those ``hidden``, not even what is on its way
    in them.
    """

    removed: int
    sockets: int
    unseen: int = 0
    hidden: frozenset[int] = frozenset()


def held_open(pids: Sequence[int], folder: Path) -> Held:
    """Look at what processes hold of ``folder`` and of sockets; what several hold counts once.

    Sockets that none of them holds are known where the first of them has a network of its own.
    """
    found, sent, before = {}, {}, _sockets(pids)
    for pid in pids:
        with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                with suppress(OSError):
                    about = entry.stat()
                    found[about.st_dev, about.st_ino] = about
                    if stat.S_ISSOCK(about.st_mode):
                        sent[about.st_ino] = _on_their_way(pid, entry.name)
    files = [about for about in found.values() if stat.S_ISREG(about.st_mode) and not about.st_nlink]
    mapped = {inode for pid in pids for inode in _mapped(pid, folder)} - {about.st_ino for about in files}
    removed = sum(about.st_blocks * 512 for about in files)
    hidden = frozenset(before & _sockets(pids) - sent.keys())
    return Held(removed, len(sent), len(mapped) + sum(sent.values()), hidden)


def _sockets(pids: Sequence[int]) -> set[int]:
    """Give the numbers of all sockets of the first process's network, where that is not this machine's."""
    with suppress(OSError):  # it has ended
        if pids and os.readlink(f"/proc/{pids[0]}/ns/net") != os.readlink("/proc/self/ns/net"):  # noqa: PTH115
            lines = Path(f"/proc/{pids[0]}/net/unix").read_bytes().splitlines()[1:]
            return {int(line.split()[6]) for line in lines} - {0}  # that has not been accepted yet
    return set()


def _on_their_way(pid: int, socket: str) -> int:
    """Count the open files that were sent to a socket and not received yet."""
    lines = Path(f"/proc/{pid}/fdinfo/{socket}").read_text("ascii").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("scm_fds:")), 0)


def _mapped(pid: int, folder: Path) -> Iterator[int]:
    """Give the inodes of a folder's files that a process has mapped into its memory and that have no name."""
    with suppress(OSError):  # it has ended
        for line in Path(f"/proc/{pid}/maps").read_bytes().splitlines():
            if line.endswith(b" (deleted)") and b" %b/" % os.fsencode(folder) in line:
                yield int(line.split(maxsplit=5)[4])
