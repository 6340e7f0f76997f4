"""How a kernel comes to be: a ``KernelFactory`` gives the manager of a kernel that is not started yet."""

from __future__ import annotations

import math
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

import zmq
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import Integer
from traitlets.config import Config as Settings

from grader.execution.child.config import Config
from grader.execution.workspace import LONGEST_SOCKET

if TYPE_CHECKING:
    from collections.abc import Iterator

    import zmq.asyncio

    from grader.execution.workspace import Workspace

#: Bytes of a part of a message, by the bytes of output that a cell may show: a kernel sends texts of that
#: many characters, a few in one message, and what else it shows may take ten times as much.
LARGEST_MESSAGE = 32

#: Messages that the host has received and not looked at; others wait in the kernel, in its own memory.
WAITING = 10


class KernelFactory(Protocol):
    """The one thing that differs between kinds of kernels.

    The manager's ``start_kernel`` will be called with ``cwd``, ``env``, ``stdout`` and ``stderr``; the
    process it brings about must read ``workspace.config`` before the first cell.
    """

    @property
    def sandbox(self) -> str:
        """What a kernel is confined by, in a few words for the report; ``none`` for nothing."""

    def __call__(self, workspace: Workspace) -> AsyncKernelManager:
        """Make a manager for one run of one notebook."""

    def guard(self, folder: Path) -> None:
        """Have a folder removed should this process be killed before it does so itself, if that can be."""


@contextmanager
def temporary_folder(kernel: KernelFactory) -> Iterator[Path]:
    """Give a folder for as long as the context lasts, which a grader that is killed does not leave behind."""
    with TemporaryDirectory(prefix="grader-") as name:
        folder = Path(name).resolve()
        kernel.guard(folder)
        yield folder


class PlainKernels:
    """Starts a new Python process by jupyter_client's own means: everywhere, in some seconds, unconfined."""

    sandbox = "none"

    def guard(self, folder: Path) -> None:
        """Do nothing: no process of ours outlives this one."""

    def __call__(self, workspace: Workspace) -> AsyncKernelManager:
        """Make a manager for one run of one notebook."""
        argv = [sys.executable, "-P", "-m", "grader.execution.child"]
        argv += ["--grader-config", str(workspace.config), "-f", "{connection_file}"]
        options: dict[str, Any] = {
            "connection_file": str(workspace.kernel / "connection.json"),
            "client_factory": PromptClient,
            "config": Settings({"PromptClient": {"largest_message": _largest_message(workspace)}}),
        }
        socket = str(workspace.kernel / "ipc")
        if sys.platform != "win32" and len(f"{socket}-pipe") <= LONGEST_SOCKET:
            options |= {"transport": "ipc", "ip": socket}
        return AsyncKernelManager(kernel_spec_manager=_InMemory(argv), **options)


def _largest_message(workspace: Workspace) -> int:
    return (1 << 20) + LARGEST_MESSAGE * workspace.limits.output_bytes


plain = PlainKernels()


@dataclass(frozen=True)
class Reseeded:
    """Makes kernels like ``kernel`` does, whose notebooks draw other random numbers, seeded or not."""

    kernel: KernelFactory
    shift: int

    @property
    def sandbox(self) -> str:
        """What a kernel is confined by."""
        return self.kernel.sandbox

    def __call__(self, workspace: Workspace) -> AsyncKernelManager:
        """Make a manager for one run of one notebook."""
        config = Config.read(workspace.config)
        replace(config, seed=config.seed + self.shift, seed_shift=self.shift).write(workspace.config)
        return self.kernel(workspace)

    def guard(self, folder: Path) -> None:
        """Have a folder removed as the other kernels' is."""
        self.kernel.guard(folder)


class PromptClient(AsyncKernelClient):  # type: ignore[misc]  # jupyter_client is not typed
    """Is ready when the kernel is. jupyter_client's own client waits for a fifth of a second of silence.

    It takes in no more at a time than an honest kernel sends; whoever sends more is not listened to any more.
    """

    largest_message = Integer(1 << 30, config=True)

    def _context_default(self) -> zmq.asyncio.Context:
        context: zmq.asyncio.Context = super()._context_default()
        context.setsockopt(zmq.MAXMSGSIZE, self.largest_message)
        context.setsockopt(zmq.RCVHWM, WAITING)
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as in the base class
        """Wait until the kernel answers on both channels. Called by nbclient before the first cell."""
        deadline = time.monotonic() + (timeout or math.inf)
        while not await self._is_answered():
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it was ready")
            if time.monotonic() > deadline:
                raise RuntimeError(f"the kernel was not ready after {timeout} seconds")

    async def _is_answered(self) -> bool:
        """Ask something; the end of the answer on iopub means that nothing earlier is still to come there."""
        request = self.kernel_info()
        try:
            await self._recv_reply(request, timeout=1)
            while True:
                message = await self.get_iopub_msg(timeout=0.2)
                ends = message["content"].get("execution_state") == "idle"
                if ends and message["parent_header"].get("msg_id") == request:
                    return True
        except (TimeoutError, Empty):  # not up, or not subscribed yet when it answered
            return False


class _InMemory(KernelSpecManager):  # type: ignore[misc]  # jupyter_client is not typed
    """Gives one specification whatever is asked for: no kernel.json has to be installed."""

    def __init__(self, argv: list[str]) -> None:
        super().__init__()
        self._argv = argv

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Give the one there is. Called by the kernel manager."""
        return KernelSpec(argv=self._argv, display_name=kernel_name, language="python")
