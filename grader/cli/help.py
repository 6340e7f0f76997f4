"""What ``--help`` says, in Korean: ``help.po`` has the Korean of the English that stands in the code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len
from rich.text import Text


def is_wanted(lang: str) -> bool:
    """Tell whether help is in Korean, as all else is: not where English or a terminal in English is."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return lang == "ko" and not locale.startswith("en")


def in_korean(command: Any) -> None:
    """Translate the help of a command and of those below it; what ``help.po`` lacks stays English."""
    from typer import rich_utils as boxes  # noqa: PLC0415 - takes a while, and is for help alone

    from grader.render.messages import read_catalogue  # noqa: PLC0415 - as above

    korean = read_catalogue("help", "ko")
    Text.rstrip_end = _rstrip_end  # type: ignore[assignment]
    boxes.ARGUMENTS_PANEL_TITLE = korean["Arguments"]
    boxes.OPTIONS_PANEL_TITLE = korean["Options"]
    boxes.COMMANDS_PANEL_TITLE = korean["Commands"]
    boxes.DEFAULT_STRING = korean["[default: {}]"]
    boxes.REQUIRED_LONG_STRING = korean["[required]"]
    for one in commands(command):
        one.help = "\n\n".join(korean.get(part, part) for part in paragraphs(one.help))
        for param in [*one.params, one.get_help_option(one.context_class(one))]:
            param.help = korean.get(param.help, param.help)
            if isinstance(default := getattr(param, "show_default", None), str):
                param.show_default = korean.get(default, default)


def _rstrip_end(text: Text, size: int) -> None:
    """Remove white space beyond ``size`` cells: rich 15 counts letters, and cuts a wide one for a space."""
    excess = cell_len(text.plain) - size
    if excess > 0:
        text.right_crop(min(excess, len(text.plain) - len(text.plain.rstrip())))


def commands(command: Any) -> Iterator[Any]:
    """Give a command and all below it."""
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from commands(below)


def paragraphs(text: str) -> list[str]:
    """Split a docstring, each paragraph in one line: lines are folded there for the editor's sake."""
    return [" ".join(part.split()) for part in text.split("\n\n")]
