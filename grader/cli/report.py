"""``grader report``: the pages again."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.app import Lang, app, keep_edits, out


class Also(StrEnum):
    """What a class's results can be written as besides."""

    JUNIT = "junit"
    MARKDOWN = "markdown"


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="A folder that grader grade wrote.")],
    lang: Annotated[Lang | None, typer.Option(help="Another language than the results are in.")] = None,
    also: Annotated[
        list[Also] | None, typer.Option(help="Write these as well, beside index.html and gradebook.csv.")
    ] = None,
) -> None:
    """Render pages and table again from result.json; nothing is executed."""
    from grader.results import render_again  # noqa: PLC0415 - takes a while; --help should not

    keep_edits(folder, (lang or Lang.KO).value)
    render_again(folder, lang and lang.value, also or ())
    out.print(folder / "index.html", soft_wrap=True)
