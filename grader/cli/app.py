"""What all commands share: the application, exit codes, consoles, the one way out of an error."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from grader.cli.signals import heed, like_ctrl_c
from grader.cli.usage import Commands
from grader.errors import GraderError
from grader.imports import lasting

# Beside JupyterLab, nbformat's import would compile the grammars of IRIs, which no notebook has: a second.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

#: Exit codes. ``BELOW`` is the work that was looked at: a score below passing, a hole in an assignment.
#: With ``SIGNALLED`` comes the signal's number: 130 after Ctrl-C.
OK, BELOW, FAILED, SIGNALLED = 0, 1, 2, 128


def _to_nowhere(console: Console) -> None:
    """Say the rest to nobody where a reader goes away, as ``head`` does: the exit code is that of the work.

    rich would end with 1 what was done well.
    """
    console.quiet = True
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, console.file.fileno())
    os.close(nowhere)


Console.on_broken_pipe = _to_nowhere  # type: ignore[method-assign, assignment] # typer's too, for --help
out, err = Console(highlight=False), Console(stderr=True, highlight=False)


class Lang(StrEnum):
    """The languages reports come in."""

    KO = "ko"
    EN = "en"


AssignmentName = Annotated[
    str, typer.Argument(metavar="ASSIGNMENT", help="The assignment: an id below assignments/, or its folder.")
]


def place(given: str | Path) -> Path:
    """Read where results go. An empty name, of a variable that is not set, would be the current folder."""
    if not str(given):
        raise ValueError("empty")
    return Path(given)


@contextmanager
def failing_in_one_line(lang: str) -> Iterator[None]:
    """Turn what ends a command early into one line and an exit code.

    ``GraderError``, a file that cannot be read or written, and a package that students do without, end with
    2; Ctrl-C with 130, SIGTERM with 143, SIGHUP with 129.
    """
    with like_ctrl_c() as came:
        try:
            heed()
            yield
        except (GraderError, ModuleNotFoundError, OSError) as error:
            fail(error, lang)
            raise typer.Exit(FAILED) from None
        except KeyboardInterrupt as error:
            fail(error, lang)
            raise typer.Exit(SIGNALLED + next(iter(came), signal.SIGINT)) from None


def fail(error: BaseException, lang: str) -> None:
    """Say in one line what ended a command."""
    from grader.render.failures import failure  # noqa: PLC0415 - takes a while, and is seldom needed

    with suppress(OSError):  # a terminal that was closed
        err.print(f"grader: {failure(error, lang)}", soft_wrap=True, markup=False)


def keep_edits(folder: Path, lang: str) -> None:
    """Put a gradebook that was changed by hand aside before it is written anew, and say so."""
    from grader.output_folder import keep_edited  # noqa: PLC0415 - as above
    from grader.render.messages import ui  # noqa: PLC0415 - as above

    if kept := keep_edited(folder):
        err.print(ui(lang)("grade.edited", path=str(kept)), soft_wrap=True, markup=False)


class Ended(Commands):
    """The commands, each with the one way out of an error; the language is the context's object."""

    def invoke(self, ctx: Any) -> Any:
        """Run what was asked for."""
        with failing_in_one_line(ctx.obj):
            _require_folder()
            return super().invoke(ctx)


app = typer.Typer(
    name="grader",
    cls=Ended,
    help="Grades notebooks in which students train small PyTorch models by hand, step by step.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # which folds the lines of a docstring anew
)


def _require_folder() -> None:
    """Say so where the current folder has been removed: what starts there ends in a library's own words."""
    try:
        Path.cwd()
    except FileNotFoundError:
        raise GraderError("the current folder has been removed; change to another", "folder-gone") from None


def _version(asked: bool) -> None:
    if asked:
        out.print(f"grader {version('grader')}")
        raise typer.Exit(OK)


@app.callback()
def main(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which grader this is.")
    ] = False,
) -> None:
    """Grades notebooks in which students train small PyTorch models by hand, step by step."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let Ctrl-C wait while libraries are imported: one that was half imported works in part, or aborts.

    The garbage collector waits too.
    """
    waiting = []
    before = signal.signal(signal.SIGINT, lambda *_: waiting.append(True))
    try:
        with lasting():
            yield
    finally:
        signal.signal(signal.SIGINT, before)
    if waiting:
        raise KeyboardInterrupt
