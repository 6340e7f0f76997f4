"""``grader grade``: a class."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.assignment.folder import find
from grader.cli.app import (
    FAILED,
    OK,
    AssignmentName,
    Lang,
    app,
    err,
    keep_edits,
    out,
    place,
    undisturbed,
)
from grader.errors import GraderError, OutputError, unwritable

if TYPE_CHECKING:
    from grader.execution.kernel import KernelFactory
    from grader.repositories import Wanted
    from grader.submission.handed_in import HandedIn

SHOWN = 10  # names of what was left out


@app.command()
def grade(  # noqa: PLR0917 - typer's way to declare arguments and options
    assignment: AssignmentName,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH", help="Notebooks, folders of notebooks, clones of repositories, folders of clones."
        ),
    ],
    out_: Annotated[
        Path | None,
        typer.Option(
            "--out", parser=place, metavar="PATH", help="Where results go.", show_default="reports/ASSIGNMENT"
        ),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Submissions at once.")] = min(2, os.cpu_count() or 1),
    lang: Annotated[Lang, typer.Option(help="Language of the reports.")] = Lang.KO,
    resume: Annotated[
        bool, typer.Option("--resume/--fresh", help="Keep results of notebooks that have not changed since.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help='Repositories as they stood then: "2026-10-05 23:59 +09:00".'),
    ] = None,
    pushes: Annotated[
        Path | None,
        typer.Option(help="With --at, when commits were pushed: a CSV of repository,commit,pushed-at."),
    ] = None,
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
    with ExitStack() as stack:
        chosen = find(assignment)
        with undisturbed():
            from grader.execution import protections  # noqa: PLC0415 - takes a while; --help should not
            from grader.execution.kernels import kernels  # noqa: PLC0415 - as above

            unseen = (chosen, *paths)
            kernel = stack.enter_context(kernels(confined=not no_sandbox, cold=cold, unseen=unseen))
            # torch takes a second or two, in which the warm-kernel server imports it as well
            from grader.assignment.file import load  # noqa: PLC0415
            from grader.assignment.toml import override  # noqa: PLC0415
            from grader.batch import Batch, grade_all  # noqa: PLC0415
            from grader.output_folder import members, require_own  # noqa: PLC0415
            from grader.repositories import Wanted, clones_among, moment, read_pushes  # noqa: PLC0415

        if not no_sandbox and (weaker := protections.not_granted()):
            _say("grade.weaker", lang, names=weaker)
        progress = stack.enter_context(_progress())
        if pushes and not at:
            said = "--pushes says when commits were pushed; say which count with --at"
            raise GraderError(said, "pushes-without-at")
        asked = load(chosen)
        asked = replace(asked, limits=override(asked.limits, limit or ()))
        wanted = Wanted(asked, moment(at) if at else None, read_pushes(pushes) if pushes else None)
        folder = out_ or Path("reports") / asked.id
        _require_apart(folder, paths)
        require_own(folder, "*/result.json")
        batch = Batch(asked, folder, kernel, lang.value, jobs, resume)
        clones, others = clones_among(paths)
        with _given(clones, others, wanted, kernel) as notebooks:
            _require_writable(folder)
            keep_edits(folder, lang.value)
            earlier = members(folder)
            bar = progress.add_task(asked.title, total=len(notebooks))
            try:
                entries = grade_all(batch, notebooks, lambda _: progress.advance(bar))
            finally:  # points by hand that are nobody's any more end it
                if gone := earlier - members(folder):
                    _say("grade.not-in-class", lang, count=len(gone), path=str(folder))
    from grader.ci.github import no_commands  # noqa: PLC0415
    from grader.records import ReportStatus  # noqa: PLC0415
    from grader.render.terminal import summary  # noqa: PLC0415
    from grader.submission.files import left_out  # noqa: PLC0415

    if left := left_out(paths, clones):
        shown = ", ".join(left[:SHOWN]) + (", …" if len(left) > SHOWN else "")
        _say("grade.left-out", lang, count=len(left), names=shown)
    reports = [entry.report for entry in entries]
    with no_commands(out):  # a file may have the name of one
        out.print(summary(reports, lang.value))
    out.print(f"\n{folder / 'index.html'}", soft_wrap=True, markup=False)
    raise typer.Exit(OK if all(report.status is ReportStatus.GRADED for report in reports) else FAILED)


@contextmanager
def _given(
    clones: Sequence[Path], others: Sequence[Path], wanted: Wanted, kernel: KernelFactory
) -> Iterator[list[HandedIn]]:
    """Give the notebooks: of clones, as files that last as long as the block, and all others."""
    from grader.assignment.source import read_notebook  # noqa: PLC0415 - as above
    from grader.execution.kernel import temporary_folder  # noqa: PLC0415 - as above
    from grader.release import blank  # noqa: PLC0415 - as above
    from grader.repositories import taken  # noqa: PLC0415 - as above
    from grader.submission.alike import with_alike_flagged  # noqa: PLC0415 - as above
    from grader.submission.handed_in import handed_in, with_doubles_flagged  # noqa: PLC0415

    if wanted.deadline and others:
        said = f"{others[0]}: --at needs repositories; this is none, and holds none"
        raise GraderError(said, "at-without-repository", {"path": str(others[0])})
    with temporary_folder(kernel) as folder:
        notebooks = [*taken(clones, wanted, folder), *handed_in(others)]
        if not notebooks:
            shown = ", ".join(map(str, others))
            said = f"{shown}: there is no notebook (*.ipynb) here; archives are not unpacked"
            raise GraderError(said, "no-notebook", {"path": shown})
        released = blank(read_notebook(wanted.assignment.notebook), name=wanted.assignment.notebook.name)
        code = [cell.source for cell in released.cells if cell.cell_type == "code"]
        yield with_alike_flagged(with_doubles_flagged(notebooks), code)


def _say(message_id: str, lang: Lang, **params: Any) -> None:
    """Say something besides the results."""
    from grader.render.messages import ui  # noqa: PLC0415 - as above

    err.print(ui(lang.value)(message_id, **params), soft_wrap=True, markup=False)


def _require_apart(folder: Path, paths: Sequence[Path]) -> None:
    """Keep results out of the submissions' folder: a student's own folder there may have a result's name."""
    if any(path.is_dir() and path.resolve() == folder.resolve() for path in paths):
        said = f"{folder}: these are the submissions; name another folder with --out"
        raise OutputError(said, "is-submissions", {"path": str(folder)})


def _require_writable(folder: Path) -> None:
    """Find out before a notebook is run whether its results could be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise unwritable(folder, error) from error


def _progress() -> Progress:
    """Give a bar for a terminal; in a log nothing is drawn."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)
