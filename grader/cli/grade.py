"""``grader grade``: a class."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.cli.app import FAILED, OK, AssignmentName, Lang, app, err, failing_in_one_line, out
from grader.errors import GraderError


@app.command()
def grade(  # noqa: PLR0917 - typer's way to declare arguments and options
    assignment: AssignmentName,
    paths: Annotated[list[Path], typer.Argument(help="Notebooks, or folders of notebooks.")],
    out_: Annotated[
        Path | None, typer.Option("--out", help="Where results go.", show_default="reports/ASSIGNMENT")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Submissions at once.")] = min(2, os.cpu_count() or 1),
    lang: Annotated[Lang, typer.Option(help="Language of the reports.")] = Lang.KO,
    resume: Annotated[
        bool, typer.Option("--resume/--fresh", help="Keep results of notebooks that have not changed since.")
    ] = False,
    cold: Annotated[
        bool, typer.Option("--cold", help="Start a new Python for every notebook, not a fork of a warm one.")
    ] = False,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Another limit than the assignment's: memory_bytes=4GiB."),
    ] = None,
    no_sandbox: Annotated[
        bool, typer.Option("--no-sandbox", help="Let notebooks do all that you may. Only with your own.")
    ] = False,
) -> None:
    """Grade notebooks: a page for each student, a class page, a table.

    Ends with 0 when every submission was graded, whatever the marks; with 2 when the assignment, a
    submission's file or the grader itself failed.
    """
    from grader.execution.kernels import kernels  # noqa: PLC0415 - takes a while; --help should not

    with (
        failing_in_one_line(),
        kernels(confined=not no_sandbox, cold=cold) as kernel,
        _progress() as progress,
    ):
        # torch takes a second or two, in which the warm-kernel server imports it as well
        from grader.assignment_file import find, load  # noqa: PLC0415
        from grader.assignment_toml import override  # noqa: PLC0415
        from grader.batch import Batch, grade_all  # noqa: PLC0415
        from grader.submission import collect  # noqa: PLC0415

        asked = load(find(assignment))
        asked = replace(asked, limits=override(asked.limits, limit or ()))
        notebooks = collect(paths)
        if not notebooks:
            raise GraderError(f"{', '.join(map(str, paths))}: there is no notebook (*.ipynb) here")
        folder = out_ or Path("reports") / asked.id
        batch = Batch(asked, folder, kernel, lang.value, jobs, resume)
        bar = progress.add_task(asked.title, total=len(notebooks))
        entries = grade_all(batch, notebooks, lambda _: progress.advance(bar))
    from grader.records import ReportStatus  # noqa: PLC0415
    from grader.render.terminal import summary  # noqa: PLC0415

    reports = [entry.report for entry in entries]
    out.print(summary(reports, lang.value))
    out.print(f"\n{folder / 'index.html'}", soft_wrap=True, markup=False)
    raise typer.Exit(OK if all(report.status is ReportStatus.GRADED for report in reports) else FAILED)


def _progress() -> Progress:
    """Give a bar for a terminal; in a log nothing is drawn."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)
