"""The released notebook: the source without solutions, and first cells that carry the kit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.kit.kit import Kit
from grader.kit.payload import packed
from grader.release import blank
from grader.render.messages import ui

if TYPE_CHECKING:
    from nbformat import NotebookNode


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

        grader.setup(kit{lang})
    except ImportError as error:
        print({absent}, f"({{error.name}})")


_prepare("{payload}")\
"""
INSTALL = """\
    if importlib.util.find_spec("grader") is None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", {checker}]
        subprocess.run(pip, check=False)
"""


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
    notebook = blank(source, stub=words("kit.stub"), name=f"{kit.id}.ipynb")
    for cell in notebook.cells:
        cell.source = _from_its_folder(cell.source, kit.files)
    at = 1 if notebook.cells and notebook.cells[0].cell_type == "markdown" else 0
    notebook.cells[at:at] = _first_cells(notebook, kit, checker, lang)
    notebook.cells.append(new_markdown_cell(words("kit.last"), id="grader-last"))
    notebook.cells.append(new_code_cell("%check", id="grader-check"))
    notebook.metadata["grader"] = {"assignment": kit.id, "version": kit.version, "kit": kit.digest}
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    return notebook


def notebook_text(notebook: NotebookNode) -> str:
    """Write a notebook as a file has it: in the form that Jupyter itself writes."""
    return f"{nbformat.writes(notebook)}\n"


def _first_cells(notebook: NotebookNode, kit: Kit, checker: str, lang: str) -> Iterator[NotebookNode]:
    words = ui(lang)
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
        lang="" if lang == "ko" else f", {_literal(lang)}",
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
