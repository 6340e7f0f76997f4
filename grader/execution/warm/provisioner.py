"""jupyter_client's extension point: how a kernel's process comes about, is signalled and ends."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
from typing import TYPE_CHECKING, Any

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Any as AnyTrait
from traitlets import Instance, default

from grader.execution.warm.servers import Servers

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

    from grader.execution.exceeded import Ending
    from grader.execution.warm.fork import Fork


class WarmProvisioner(LocalProvisioner):  # type: ignore[misc]  # jupyter_client is not typed
    """Has a kernel forked by a warm-kernel server.

    The command of the kernel's specification must be ``python -m module arguments``. Interpreter and module
    are the server's; the arguments are those of ``grader.execution.child`` or, without its own, of ipykernel.
    """

    servers = Instance(Servers, help="who forks; by default one server for all kernels of this process")
    policy = AnyTrait(
        lambda: None, help="gives what the kernel confines itself to, or None, once its files are there"
    )

    #: The server has died and taken the kernel with it: whatever ran then must be run again.
    lost = False

    #: How the kernel ended, once it has.
    ending: Ending | None = None

    _fork: Fork | None = None

    @default("servers")  # type: ignore[untyped-decorator]  # traitlets is not typed
    def _shared(self) -> Servers:
        return _servers_of_this_process()

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel that has not been waited for. Asked by the kernel manager."""
        return self._fork is not None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Have a kernel forked; when this returns it answers on its sockets. Called by the kernel manager."""
        request = {
            "argv": cmd[cmd.index("-m") + 2 :],
            "cwd": str(kwargs.get("cwd") or os.getcwd()),  # noqa: PTH109 - as text, for the wire
            "env": {**kwargs["env"]},
            "policy": self.policy(),
        }
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123, ASYNC230 - which never blocks
            streams = [_descriptor(kwargs.get(name), nowhere.fileno()) for name in ("stdout", "stderr")]
            self._fork = await self.servers.fork(request, streams)
        self.pid = self.pgid = self._fork.pid
        self.cwd = request["cwd"]
        return self.connection_info

    async def poll(self) -> int | None:
        """Give the exit code, or None while the kernel lives. Called by the manager's ``is_alive``."""
        if self._fork is None:
            return 0
        code = self._fork.poll()
        self.lost |= self._fork.lost
        self.ending = self._fork.ending()
        return code

    async def wait(self) -> int | None:
        """Wait for the end of the kernel and of all it started. Called by the manager after ``kill``."""
        if self._fork is None:
            return 0
        code = await self._fork.wait()
        self.lost |= self._fork.lost
        self._fork.close()
        self._fork = None
        return code

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and the processes of its group. Called by the manager to interrupt a cell."""
        if self._fork is not None:
            self._fork.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - the base class's signature
        """Kill the kernel and wait for it: the manager's own wait begins with a tenth of a second's sleep."""
        if self._fork is not None:
            self._fork.send_signal(signal.SIGKILL)
            await self._fork.wait()

    async def terminate(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Ask the kernel to end. Called by the manager when a shutdown request was not heeded."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002
        """Let go of the kernel, which ends it if it still lives. Called by the manager at last."""
        await super().cleanup(restart=restart)
        if self._fork is not None:
            self._fork.close()
            self._fork = None


def _descriptor(stream: Any, nowhere: int) -> int:
    """Give the descriptor that ``Popen`` would for the same argument, except that a pipe leads nowhere."""
    if stream is None:
        return 1
    if stream in (subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT):
        return nowhere
    return stream if isinstance(stream, int) else int(stream.fileno())


@functools.cache
def _servers_of_this_process() -> Servers:
    """Start servers for plain users of the provisioner, who know of none; they end with the process."""
    return Servers()
