"""An ordinary ipykernel with the few differences that grading needs, none of which a student sees."""

from __future__ import annotations

import functools
import importlib
import inspect
import linecache
import os
import sys
import types
from typing import Any, NoReturn

import zmq
import zmq.eventloop.zmqstream

# The debugger takes as long to import as the rest of ipykernel, and nobody can attach one here. ipykernel
# does without when the import fails.
sys.modules["debugpy"] = None  # type: ignore[assignment]
import ipykernel.compiler  # noqa: E402
import ipykernel.debugger  # noqa: E402
import ipykernel.ipkernel  # noqa: E402

del sys.modules["debugpy"]

import ipykernel.kernelapp  # noqa: E402
from ipykernel.iostream import IOPubThread  # noqa: E402
from ipykernel.ipkernel import IPythonKernel  # noqa: E402
from ipykernel.kernelapp import IPKernelApp  # noqa: E402
from ipykernel.zmqshell import ZMQInteractiveShell  # noqa: E402
from IPython.core.profiledir import ProfileDir  # noqa: E402
from IPython.paths import get_ipython_dir  # noqa: E402
from traitlets.config import Config  # noqa: E402

from grader.execution.child import notes  # noqa: E402
from grader.execution.child.output import CappedSession  # noqa: E402

CONFIG = {"HistoryManager": {"hist_file": ":memory:"}}

#: The modules that call the code of a cell. Their lines are read by torch.manual_seed, which keeps the stack.
CALLERS = (
    "IPython.core.async_helpers", "IPython.core.interactiveshell", "asyncio.base_events", "asyncio.events",
    "grader.recorder.install", "ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.kernelbase",
    "ipykernel.zmqshell", "tornado.platform.asyncio",
)  # fmt: skip


class Kernel(IPythonKernel):  # type: ignore[misc]  # ipykernel is not typed
    """Says in its replies' metadata which line failed, what was noted and whether output was dropped."""

    #: ipykernel sleeps before it replies, for clients that do not wait for the end of a cell's output.
    _execute_sleep = 0.0

    #: IPython's ends in a tip, drawn at random from the generator that the student's code draws from.
    banner = ""

    def __init__(self, **options: Any) -> None:
        # The debugger would be told every module: to look at them is to copy the pages they share with the
        # warm-kernel server, a third of this start.
        ipykernel.ipkernel.sys = types.SimpleNamespace(**vars(sys) | {"modules": {}})
        try:
            super().__init__(**options)
        finally:
            ipykernel.ipkernel.sys = sys
        _move_in(self.shell, self)

    def finish_metadata(self, parent: Any, metadata: Any, reply_content: Any) -> Any:
        """Add what only the kernel knows. Called by ipykernel when a cell has ended, before the reply."""
        metadata = super().finish_metadata(parent, metadata, reply_content)
        metadata["notes"] = notes.take()
        metadata["dropped"] = parent["header"]["msg_id"] in self.session.dropped
        if reply_content.get("status") == "error":
            metadata["line"] = failing_line(self.shell)
        return metadata


class Compiler(ipykernel.compiler.XCachingCompiler):  # type: ignore[misc]  # ipykernel is not typed
    """Says that a cell is no module: to find that out, a traceback looks at every module, so copies it."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        """Give the name that a cell is compiled under, a file's that does not exist."""
        name: str = super().get_code_name(raw_code, code, number)
        inspect.modulesbyfile[name] = ""  # inspect's own memory of whose file is whose
        return name


