"""Where ``grader grade`` spends its time: ``python phases.py ASSIGNMENT NOTEBOOK...`` prints JSON.

A batch for each notebook, so that the phases follow one another. ``seconds`` has the mean of each phase a
submission, without the first one, which also starts the server.
"""

from __future__ import annotations

import functools
import inspect
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from grader import batch, grading, recording, results
from grader.assignment.file import load
from grader.execution import client
from grader.execution.kernels import kernels
from grader.submission.handed_in import HandedIn

PHASES: tuple[tuple[Any, str, str], ...] = (
    (HandedIn, "read", "reading the notebook"),
    (client.Client, "_start", "kernel: fork, IPython, first answer"),
    (client.Client, "_run_cell", "cells, recorded"),
    (client.Client, "_stop", "kernel: end"),
    (recording, "read", "reading the recording"),
    (grading, "judge", "judging"),
    (results, "student_page", "rendering the pages"),
    (results, "notebook_page", "rendering the pages"),
    (results, "localize", "rendering the pages"),
    (results, "dumps", "writing"),
    (results, "_write_recording", "writing"),
    (results, "write", "writing"),
)

#: Whether a phase is being timed: what it calls itself counts once.
TIMED = ContextVar("TIMED", default=False)


def main() -> None:
    """Grade, and print ``{"total": s, "seconds": {phase: s}}``."""
    assignment, *notebooks = map(Path, sys.argv[1:])
    spent: Counter[str] = Counter()
    for owner, name, label in PHASES:
        setattr(owner, name, _timed(getattr(owner, name), label, spent))
    loaded = load(assignment)
    with kernels() as kernel, tempfile.TemporaryDirectory() as out:
        wanted = batch.Batch(loaded, Path(out), kernel=kernel)
        batch.grade_all(wanted, [HandedIn(path) for path in notebooks[:1]], lambda _: None)
        spent.clear()
        started = time.perf_counter()
        for path in notebooks[1:]:
            batch.grade_all(wanted, [HandedIn(path)], lambda _: None)
        total = time.perf_counter() - started
    count = len(notebooks) - 1
    seconds = {label: spent[label] / count for _, _, label in PHASES}
    print(json.dumps({"total": total / count, "seconds": seconds}))  # noqa: T201 - what this script is for


def _timed(function: Callable[..., Any], label: str, spent: Counter[str]) -> Callable[..., Any]:
    """Add up what a function takes, waiting included."""

    @contextmanager
    def clock() -> Iterator[None]:
        outermost, started = not TIMED.get(), time.perf_counter()
        token = TIMED.set(True)
        try:
            yield
        finally:
            TIMED.reset(token)
            spent[label] += outermost * (time.perf_counter() - started)

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            with clock():
                return await function(*args, **kwargs)

    else:

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with clock():
                return function(*args, **kwargs)

    return wrapper


if __name__ == "__main__":
    main()
