"""``grader ci``: a push to a student's repository."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.cli.app import BELOW, FAILED, OK, Lang, app, out, place, undisturbed

#: Columns of a log.
WIDTH = 120


@app.command()
def ci(  # noqa: PLR0917 - typer's way to declare arguments and options
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The repository, as it is checked out.")
    ] = Path(),
    kit: Annotated[
        str,
        typer.Option(help="The kit that was released: an address or a file, before what grader.toml says."),
    ] = "",
    out_: Annotated[
        Path,
        typer.Option("--out", parser=place, metavar="PATH", help="Where report, JUnit XML and summary go."),
    ] = Path("grader-report"),
    lang: Annotated[Lang, typer.Option(help="Language of the reports.")] = Lang.KO,
    min_score: Annotated[
        float | None,
        typer.Option(
            min=0, max=100, help="Percent of the points that pass.", show_default="what the assignment says"
        ),
    ] = None,
    fail: Annotated[
        bool, typer.Option("--fail/--no-fail", help="End with 1 below the passing score, or never.")
    ] = True,
    no_sandbox: Annotated[
        bool,
        typer.Option("--no-sandbox", help="Let the notebook do all that you may: in a container of its own."),
    ] = False,
) -> None:
    """Check the notebook of this repository, and show the result where a CI shows results.

    It is advice: the mark is made by grader grade, on the instructor's machine. Ends with 0 if the notebook
    passes, with 1 if its score is below what passes, with 2 if there is no notebook, or the assignment, the
    machine or the grader failed.
    """
    from grader.ci.earlier import clear  # noqa: PLC0415 - takes a while; --help should not
    from grader.errors import GraderError  # noqa: PLC0415

    try:
        clear(out_)
        with ExitStack() as stack:
            with undisturbed():
                from grader.execution.kernels import kernels  # noqa: PLC0415 - as above

                kernel = stack.enter_context(kernels(confined=not no_sandbox))
                from grader.ci.check import check  # noqa: PLC0415 - while the kernels' server starts
                from grader.ci.show import show  # noqa: PLC0415

            checked = check(folder, kernel, kit=kit, share=None if min_score is None else min_score / 100)
        show(checked, out_, lang.value, _log())
    except GraderError as error:
        from grader.ci.show import show_failure  # noqa: PLC0415 - where no kernel could be had, it is not there

        show_failure(error, lang.value, _log())
        raise typer.Exit(FAILED) from None
    if checked.report.error:
        raise typer.Exit(FAILED)
    raise typer.Exit(OK if checked.passed or not fail else BELOW)


def _log() -> Console:
    """Give what writes to the log: as wide as logs are shown, where nobody says how wide."""
    return out if out.is_terminal else Console(width=WIDTH, highlight=False, color_system=None)
