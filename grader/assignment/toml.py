"""The form of ``assignment.toml``: which keys there are, what they may hold, in which line each stands."""

from __future__ import annotations

import re
import tomllib
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, time
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import (
    AwareDatetime,
    BaseModel,
    ByteSize,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from grader.errors import AssignmentError, GraderError, phrase
from grader.records import Limits
from grader.spelling import did_you_mean, nearest_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from grader.errors import Phrase

Key: TypeAlias = tuple[str | int, ...]  # ("questions", 2, "checks", "yhat", "points")
Id: TypeAlias = Annotated[str, Field(pattern=r"^\w[\w-]*$")]
Points: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count: TypeAlias = Annotated[int, Field(gt=0)]
Bytes: TypeAlias = Annotated[ByteSize, Field(gt=0)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class CheckForm(_Form):
    """``yhat = {points = 2, atol = 2e-4}``, or the points alone: ``yhat = 2``."""

    points: Points
    step: Literal["value", "data"] | None = None
    visibility: Literal["public", "hidden"] = "public"
    atol: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    any_shape: bool = False
    any_dtype: bool = False
    any_kind: bool = False

    @model_validator(mode="before")
    @classmethod
    def points_alone(cls, given: Any) -> Any:
        """Take a bare number for the points."""
        return given if isinstance(given, dict) else {"points": given}


class QuestionForm(_Form):
    """``[[questions]]``: ``training``, ``values`` or ``one_of`` several, by the names of references."""

    id: Id
    title: str
    points: Points
    training: str | None = None
    values: str | None = None
    varies_with: list[Literal["csv", "seed"]] = []
    one_of: Annotated[list[str], Field(min_length=2)] | None = None
    checks: Annotated[dict[str, CheckForm], Field(min_length=1)]

    @field_validator("varies_with", mode="before")
    @classmethod
    def one_alone(cls, given: Any) -> Any:
        """Take a bare word for a list of one."""
        return [given] if isinstance(given, str) else given


class LimitsForm(_Form):
    """``[limits]``. Bytes may be written with their unit: ``"2GiB"``."""

    cell_seconds: Points = Limits.cell_seconds
    notebook_seconds: Points = Limits.notebook_seconds
    cpu_seconds: Count = Limits.cpu_seconds
    memory_bytes: Bytes = ByteSize(Limits.memory_bytes)
    processes: Count = Limits.processes
    open_files: Count = Limits.open_files
    file_bytes: Bytes = ByteSize(Limits.file_bytes)
    disk_bytes: Bytes = ByteSize(Limits.disk_bytes)
    output_bytes: Bytes = ByteSize(Limits.output_bytes)
    recording_bytes: Bytes = ByteSize(Limits.recording_bytes)


class SecondRunForm(_Form):
    """``[second_run]``: how answers that should depend on the data are seen to."""

    files: str | None = None
    one_in: Annotated[int, Field(ge=0)] = 20


class AssignmentForm(_Form):
    """The whole file."""

    id: Id
    title: str
    version: str
    points: Points
    passing_score: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    show_expected: Literal["never", "after-deadline", "always"] = "always"
    deadline: AwareDatetime | None = None
    checker: str = ""
    data: str | None = None
    own: dict[str, str] = {}
    files: dict[str, str] = {}
    limits: LimitsForm = LimitsForm()
    second_run: SecondRunForm = SecondRunForm()
    questions: Annotated[list[QuestionForm], Field(min_length=1)]


@dataclass(frozen=True)
class Toml:
    """The text of an ``assignment.toml``, to say where something in it is wrong."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> Toml:
        """Read the file. Raises ``AssignmentError`` if it is not there or not text."""
        try:
            content = path.read_bytes()
            return cls(path, content.decode("utf-8-sig").replace("\r\n", "\n"))
        except OSError as error:
            said = phrase("cannot be read: {reason}", reason=error.strerror)
            raise AssignmentError(f"{path}: ", said) from error
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise AssignmentError(
                f"{path}:{line}: ", phrase("is not UTF-8 text; save it as UTF-8")
            ) from error

    def form(self) -> AssignmentForm:
        """Parse the text. Raises ``AssignmentError`` for broken TOML or the first thing that does not fit."""
        try:
            return AssignmentForm.model_validate(tomllib.loads(self.text))
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            where = line[1] if line else self.text.count("\n") + 1
            said = (
                phrase("not TOML: {error}; that stands further up already", error=str(error))
                if str(error).startswith("Cannot")
                else phrase(
                    "not TOML: {error}; is a quotation mark, comma or bracket missing?", error=str(error)
                )
            )
            raise AssignmentError(f"{self.path}:{where}: ", said) from error
        except ValidationError as error:
            # A misspelt key is unknown and its right spelling missing: the misspelling is what helps.
            first = min(error.errors(), key=lambda details: details["type"] != "extra_forbidden")
            raise self.error(first["loc"], *_in_words(first), missing=first["type"] == "missing") from error

    def error(self, key: Key, *what: str | Phrase, missing: bool = False) -> AssignmentError:
        """Make the error that says ``what`` is wrong at ``key``, in its line or its table's line."""
        name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key).lstrip(".")
        line = self.line(key[:-1] if missing else key)
        return AssignmentError(f"{self.path}:{line}: {name}: ", *what)

    @contextmanager
    def at(self, key: Key) -> Iterator[None]:
        """Add ``key`` and its line to an ``AssignmentError`` raised within."""
        try:
            yield
        except AssignmentError as error:
            raise self.error(key, *error.said) from error

    def line(self, key: Key) -> int:
        """Find the line of ``key``, from 1: the parser keeps none, so its parts are looked for in order."""
        start, end = 0, len(self.text)
        for part, following in zip_longest(key, key[1:]):
            if isinstance(part, int):
                continue
            headers = re.finditer(rf"^\s*\[\[\s*{re.escape(part)}\s*\]\]", self.text, re.MULTILINE)
            if isinstance(following, int) and (header := next(islice(headers, following, None), None)):
                start = header.end()
            elif found := re.compile(rf"(?<![\w-]){re.escape(part)}[\"']?\s*[=.\]]").search(
                self.text, start, end
            ):
                start = found.start()
                # What follows ``key =`` stands in its line; what follows ``[key]`` in the lines below.
                end = self.text.find("\n", start) if found[0].endswith("=") else end
        return self.text.count("\n", 0, start) + 1


def override(limits: Limits, given: Iterable[str]) -> Limits:
    """Replace limits by what a command line says: ``cell_seconds=120``, ``memory_bytes=4GiB``.

    Raises:
        GraderError: one of ``given`` is no limit, or cannot have that value.

    """
    pairs = [text.partition("=")[::2] for text in given]
    try:
        form = LimitsForm.model_validate(asdict(limits) | dict(pairs), strict=False)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise _wrong_limit(name, next(text for text in given if text.partition("=")[0] == name)) from error
    return Limits(**form.model_dump())


def _wrong_limit(name: str, given: str) -> GraderError:
    """Say what a ``--limit`` should look like, by what kind of limit it is."""
    if name not in LimitsForm.model_fields:
        names = nearest_first(name, LimitsForm.model_fields)
        said = f"--limit {given}: there is no such limit; there are {', '.join(names)}"
        return GraderError(said, "limit-unknown", {"given": given, "names": names})
    match LimitsForm.model_fields[name].annotation:
        case kind if kind is ByteSize:
            code, wanted = "limit-bytes", f"write a size, such as {name}=4GiB"
        case kind if kind is int:
            code, wanted = "limit-count", f"write a whole number above 0, such as {name}=64"
        case _:
            code, wanted = "limit-seconds", f"write seconds, such as {name}=120"
    return GraderError(f"--limit {given}: {wanted}", code, {"given": given, "name": name})


#: What should stand where something else does, by the kind of pydantic's error.
WANTED = {
    "bool_type": "should be true or false, not {given}",
    "byte_size": "should be a size such as '4GiB', not {given}",
    "byte_size_unit": "should be a size such as '4GiB', not {given}",
    "datetime_type": "should be a time with its offset, such as 2026-10-05T23:59:00+09:00, not {given}",
    "dict_type": "should be a table, with a name = … for each, not {given}",
    "finite_number": "should be a finite number, not {given}",
    "float_type": "should be a number, not {given}",
    "greater_than": "should be above {bound}, not {given}",
    "greater_than_equal": "should be {bound} or more, not {given}",
    "int_type": "should be a whole number, not {given}",
    "list_type": "should be a list, not {given}",
    "model_type": "should be a table, with a name = … for each, not {given}",
    "string_pattern_mismatch": "should be one word of letters, digits, - and _, not {given}",
    "string_type": "should be a text in quotes, not {given}",
    "timezone_aware": "should be a time with its offset, such as 2026-10-05T23:59:00+09:00, not {given}",
    "too_short": "should have {bound} or more",
}


def _in_words(details: ErrorDetails) -> tuple[str | Phrase, ...]:
    """Say in a few words what one of pydantic's errors means."""
    key, kind, given, bounds = (
        details["loc"],
        details["type"],
        _as_toml(details["input"]),
        details.get("ctx", {}),
    )
    match kind:
        case "extra_forbidden":
            return phrase("no such key"), did_you_mean(str(key[-1]), _keys_beside(key))
        case "missing":
            return (phrase("missing"),)
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", bounds["expected"])
            return phrase("cannot be {given}", given=given), did_you_mean(str(details["input"]), allowed)
        case "list_type" if key == ("questions",):
            return (phrase("each question is a [[questions]], in two brackets"),)
        case _ if kind in WANTED:
            bound = next((bounds[name] for name in ("gt", "ge", "min_length") if name in bounds), "")
            return (phrase(WANTED[kind], given=given, bound=f"{bound:g}" if bound != "" else ""),)
        case _:
            return f"{details['msg'][0].lower()}{details['msg'][1:]}", phrase(", not {given}", given=given)


def _as_toml(value: object) -> str:
    """Give a value as it stands in the file, cut where it gets long."""
    match value:
        case bool():
            return str(value).lower()
        case date() | time():
            return value.isoformat()
    return repr(value)[:40]


def _keys_beside(key: Key) -> list[str]:
    """Give the keys that are allowed where ``key`` stands."""
    form: type[BaseModel]
    match key:
        case ("limits", _):
            form = LimitsForm
        case ("second_run", _):
            form = SecondRunForm
        case ("questions", int(), _):
            form = QuestionForm
        case ("questions", int(), "checks", _, _):
            form = CheckForm
        case _:
            form = AssignmentForm
    return list(form.model_fields)
