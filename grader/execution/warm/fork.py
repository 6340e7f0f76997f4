"""One forked kernel as the host sees it: Popen's verbs over a channel to the server, who is its parent."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from contextlib import suppress
from typing import Any

from grader.errors import SandboxError
from grader.execution.exceeded import Ending

LARGEST_PACKET = 1 << 16

#: Seconds between two looks at the channel. Several coroutines may wait for one kernel, so none may block.
PAUSE = 0.002

#: Seconds that a fork may take to become a kernel, and a killed one to be gone; beyond, the server is stuck.
LONGEST_START, LONGEST_END = 60.0, 10.0


class ServerLostError(Exception):
    """The server died or does not answer; what it was asked for may be asked of another one."""


class Fork:
    """A kernel that was asked for. Letting go of it kills it."""

    def __init__(self, channel: socket.socket) -> None:
        channel.setblocking(False)  # noqa: FBT003
        self._channel = channel
        self._news: dict[str, Any] = {}
        self.lost = False

    @property
    def pid(self) -> int:
        """The kernel's process id, known once it has been started."""
        return int(self._news["pid"])

    @property
    def memory(self) -> int:
        """The bytes of memory the server held when it forked."""
        return int(self._news["memory"])

    async def start(self) -> None:
        """Wait until it is a kernel with its sockets bound.

        Raises:
            ServerLostError: the server died before.
            SandboxError: it could not become one, and says why.

        """
        deadline = time.monotonic() + LONGEST_START
        while not {"pid", "ready"} <= self._news.keys():  # from server and kernel, in any order
            code = self.poll()
            if self.lost or time.monotonic() > deadline:
                raise ServerLostError
            if "error" in self._news or code is not None:
                raise SandboxError(
                    f"no kernel could be started: {self._news.get('error', f'it ended with {code}')}"
                )
            await asyncio.sleep(PAUSE)

    def poll(self) -> int | None:
        """Give the exit code, negative for a signal, or None while it lives."""
        while "exit" not in self._news:
            try:
                packet = self._channel.recv(LARGEST_PACKET)
            except BlockingIOError:
                return None
            except OSError:
                packet = b""
            self.lost = not packet
            self._news |= json.loads(packet or '{"exit": -9}')
        return int(self._news["exit"])

    async def wait(self) -> int:
        """Wait for its end and that of all it started, and give the exit code."""
        deadline = time.monotonic() + LONGEST_END
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise SandboxError("the warm-kernel server does not answer: a killed kernel may be alive")
            await asyncio.sleep(PAUSE)
        return code

    def ending(self) -> Ending | None:
        """Tell how it ended and what it had used; None while it lives or where its server is gone."""
        if self.poll() is None or "peak" not in self._news:
            return None
        used = max(0, int(self._news["peak"]) - self.memory)
        return Ending(int(self._news["exit"]), float(self._news["cpu_seconds"]), used)

    def send_signal(self, number: int) -> None:
        """Have the server signal it and the processes of its group: it knows whether the number is theirs."""
        with suppress(OSError):  # it has ended
            self._channel.send(json.dumps({"signal": int(number)}).encode())

    def close(self) -> None:
        """Let go of it: it is killed if it still lives."""
        self._channel.close()
