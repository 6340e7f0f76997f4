"""The bytes of a notebook file -> its JSON, whatever encoding it was saved in; or what it is instead."""

from __future__ import annotations

import json
import re
from typing import Any

from grader.errors import SubmissionError
from grader.records import Message
from grader.submission.damage import damaged

#: What files of other kinds begin with.
SIGNATURES = {
    b"PK\x03\x04": "ZIP",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "GZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7Z",
    b"\xd0\xcf\x11\xe0": "HWP/DOC",
    b"SQLite format": "SQLite",
}

#: Encodings that say what they are in their first bytes; UTF-32 first, whose mark begins like that of UTF-16.
MARKS = {
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"{\0": "utf-16-le",  # without a mark, but a notebook begins with a brace
    b"\0{": "utf-16-be",
}

_CONFLICT = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)
_PYTHON = re.compile(
    r"^(?:import \w|from [\w.]+ import |def \w|class \w|print\(|\w+ = |#!.*python|# (?:In\[|%%|-\*-))",
    re.MULTILINE,
)

#: An integer of more digits is no number that a notebook needs; Python refuses to parse very long ones.
LONGEST_INTEGER = 18


def parse(content: bytes) -> tuple[dict[str, Any], tuple[Message, ...]]:
    """Parse a notebook of any format; flags tell of an encoding that is not the one notebooks have.

    Raises ``SubmissionError`` that says what the bytes are if they are no JSON object.
    """
    text, flags = _decoded(content)
    if not text.strip():
        raise damaged("empty")
    try:
        parsed = _loads(text)
        if re.search(r"\\ud[89a-f]", text, re.IGNORECASE):  # half a surrogate pair could not be written again
            parsed = _loads(json.dumps(parsed, ensure_ascii=False).encode(errors="replace").decode())
    except RecursionError as error:
        raise damaged("too-deep") from error
    except json.JSONDecodeError as error:
        raise _instead_of_json(text, error) from error
    if not isinstance(parsed, dict):
        raise damaged("no-notebook")
    return parsed, flags


def _loads(text: str) -> Any:
    """Parse JSON; NaN and infinities, which it does not have, become null."""
    return json.loads(text, parse_int=_integer, parse_constant=lambda _: None)


def _integer(digits: str) -> float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else float(digits)


def _decoded(content: bytes) -> tuple[str, tuple[Message, ...]]:
    """Decode the bytes: by mark, else as UTF-8, else as Korean Windows writes, else with gaps."""
    marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(marked)
    except UnicodeDecodeError:
        pass
    else:
        usual = marked in ("utf-8", "utf-8-sig")
        return text.removeprefix("\ufeff"), () if usual else _flag("encoding", marked)
    for signature, kind in SIGNATURES.items():
        if content.startswith(signature):
            raise damaged("other-format", kind=kind)
    if b"\0" in content:
        raise damaged("not-text")
    try:
        return content.decode("cp949"), _flag("encoding", "cp949")
    except UnicodeDecodeError:
        return content.decode("utf-8", "replace"), _flag("letters-lost", "utf-8")


def _flag(what: str, encoding: str) -> tuple[Message, ...]:
    return (Message(f"flag.{what}", {"encoding": encoding.upper()}),)


def _instead_of_json(text: str, error: json.JSONDecodeError) -> SubmissionError:
    """Say what a text that is not JSON seems to be."""
    if conflict := _CONFLICT.search(text):
        return damaged("conflict", line=text.count("\n", 0, conflict.start()) + 1)
    start = text.lstrip()
    if start.startswith("<"):
        return damaged("web-page")
    if start.startswith("{"):
        string_left_open = error.msg.startswith("Unterminated string")
        if string_left_open or not text[error.pos :].strip():
            return damaged("cut-off", line=text.rstrip().count("\n") + 1)
    elif _PYTHON.search(text):
        return damaged("python")
    if text.startswith("%PDF"):  # the one kind among SIGNATURES that may be plain text
        return damaged("other-format", kind="PDF")
    return damaged("not-json", reason=error.msg, line=error.lineno)
