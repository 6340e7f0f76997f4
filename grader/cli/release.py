"""``grader release``: the students' kit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.app import AssignmentName, Lang, app, err, failing_in_one_line, out
from grader.errors import OutputError


@app.command()
def release(
    assignment: AssignmentName,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the kit goes.")],
    checker: Annotated[
        str | None,
        typer.Option(help="Where pip gets grader's wheel for students who have none: an address."),
    ] = None,
    lang: Annotated[Lang, typer.Option(help="Language of what is added to the notebook.")] = Lang.KO,
) -> None:
    """Make the students' kit: the notebook without solutions, its data, the public checks as data.

    The notebook carries all of it: students need that one file. The same assignment gives the same bytes.
    """
    from grader.assignment_file import find, load, read_notebook  # noqa: PLC0415 - takes a while
    from grader.kit import make, notebook_text, released  # noqa: PLC0415

    with failing_in_one_line(lang):
        asked = load(find(assignment))
        if folder.resolve() == asked.folder.resolve():
            said = f"{folder}: this is the assignment itself; name another folder"
            raise OutputError(said, "is-assignment", {"path": str(folder)})
        kit = make(asked)
        address = asked.checker if checker is None else checker
        notebook = released(read_notebook(asked.notebook), kit, checker=address, lang=lang.value)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / asked.notebook.name).write_text(notebook_text(notebook), encoding="utf-8")
        (folder / f"{asked.id}.kit.json").write_text(kit.text, encoding="utf-8")
        for name, path in asked.files.items():
            (folder / name).write_bytes(path.read_bytes())
    out.print(folder / asked.notebook.name, soft_wrap=True, markup=False)
    if not address:
        err.print('no checker = "https://…" in assignment.toml: students must have grader installed already')
    for title in kit.later.values():
        err.print(f"{title}: cannot be checked by students: its reference has no form that a kit can carry")
