"""The beginning and end of cells, as IPython tells of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.recorder.functions import Calls
from grader.recorder.log import Log
from grader.recorder.namespace import Snapshots
from grader.recorder.statements import Statements
from grader.recorder.steps import Steps
from grader.recorder.tape import NoModes, Tape


class Cells:
    """Begins and ends the log's cells; a cell run within a cell belongs to the outer one.

    ``begun`` and ``ended`` are called with the cell's ordinal and what IPython gives its events, for who
    wants to know beside the log.
    """

    def __init__(
        self, tape: Tape, steps: Steps, snapshots: Snapshots, statements: Statements, calls: Calls
    ) -> None:
        self.tape, self.log = tape, tape.log
        self._steps, self._snapshots, self._statements, self._calls = steps, snapshots, statements, calls
        self._depth = 0
        self._looked: dict[str, Any] = {}
        self.begun: Callable[[int, Any], None] = lambda _cell, _info: None
        self.ended: Callable[[int, Any], None] = lambda _cell, _result: None

    def begin(self, info: Any) -> None:
        """Begin a cell. Called by IPython."""
        self._depth += 1
        if self._depth == 1:
            self.tape.begin_cell()
            self._looked = {}
            _to_the_end(self.log, self._statements.begin_cell)
            _to_the_end(self.log, self.begun, self.log.cell, info)

    def end(self, result: Any) -> None:
        """End it: write what it did. Called by IPython, also for the cell that put the recorder in place."""
        if self._depth == 0:
            return
        self._depth -= 1
        if self._depth == 0:
            self._steps.end_cell()
            self._write(getattr(result, "result", None), getattr(result, "error_in_exec", None))
            _to_the_end(self.log, self.ended, self.log.cell, result)

    def look(self) -> None:
        """Write the running cell as it stands, as if it ended here."""
        if self._depth:
            self._write(None)

    def _write(self, last: Any, error: BaseException | None = None) -> None:
        _to_the_end(self.log, self.tape.last_leaves)
        with NoModes():
            values, gone = _to_the_end(self.log, self._snapshots.changes, self.log.store, last) or ({}, [])
            values |= _to_the_end(self.log, self._calls.results) or {}
        looked = {name: value for name, value in self._looked.items() if name not in gone}
        self._looked = {**looked, **values}
        raised = None if error is None else _to_the_end(self.log, self._place, error)
        _to_the_end(self.log, self.log.write, complete=True, values=self._looked, gone=gone, raised=raised)

    def _place(self, error: BaseException) -> list[int] | None:
        """Give the cell and the line of the notebook's innermost frame that an exception came through."""
        found, trace = None, error.__traceback__
        while trace is not None:
            cell = self.tape.cells.get(trace.tb_frame.f_code.co_filename)
            found = found if cell is None else [cell, trace.tb_lineno]
            trace = trace.tb_next
        return found


def _to_the_end(log: Log, function: Any, *args: Any, **kwargs: Any) -> Any:
    """Call what is done at a cell's end; an interrupt that was meant for the cell makes it begin again."""
    for _ in range(3):
        try:
            return function(*args, **kwargs)
        except KeyboardInterrupt:
            continue
        except Exception:  # noqa: BLE001 - a gap in the recording
            log.faults += 1
            return None
    return None
