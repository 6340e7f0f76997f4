"""What happened to a cell that did not finish, in words."""

from dataclasses import dataclass

from grader.records import CellError, CellOutcome, CellStatus, Message
from grader.render import text
from grader.render.messages import catalogue, translate


@dataclass(frozen=True)
class Problem:
    """What became of a cell that did not finish: a sentence, a hint, the line it happened on."""

    text: str
    hint: str
    source: str
    cell: int


def problem(cell: CellOutcome, lang: str) -> Problem:
    """Say what happened to a cell that did not finish."""
    error, at = cell.error, {"cell": cell.index + 1}
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
    return Problem(translate(message, lang), hint, source, cell.index)


def _hint(error: CellError, lang: str) -> str:
    """Explain an exception: by its message where there are words for it, else by its kind."""
    return translate(error.hint, lang) if error.hint else catalogue(lang).get(f"exception.{error.name}", "")
