"""What a confined process uses at most, and how the host counts it."""

import ctypes
import errno
import mmap
import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the sandbox is Linux's", allow_module_level=True)

from grader.execution import exceeded, protections, sandbox
from grader.execution.child.confine import confine
from grader.execution.child.folders import remove
from grader.execution.child.limits import tasks_of
from grader.execution.held import held_open
from grader.execution.workspace import workspace
from grader.records import Limits

from ...ordinary_user import NOBODY  # noqa: TID252 - tests are no package
from .confining import error_of, forked


@pytest.mark.parametrize(
    "hog",
    [
        "[0] * (1 << 30)",
        "bytearray(4 << 30)",
        "__import__('torch').ones(1 << 30)",
        "__import__('numpy').ones(1 << 30)",
        "__import__('mmap').mmap(-1, 4 << 30)",
        "[bytes(1 << 20) for _ in range(10_000)]",
    ],
)
def test_a_memory_hog_ends_itself(child, hog):
    """With an exception that speaks of memory, and the process goes on."""

    def eat():
        try:
            eval(hog)
        except (MemoryError, RuntimeError, OSError) as error:
            return f"{type(error).__name__} {error}"
        return "it fitted"

    assert any(
        word in child(eat) for word in ("MemoryError", "can't allocate memory", "Cannot allocate memory")
    )


def test_what_is_allowed_of_memory_can_be_used(child):
    """The limit is on top of what torch takes, with ten threads besides."""
    import torch

    def use():
        import threading

        torch.set_num_threads(1)  # as in every kernel: others did not come along when this process was forked
        release = threading.Event()
        threads = [threading.Thread(target=release.wait) for _ in range(10)]
        for thread in threads:
            thread.start()
        size = torch.ones(50_000_000).numel()
        release.set()
        return size

    assert 50_000_000 == child(use)


def test_a_fork_bomb_stays_small(child):
    """Forking fails at the number of processes."""

    def bomb():
        children = []
        try:
            for _ in range(500):
                if (pid := os.fork()) == 0:
                    time.sleep(20)
                    os._exit(0)
                children.append(pid)
        except BlockingIOError:
            pass
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        return len(children)

    others = tasks_of(NOBODY if child._ordinary else os.getuid())  # the kernel counts them, too

    assert child(bomb) < 80 + others


def test_files_are_limited_in_number_and_size(child):
    """Sixty-four open ones, a megabyte each, sparse or not."""

    def many():
        files = []
        try:
            while True:
                files.append(Path("f").open("w"))
        except OSError as error:
            return errno.errorcode[error.errno]

    def large():
        with Path("large").open("wb") as file:
            return [error_of(file.truncate, 10 << 30), error_of(os.pwrite, file.fileno(), b"x", 2 << 20)]

    assert "EMFILE" == child(many)
    assert ["EFBIG", "EFBIG"] == child(large)


def test_no_core_no_locked_memory_no_queues(child):
    """Nothing that outlives the process or counts for none."""
    import resource

    kinds = (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE)

    assert [[0, 0]] * 3 == child(lambda: [resource.getrlimit(kind) for kind in kinds])


def test_processor_time_is_limited():
    """A loop that hears nothing ends."""

    def spin():
        confine(policy)
        while True:
            pass

    with workspace({}, Limits(cpu_seconds=1)) as space:
        policy = sandbox.policy_for(space, view=protections.has_view())
        with pytest.raises(AssertionError, match=f"status {signal.SIGXCPU.value}"):
            forked(spin)


def test_the_disk_is_counted(tmp_path):
    """Blocks, not lengths; at least one a file; counting can stop early; links lead nowhere."""
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    for number in range(100):
        (tmp_path / f"{number}").touch()
    (tmp_path / "link").symlink_to("/usr")

    assert 100 * 4096 <= exceeded.disk_used(tmp_path) < 1 << 20
    assert 5 * 4096 == exceeded.disk_used(tmp_path, enough=5 * 4096)


def test_a_folder_that_hides_what_it_holds_is_full(tmp_path):
    """Deeper than any path can name; and it can be removed all the same, like a locked one."""
    here, outermost = Path.cwd(), tmp_path / "left"
    outermost.mkdir()
    os.chdir(outermost)
    for _ in range(2500):
        Path("deeper").mkdir()
        os.chdir("deeper")
    os.chdir(here)
    (outermost / "locked").mkdir()
    (outermost / "locked/within").mkdir()
    (outermost / "locked").chmod(0)

    assert float("inf") == exceeded.disk_used(outermost)
    remove(str(outermost))
    assert [] == [*tmp_path.iterdir()]


def test_what_has_no_name_is_counted(tmp_path):
    """Files that were removed and are still open, and sockets, each once."""
    with (tmp_path / "removed").open("wb") as file, socket.socket(socket.AF_UNIX):
        before = held_open([os.getpid()], tmp_path)
        file.write(b"1" * 100_000)
        file.flush()
        (tmp_path / "removed").unlink()
        with socket.socket(socket.AF_UNIX):
            held = held_open([os.getpid(), os.getpid()], tmp_path)

    assert before.removed + 100_000 <= held.removed <= before.removed + 200_000
    assert before.sockets + 1 == held.sockets


def test_what_has_no_descriptor_either_is_counted(tmp_path):
    """Removed files that are mapped into memory, or on their way to another process: of any size."""
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for number in range(3):
            with (tmp_path / f"{number}").open("wb+") as file:
                file.write(b"1" * 8192)
                file.flush()
                if number:
                    address = libc.mmap(None, 4096, mmap.PROT_READ, mmap.MAP_SHARED, file.fileno(), 0)
                    libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
                else:
                    socket.send_fds(ours, [b"1"], [file.fileno()])
                Path(file.name).unlink()
        held = held_open([os.getpid()], tmp_path)
    libc.munmap(address, 4096)

    assert 3 == held.unseen


def test_shared_memory_is_counted():
    """Of two processes that share it, each has its half; as on any other, each is counted by itself."""
    with mmap.mmap(-1, 64 << 20) as shared:
        shared.write(b"1" * (64 << 20))
        reader, writer = os.pipe()
        if (pid := os.fork()) == 0:
            shared[:: mmap.PAGESIZE]
            os.write(writer, b"1")
            signal.pause()
        os.read(reader, 1)
        used = exceeded.memory_used([pid])
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    assert 30 << 20 <= used
