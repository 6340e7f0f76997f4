"""What is wrong with the arguments of a command, in one line and in the language asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import typer
from typer.core import TyperGroup

from grader.cli.help import in_korean, is_wanted

#: What typer raises for wrong arguments; its module is not the same in every version.
UsageError: type[Any] = typer.BadParameter.__mro__[1]


class Commands(TyperGroup):
    """The commands. Wrong arguments end with one line, where typer draws an English box."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run a command and leave with its exit code."""
        for stream in (sys.stdout, sys.stderr):  # a Korean Windows writes a pipe in cp949, which has no ✓
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        extra["standalone_mode"] = False
        given = sys.argv[1:] if args is None else args
        lang = extra["obj"] = _language(given)
        if (not given or "--help" in given) and is_wanted(lang):
            in_korean(self)
        try:
            code = super().main(args, *rest, **extra)
        except UsageError as error:
            if type(error).__name__ == "NoArgsIsHelpError":
                error.show()
            else:
                named = " ".join(["grader", *(it for it in given[:1] if it in self.commands)])
                typer.echo(f"grader: {in_words(error, lang, named)}", err=True)
            sys.exit(error.exit_code)
        sys.exit(code or 0)


def in_words(error: Any, lang: str, named: str) -> str:
    """Say what is wrong with the arguments of the command that was ``named``, and how it is used."""
    from grader.render.messages import ui  # noqa: PLC0415 - takes a while, and is seldom needed

    words = ui(lang)
    asked, command = (error.ctx.command, error.ctx.command_path) if error.ctx else (None, named)
    match type(error).__name__:
        case "NoSuchOption":
            said = words("usage.no-option", command=command, option=error.option_name)
        case "BadOptionUsage":
            said = words("usage.no-value", option=error.option_name)
        case "MissingParameter":
            said = words("usage.missing", name=error.param.metavar)
        case "BadParameter":
            said = words(f"usage.value.{error.param.name}", option=error.param.opts[0])
        case _ if isinstance(asked, TyperGroup):
            said = words("usage.no-command", commands=list(asked.commands))
        case _:
            said = words("usage.extra", command=command)
    return f"{said} {words('usage.help', command=command)}"


def _language(given: Sequence[str]) -> str:
    """Find the language that was asked for among arguments that could not be read."""
    asked = " ".join(given).replace("=", " ").split()
    return "en" if ("--lang", "en") in pairwise(asked) else "ko"
