"""The kernel's Landlock: which files are in reach, and no TCP, no signals or abstract sockets to others.

It needs no privilege, holds for all descendants and cannot be taken off. What only a newer kernel can
restrict is restricted where it can be.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable

from grader.execution.child.linux import syscall

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture

#: What can be done to a file, and what only within a folder, by the ABI that learned it (see landlock(7)).
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_CHAR, MAKE_BLOCK = 1 << 6, 1 << 11
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
RIGHTS_SINCE = {1: (1 << 13) - 1, 2: 1 << 13, 3: TRUNCATE, 5: IOCTL_DEV, 9: 1 << 16}

READ = EXECUTE | READ_FILE | READ_DIR
DEVICE = READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEV
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

#: Not even in its own folder may a submission make a device or start a program.
NEVER = MAKE_CHAR | MAKE_BLOCK | EXECUTE

#: TCP bind and connect; abstract Unix sockets and signals to processes outside.
NETWORK, SCOPES = 3, 3

#: With these and no earlier ABI is each of them governed.
ABI_TRUNCATE, ABI_SCOPES, ABI_UNIX_PATHS = 3, 6, 9

_PATH_BENEATH = 1
_VERSION = 1
_QUIET = 1  # a student's denied calls do not fill the machine's audit log


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"  # what a packed structure always was; Python 3.14 wants it said
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


def abi() -> int:
    """Give the version of Landlock that the kernel offers, 0 for none."""
    try:
        return syscall(CREATE_RULESET, None, 0, _VERSION)
    except OSError:  # not built in, or not switched on at boot
        return 0


def restrict(*, read: Iterable[str], write: Iterable[str], devices: Iterable[str]) -> None:
    """Take every way to a file but those beneath the given paths; missing ones are passed over.

    ``no_new_privs`` must have been set. Raises ``OSError``.
    """
    version = abi()
    handled = 0
    for since, rights in RIGHTS_SINCE.items():
        handled |= rights if since <= version else 0
    ruleset = _Ruleset(handled, NETWORK if version >= 4 else 0, SCOPES if version >= ABI_SCOPES else 0)
    size = 24 if version >= ABI_SCOPES else 16 if version >= 4 else 8  # an old kernel knows no more fields
    rules = syscall(CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    try:
        for paths, rights in ((read, READ), (devices, DEVICE | READ_DIR), (write, handled & ~NEVER)):
            for path in paths:
                _allow(rules, path, rights & handled)
        syscall(RESTRICT_SELF, rules, _QUIET if version >= 7 else 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    if not stat.S_ISDIR(os.fstat(folder).st_mode):
        rights &= OF_A_FILE
    try:
        syscall(ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(_PathBeneath(rights, folder)), 0)
    finally:
        os.close(folder)
