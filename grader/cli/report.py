"""``grader report``: the pages again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.app import Lang, app, failing_in_one_line, out


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="A folder that grader grade wrote.")],
    lang: Annotated[Lang | None, typer.Option(help="Another language than the results are in.")] = None,
) -> None:
    """Render pages and table again from result.json; nothing is executed."""
    with failing_in_one_line():
        from grader.batch import render_again  # noqa: PLC0415 - takes a while; --help should not

        render_again(folder, lang and lang.value)
    out.print(folder / "index.html", soft_wrap=True)
