"""What was handed in: paths -> notebook files -> ``Submission``, or one line on what is wrong with a file."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import unicodedata
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode

from grader.errors import SubmissionError
from grader.file_names import slug_of, student_of
from grader.records import SourceCell, Submission

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BYTES = 100_000_000
_CONFLICT = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)
_PYTHON = re.compile(
    r"^(?:import \w|from [\w.]+ import |def \w|class \w|#!.*python|# (?:In\[|%%|-\*-))", re.MULTILINE
)
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def collect(paths: Iterable[Path]) -> list[Path]:
    """Give the notebooks among ``paths``: files as they are, folders with every ``*.ipynb`` below, sorted.

    Hidden files and folders (``.ipynb_checkpoints``, ``._a.ipynb``) are left out, and what was
    given before. A folder called ``x.ipynb`` is given as it is: reading it says what is wrong.
    Raises ``SubmissionError`` for a path that does not exist and a folder that cannot be listed.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if not os.path.lexists(path):
            raise SubmissionError(f"{path}: there is no such file or folder")
        is_folder = path.is_dir() and not _is_notebook(path.name)
        for notebook in sorted(_below(path), key=_in_order) if is_folder else [path]:
            found.setdefault(notebook.absolute(), notebook)
    return list(found.values())


def _below(folder: Path) -> Iterator[Path]:
    """Give every notebook below ``folder``, in any order."""

    def stop(error: OSError) -> None:
        raise SubmissionError(f"{error.filename}: the folder cannot be listed: {error.strerror}") from error

    for here, folders, files in os.walk(folder, onerror=stop):
        yield from (Path(here, name) for name in (*folders, *files) if _is_notebook(name))
        folders[:] = [name for name in folders if not name.startswith(".") and not _is_notebook(name)]


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb") and not name.startswith(".")


def _in_order(path: Path) -> str:
    return unicodedata.normalize("NFC", path.as_posix())


def read(path: Path, *, slug: str | None = None) -> Submission:
    """Read a notebook of format 1 to 4; ``slug`` is the folder name a batch has found for it.

    The notebook is rebuilt from what is graded: sources, ids and metadata. Stored outputs are
    dropped: nothing trusts them, and damage in them does no harm. Raises ``SubmissionError`` if the
    file cannot be read as one.
    """
    content = _bytes(path)
    try:
        notebook = _notebook(_parsed(content))
    except SubmissionError as error:
        raise SubmissionError(f"{path}: {error}") from error
    stem = unicodedata.normalize("NFC", path.stem)
    return Submission(
        path=str(path),
        slug=slug or slug_of(stem),
        sha256=hashlib.sha256(content).hexdigest(),
        student=student_of(stem),
        cells=tuple(
            SourceCell(index, cell.cell_type, cell.source, _question(cell.metadata))
            for index, cell in enumerate(notebook.cells)
        ),
        notebook=notebook,
    )


def _bytes(path: Path) -> bytes:
    """Read a regular file of bearable size."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise SubmissionError(f"{path}: is a folder, not a notebook")
        if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for ever
            raise SubmissionError(f"{path}: is not a regular file")
        if status.st_size > MAX_BYTES:
            raise SubmissionError(f"{path}: has {status.st_size:,} bytes, more than {MAX_BYTES:,}")
        return path.read_bytes()
    except PermissionError as error:
        raise SubmissionError(f"{path}: may not be read (no permission)") from error
    except FileNotFoundError as error:
        what = "is a link to a file that is not there" if path.is_symlink() else "there is no such file"
        raise SubmissionError(f"{path}: {what}") from error
    except OSError as error:
        raise SubmissionError(f"{path}: cannot be read: {error.strerror}") from error


def _parsed(content: bytes) -> dict[str, Any]:
    """Parse the bytes of a notebook of any format, and say what else they are if they are none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SubmissionError(f"is not UTF-8 text (byte {error.start})") from error
    if not text.strip():
        raise SubmissionError("the file is empty")
    try:
        parsed = json.loads(text)
        if re.search(r"\\ud[89a-f]", text, re.IGNORECASE):  # half a surrogate pair could not be written again
            parsed = json.loads(json.dumps(parsed, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError) as error:
        raise SubmissionError(_instead_of_json(text, error)) from error
    if not isinstance(parsed, dict) or type(parsed.get("nbformat")) is not int:
        raise SubmissionError("is JSON, but not a notebook (it names no nbformat)")
    return parsed


def _instead_of_json(text: str, error: ValueError | RecursionError) -> str:
    """Say what a text that is not JSON seems to be."""
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        return f"has unresolved merge-conflict markers (line {line})"
    if text.lstrip().startswith("<"):
        return "is a web page, not a notebook (download the file itself)"
    if _PYTHON.search(text) and not text.lstrip().startswith("{"):
        return "is plain Python, not a notebook"
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg} (line {error.lineno})"
    return "is not JSON that can be read"


