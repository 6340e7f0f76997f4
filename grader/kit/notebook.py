"""The released notebook: the source without solutions, and first cells that carry the kit.

A notebook travels alone, and the kernel it runs in does not see its file: what the checker needs has to stand
in a cell. There it is compressed (``bz2``, whose output is the same everywhere) and written in base64, in one
line beside a visible stamp with assignment, version and digest.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.errors import KitError
from grader.kit.kit import Kit, damaged
from grader.release import blank
from grader.render.messages import Words, ui

if TYPE_CHECKING:
    from nbformat import NotebookNode

LARGEST = 20_000_000  # bytes of a document
_STAMP = re.compile(r"^# grader-kit: (\S+) (.+) ([0-9a-f]{64})[ \t]*$", re.MULTILINE)
_PAYLOAD = re.compile(r"[\"'](Qlpo[A-Za-z0-9+/]+={0,2})[\"']")  # base64 of what bz2 begins with

SETUP = """\
#@title {title}
# grader-kit: {id} {version} {digest}
def _prepare(kit):
    import base64, bz2, importlib.util, json, pathlib, subprocess, sys

    for name, text in json.loads(bz2.decompress(base64.b64decode(kit)))["files"].items():
        if not pathlib.Path(name).exists():
            pathlib.Path(name).write_bytes(text.encode())
{install}    try:
        import grader

        grader.setup(kit)
    except ImportError:
        print({absent})


_prepare("{payload}")\
"""
INSTALL = """\
    if importlib.util.find_spec("grader") is None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", {checker}]
        subprocess.run(pip, check=False)
"""


@dataclass(frozen=True)
class Stamp:
    """What a released notebook says of itself, whether its kit is whole or not."""

    id: str
    version: str
    digest: str


def released(source: NotebookNode, kit: Kit, *, checker: str = "", lang: str = "ko") -> NotebookNode:
    """Give the notebook that students get: the same bytes for the same arguments.

    Args:
        source: the assignment's notebook, with solutions.
        kit: what it is to carry.
        checker: what pip installs the checker from where it is not there; without it nothing is installed.
        lang: the language of what is added.

    Raises:
        AssignmentError: a solution would be handed out.
    """
    words = ui(lang)
    notebook = blank(source, stub=words("kit.stub"))
    for cell in notebook.cells:
        cell.source = _from_its_folder(cell.source, kit.files)
    at = 1 if notebook.cells and notebook.cells[0].cell_type == "markdown" else 0
    notebook.cells[at:at] = _first_cells(notebook, kit, checker, words)
    notebook.cells.append(new_markdown_cell(words("kit.last"), id="grader-last"))
    notebook.cells.append(new_code_cell("%check", id="grader-check"))
    notebook.metadata["grader"] = {"assignment": kit.id, "version": kit.version, "kit": kit.digest}
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    return notebook


def notebook_text(notebook: NotebookNode) -> str:
    """Write a notebook as a file has it: in the form that Jupyter itself writes."""
    return f"{nbformat.writes(notebook)}\n"


def _first_cells(notebook: NotebookNode, kit: Kit, checker: str, words: Words) -> Iterator[NotebookNode]:
    example = next((question["id"] for question in kit.document["questions"]), "")
    parts = [words("kit.note", example=example)]
    parts += [words("kit.hides")] if kit.hides or kit.later else []
    yield new_markdown_cell("\n\n".join([*parts, words("kit.advice")]), id="grader-note")
    setup = SETUP.format(
        title=words("kit.setup"),
        id=kit.id,
        version=kit.version,
        digest=kit.digest,
        install=INSTALL.format(checker=_literal(checker)) if checker else "",
        absent=_literal(words("kit.absent")),
        payload=packed(kit),
    )
    # JupyterLab and VS Code fold the cell by the one, Colab by the other.
    folded = {"jupyter": {"source_hidden": True}, "cellView": "form"}
    yield new_code_cell(setup, id="grader-setup", metadata=folded)
    if not any("student_id" in cell.source for cell in notebook.cells if cell.cell_type == "code"):
        yield new_code_cell(f'student_id = ""  # {words("kit.student")}', id="grader-student")


def _literal(text: str) -> str:
    """Write a text as a Python literal, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _from_its_folder(source: str, files: Mapping[str, str]) -> str:
    """Let a cell read a data file from where the first cell has put it, not from an address."""
    for name in files:
        source = re.sub(rf"https?://[^\s\"'`)<>]+/{re.escape(name)}", name, source)
    return source


def packed(kit: Kit) -> str:
    """Give a kit as it stands in a cell."""
    return base64.b64encode(bz2.compress(kit.text.encode(), 9)).decode()


def unpacked(payload: str) -> Kit:
    """Give the kit of a payload. Raises ``KitError`` for what is none."""
    try:
        decompressor = bz2.BZ2Decompressor()
        content = decompressor.decompress(base64.b64decode(payload, validate=True), LARGEST)
        if not decompressor.eof:
            raise damaged()
        text = content.decode()
    except (binascii.Error, OSError, EOFError, ValueError) as error:
        raise damaged() from error
    return Kit.read(text)


def kit_of(notebook: Any) -> Kit:
    """Give the kit that a notebook (nbformat's) carries.

    Raises:
        KitError: there is none (``missing``), it is ``damaged``, it is not the one its stamp names
            (``edited``), or it is for another version of the checker (``format``).
    """
    for source in _code(notebook):
        if payload := _PAYLOAD.search(source):
            kit = unpacked(payload[1])
            stamp = stamp_of(notebook)
            if stamp is None or (stamp.id, stamp.version, stamp.digest) != (kit.id, kit.version, kit.digest):
                raise KitError("the kit is not the one that its stamp names: it was edited", "edited")
            return kit
    raise KitError("the notebook carries no kit: its first cells are missing", "missing")


def stamp_of(notebook: Any) -> Stamp | None:
    """Give the stamp of a notebook: the visible line of its first cells, else what its metadata say."""
    for source in _code(notebook):
        if found := _STAMP.search(source):
            return Stamp(*found.groups())
    ours = notebook.metadata.get("grader")
    if not isinstance(ours, dict) or not all(isinstance(ours.get(k), str) for k in ("assignment", "version")):
        return None
    return Stamp(ours["assignment"], ours["version"], str(ours.get("kit", "")))


def _code(notebook: Any) -> Iterator[str]:
    return (cell.source for cell in notebook.cells if cell.cell_type == "code")
