"""Before a submission's first line runs, its process gives up whatever it has no need of, for good.

``confine`` is called in a process that was just forked and has one thread. It starts no program and needs no
privilege. What is *required* is applied or the process goes no further. The policy comes from
``grader.execution.sandbox``, which knows what a machine offers.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.execution.child import landlock, limits, namespaces, seccomp
from grader.execution.child.linux import (
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    drop_capabilities,
    empty_bounding_set,
    prctl,
)

#: What a process may read about itself. Not what is mounted where, which names the machine's disks and
#: folders, nor its threads, whose folders tell that again.
ITSELF = tuple(
    f"/proc/self/{name}"
    for name in (
        "auxv", "cmdline", "comm", "environ", "fd", "fdinfo", "io", "limits", "maps", "oom_score", "smaps",
        "smaps_rollup", "stat", "statm", "status",
    )
)  # fmt: skip

#: Kept open for good: a rule for a file of /proc/self holds for what is open, not for what is looked up anew.
_pinned: list[int] = []


def confine(policy: Mapping[str, Any]) -> None:
    """Confine this process and all it will start; from now on it dies with its parent.

    Args:
        policy: ``root``, ``cwd``, ``read``, ``write``, ``devices``, ``python`` are paths; ``uid`` is the
            unprivileged user to become, or None; ``view`` says whether this machine grants a private view;
            ``limits`` are numbers.

    Raises:
        RuntimeError: in an instructor's words, what this machine does not offer.

    """
    own_session()
    os.umask(0o022)
    apart = policy["view"]
    if apart:
        with required("a private view of the file system, which this machine was found to grant"):
            namespaces.enter(policy)
    with required("an unprivileged user for the submission (the grader runs as root)"):
        drop_privileges(policy["uid"])
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # a change of user resets it
    check_reachable(policy)
    tasks = 0 if apart or policy["uid"] is not None else limits.tasks_of(os.getuid())
    with required("limits on memory, time, processes and files"):
        limits.restrict(policy["limits"], tasks=tasks)
    with required("giving up privileges for good (no_new_privs)"):
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    with required("Landlock, the kernel's protection of files"):
        restrict_files(policy)
    scoped = landlock.abi() >= landlock.ABI_SCOPES
    with required("seccomp, the kernel's filter of system calls"):
        seccomp.restrict(
            connect=apart or (scoped and landlock.abi() >= landlock.ABI_UNIX_PATHS),
            signal_others=scoped or policy["uid"] is not None,
            label=apart or policy["uid"] is not None,
        )
    verify()


@contextmanager
def required(part: str) -> Iterator[None]:
    """Turn the failure of a required part into a sentence that names it."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise RuntimeError(f"this machine does not offer what the sandbox needs: {part} ({error})") from error


def own_session() -> None:
    """Leave the terminal and the process group of whoever started the grader."""
    if os.getsid(0) != os.getpid():
        os.setsid()


def drop_privileges(uid: int | None) -> None:
    """Become that user, with no group and no capability, now or by any program started later.

    Without a user to become, the capabilities of a user namespace are given up.
    """
    empty_bounding_set()
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    elif os.geteuid() == 0:
        raise OSError("the policy names no user to become")
    drop_capabilities()


def check_reachable(policy: Mapping[str, Any]) -> None:
    """Say so if a folder above the Python environment or the temporary files is closed to that user."""
    for path in (*policy["python"], *policy["write"]):
        if not os.access(path, os.R_OK | os.X_OK):
            raise RuntimeError(
                f"submissions run as the unprivileged user {os.getuid()}, who cannot reach {path}:"
                " run the grader as an ordinary user, or have Python and TMPDIR where everyone may read"
            )


def restrict_files(policy: Mapping[str, Any]) -> None:
    """Leave only the policy's paths in reach, with this process's own entry in ``/proc``."""
    version = landlock.abi()
    if version == 0:
        raise OSError("the kernel is older than Linux 5.13 or was started without it")
    if version < landlock.ABI_TRUNCATE and not policy["view"] and policy["uid"] is None:
        raise OSError("the kernel is older than Linux 6.2 and grants no user namespaces either")
    _pinned.extend(os.open(path, os.O_PATH | os.O_CLOEXEC) for path in ITSELF if os.path.exists(path))  # noqa: PTH110
    terminals = ("/dev/pts", "/dev/ptmx") if policy["view"] or policy["uid"] is not None else ()
    landlock.restrict(
        read=(*policy["read"], *ITSELF),
        write=(*policy["write"], *((namespaces.SHARED_MEMORY,) if policy["view"] else ())),
        devices=(*policy["devices"], *terminals),
    )


def verify() -> None:
    """Ask the kernel whether all of it is in force: what is not checked is not a promise."""
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text("utf-8").splitlines())
    expected = {"NoNewPrivs": "1", "Seccomp": "2"} | dict.fromkeys(
        ("CapInh", "CapPrm", "CapEff", "CapAmb"), "0" * 16
    )
    for name, value in expected.items():
        if status[name] != value:
            raise RuntimeError(f"the sandbox is not in force: {name} is {status[name]} in place of {value}")
    if 0 in os.getresuid() + os.getresgid():
        raise RuntimeError("the sandbox is not in force: the submission would run as root")
