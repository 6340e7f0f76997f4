"""The factory of warm kernels that ``execute`` is given."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Self

from grader.execution.kernel import plain
from grader.execution.warm.provisioner import WarmProvisioner
from grader.execution.warm.server import PRELOADED
from grader.execution.warm.servers import Servers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from jupyter_client.manager import AsyncKernelManager

    from grader.execution.workspace import Workspace


class WarmKernels:
    """Makes kernels by forking a process that has imported everything. Several threads may use it at once.

    ::

        with WarmKernels() as kernel:
            execute(submission, limits=limits, files=files, kernel=kernel)

    Args:
        policy: what the kernel of a workspace confines itself to before it runs anything; None for nothing.
        fresh: fork a process that was started for this kernel and has imported no more than it must.
        preloaded: the modules that kernels find imported otherwise.

    Raises:
        SandboxError: not on Linux.

    """

    def __init__(
        self,
        policy: Callable[[Workspace], Mapping[str, Any] | None] = lambda _: None,
        *,
        fresh: bool = False,
        preloaded: Sequence[str] = PRELOADED,
    ) -> None:
        self.sandbox = "none"  # what the policy amounts to, for the report
        self._policy = policy
        self._servers = Servers(fresh=fresh, preloaded=preloaded)

    def __call__(self, workspace: Workspace) -> AsyncKernelManager:
        """Make a manager like that of a plain kernel, whose process comes about in another way."""
        self.guard(workspace.root)
        manager = plain(workspace)
        manager.provisioner = WarmProvisioner(
            kernel_spec=manager.kernel_spec,
            parent=manager,
            servers=self._servers,
            policy=functools.partial(self._policy, workspace),
        )
        return manager

    def guard(self, folder: Path) -> None:
        """Have a folder removed should this process be killed: the server outlives it for that."""
        self._servers.guard(folder)

    def __enter__(self) -> Self:
        """Let the server import while the grader does."""
        self._servers.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server and every kernel that is still alive."""
        self._servers.close()
