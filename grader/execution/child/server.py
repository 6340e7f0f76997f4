"""``python -m grader.execution.child.server SOCKET [NAME …]``: imports once, then forks kernels.

The server runs no student code, knows no reference and no expected value, and has one thread: a process with
several cannot be forked safely. The host speaks to it over ``SOCKET``, one JSON object a packet:

``{"argv", "cwd", "env", "policy"}``  with three file descriptors: fork a kernel. The first is its *channel*,
    another socket; the others become its stdout and stderr.
``{"guard": [folder, …]}``            remove these folders should the host be killed.
``{"release": true}``                 the host lets go of ``SOCKET`` next, and removes them itself.
``{"retire": true}``                  exit when the last kernel has ended.

On a channel the host is told ``{"pid", "memory"}``, then ``{"ready": true}`` or ``{"error": text}``, at last
``{"exit": code, "cpu_seconds", "peak"}``; it says ``{"signal": number}``. To let go of a channel is to kill
its kernel, to let go of ``SOCKET`` is to kill all of them: so a host that dies leaves nothing behind.
"""

from __future__ import annotations

import importlib
import json
import mimetypes
import os
import selectors
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from grader.execution.child.confine import confine
from grader.execution.child.folders import remove
from grader.execution.child.linux import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, prctl
from grader.imports import lasting

#: Packets are read whole; the kernel's own limit for one is smaller.
LARGEST_PACKET = 1 << 20


class Birth(NamedTuple):
    """What a forked process is to become: the request, the channel to the host, its stdout and stderr."""

    request: Mapping[str, Any]
    channel: socket.socket
    streams: list[int]
    server: int


class Kernel(NamedTuple):
    """What the server keeps of a living kernel: its channel, and a descriptor that tells when it has died."""

    channel: socket.socket
    pidfd: int


class Server:
    """Forks kernels and outlives them. ``control`` is the socket that the host holds the other end of."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._kernels: dict[int, Kernel] = {}
        self._folders: set[str] = set()
        self._leaving = self._abandoned = False
        self._selector = selectors.PollSelector()  # epoll's own descriptor would be inherited by kernels
        self._selector.register(control, selectors.EVENT_READ, self._listen)

    def serve(self) -> Birth | None:
        """Serve until the host has gone or wants no more. Like ``fork``, it returns in new processes too."""
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        _tell(self._control, memory=memory())
        while self._kernels or not self._leaving:
            for key, _ in self._selector.select():
                if (birth := key.data()) is not None:
                    return birth  # type: ignore[no-any-return]
        for folder in self._folders if self._abandoned else ():
            remove(folder)
        return None

    def _listen(self) -> Birth | None:
        """Do what the host asks."""
        packet, descriptors, _, _ = socket.recv_fds(self._control, LARGEST_PACKET, 3)
        request = json.loads(packet or "{}")
        if "argv" in request:
            return self._fork(request, descriptors)
        self._folders |= {*request.get("guard", ())}
        if "release" in request:
            self._folders.clear()
        if not packet:
            self._abandoned = True
            self._selector.unregister(self._control)
            for pid in self._kernels:
                _signal(pid, signal.SIGKILL)
        self._leaving |= not packet or "retire" in request
        return None

    def _fork(self, request: Mapping[str, Any], descriptors: list[int]) -> Birth | None:
        channel, streams = socket.socket(fileno=descriptors[0]), descriptors[1:]
        try:
            _require_one_thread()
            server, pid = os.getpid(), os.fork()
        except (OSError, RuntimeError) as error:
            _tell(channel, error=str(error))
            pid = None
        if pid == 0:
            self._let_go()
            return Birth(request, channel, streams, server)
        for stream in streams:
            os.close(stream)
        if pid is None:
            channel.close()
            return None
        kernel = self._kernels[pid] = Kernel(channel, os.pidfd_open(pid))
        self._selector.register(channel, selectors.EVENT_READ, partial(self._heed, pid))
        self._selector.register(kernel.pidfd, selectors.EVENT_READ, partial(self._bury, pid))
        _tell(channel, pid=pid, memory=memory())
        return None

    def _let_go(self) -> None:
        """Close, in a new process, what belongs to the server and to other kernels."""
        self._control.close()
        for kernel in self._kernels.values():
            kernel.channel.close()
            os.close(kernel.pidfd)

    def _heed(self, pid: int) -> None:
        """Pass a signal on to a kernel's group; the end of its channel is the last one."""
        if pid not in self._kernels:  # buried since the selector saw both
            return
        channel = self._kernels[pid].channel
        try:
            packet = channel.recv(LARGEST_PACKET)
        except ConnectionResetError:  # gone with something unread
            packet = b""
        _signal(pid, json.loads(packet)["signal"] if packet else signal.SIGKILL)
        if not packet:
            self._selector.unregister(channel)

    def _bury(self, pid: int) -> None:
        """Reap a kernel and kill all that it started, then tell the host."""
        _, status, used = os.wait4(pid, 0)
        kernel = self._kernels.pop(pid)
        self._selector.unregister(kernel.pidfd)
        os.close(kernel.pidfd)
        with suppress(KeyError):  # the host may have let go of it
            self._selector.unregister(kernel.channel)
        self._sweep()
        _tell(
            kernel.channel,
            exit=os.waitstatus_to_exitcode(status),
            cpu_seconds=used.ru_utime + used.ru_stime,
            peak=used.ru_maxrss << 10,
        )
        kernel.channel.close()

    def _sweep(self) -> None:
        """Kill every child that is no kernel.

        A living kernel is the reaper of its own descendants. When it has died they become the server's,
        level by level, wherever they fled: to another group, to another session, to a parent that exits.
        """
        for _ in range(1000):  # a second at least; what forks faster than that is the sandbox's business
            strays = [pid for pid in _children() if pid not in self._kernels]
            if not strays:
                return
            for pid in strays:
                with suppress(PermissionError):
                    os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, os.WNOHANG)
            time.sleep(0.001)


