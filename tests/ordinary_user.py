"""``python ordinary_user.py PATH [PATH …] -- COMMAND …``: becomes an ordinary user who can read the paths.

Root's tests show with it what another user's grader does. The paths may lie in folders that only root may
enter: this process's own view of the disk is changed, nobody else's.
"""

import ctypes
import os
import sys
from pathlib import Path

from grader.execution.child import namespaces
from grader.execution.child.linux import column, mount, syscall

NOBODY = 65534


def open_the_way_to(*paths):
    """Let everybody reach the paths, in this process's own view of the disk."""
    syscall(namespaces.UNSHARE[column()], namespaces.NEWNS)
    mount("none", "/", None, namespaces._REC | namespaces._PRIVATE)
    parts = [(str(path), namespaces._part(str(path), read_only=True)) for path in paths if closed_above(path)]
    for folder in {str(closed_above(path)) for path, _ in parts}:
        mount("opened", folder, "tmpfs", 0, "mode=755")
    for path, part in parts:
        namespaces._place(part, "", path)


def closed_above(path):
    """Give the topmost folder above a path that not everybody may enter, if there is one."""
    return next((p for p in reversed(Path(path).parents) if not p.stat().st_mode & 1), None)


def become_ordinary(*paths):
    """Become a user without privileges, for good."""
    open_the_way_to(*paths)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # dumpable, as a process that was never root


if __name__ == "__main__":
    end = sys.argv.index("--")
    become_ordinary(*sys.argv[1:end])
    os.execv(sys.argv[end + 1], sys.argv[end + 1 :])
