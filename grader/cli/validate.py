"""``grader validate``: an assignment on trial."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from grader.assignment.folder import find
from grader.cli.app import (
    BELOW,
    OK,
    AssignmentName,
    Lang,
    app,
    err,
    out,
    place,
    undisturbed,
)


@app.command()
def validate(
    assignment: AssignmentName,
    out_: Annotated[
        Path | None,
        typer.Option(
            "--out",
            parser=place,
            metavar="PATH",
            help="Where page and JSON go.",
            show_default="reports/ASSIGNMENT-validation",
        ),
    ] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the answer.")] = Lang.KO,
    cold: Annotated[bool, typer.Option("--cold", help="As for grade.")] = False,
    no_sandbox: Annotated[bool, typer.Option("--no-sandbox", help="As for grade.")] = False,
) -> None:
    """Try an assignment: solutions get everything, blanks nothing, every misconception is caught and named.

    Ends with 0 when there is no hole, with 1 when there is, with 2 when the assignment cannot be read or the
    grader failed.
    """
    chosen = find(assignment)
    with ExitStack() as stack:
        with undisturbed():
            from grader.execution.kernels import kernels  # noqa: PLC0415 - takes a while; --help should not

            kernel = stack.enter_context(kernels(confined=not no_sandbox, cold=cold))
            from grader.assignment.file import load  # noqa: PLC0415
            from grader.output_folder import require_own  # noqa: PLC0415
            from grader.validation import validate as tried  # noqa: PLC0415

        stack.enter_context(err.status(""))
        asked = load(chosen)
        folder = out_ or Path("reports") / f"{asked.id}-validation"
        require_own(folder, "validation.json")
        found = tried(asked, kernel)
    from grader.render.validation import (  # noqa: PLC0415
        validation_json,
        validation_page,
        validation_table,
    )

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(validation_page(found, lang.value), encoding="utf-8")
    (folder / "validation.json").write_text(validation_json(found), encoding="utf-8")
    out.print(validation_table(found, lang.value))
    out.print(f"\n{folder / 'index.html'}", soft_wrap=True, markup=False)
    raise typer.Exit(BELOW if found.holes else OK)
