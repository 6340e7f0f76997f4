"""System calls that a confined process is refused."""

import ctypes
import errno
import platform
import signal
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the sandbox is Linux's", allow_module_level=True)

from grader.execution.child import seccomp

from .confining import raw


def denied(names):
    """Make system calls by name, with arguments that do nothing; give those that were not refused."""
    libc, table = ctypes.CDLL(None, use_errno=True), seccomp.DENIED
    wrong = {}
    for name in names:
        number = table[name][seccomp.column()]
        if number is None:
            continue
        result = libc.syscall(number, -1, 0, 0, 0, 0, 0)
        if (result, ctypes.get_errno()) != (-1, errno.EPERM):
            wrong[name] = (result, errno.errorcode.get(ctypes.get_errno()))
    return wrong


def test_dangerous_calls_are_refused(child):
    """Each of the list, whatever its arguments."""
    assert {} == child(lambda: denied(seccomp.DENIED))


def test_numbers_are_those_of_this_machine():
    """The table names the calls the machine's own header names."""
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if platform.machine() != "x86_64" or not header.exists():
        pytest.skip("no header to compare with")
    words = (line.split() for line in header.read_text().splitlines())
    numbers = {
        line[1].removeprefix("__NR_"): int(line[2])
        for line in words
        if line[:1] == ["#define"] and len(line) == 3
    }
    named = seccomp.DENIED | seccomp.SCHEDULING | seccomp.SIGNALS | seccomp.LABELS

    assert {name: number for name, (number, _) in named.items()} == {
        name: numbers.get(name) for name in named
    }


@pytest.mark.parametrize(
    "flag", [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]
)
def test_no_new_namespace(child, flag):
    """Neither by clone nor by clone3 nor by unshare."""
    assert "EPERM" == child(lambda: raw(seccomp.CLONE, flag | signal.SIGCHLD, 0, 0, 0, 0))
    assert "ENOSYS" == child(lambda: raw(seccomp.CLONE3, 0, 0))


def test_what_it_starts_stays_its_own(child):
    """It has no child become the server's, nor does it leave its parent or the host's eye."""

    def flee():
        libc, seen = ctypes.CDLL(None), ctypes.c_int()
        asked = [libc.prctl(option, value, 0, 0, 0) for option, value in ((1, 0), (4, 0), (36, 1))]
        now = [libc.prctl(3, 0, 0, 0, 0)]
        for option in (2, 37):
            libc.prctl(option, ctypes.byref(seen), 0, 0, 0)
            now.append(seen.value)
        return raw(seccomp.CLONE, 0x8000 | signal.SIGCHLD, 0, 0, 0, 0), asked, now[1:], now[0]

    refused, said, kept, seen = child(flee)

    assert ("EPERM", [0, 0, 0], [signal.SIGKILL, 0]) == (refused, said, kept)
    assert seen or child.policy["uid"] is not None  # to root every process is in sight


def test_what_it_holds_open_is_seen(child):
    """No thread has open files of its own, and no file is kept from others by a lease."""

    def hide():
        asked = [raw(seccomp.CLONE, 0x10F00 & ~0x400, 0, 0, 0, 0), raw(seccomp.CLOSE_RANGE, 90, 91, 2)]
        Path("own").touch()
        with Path("own").open("rb") as file:
            return [*asked, raw(seccomp.FCNTL, file.fileno(), 1024, 1)], raw(seccomp.CLOSE_RANGE, 90, 91, 0)

    assert (["EPERM"] * 3, 0) == tuple(child(hide))


def test_newer_calls_are_not_there(child):
    """Nor is the other numbering of x86_64."""
    assert ["ENOSYS"] * 3 == child(lambda: [raw((n, n), 0) for n in (451, 467, 0x40000000 + 101)])


def test_nothing_can_be_typed_into_a_terminal(child):
    """TIOCSTI, whatever it is asked of."""
    assert "EPERM" == child(lambda: raw(seccomp.IOCTL, 0, 0x5412, 0))
