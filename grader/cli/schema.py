"""``grader schema``: what is in result.json."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from grader.cli.app import app, out


@app.command()
def schema(
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page for people.")] = False,
) -> None:
    """Print the JSON Schema of result.json."""
    from grader.render.result_json import schema as made  # noqa: PLC0415 - takes a while; --help should not
    from grader.render.schema_page import schema_page  # noqa: PLC0415

    text = schema_page(made()) if markdown else json.dumps(made(), indent=1) + "\n"
    out.out(text, end="", highlight=False)
