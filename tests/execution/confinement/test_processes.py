"""What a confined process may not do to others: signal, read, trace, hold back."""

import os
import signal
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the sandbox is Linux's", allow_module_level=True)

from grader.execution.child import seccomp

from .confining import error_of, raw


def test_others_cannot_be_signalled(child, neighbour):
    """Neither a neighbour, nor the parent, nor everybody."""
    host = os.getpid()

    def shoot():
        return [
            error_of(os.kill, neighbour, signal.SIGKILL),
            error_of(os.kill, host, 0),
            raw(seccomp.TGKILL, neighbour, neighbour, 9),
            error_of(os.kill, 1, 0),
            error_of(os.getpgid, 0) and error_of(os.killpg, os.getppid(), 0),
        ]

    assert {*child(shoot)} <= {"EPERM", "ESRCH"}
    assert os.waitpid(neighbour, os.WNOHANG) == (0, 0)


def test_kill_everybody_kills_nobody(child, neighbour):
    """``kill -1`` reaches what the submission started and nothing else."""
    child(lambda: error_of(os.kill, -1, signal.SIGCONT))
    child(
        lambda: (
            error_of(signal.signal, signal.SIGTERM, signal.SIG_IGN) and error_of(os.kill, -1, signal.SIGTERM)
        )
    )

    assert os.waitpid(neighbour, os.WNOHANG) == (0, 0)


def test_others_cannot_be_read_or_traced(child, neighbour):
    """Neither memory nor environment nor command line of a neighbour, nor through its entry in /proc."""

    def spy():
        entry = Path("/proc", str(neighbour))
        return [
            *(
                error_of((entry / name).read_bytes)
                for name in ("environ", "mem", "maps", "cmdline", "status")
            ),
            error_of(os.listdir, "/proc"),
            error_of(os.listdir, entry / "fd"),
            raw(seccomp.DENIED["ptrace"], 16, neighbour, 0, 0),
            raw(seccomp.DENIED["process_vm_readv"], neighbour, 0, 0, 0, 0, 0),
        ]

    assert {*child(spy)} <= {"EPERM", "EACCES", "ENOENT"}


def test_limits_and_priority_of_others_cannot_be_set(child, neighbour):
    """The kernel would let the same user do both."""
    import resource

    def meddle():
        return [
            error_of(resource.prlimit, neighbour, resource.RLIMIT_CPU, (1, 1)),
            error_of(os.setpriority, os.PRIO_PROCESS, neighbour, 19),
            error_of(os.setpriority, os.PRIO_USER, os.getuid(), 19),
            error_of(os.sched_setaffinity, neighbour, [0]),
        ]

    assert ["EPERM"] * 4 == child(meddle)
