"""The command line: options in, one call, words and an exit code out."""

from __future__ import annotations

import os
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.errors import GraderError

OK, HOLES, FAILED, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="grader",
    help="Grades notebooks in which students train small PyTorch models by hand, step by step.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out, err = Console(highlight=False), Console(stderr=True, highlight=False)


class Lang(StrEnum):
    """The languages reports come in."""

    KO = "ko"
    EN = "en"


@app.callback()
def main() -> None:
    """Grades notebooks in which students train small PyTorch models by hand, step by step."""


@app.command()
def grade(  # noqa: PLR0917 - typer's way to declare arguments and options
    assignment: Annotated[
        str, typer.Argument(help="The assignment: an id below assignments/, or its folder.")
    ],
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

    try:
        with kernels(confined=not no_sandbox, cold=cold) as kernel, _progress() as progress:
            # torch takes a second or two, in which the warm-kernel server imports it as well
            from grader.assignment_file import find, load  # noqa: PLC0415
            from grader.assignment_toml import override  # noqa: PLC0415
            from grader.batch import Batch, grade_all  # noqa: PLC0415
            from grader.submission import collect  # noqa: PLC0415

            asked = load(find(assignment))
            asked = replace(asked, limits=override(asked.limits, limit or ()))
            notebooks = collect(paths)
            if not notebooks:
                raise GraderError(  # noqa: TRY301 - one way out for all that is the user's to mend
                    f"{', '.join(map(str, paths))}: there is no notebook (*.ipynb) here"
                )
            folder = out_ or Path("reports") / asked.id
            batch = Batch(asked, folder, kernel, lang.value, jobs, resume)
            bar = progress.add_task(asked.title, total=len(notebooks))
            entries = grade_all(batch, notebooks, lambda _: progress.advance(bar))
    except GraderError as error:
        _fail(error)
    except KeyboardInterrupt:
        err.print("interrupted")
        raise typer.Exit(INTERRUPTED) from None
    from grader.records import ReportStatus  # noqa: PLC0415
    from grader.render.terminal import summary  # noqa: PLC0415

    reports = [entry.report for entry in entries]
    out.print(summary(reports, lang.value))
    out.print(f"\n{folder / 'index.html'}", soft_wrap=True, markup=False)
    raise typer.Exit(OK if all(report.status is ReportStatus.GRADED for report in reports) else FAILED)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="A folder that grader grade wrote.")],
    lang: Annotated[Lang | None, typer.Option(help="Another language than the results are in.")] = None,
) -> None:
    """Render pages and table again from result.json; nothing is executed."""
    from grader.batch import render_again  # noqa: PLC0415 - as above

    try:
        render_again(folder, lang and lang.value)
    except GraderError as error:
        _fail(error)
    out.print(folder / "index.html", soft_wrap=True)


@app.command()
def validate(
    assignment: Annotated[
        str, typer.Argument(help="The assignment: an id below assignments/, or its folder.")
    ],
    out_: Annotated[
        Path | None,
        typer.Option("--out", help="Where page and JSON go.", show_default="reports/ASSIGNMENT-validation"),
    ] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the answer.")] = Lang.KO,
    cold: Annotated[bool, typer.Option("--cold", help="As for grade.")] = False,
    no_sandbox: Annotated[bool, typer.Option("--no-sandbox", help="As for grade.")] = False,
) -> None:
    """Try an assignment: solutions get everything, blanks nothing, every misconception is caught and named.

    Ends with 0 when there is no hole, with 1 when there is, with 2 when the assignment cannot be read or the
    grader failed.
    """
    from grader.execution.kernels import kernels  # noqa: PLC0415 - as above

    try:
        with kernels(confined=not no_sandbox, cold=cold) as kernel, err.status(""):
            from grader.assignment_file import find, load  # noqa: PLC0415
            from grader.validation import validate as tried  # noqa: PLC0415

            found = tried(load(find(assignment)), kernel)
        from grader.render.validation import (  # noqa: PLC0415
            validation_json,
            validation_page,
            validation_table,
        )

        folder = out_ or Path("reports") / f"{found.assignment.id}-validation"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_text(validation_page(found, lang.value), encoding="utf-8")
        (folder / "validation.json").write_text(validation_json(found), encoding="utf-8")
    except GraderError as error:
        _fail(error)
    except OSError as error:
        _fail(GraderError(f"{error.filename}: {error.strerror}"))
    except KeyboardInterrupt:
        err.print("interrupted")
        raise typer.Exit(INTERRUPTED) from None
    out.print(validation_table(found, lang.value))
    out.print(f"\n{folder / 'index.html'}", soft_wrap=True, markup=False)
    raise typer.Exit(HOLES if found.holes else OK)


@app.command()
def doctor(lang: Annotated[Lang, typer.Option(help="Language of the answer.")] = Lang.KO) -> None:
    """Say what protects this machine from the notebooks that are graded on it, and what is missing.

    Ends with 0 when submissions can be confined here, with 2 when they cannot.
    """
    from grader.doctor import examine  # noqa: PLC0415 - as above
    from grader.render.terminal import examination  # noqa: PLC0415

    with err.status(""):
        examined = examine()
    out.print(examination(examined, lang.value))
    raise typer.Exit(OK if examined.fit else FAILED)


def _progress() -> Progress:
    """Give a bar for a terminal; in a log nothing is drawn."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def _fail(error: GraderError) -> NoReturn:
    said = str(error).encode(errors="replace").decode()  # a file's name may be no text
    err.print(f"grader: {said}", soft_wrap=True, markup=False)
    raise typer.Exit(FAILED) from None
