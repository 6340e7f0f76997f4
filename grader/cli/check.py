"""``grader check``: a student's own notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.app import BELOW, FAILED, OK, Lang, app, err, out, place, undisturbed
from grader.errors import OutputError


@app.command()
def check(
    notebook: Annotated[
        Path, typer.Argument(metavar="NOTEBOOK", help="The notebook, made from the one you were given.")
    ],
    out_: Annotated[
        Path | None,
        typer.Option(
            "--out",
            parser=place,
            metavar="PATH",
            help="Where the page goes.",
            show_default="NOTEBOOK-check.html",
        ),
    ] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the answer.")] = Lang.KO,
) -> None:
    """Check your own notebook: run it from top to bottom, and look at each question step by step.

    Ends with 0 if it passes, with 1 if its score is below what passes, with 2 if the file or the grader
    failed.
    """
    with undisturbed():
        from grader.errors import KitError, SubmissionError  # noqa: PLC0415 - takes a while; --help should not
        from grader.kit import kit_of  # noqa: PLC0415
        from grader.records import ReportStatus  # noqa: PLC0415
        from grader.render.failures import failure  # noqa: PLC0415
        from grader.render.messages import localize, ui  # noqa: PLC0415
        from grader.render.student_page import student_page  # noqa: PLC0415
        from grader.render.terminal import detail  # noqa: PLC0415
        from grader.selfcheck.notebook import check_notebook, own_kernels  # noqa: PLC0415
        from grader.selfcheck.public import passes  # noqa: PLC0415
        from grader.submission import read  # noqa: PLC0415
        from grader.withholding import withheld  # noqa: PLC0415

    page = out_ or notebook.with_name(f"{notebook.stem}-check.html")
    if page.exists() and page.samefile(notebook):
        said = f"{page}: is the notebook itself; name another file with --out"
        raise OutputError(said, "is-notebook", {"path": str(page)})
    try:
        submission = read(notebook)
        kit = kit_of(submission.notebook)
    except (SubmissionError, KitError) as error:
        said = f"{notebook.name}: {failure(error, lang.value)}"
        err.print(f"grader: {said}", soft_wrap=True, markup=False)
        raise typer.Exit(FAILED) from None
    with err.status(""), own_kernels() as kernel:
        report, _ = check_notebook(submission, kit, kernel=kernel)
    report = localize(withheld(report), lang.value)
    words = ui(lang.value)
    out.print(detail(report, lang.value))
    later = [words("selfcheck.later", title=title) for title in kit.later.values()]
    hidden = [words("selfcheck.hides")] if kit.hides else []
    out.print("\n".join(["", *later, *hidden, words("selfcheck.advice")]), markup=False)
    page.write_text(student_page(report, lang.value), encoding="utf-8", errors="replace")
    out.print(f"\n{page}", soft_wrap=True, markup=False)
    if report.status is not ReportStatus.GRADED:
        raise typer.Exit(FAILED)
    raise typer.Exit(OK if passes(report, kit.assignment()) else BELOW)
