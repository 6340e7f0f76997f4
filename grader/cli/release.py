"""``grader release``: the students' kit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from grader.assignment.folder import find
from grader.cli.app import AssignmentName, Lang, app, err, out, place
from grader.errors import GraderError, OutputError


@app.command()
def release(
    assignment: AssignmentName,
    folder: Annotated[Path, typer.Argument(parser=place, metavar="DIR", help="Where the kit goes.")],
    checker: Annotated[
        str | None,
        typer.Option(help="Where pip gets grader's wheel for students who have none: an address."),
    ] = None,
    lang: Annotated[
        Lang, typer.Option(help="Language of what is added to the notebook, and of what %check says there.")
    ] = Lang.KO,
) -> None:
    """Make the students' kit: the notebook without solutions, its data, the public checks as data.

    The notebook carries all of it: students need that one file. The same assignment gives the same bytes.
    """
    chosen = find(assignment)
    from grader.assignment.file import load  # noqa: PLC0415 - takes a while
    from grader.assignment.source import read_notebook  # noqa: PLC0415 - takes a while
    from grader.kit import make  # noqa: PLC0415
    from grader.kit.notebook import notebook_text, released  # noqa: PLC0415
    from grader.output_folder import write_new  # noqa: PLC0415
    from grader.render.messages import ui  # noqa: PLC0415

    asked = load(chosen)
    if folder.resolve() == asked.folder.resolve():
        said = f"{folder}: this is the assignment itself; name another folder"
        raise OutputError(said, "is-assignment", {"path": str(folder)})
    kit = make(asked)
    address = asked.checker if checker is None else checker
    _require_address(address)
    notebook = released(read_notebook(asked.notebook), kit, checker=address, lang=lang.value)
    files = {
        asked.notebook.name: notebook_text(notebook).encode(),
        f"{asked.id}.kit.json": kit.text.encode(),
        **{name: path.read_bytes() for name, path in asked.files.items()},
    }
    write_new(folder, files)
    words = ui(lang.value)
    out.print(folder / asked.notebook.name, soft_wrap=True, markup=False)
    hints = [] if address else [words("release.no-checker")]
    hints += [words("release.later", title=title) for title in kit.later.values()]
    for hint in hints:
        err.print(hint, soft_wrap=True, markup=False)


def _require_address(checker: str) -> None:
    """Refuse a name: students' notebooks would install a stranger's package of that name."""
    parts = urlsplit(checker)
    if checker and not (parts.scheme in {"https", "http"} and parts.netloc):
        said = f"{checker}: is no address; give that of grader's wheel (https://…) as the checker"
        raise GraderError(said, "checker-address", {"checker": checker})
