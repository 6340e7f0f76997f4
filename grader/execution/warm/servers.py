"""A warm-kernel server at any time: started when needed, renewed when worn, replaced when it has died."""

from __future__ import annotations

import asyncio
import atexit
import sys
import threading
from typing import TYPE_CHECKING, Any

from grader.errors import SandboxError
from grader.execution.warm.fork import ServerLostError
from grader.execution.warm.server import PRELOADED, Server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.execution.warm.fork import Fork

#: Forks after which a server is replaced, and how much larger than at its start it may become.
MOST_FORKS, MOST_GROWTH = 200, 1.5

#: Servers that are tried for one kernel.
ATTEMPTS = 2


class Servers:
    """Hands requests to a living server, from any thread.

    A worn server goes on until its successor has imported everything, and then ends with its last kernel.

    Args:
        fresh: every kernel gets a server of its own, which has imported no more than a kernel must.
        preloaded: the modules that kernels find imported otherwise.

    """

    def __init__(self, *, fresh: bool = False, preloaded: Sequence[str] = PRELOADED) -> None:
        if sys.platform != "linux":
            raise SandboxError("warm kernels need Linux; run the grader with --cold")
        self._fresh = fresh
        self._preloaded = preloaded
        self._lock = threading.Lock()
        self._serving: Server | None = None
        self._successor: Server | None = None
        self._retired: list[Server] = []
        self._folders: list[Path] = []
        atexit.register(self.close)

    def guard(self, folder: Path) -> None:
        """Have a folder removed should this process be killed before it does so itself."""
        with self._lock:
            self._folders = [known for known in self._folders if known.exists()] + [folder]
            if self._serving is not None:
                self._serving.guard([folder])

    def start(self) -> None:
        """Start a server that will be needed, and do not wait for it."""
        with self._lock:
            if self._serving is None and self._successor is None and not self._fresh:
                self._successor = Server(self._preloaded)

    async def fork(self, request: Mapping[str, Any], streams: Sequence[int]) -> Fork:
        """Have a kernel forked. A server that dies over it is replaced, once.

        Args:
            request: ``argv``, ``cwd``, ``env`` and ``policy`` of the kernel.
            streams: the descriptors of its stdout and stderr.

        """
        for _ in range(ATTEMPTS):
            server = await asyncio.to_thread(self._new if self._fresh else self._server)
            try:
                return await server.fork(request, streams)
            except ServerLostError:
                server.kill()
            finally:
                if self._fresh:
                    server.retire()
        raise SandboxError(
            f"the warm-kernel server died {ATTEMPTS} times over one kernel: {server.last_words()}"
        )

    def _new(self) -> Server:
        """Give a server for one kernel."""
        server = Server(preloaded=())
        with self._lock:
            self._retired = [*self._living(), server]
        server.wait_until_ready()
        server.guard(self._folders)
        return server

    def _living(self) -> list[Server]:
        return [server for server in self._retired if not server.is_over()]

    def _server(self) -> Server:
        """Give the server in charge."""
        with self._lock:
            self._retired = self._living()
            if self._serving is not None and self._serving.is_over():
                self._serving = None
            if self._successor is not None and self._successor.is_over():
                self._successor = None
            if self._serving is not None and _is_worn(self._serving) and self._successor is None:
                self._successor = Server(self._preloaded)
            if self._serving is None or (self._successor is not None and self._successor.is_ready()):
                self._replace()
            assert self._serving is not None
            return self._serving

    def _replace(self) -> None:
        if self._serving is not None:
            self._serving.retire()
            self._retired.append(self._serving)
        self._serving, self._successor = self._successor or Server(self._preloaded), None
        self._serving.wait_until_ready()
        self._serving.guard(self._folders)

    def close(self) -> None:
        """End every server, and with them every kernel."""
        atexit.unregister(self.close)
        with self._lock:
            for server in (*self._retired, self._successor, self._serving):
                if server is not None:
                    server.close()
            self._serving = self._successor = None
            self._retired.clear()


def _is_worn(server: Server) -> bool:
    return server.forks >= MOST_FORKS or server.memory > MOST_GROWTH * server.memory_at_start
