"""What ended a command early, in one line for the person at the terminal."""

from collections.abc import Mapping
from errno import errorcode
from typing import Any

from grader.errors import AssignmentError, GraderError, Phrase, StoppedError
from grader.records import Message
from grader.render.messages import catalogue, fill, read_catalogue, translate, ui
from grader.render.text import clean


def failure(error: BaseException, lang: str) -> str:
    """Say what ended a command: whose fault it is, what happened, where, and what to do next."""
    match error:
        case GraderError():
            said = _ours(error, lang)
        case ModuleNotFoundError():
            said = ui(lang)("error.command.extra", package=error.name or "?")
        case OSError():
            said = f"{error.filename}: {reason(error, lang)}" if error.filename else reason(error, lang)
        case StoppedError():
            said = ui(lang)("error.command.stopped", path=str(error.folder))
        case _:
            said = ui(lang)("error.command.interrupted")
    return " ".join(clean(said).split())


def reason(error: OSError, lang: str) -> str:
    """Say why a file cannot be used; rare reasons in the system's own words."""
    name = errorcode.get(error.errno or 0, "")
    return catalogue(lang).get(f"error.os.{name}", error.strerror or str(error))


def _ours(error: GraderError, lang: str) -> str:
    """Say one of our errors, ``where`` first; ``{reason}`` is what the system said, if it is behind it."""
    params = dict(error.params)
    if isinstance(error.__cause__, OSError):
        params["reason"] = reason(error.__cause__, lang)
    if isinstance(error, AssignmentError):
        return str(error) if lang == "en" else "".join(_korean(part, params) for part in error.said)
    said = translate(Message(f"error.{error.about}.{error.code}", params, str(error)), lang)
    return f"{params['where']}: {said}" if "where" in params else said


def _korean(part: str | Phrase, params: Mapping[str, Any]) -> str:
    """Say a part of what is wrong with an assignment; ``assignment.po`` has the Korean of each phrase."""
    if isinstance(part, str):
        return part
    return fill(read_catalogue("assignment", "ko").get(part.english, str(part)), {**part.params, **params})
