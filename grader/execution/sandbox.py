"""The host's half of the sandbox: what a submission's process must confine itself to, and as whom it runs.

``child.confine`` does the confining. What the system cannot limit, ``exceeded`` watches.
"""

from __future__ import annotations

import functools
import os
import signal
import site
import struct
import sys
import sysconfig
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grader
from grader.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.execution.workspace import Workspace

#: Users that submissions run as when the grader is root, one each. No distribution gives these numbers to
#: anybody.
USERS = range(60945, 61184)

#: Where a prefix (``/usr``, Python's own) has programs and libraries. Beside these a course may lie:
#: containers have theirs in ``/usr/src``, and an environment can be made in the course's own folder.
OF_A_PREFIX = (
    "bin", "etc", "fonts", "include", "lib", "lib32", "lib64", "libexec", "pyvenv.cfg", "sbin", "share",
    "ssl",
)  # fmt: skip

#: Programs and libraries, and the little of /etc that they read. No account's secrets, no names of machines.
SYSTEM = (
    *(f"{prefix}/{part}" for prefix in ("/usr", "/usr/local") for part in OF_A_PREFIX),
    "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/nix/store",
    "/etc/alternatives", "/etc/fonts", "/etc/group", "/etc/ld.so.cache", "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime", "/etc/locale.alias", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/os-release",
    "/etc/passwd", "/etc/timezone",
)  # fmt: skip

#: What libraries ask about processors and memory. A process sees itself in /proc besides, and no other one.
MACHINE = (
    "/proc/cpuinfo", "/proc/filesystems", "/proc/loadavg", "/proc/meminfo", "/proc/stat", "/proc/uptime",
    "/proc/version", "/proc/sys/kernel/cap_last_cap", "/proc/sys/kernel/osrelease",
    "/proc/sys/kernel/pid_max", "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/kernel/mm/transparent_hugepage",
)  # fmt: skip

DEVICES = ("/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero")


#: The limits that are the system's to hold a process to.
BOUNDS = ("cpu_seconds", "memory_bytes", "processes", "open_files", "file_bytes")


def policy_for(workspace: Workspace, *, view: bool) -> dict[str, Any]:
    """Make the policy of one run, in plain JSON values; its folders are from now on the submission's.

    When the grader is root, the submission gets a user of its own until ``workspace`` ends.

    Args:
        workspace: the run's folders and limits.
        view: whether this machine grants a private view of its files.

    """
    uid = None
    if os.geteuid() == 0:
        uid = _allot(workspace)
        try:
            _hand_over(workspace.root, uid)
        except OSError as error:
            said = "root of a user namespace without other users cannot run submissions as one of them"
            raise SandboxError(said, "no-users") from error
    return {
        "root": str(workspace.root),
        "cwd": str(workspace.work),
        "write": [str(workspace.work), str(workspace.kernel), str(workspace.recording)],
        "read": [str(workspace.programs), *_python(), *SYSTEM, *MACHINE],
        "devices": [*DEVICES],
        "python": [sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")],
        "uid": uid,
        "view": view,
        "limits": {name: getattr(workspace.limits, name) for name in BOUNDS},
    }


def require_unseen(paths: Iterable[Path]) -> None:
    """Raise ``SandboxError`` if one of the paths lies where every submission may read."""
    places = {place: Path(place).resolve() for place in (*_python(), *SYSTEM)}
    for path in paths:
        own = Path(os.path.realpath(path))  # a link may lead to itself
        for place, real in places.items():
            if own.is_relative_to(real):
                raise SandboxError(
                    f"{path} lies in {place}, which every submission may read: move it to another folder",
                    "seen",
                    {"path": str(path), "place": place},
                )


def kill_user(uid: int) -> None:
    """Kill every process of one of ``USERS``."""
    for _ in range(100):  # each round finds what was forked in the one before
        found = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if uid in _users(pid)]  # noqa: PTH208
        if not found:
            return
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def package_folders() -> set[str]:
    """Give the folders on ``sys.path`` that packages are installed in."""
    return {path for path in sys.path if path.endswith(("site-packages", "dist-packages"))}


@functools.cache
def _python() -> tuple[str, ...]:
    """Where Python, its packages and this one lie. A course's folder on ``sys.path`` is not among them."""
    packages = package_folders()
    if site.ENABLE_USER_SITE:
        packages.add(site.getusersitepackages())
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix} - {"/", str(Path.home())}
    places = {path for name, path in sysconfig.get_paths().items() if name != "data"}  # that is the prefix
    places |= {f"{prefix}/{part}" for prefix in prefixes for part in OF_A_PREFIX}
    places |= packages | {str(Path(grader.__file__).parent)}
    return tuple(sorted({str(Path(place)) for place in places}))


def _allot(workspace: Workspace) -> int:
    """Give a user that no other submission on this machine has.

    Who is at work holds a lock of that number; when the process that holds it ends, so does the claim. It is
    on a file that only root may open: of whatever else has names a submission could take all.
    """
    for uid in USERS:
        if (claim := _claimed(uid)) is None:
            continue
        workspace.at_end.callback(os.close, claim)  # when none of that user's is left
        workspace.at_end.callback(kill_user, uid)
        kill_user(uid)  # a grader that was killed may have left some
        return uid
    raise SandboxError(f"all {len(USERS)} users that submissions run as are taken")


def _claimed(uid: int) -> int | None:
    """Lock a user's place in the file of claims; give the descriptor that holds it, None if another does."""
    import fcntl  # noqa: PLC0415 - not on Windows, which imports this module too

    folder = next(folder for folder in ("/run", tempfile.gettempdir()) if os.access(folder, os.W_OK))
    claim = os.open(f"{folder}/grader-users", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.fcntl(claim, fcntl.F_OFD_SETLK, struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, uid, 1, 0))
    except BlockingIOError:
        os.close(claim)
        return None
    return claim


def _hand_over(folder: Path, uid: int) -> None:
    os.chown(folder, uid, uid)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent, name), uid, uid, follow_symlinks=False)


def _users(pid: int) -> list[int]:
    """Give the user ids of a living process, quickly: all of the machine's are asked."""
    try:
        with open(f"/proc/{pid}/status", "rb", buffering=0) as file:  # noqa: PTH123 - as above
            status = file.read(4096)
    except OSError:  # it has ended
        return []
    state, ids = (status.partition(name)[2].partition(b"\n")[0] for name in (b"\nState:\t", b"\nUid:\t"))
    return [] if state.startswith(b"Z") else [int(uid) for uid in ids.split()]
