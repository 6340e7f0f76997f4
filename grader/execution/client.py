"""nbclient with a clock: runs the cells of one notebook in one kernel and says what happened to each."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, DeadKernelError

from grader.errors import SandboxError
from grader.execution import exceeded, notes
from grader.execution.exceeded import Limit
from grader.execution.outputs import Allowance, omission, settled
from grader.records import CellError, CellOutcome, CellStatus

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyter_client.manager import AsyncKernelManager
    from nbformat import NotebookNode

    from grader.execution.workspace import Workspace
    from grader.records import Limits

#: Seconds that a cell has, after its interrupt, to end by itself; no more than it had before.
GRACE = 5.0

#: Characters kept of an exception's message.
LONGEST_MESSAGE = 2000


class Client(NotebookClient):  # type: ignore[misc]  # nbclient is not typed
    """Runs a notebook once, to its end or until the kernel is dead.

    Afterwards ``outcomes`` has an entry for each code cell that was reached, ``sent`` lists those the kernel
    was given (the recorder's order), ``flooded`` those whose output was cut, ``exceeded`` those that ran into
    a limit, ``noted`` what the stand-ins did in each, and ``fatal`` names the one that killed the kernel. The
    notebook's outputs are the new ones.
    """

    def __init__(self, notebook: NotebookNode, manager: AsyncKernelManager, limits: Limits) -> None:
        super().__init__(
            notebook,
            km=manager,
            allow_errors=True,
            timeout=None,
            iopub_timeout=10,
            startup_timeout=120,
            shutdown_kernel="immediate",
            record_timing=False,
        )
        self.on_cell_executed = self._note_reply
        self.outcomes: dict[int, CellOutcome] = {}
        self.sent: list[int] = []
        self.flooded: set[int] = set()
        self.exceeded: dict[int, Limit] = {}
        self.noted: dict[int, tuple[notes.Note, ...]] = {}
        self.fatal: int | None = None
        self._limits = limits
        self._reply: dict[str, Any] | None = None
        self._allowance = Allowance(0)
        self._passed: Limit | None = None

    async def run(self, workspace: Workspace, without: Collection[int] = ()) -> None:
        """Run every code cell but those in ``without``. The kernel is dead afterwards, whatever happens."""
        try:
            await self._start(workspace)
            deadline = time.monotonic() + self._limits.notebook_seconds
            for index, cell in enumerate(self.nb.cells):
                if cell.cell_type != "code" or index in without:
                    continue
                if self.fatal is not None:
                    break
                if (left := deadline - time.monotonic()) <= 0:
                    if Limit.NOTEBOOK_TIME not in self.exceeded.values():
                        self.exceeded[index] = Limit.NOTEBOOK_TIME
                    break
                await self._run_cell(cell, index, left, workspace)
        finally:
            await self._stop()

    async def _start(self, workspace: Workspace) -> None:
        with workspace.log.open("wb") as log:
            try:
                await self.async_start_new_kernel(
                    cwd=str(workspace.work), env=workspace.environment(), stdout=log, stderr=log
                )
                await self.async_start_new_kernel_client()
            except (RuntimeError, OSError) as error:
                said = workspace.log.read_text(encoding="utf-8", errors="replace").split("\n")
                reason = next((line for line in reversed(said) if line.strip()), str(error))
                raise SandboxError(f"no kernel could be started: {reason.strip()}") from error

    async def _stop(self) -> None:
        """Kill the kernel and all it started at once: what matters has left it with the last cell."""
        if self.km is not None:
            await self.km.shutdown_kernel(now=True)
        if self.kc is not None:
            self.kc.stop_channels()

    async def _run_cell(self, cell: NotebookNode, index: int, left: float, workspace: Workspace) -> None:
        """Run a cell; ``left`` are the seconds that the notebook still has."""
        if not cell.source.strip():  # IPython runs no such cell either
            self.outcomes[index] = CellOutcome(index, CellStatus.OK)
            return
        if not await self.km.is_alive():
            if not self.sent:
                raise SandboxError("the kernel died before the first cell")
            self._bury(self.sent[-1])  # it died when the cell before had already answered
            return
        self.sent.append(index)
        self._reply, self._passed, self._allowance = None, None, Allowance(self._limits.output_bytes)
        watch = asyncio.create_task(self._watch(left, workspace))
        try:
            await self.async_execute_cell(cell, index)
        except DeadKernelError:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError from None  # Ctrl-C; nbclient takes any cancellation for a death
            self._bury(index)
        except Exception:  # noqa: BLE001 - a kernel that does not keep to the protocol can break nbclient anywhere
            await self.km.provisioner.kill()
            self._bury(index)
        else:
            self.outcomes[index] = self._outcome(cell, index)
        finally:
            watch.cancel()
            cell.outputs = settled(cell.outputs)
            if self._allowance.exceeded:
                cell.outputs.append(omission(self._limits.output_bytes))
                self.flooded.add(index)

    async def _watch(self, left: float, workspace: Workspace) -> None:
        """Interrupt a cell whose time is up; kill the kernel if it does not mind or took too much else."""
        pid = getattr(self.km.provisioner, "pid", None)
        seconds = min(self._limits.cell_seconds, left)
        passed = await exceeded.passed(self._limits, workspace.root, pid, seconds=seconds)
        if not await self.km.is_alive():  # nbclient will notice within a second
            return
        self._passed = passed
        if passed is Limit.CELL_TIME:
            if left < self._limits.cell_seconds:
                self._passed = Limit.NOTEBOOK_TIME
            await self.km.interrupt_kernel()
            await asyncio.sleep(min(GRACE, self._limits.cell_seconds))
        await self.km.provisioner.kill()

    def _bury(self, index: int) -> None:
        """Note that the kernel has died over a cell, and of what as far as that is known."""
        self.fatal = index
        ending = getattr(self.km.provisioner, "ending", None)
        limit = self._passed or exceeded.of_ending(ending, self._limits)
        if limit is not None:
            self.exceeded[index] = limit
        self.outcomes[index] = CellOutcome(index, CellStatus.TIMED_OUT if self._late else CellStatus.KILLED)

    @property
    def _late(self) -> bool:
        """Whether the cell has used up its time."""
        return self._passed in (Limit.CELL_TIME, Limit.NOTEBOOK_TIME)

    def _note_reply(self, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:  # noqa: ARG002
        self._reply = execute_reply
        self.noted[cell_index] = notes.read(execute_reply["metadata"].get("notes"))
        self._allowance.exceeded |= bool(execute_reply["metadata"].get("dropped"))

    def _outcome(self, cell: NotebookNode, index: int) -> CellOutcome:
        reply = self._reply or {"content": {}, "metadata": {}}
        error = None
        if reply["content"].get("status") == "error":
            error = _cell_error(reply, cell.source)
        limit = self._passed or (None if error is None else exceeded.of_error(error))
        if limit is not None:
            self.exceeded[index] = limit
        if self._late:
            return CellOutcome(index, CellStatus.TIMED_OUT, error)
        return CellOutcome(index, CellStatus.RAISED if error else CellStatus.OK, error)

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Let through what there is room for. Called by nbclient for every message of the running cell."""
        kind, content = msg["msg_type"], msg["content"]
        if kind == "clear_output":
            self._allowance.start_afresh()
        elif kind not in ("status", "execute_input"):
            content = self._allowance.keep(kind, content)
        if content is None:
            return None
        try:
            return super().process_message({**msg, "content": content}, cell, cell_index)
        except CellExecutionComplete:
            raise
        except Exception:  # noqa: BLE001 - a malformed message is the submission's doing and shows nothing
            return None


def _cell_error(reply: dict[str, Any], source: str) -> CellError:
    content, line = reply["content"], reply["metadata"].get("line")
    lines = source.splitlines()
    known = isinstance(line, int) and 1 <= line <= len(lines)
    return CellError(
        name=str(content.get("ename", ""))[:LONGEST_MESSAGE],
        value=str(content.get("evalue", ""))[:LONGEST_MESSAGE],
        line=line if known else None,
        source=lines[line - 1].strip() if known else "",
    )
