"""The host's half of the sandbox: what a submission's process must confine itself to, and whether it can.

``child.confine`` does the confining. The disk is what the machine cannot limit: ``disk_used`` is to be asked
now and then while a cell runs, and the kernel killed when it passes ``disk_bytes``.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import site
import socket
import subprocess
import sys
import sysconfig
import tempfile
import weakref
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import grader
from grader.errors import SandboxError
from grader.execution.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Users that submissions run as when the grader is root, one each. No distribution gives these numbers to
#: anybody.
USERS = range(60706, 61184)

#: Programs and libraries, and the little of /etc that they read. No account's secrets, no names of machines.
SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/nix/store",
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


@dataclass(frozen=True)
class Bounds:
    """What a submission's processes may use."""

    #: Seconds of processor time of one process.
    cpu_seconds: int = 900
    #: Bytes of memory of one process, besides what Python and torch take.
    memory_bytes: int = 2 << 30
    #: Processes and threads at one time.
    processes: int = 128
    #: Open files of one process.
    open_files: int = 512
    #: Bytes of one file.
    file_bytes: int = 256 << 20
    #: Bytes of all files in the submission's folders. Watched by the host.
    disk_bytes: int = 512 << 20

    @classmethod
    def of(cls, limits: object) -> Self:
        """Take what ``limits`` says and the defaults for the rest."""
        return cls(**{f.name: getattr(limits, f.name) for f in fields(cls) if hasattr(limits, f.name)})


@dataclass(frozen=True)
class Protection:
    """One line of ``grader doctor``: what is protected, whether grading needs it, and whether it is there."""

    name: str
    required: bool
    in_force: bool
    #: A sentence: what it keeps a submission from, or what is missing.
    why: str


def policy_for(workspace: Workspace, limits: object = None) -> dict[str, Any]:
    """Make the policy of one run, in plain JSON values; its folders are from now on the submission's.

    When the grader is root, the submission gets a user of its own until ``workspace`` is garbage.
    """
    policy = _policy(workspace, limits)
    if os.geteuid() == 0:
        policy["uid"] = _allot(workspace)
        _hand_over(workspace.root, policy["uid"])
    return policy | {"view": _found()["view"] is None}


def protections() -> tuple[Protection, ...]:
    """Say what protects this machine from a submission. The first call tries it all and takes a moment."""
    if sys.platform != "linux":
        return (Protection("sandbox", required=True, in_force=False, why="there is one on Linux only"),)
    root = os.geteuid() == 0
    return tuple(
        Protection(name, required, reason is None, purpose if reason is None else f"{purpose}: {reason}")
        for name, key, required, purpose in (
            ("Landlock", "files", True, "no file but Python's and the submission's own can be seen"),
            ("seccomp", "calls", True, "no network, no tracing of other processes, no mounting"),
            ("limits", "limits", True, "memory, time, processes and files are limited"),
            ("no_new_privs", "privileges", True, "no program started by a submission gains privileges"),
            (
                "user",
                "user",
                root,
                "a submission runs without privileges, as a user of its own if the grader is root",
            ),
            ("subreaper", "reaper", True, "every process a submission started ends with it"),
            ("all together", "together", True, "a submission's process can be confined"),
            ("private view", "view", False, "paths outside do not even exist for a submission"),
            ("signal scope", "scopes", False, "the kernel itself keeps signals within a submission"),
        )
        for reason in (_found()[key],)
    )


def require() -> None:
    """Raise ``SandboxError`` if a required part is missing."""
    missing = [
        protection.why for protection in protections() if protection.required and not protection.in_force
    ]
    if missing:
        raise SandboxError(
            f"submissions cannot be confined here: {'; '.join(missing)}."
            " `grader doctor` tells more; --no-sandbox grades without protection"
        )


def disk_used(folder: Path, *, enough: float = float("inf")) -> int:
    """Add up what the files beneath a folder take, at least a block each; links are not followed.

    Counting ends once it has come to ``enough``, so that a million files do not keep the host busy.
    """
    used = 0
    for size in _sizes(str(folder)):
        used += size
        if used >= enough:
            break
    return used


def kill_user(uid: int) -> None:
    """Kill every process of one of ``USERS``."""
    for _ in range(100):  # each round finds what was forked in the one before
        found = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if uid in _users(pid)]  # noqa: PTH208
        if not found:
            return
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _policy(workspace: Workspace, limits: object) -> dict[str, Any]:
    return {
        "root": str(workspace.root),
        "cwd": str(workspace.work),
        "write": [str(workspace.work), str(workspace.kernel), str(workspace.recording)],
        "read": [*_python(), *SYSTEM, *MACHINE],
        "devices": [*DEVICES],
        "python": [sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")],
        "uid": None,
        "view": False,
        "limits": asdict(Bounds.of(limits)),
    }


def _python() -> list[str]:
    """Where Python, its packages and this one lie. A course's folder on ``sys.path`` is not among them."""
    packages = {path for path in sys.path if path.endswith(("site-packages", "dist-packages"))}
    if site.ENABLE_USER_SITE:
        packages.add(site.getusersitepackages())
    places = {
        sys.prefix,
        sys.exec_prefix,
        sys.base_prefix,
        sys.base_exec_prefix,
        *sysconfig.get_paths().values(),
    }
    package = str(Path(grader.__file__).parent)
    return sorted({str(Path(place)) for place in (*places, *packages, package)} - {"/", str(Path.home())})


def _sizes(folder: str) -> Iterator[int]:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                yield max(entry.stat(follow_symlinks=False).st_blocks * 512, 4096)
                if entry.is_dir(follow_symlinks=False):
                    yield from _sizes(entry.path)


def _allot(workspace: Workspace) -> int:
    """Give a user that no other submission on this machine has.

    Who is at work holds a socket of that name; when the process that holds it ends, so does the claim.
    """
    for uid in USERS:
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0grader-user-{uid}")
        except OSError:
            claim.close()
            continue
        kill_user(uid)  # a grader that was killed may have left some
        weakref.finalize(workspace, _release, uid, claim, os.getpid())
        return uid
    raise SandboxError(f"all {len(USERS)} users that submissions run as are taken")


def _release(uid: int, claim: socket.socket, holder: int) -> None:
    if os.getpid() == holder:  # not in a copy of that process
        kill_user(uid)
    claim.close()


def _hand_over(folder: Path, uid: int) -> None:
    os.chown(folder, uid, uid)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent, name), uid, uid, follow_symlinks=False)


def _users(pid: int) -> list[int]:
    """Give the user ids of a living process."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # it has ended
        return []
    status = dict(line.split(":\t", 1) for line in lines)
    return [] if status["State"].startswith("Z") else [int(uid) for uid in status["Uid"].split()]


@functools.cache
def _found() -> dict[str, str | None]:
    """Ask a process that is thrown away what this machine offers."""
    with tempfile.TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True) as root:
        space = Workspace(Path(root).resolve())
        for folder in (space.work, space.kernel, space.recording):
            folder.mkdir()
        policy = _policy(space, None)
        if os.geteuid() == 0:
            policy["uid"] = _allot(space)
            _hand_over(space.root, policy["uid"])
        said = subprocess.run(
            [sys.executable, "-P", "-m", "grader.execution.child.probe"],
            input=json.dumps(policy),
            env=space.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    if said.returncode != 0:
        raise SandboxError(f"what this machine offers cannot be found out: {said.stderr.strip()}")
    return dict(json.loads(said.stdout))