def _notebook(parsed: dict[str, Any]) -> NotebookNode:
    """Rebuild a parsed notebook as nbformat 4.5, whole where the original is not."""
    major = parsed["nbformat"]
    if major > nbformat.current_nbformat:
        raise SubmissionError(f"is of notebook format {major}, newer than {nbformat.current_nbformat}")
    if major < nbformat.current_nbformat:
        parsed = _upgraded(parsed, major)
    cells, metadata = parsed.get("cells"), parsed.get("metadata")
    if not isinstance(cells, list):
        raise SubmissionError("is JSON, but not a notebook (it has no list of cells)")
    taken: set[str] = set()
    try:
        return nbformat.from_dict(
            {
                "nbformat": 4,
                "nbformat_minor": 5,
                "metadata": metadata if isinstance(metadata, dict) else {},
                "cells": [_cell(cell, index, taken) for index, cell in enumerate(cells)],
            }
        )
    except RecursionError as error:
        raise SubmissionError("is nested too deeply to be a notebook") from error


def _upgraded(parsed: dict[str, Any], major: int) -> dict[str, Any]:
    """Convert a notebook of format 1 to 3."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            old = nbformat.versions[major].to_notebook_json(parsed, minor=parsed.get("nbformat_minor", 0))
            upgraded = nbformat.convert(old, 4)
    except Exception as error:
        raise SubmissionError(f"is a damaged notebook of format {major}") from error
    for cell in upgraded["cells"]:
        cell.pop("id", None)  # drawn at random; the same file must give the same notebook
    return dict(upgraded)


def _cell(given: Any, index: int, taken: set[str]) -> dict[str, Any]:
    """Rebuild one cell; what is no cell becomes a raw one, so that the others keep their numbers."""
    given = given if isinstance(given, dict) else {}
    kind, metadata = given.get("cell_type"), given.get("metadata")
    cell = {
        "cell_type": kind if kind in ("code", "markdown", "raw") else "raw",
        "id": _free_id(given.get("id"), index, taken),
        "metadata": metadata if isinstance(metadata, dict) else {},
        "source": _text(given.get("source")),
    }
    if cell["cell_type"] == "code":
        return {**cell, "execution_count": None, "outputs": []}
    attachments = given.get("attachments")
    return {**cell, "attachments": attachments} if isinstance(attachments, dict) else cell


def _free_id(given: Any, index: int, taken: set[str]) -> str:
    """Keep a cell's id if it has a legal one of its own, else number it."""
    free = given if isinstance(given, str) and _CELL_ID.fullmatch(given) else f"cell-{index}"
    if free in taken:
        free = f"cell-{index}"
    while free in taken:
        free += "-"
    taken.add(free)
    return free


def _text(source: Any) -> str:
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _question(metadata: NotebookNode) -> str | None:
    """Give the question id that a cell's metadata carries."""
    ours = metadata.get("grader")
    question = ours.get("question") if isinstance(ours, dict) else None
    return question if isinstance(question, str) else None