class LocalPipe(IOPubThread):  # type: ignore[misc]  # ipykernel is not typed
    """Takes what forked processes print over a Unix socket; ipykernel's own way is TCP, which is denied."""

    def __init__(self, address: str, *args: Any, **kwargs: Any) -> None:
        self._address = address
        super().__init__(*args, **kwargs)

    def _setup_pipe_in(self) -> None:
        self._pipe_uuid = os.urandom(16)
        pipe = self.socket.context.socket(zmq.PULL)
        pipe.linger = 0
        pipe.bind(self._address)
        self._pipe_in = zmq.eventloop.zmqstream.ZMQStream(pipe, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def _setup_pipe_out(self) -> tuple[Any, Any]:
        context = zmq.Context()
        pipe = context.socket(zmq.PUSH)
        pipe.linger = 3000  # milliseconds, as ipykernel's
        pipe.connect(self._address)
        return context, pipe


class App(IPKernelApp):  # type: ignore[misc]  # ipykernel is not typed
    """Starts the kernel on the sockets of a connection file."""

    def parse_command_line(self, argv: Any = None) -> None:
        """Leave it unread: ``create`` has, and traitlets makes a parser of several hundred options for it."""

    def init_iopub(self, context: Any) -> None:
        """Make room: a full queue drops messages, and the one that ends a cell must not be among them."""
        context.sndhwm = 0
        if self.transport == "ipc":
            ipykernel.kernelapp.IOPubThread = functools.partial(LocalPipe, f"ipc://{self.ip}-pipe")
        super().init_iopub(context)

    def load_config_file(self, *_: Any) -> None:
        """Load none: what is set on this machine is not the notebook's."""

    def init_code(self) -> None:
        """Hide from ``%who`` what is there already; files that a machine's users have run first are not."""
        self.shell.user_ns_hidden.update(self.shell.user_ns)
        if not hasattr(self.shell, "_sys_modules_keys"):
            _remember_modules(self.shell)


def before_fork() -> None:
    """Make, in a process that will fork kernels, what is the same in all of them: half of IPython's start.

    There is one application and one shell a process: ``create`` finds these.
    """
    _app()
    shell = ZMQInteractiveShell.instance(
        config=Config(CONFIG),
        compiler_class=Compiler,
        ipython_dir=os.curdir,  # where nothing has to be made; the profile's folders are made by each kernel
        profile_dir=ProfileDir(),
    )
    _show_an_exception()
    _remember_modules(shell)
    for name in CALLERS:
        linecache.getlines(str(importlib.import_module(name).__file__))


def create(connection_file: str, output_bytes: int) -> App:
    """Give an initialized application: its shell is there, it serves nothing yet."""
    # Warnings show the name of the cell's file: it would tell the process id, another one each time.
    ipykernel.compiler.get_tmp_directory = lambda: "/tmp/ipykernel"  # noqa: S108 - nothing is written there
    app = _app()
    app.session = CappedSession(output_bytes=output_bytes)
    app.connection_file = connection_file
    app.initialize()
    app.shell.ask_exit = leave_cell
    _silence_echo()
    return app


def plain(argv: list[str]) -> IPKernelApp:
    """Give an initialized application of ipykernel as it is, for notebooks that are run but not graded."""
    App.clear_instance()
    ZMQInteractiveShell.clear_instance()  # which knows nothing of the user's configuration
    app = IPKernelApp.instance()
    app.initialize(argv)
    return app


def _show_an_exception() -> None:
    """Have what is made for the first one that a kernel shows: colours, and the file of each module."""
    try:
        int("")
    except ValueError:
        ZMQInteractiveShell.instance().InteractiveTB.structured_traceback(*sys.exc_info())


def _remember_modules(shell: Any) -> None:
    """Say which ones ``%reset`` keeps: to go through their names in a kernel is to copy the pages of all."""
    shell._sys_modules_keys = {*sys.modules}  # noqa: SLF001 - IPython's application sets it, too


def _app() -> App:
    return App.instance(kernel_class=Kernel, config=Config(CONFIG))  # type: ignore[no-any-return]


def _move_in(shell: Any, kernel: Kernel) -> None:
    """Give a shell that was made before the fork what it would have found here."""
    shell.parent = shell.kernel = kernel
    shell.ipython_dir, shell.profile_dir = get_ipython_dir(), kernel.profile_dir
    shell.starting_dir = os.getcwd()  # noqa: PTH109 - IPython's is a text
    shell.init_environment()
    shell.init_pushd_popd_magic()  # the home directory
    shell.history_manager.reset(new_session=False)  # the folder that it begins in


def leave_cell() -> NoReturn:
    """End the cell, as ``sys.exit()`` does: ``quit()`` and ``exit()`` must not end the notebook."""
    raise SystemExit


def failing_line(shell: Any) -> int | None:
    """Find the line, from 1, of the last cell's own source through which its exception went."""
    result = shell.last_execution_result
    if result is None:
        return None
    raw = result.info.raw_cell
    above = _blank_lines(raw)  # IPython drops them
    if isinstance(result.error_before_exec, SyntaxError):
        return above + (result.error_before_exec.lineno or 1)
    cell = shell.compile.get_code_name(raw, raw, result.execution_count)
    line = None
    trace: types.TracebackType | None = getattr(result.error_in_exec, "__traceback__", None)
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name == cell:
            line = above + trace.tb_lineno
        elif name in ("<timed exec>", "<timed eval>"):  # the body of %%time
            body = raw.lstrip().partition("\n")[2]
            line = above + 1 + _blank_lines(body) + trace.tb_lineno
        trace = trace.tb_next
    return line


def _blank_lines(text: str) -> int:
    """Count the empty lines that ``text`` begins with."""
    return text[: len(text) - len(text.lstrip())].count("\n")


def _silence_echo() -> None:
    """Stop ipykernel's copy of what is written to file descriptors 1 and 2: it would fill the host's log."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if (copy := getattr(stream, "_original_stdstream_copy", None)) is not None:
            os.dup2(nowhere, copy)
    os.close(nowhere)