def _require_one_thread() -> None:
    """Count the threads of this process, those of libraries among them."""
    if (count := len(os.listdir("/proc/self/task"))) != 1:  # noqa: PTH208 - only the number counts
        raise RuntimeError(f"the warm-kernel server has {count} threads and cannot be forked safely")


def memory() -> int:
    """Give the bytes of memory this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def become_kernel(birth: Birth) -> None:
    """Turn a forked process into the kernel that was asked for, and serve until it is killed."""
    from grader.execution.child.__main__ import prepare  # noqa: PLC0415 - imported before the fork

    try:
        _part_from_server(birth)
        request = birth.request
        _settle(request["cwd"], request["env"])
        if (policy := request.get("policy")) is not None:
            confine(policy)
        app = prepare(request["argv"])
    except BaseException as error:  # noqa: BLE001 - whatever it is, the host must hear of it
        _tell(birth.channel, error=f"{type(error).__name__}: {error}")
        os._exit(1)
    _tell(birth.channel, ready=True)
    birth.channel.close()  # before the first line of student code: nobody speaks to the host in our name
    app.start()


def _part_from_server(birth: Birth) -> None:
    """Begin a session of its own, which dies with the server and reaps its own descendants."""
    os.setsid()
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != birth.server:
        os._exit(1)  # it died in between
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, descriptor in enumerate(birth.streams, start=1):
        os.dup2(descriptor, number)
        os.close(descriptor)


def _settle(folder: str, environment: Mapping[str, str]) -> None:
    """Move to the submission's folder and environment, and forget what was derived from the server's."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    tempfile.tempdir = None


def _signal(pid: int, number: int) -> None:
    """Signal a kernel's group. It has not been reaped, so the number cannot mean another process."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:  # not a group yet
        os.kill(pid, number)


def _children() -> list[int]:
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()]


def _tell(channel: socket.socket, **message: Any) -> None:
    with suppress(OSError):  # nobody listens any more
        channel.send(json.dumps(message).encode())


def _preload(names: Sequence[str]) -> None:
    """Import what a notebook or its kernel would import later, each time anew. A missing one is no error."""
    import torch  # noqa: PLC0415 - within ``lasting``

    from grader.execution.child.__main__ import seed_generators  # noqa: PLC0415 - as above
    from grader.execution.child.kernel import before_fork  # noqa: PLC0415 - as above

    for name in names:
        with suppress(ImportError):
            importlib.import_module(name)
    mimetypes.init()
    before_fork()
    seed_generators(0)  # for what the first call of each imports; a kernel seeds them anew
    torch.manual_seed(0)  # also for the lines of torch that it reads


def main() -> None:
    """Serve on the socket whose descriptor is the first argument; the others are modules to import."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the host, which will let go of the socket
    control = socket.socket(fileno=int(sys.argv[1]))
    with lasting():
        _preload(sys.argv[2:])
    _require_one_thread()
    birth = Server(control).serve()
    if birth is None:
        os._exit(0)  # there is nothing to tidy up, and torch takes its time to do so
    become_kernel(birth)


if __name__ == "__main__":
    main()
