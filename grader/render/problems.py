"""What happened to a cell that did not finish, in words."""

import re
from dataclasses import dataclass, replace

from grader.records import CellError, CellOutcome, CellStatus, Message, Report
from grader.render import text
from grader.render.messages import catalogue, translate

#: What flags begin with that already say what became of their cell.
_CELL_FLAGS = ("flag.cell-killed", "flag.limit.")

_PLACE = re.compile(r" \((?!<(?:string|unknown)>)[^()]*, line \d+\)$")


@dataclass(frozen=True)
class Problem:
    """What became of a cell that did not finish: a sentence, a hint, the line it happened on."""

    text: str
    hint: str
    source: str
    cell: int


def problem(cell: CellOutcome, lang: str) -> Problem:
    """Say what happened to a cell that did not finish."""
    error, at = cell.error and _without_place(cell.error), {"cell": cell.index + 1}
    if cell.status == CellStatus.TIMED_OUT:
        message = Message("cell.stopped", at)
    elif cell.status == CellStatus.KILLED:
        message = Message("cell.killed", at)
    elif cell.status == CellStatus.NOT_REACHED or not error:
        message = Message("cell.not-reached", at)
    elif error.line is None:
        message = Message("cell.raised-somewhere", {**at, "name": error.name, "value": error.value})
    else:
        params = {**at, "line": error.line, "name": error.name, "value": error.value}
        message = Message("cell.raised", params)
    hint = _hint(error, lang) if error else ""
    source = text.dedented(error.source) if error else ""
    return Problem(
        translate(message, lang).rstrip(": "), hint, source, cell.index
    )  # not all exceptions speak


def unfinished(report: Report) -> dict[int, Problem]:
    """Say what happened to each cell that did not finish, by its index."""
    cells = (cell for cell in report.cells if cell.status != CellStatus.OK)
    return {cell.index: problem(cell, report.language) for cell in cells}


def untold(report: Report) -> list[Problem]:
    """Give what happened to cells, as far as no flag says it already."""
    told = {flag.params.get("cell", 0) - 1 for flag in report.flags if flag.id.startswith(_CELL_FLAGS)}
    return [it for cell, it in unfinished(report).items() if cell not in told]


def raised(report: Report) -> list[str]:
    """Give a line for each cell that an exception ended, with what explains it: running all stops there."""
    cells = (cell for cell in report.cells if cell.status == CellStatus.RAISED)
    told = (problem(cell, report.language) for cell in cells)
    return [" · ".join(filter(None, (it.text, it.hint))) for it in told]


def _without_place(error: CellError) -> CellError:
    """Leave out where a text is no Python: the file has a name of IPython's; the cell's line is known."""
    known = error.line is not None and error.name in ("SyntaxError", "IndentationError", "TabError")
    return replace(error, value=_PLACE.sub("", error.value)) if known else error


def _hint(error: CellError, lang: str) -> str:
    """Explain an exception: by its message where there are words for it, else by its kind."""
    return translate(error.hint, lang) if error.hint else catalogue(lang).get(f"exception.{error.name}", "")
