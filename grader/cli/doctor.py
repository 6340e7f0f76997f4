"""``grader doctor``: what protects this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from grader.cli.app import FAILED, OK, Lang, app, err, out


@app.command()
def doctor(lang: Annotated[Lang, typer.Option(help="Language of the answer.")] = Lang.KO) -> None:
    """Say what protects this machine from the notebooks that are graded on it, and what is missing.

    Ends with 0 when submissions can be confined here, with 2 when they cannot.
    """
    from grader.doctor import examine  # noqa: PLC0415 - takes a while; --help should not
    from grader.render.terminal import examination  # noqa: PLC0415

    with err.status(""):
        examined = examine()
    out.print(examination(examined, lang.value))
    raise typer.Exit(OK if examined.fit else FAILED)
