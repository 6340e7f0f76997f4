"""System calls that Python's standard library has no function for."""

from __future__ import annotations

import ctypes
import os
import platform
from typing import Any

#: Where the numbers of x86_64 and of aarch64 are found in the tables of system calls.
ARCHITECTURES = ("x86_64", "aarch64")

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 24, 36, 38

_libc = ctypes.CDLL(None, use_errno=True)


def syscall(number: int, *arguments: Any) -> int:
    """Make a system call. Integers are passed as longs, text as paths; raises ``OSError``."""
    result = int(_libc.syscall(ctypes.c_long(number), *map(_argument, arguments)))
    if result == -1:
        _fail()
    return result


def prctl(option: int, *arguments: int) -> int:
    """Change or ask something of this process; raises ``OSError``."""
    result = int(_libc.prctl(option, *map(ctypes.c_ulong, (*arguments, 0, 0, 0, 0)[:4])))
    if result == -1:
        _fail()
    return result


def mount(source: str, target: str, kind: str | None, flags: int = 0, options: str = "") -> None:
    """Mount a file system; raises ``OSError``."""
    kind_ = None if kind is None else kind.encode()
    if (
        _libc.mount(source.encode(), os.fsencode(target), kind_, ctypes.c_ulong(flags), options.encode())
        == -1
    ):
        _fail()


def unmount(target: str, flags: int) -> None:
    """Take a file system out of the view; raises ``OSError``."""
    if _libc.umount2(os.fsencode(target), flags) == -1:
        _fail()


def empty_bounding_set() -> None:
    """Let no program started later gain a capability. Who may not decide that cannot hand one on either."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # there is none of that number, or it is not ours to drop
            return


def drop_capabilities() -> None:
    """Give up every capability of this process; raises ``OSError``."""
    version_3 = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if _libc.capset(version_3, (ctypes.c_uint32 * 6)()) == -1:
        _fail()


def column() -> int:
    """Give the index of this machine in ``ARCHITECTURES``."""
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise OSError(
            f"the list of system calls is known for {' and '.join(ARCHITECTURES)}, not for {machine}"
        )
    return ARCHITECTURES.index(machine)


def _argument(value: Any) -> Any:
    if isinstance(value, int):
        return ctypes.c_long(value)
    return os.fsencode(value) if isinstance(value, str) else value


def _fail() -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))
