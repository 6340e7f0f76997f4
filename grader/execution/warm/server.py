"""The host's end of one warm-kernel server process; what is said is described in ``child/server.py``."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import SandboxError
from grader.execution.child.folders import remove
from grader.execution.warm.fork import Fork, ServerLostError
from grader.execution.workspace import interpreter_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: The program that is the other end.
MODULE = "grader.execution.child.server"

#: What a notebook or its kernel would import later, each time anew. Not among them is matplotlib_inline,
#: which looks for the shell when it is imported, and there is none yet.
PRELOADED = (
    "grader.execution.child.compiler",  # the first optimizer of a process would import a thousand modules
    "pandas",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.magics.execution",
    "IPython.core.magics.pylab",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "PIL.BmpImagePlugin",  # these four for every picture that is shown
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PpmImagePlugin",
    "numpy.ctypeslib",  # for every tensor that is written
    "pandas.io.formats.html",  # these two for every table that is shown
    "pandas.io.formats.string",
    "pygments.formatters.html",  # these four for every exception
    "pygments.formatters.terminal256",
    "pygments.lexers.python",
    "stack_data",
    "requests",
    "sqlite3",
    "torch._subclasses.schema_check_mode",  # for the first vmap
    "torch.profiler._cupti_monitor",  # for the first step of an optimizer
    "tornado.platform.asyncio",
)

#: Seconds that the imports may take, and the end.
LONGEST_START, LONGEST_END = 120.0, 10.0


class Server:
    """A server process. It has been started, but may still be importing, when the constructor returns.

    ``preloaded`` are the modules that its kernels find imported, besides torch and ipykernel.
    """

    def __init__(self, preloaded: Sequence[str] = PRELOADED) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="grader-warm-")).resolve()
        self._log = self._folder / "log"
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", "-m", MODULE, str(theirs.fileno()), *preloaded],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env=self._environment(),
                start_new_session=True,  # Ctrl-C at the terminal is for the host alone
            )
        self.forks = 0
        self.memory = self.memory_at_start = 0
        self.guard([self._folder])

    def _environment(self) -> dict[str, str]:
        """Give what Python is started with; a kernel's own environment comes with the request for it."""
        return {
            **interpreter_environment(),
            "HOME": str(self._folder),
            "MPLCONFIGDIR": str(self._folder),
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as ipykernel, but before the import
        }

    def is_ready(self) -> bool:
        """Tell whether it has imported everything and serves."""
        with suppress(BlockingIOError):
            self._greet(0)
        return self.memory > 0

    def wait_until_ready(self) -> None:
        """Wait for the imports. ``SandboxError`` says why they failed."""
        reason = f"it was not ready after {LONGEST_START:.0f} s"
        with suppress(TimeoutError):
            self._greet(LONGEST_START)
            reason = self.last_words()
        if not self.memory:
            self.kill()
            raise SandboxError(f"the warm-kernel server could not be started: {reason}")

    def _greet(self, seconds: float) -> None:
        """Wait for the one thing it says of its own accord: that it serves, and the memory it has."""
        self._control.settimeout(seconds)
        if not self.memory:
            with suppress(ConnectionResetError):  # it ended, and has not read all we said
                packet = self._control.recv(1 << 16) or b'{"memory": 0}'
                self.memory = self.memory_at_start = int(json.loads(packet)["memory"])
        self._control.settimeout(LONGEST_END)

    def guard(self, folders: Iterable[Path]) -> None:
        """Have folders removed should this process be killed."""
        with suppress(OSError):  # its end is noticed when it is next needed
            self._control.send(json.dumps({"guard": [*map(str, folders)]}).encode())

    async def fork(self, request: Mapping[str, Any], streams: Sequence[int]) -> Fork:
        """Have a kernel forked and wait until it can be spoken to; ``ServerLostError`` if the server dies."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fork = Fork(ours)
        try:
            with theirs:
                socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno(), *streams])
            self.forks += 1
            await fork.start()
        except OSError as error:
            fork.close()
            raise ServerLostError from error
        except BaseException:
            fork.close()
            raise
        self.memory = fork.memory
        return fork

    def is_over(self) -> bool:
        """Tell whether the process has ended; if so nothing of it is left."""
        if self._process.poll() is None:
            return False
        self._control.close()
        remove(str(self._folder))
        return True

    def retire(self) -> None:
        """Let it end with its last kernel."""
        with suppress(OSError):
            self._control.send(b'{"retire": true}')

    def kill(self) -> None:
        """End it at once: it does not answer any more. Its kernels die with it."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it and every kernel that is still alive."""
        if not self.memory and not self.is_ready():
            self.kill()  # it imports, and would hear of its end only then; there is no kernel yet
        with suppress(OSError):  # it has ended
            self._control.send(b'{"release": true}')
        self._control.close()
        try:
            self._process.wait(LONGEST_END)
        except subprocess.TimeoutExpired:
            self.kill()
        self.is_over()

    def last_words(self) -> str:
        """Give the last line it has written."""
        with suppress(OSError):
            lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
            return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
        return "it said nothing"
