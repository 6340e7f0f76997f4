"""``grader new``: a course repository to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.app import Lang, app, err, out, place


@app.command()
def new(
    folder: Annotated[
        Path, typer.Argument(parser=place, metavar="DIR", help="Where the course goes; made if need be.")
    ],
    lang: Annotated[Lang, typer.Option(help="Language of the notebook and of what is said.")] = Lang.KO,
) -> None:
    """Make a course repository that works: one small assignment, its reference, a README that leads on.

    What lies in the folder already stays as it is; a file of the same name is not written over.
    """
    from grader.output_folder import write_new  # noqa: PLC0415 - --help needs none of it
    from grader.render.messages import ui  # noqa: PLC0415
    from grader.scaffold import course_files  # noqa: PLC0415

    write_new(folder, course_files(lang.value))
    out.print(folder / "README.md", soft_wrap=True, markup=False)
    shown = str(folder if folder.name else folder.absolute())  # not a dot
    err.print(ui(lang.value)("new.next", folder=shown), soft_wrap=True, markup=False)
