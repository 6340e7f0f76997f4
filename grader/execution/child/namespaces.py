"""A view of the machine in which there is nothing but what a submission may see: the kernel's namespaces.

Root may make one; so may others on most machines, as root of a user namespace in which nobody else lives.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from grader.execution.child.linux import column, mount, syscall, unmount

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x40000000

UNSHARE, PIVOT_ROOT = (272, 97), (155, 41)
OPEN_TREE, MOVE_MOUNT, MOUNT_SETATTR = 428, 429, 442

_HERE = -100  # AT_FDCWD
_EMPTY_PATH, _RECURSIVE, _CLONE = 0x1000, 0x8000, 0x1
_MOVE_EMPTY = 0x4
_RDONLY, _NOSUID, _NOEXEC = 0x1, 0x2, 0x8
_PRIVATE, _REC, _BIND, _REMOUNT = 1 << 18, 1 << 14, 1 << 12, 1 << 5
_DETACH = 2

#: Shared memory, for workers that hand tensors to one another; it counts as memory.
SHARED_BYTES = 256 << 20


#: Shared memory's usual place, a private one in the view.
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - nothing is written here

#: What the kernel tells is taken over as a whole; Landlock leaves little of it in reach.
WHOLE = ("/proc", "/sys")


class _Attributes(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns"))


def enter(policy: Mapping[str, Any]) -> None:
    """Leave the machine's view for one of our own, with the same paths. Raises ``OSError``.

    The caller has one thread, and gives up its privileges afterwards.
    """
    uid, gid = os.geteuid(), os.getegid()
    shared = NEWNS | NEWIPC | NEWUTS | NEWNET
    syscall(UNSHARE[column()], shared if uid == 0 else shared | NEWUSER)
    if uid != 0:
        _stay_oneself(uid, gid)
    mount("none", "/", None, _REC | _PRIVATE)
    _furnish(policy)


def _stay_oneself(uid: int, gid: int) -> None:
    """Have the same number inside as outside: files belong to whom they did."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        Path(f"/proc/self/{name}").write_text(text, encoding="utf-8")


def _furnish(policy: Mapping[str, Any]) -> None:
    """Build the new root upon the submission's own folder, out of parts of the old one."""
    base = str(policy["root"])
    readable, writable = _outermost(policy["read"]), _outermost(policy["write"])
    parts = [(path, _part(path, read_only=True)) for path in (*readable, *WHOLE)]
    parts += [(path, _part(path, read_only=False)) for path in (*writable, *_existing(policy["devices"]))]
    mount("grader", base, "tmpfs", _NOSUID, "mode=755,size=1m")
    _fresh_devices(base)  # before the parts: the folder of temporary files may be in shared memory
    for path, part in parts:
        _place(part, base, path)
    for link in map(Path, policy["read"]):
        _link(base, link)
    _make_root(base)
    os.chdir(policy["cwd"])


def _existing(paths: Iterable[str]) -> list[str]:
    return [path for path in dict.fromkeys(map(os.path.realpath, paths)) if os.path.exists(path)]  # noqa: PTH110


def _outermost(paths: Iterable[str]) -> list[str]:
    """Give the real paths that lie in no other one of them, nor in ``WHOLE``."""
    found: list[str] = []
    for path in sorted(_existing(paths)):
        if not any(path == other or path.startswith(f"{other}/") for other in (*found, *WHOLE)):
            found.append(path)
    return found


def _part(path: str, *, read_only: bool) -> int:
    """Take a copy of what is mounted at a path, to be put somewhere."""
    part = syscall(OPEN_TREE, _HERE, path, _CLONE | _RECURSIVE | os.O_CLOEXEC)
    attributes = _Attributes(set=_NOSUID | (_RDONLY if read_only else _NOEXEC))
    syscall(
        MOUNT_SETATTR, part, "", _EMPTY_PATH | _RECURSIVE, ctypes.byref(attributes), ctypes.sizeof(attributes)
    )
    return part


def _place(part: int, base: str, path: str) -> None:
    target = Path(base + path)
    if os.path.isdir(f"/proc/self/fd/{part}"):  # noqa: PTH112 - a descriptor's link
        target.mkdir(mode=0o755, parents=True, exist_ok=True)
    else:
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        target.touch()
    syscall(MOVE_MOUNT, part, "", _HERE, str(target), _MOVE_EMPTY)
    os.close(part)


def _link(base: str, path: Path) -> None:
    """Let a path that leads over links lead there in the new root: ``/lib`` to ``/usr/lib``."""
    target = Path(base + str(path))
    if path.exists() and str(path) != os.path.realpath(path) and not os.path.lexists(target):
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        target.symlink_to(os.path.realpath(path))


def _fresh_devices(base: str) -> None:
    """Give it terminals and shared memory that nobody else sees, and the usual links."""
    for name in ("pts", "shm"):
        Path(base, "dev", name).mkdir(mode=0o755, parents=True)
    mount("devpts", f"{base}/dev/pts", "devpts", _NOSUID, "newinstance,ptmxmode=0666,mode=620")
    limits = f"mode=1777,size={SHARED_BYTES},nr_inodes=1000"
    mount("shm", base + SHARED_MEMORY, "tmpfs", _NOSUID | _NOEXEC, limits)
    links = {"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
    for name, target in links.items():
        Path(base, "dev", name).symlink_to(target)


def _make_root(base: str) -> None:
    os.chdir(base)
    syscall(PIVOT_ROOT[column()], ".", ".")  # the old root now lies upon the new one
    unmount(".", _DETACH)
    os.chdir("/")
    mount("none", "/", None, _REMOUNT | _RDONLY | _NOSUID | _BIND)
