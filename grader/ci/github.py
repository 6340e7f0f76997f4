"""How GitHub's runner, and those like it, are told things: commands in the log, files they name."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from grader.ci.lines import lines_of
from grader.records import Submission
from grader.render.annotations import Annotation

#: Bytes that a step's summary may have, with room for what other steps wrote.
MAX_SUMMARY = 1_000_000


def runs_here() -> bool:
    """Tell whether a runner reads the log for commands."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def no_commands(log: Console) -> Iterator[None]:
    """Have a runner find no commands in what is printed meanwhile: a student's text is none."""
    if not runs_here():
        yield
        return
    token = secrets.token_hex(16)
    say(log, f"::stop-commands::{token}")
    try:
        yield
    finally:
        say(log, f"::{token}::")


def command(annotation: Annotation, file: str = "", line: int | None = None) -> str:
    """Write an annotation as a command.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions; what has to be escaped is
    in the runner's own toolkit: actions/toolkit, packages/core/src/command.ts.
    """
    values = {"file": file, "line": str(line) if file and line else "", "title": annotation.title}
    properties = ",".join(f"{name}={_property(value)}" for name, value in values.items() if value)
    return f"::{annotation.level} {properties}::{_data(annotation.text)}"


def say(log: Console, text: str) -> None:
    """Write one line to the log as it is."""
    log.print(text, soft_wrap=True, markup=False, highlight=False)


def annotate(
    log: Console, found: list[Annotation], file: str = "", submission: Submission | None = None, raw: str = ""
) -> None:
    """Write annotations, each for its line in the notebook's file, whose content is ``raw``."""
    at = lines_of(submission, raw) if submission else {}
    for it in found:
        line = None if it.cell is None else at.get((it.cell, it.line or 1), at.get((it.cell, 1)))
        say(log, command(it, file, line))


def add_summary(markdown: str) -> None:
    """Add to the step's summary, where the runner keeps one."""
    content = markdown.encode()
    if len(content) > MAX_SUMMARY:
        content = content[:MAX_SUMMARY].rpartition(b"\n")[0] + "\n\n…\n".encode()
    _append("GITHUB_STEP_SUMMARY", content)


def set_outputs(values: Mapping[str, str]) -> None:
    """Set the step's outputs; whatever a value holds, it cannot end itself and begin another."""
    end = f"end_{secrets.token_hex(16)}"
    _append(
        "GITHUB_OUTPUT",
        "".join(f"{name}<<{end}\n{value}\n{end}\n" for name, value in values.items()).encode(),
    )


def _append(variable: str, content: bytes) -> None:
    if path := os.environ.get(variable):
        with Path(path).open("ab") as file:
            file.write(content)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
