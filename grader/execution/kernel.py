"""How a kernel comes to be: a ``KernelFactory`` gives the manager of a kernel that is not started yet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

if TYPE_CHECKING:
    from grader.execution.workspace import Workspace

#: sun_path, the address of a Unix socket, holds 104 bytes on macOS and 108 on Linux.
LONGEST_SOCKET = 100


class KernelFactory(Protocol):
    """The one thing that differs between kinds of kernels.

    The manager's ``start_kernel`` will be called with ``cwd``, ``env``, ``stdout`` and ``stderr``; the
    process it brings about must read ``workspace.config`` before the first cell.
    """

    def __call__(self, workspace: Workspace) -> AsyncKernelManager:
        """Make a manager for one run of one notebook."""


def cold(workspace: Workspace) -> AsyncKernelManager:
    """Start a new Python process, which imports everything anew: some seconds, but it works everywhere."""
    argv = [sys.executable, "-P", "-m", "grader.execution.child"]
    argv += ["--grader-config", str(workspace.config), "-f", "{connection_file}"]
    options: dict[str, Any] = {"connection_file": str(workspace.kernel / "connection.json")}
    socket = str(workspace.kernel / "ipc")
    if sys.platform != "win32" and len(f"{socket}-1") <= LONGEST_SOCKET:
        options |= {"transport": "ipc", "ip": socket}
    return AsyncKernelManager(kernel_spec_manager=_InMemory(argv), **options)


class _InMemory(KernelSpecManager):  # type: ignore[misc]  # jupyter_client is not typed
    """Gives one specification whatever is asked for: no kernel.json has to be installed."""

    def __init__(self, argv: list[str]) -> None:
        super().__init__()
        self._argv = argv

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Give the one there is. Called by the kernel manager."""
        return KernelSpec(argv=self._argv, display_name=kernel_name, language="python")
