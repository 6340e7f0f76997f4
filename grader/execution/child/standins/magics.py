"""IPython's magics where they would cost a cell what has nothing to do with them."""

from __future__ import annotations

import re
import sys
from functools import partial
from typing import Any

from grader.execution.child.notes import note

#: ``python -m pip`` and its relatives: the program of that name is a stand-in, the module is not.
PIP = re.compile(r"\S*python[\d.]*\s+-m\s+pip(?=\s)")

#: Magics that do what the program of their name does. IPython's own look for an environment to install into.
PROGRAMS = ("pip", "conda", "mamba", "micromamba", "uv")

#: What a cell shows in place of a magic that was skipped, by the kind of its note.
SAID = {
    "magic": "여기에 없는 매직이라 건너뛰었습니다 (unknown magic, skipped)",
    "cell-magic": "셀의 첫 줄이 아니어서 건너뛰었습니다 (not on the first line of its cell, skipped)",
}


def install(shell: Any) -> None:
    """Let line magics pass through ``_instead``, and ``!`` through the rewriting of ``python -m pip``."""
    # Private, but the one place that only a magic about to be run passes; IPython 7 does not have it.
    if (find := getattr(shell, "_find_with_lazy_load", None)) is not None:

        def find_instead(kind: Any, name: str) -> Any:
            found = find(kind, name)
            return _instead(shell, name, found) if kind == "line" else found

        shell._find_with_lazy_load = find_instead  # noqa: SLF001 - see above
    for name in ("system", "getoutput"):
        _answer_pip(shell, name)


def _instead(shell: Any, name: str, found: Any) -> Any:
    """Give the function that answers for the line magic ``name``; ``found`` is IPython's."""
    if name in PROGRAMS:
        return partial(_run, shell, name)
    if name == "matplotlib":
        return partial(_inline, found)
    if name == "load_ext":
        return partial(_if_there, found)
    return partial(_skip, f"%{name}") if found is None else found


def _skip(magic: str, line: str = "") -> None:
    """Let a cell go on after ``%tensorflow_version 2.x``: its imports matter, an unknown magic does not.

    Nor does ``%%time`` below a comment: IPython takes it for a line's, of which there is none of that name.
    """
    kind = "cell-magic" if magic.startswith("%%") else "magic"
    note(kind, magic)
    print(f"[grader] {SAID[kind]}: {f'{magic} {line}'.strip()}", file=sys.stderr)  # noqa: T201


def _inline(original: Any, line: str = "") -> Any:
    """Draw into the notebook whatever window is asked for: there is none."""
    __tracebackhide__ = True  # IPython leaves the frame out
    return original(line if line.strip().startswith("-") else "inline")


def _if_there(original: Any, module: str = "") -> Any:
    __tracebackhide__ = True
    try:
        return original(module)
    except ImportError:
        return _skip(f"%load_ext {module}".strip())


def _run(shell: Any, program: str, line: str = "") -> None:
    shell.system(f"{program} {line}")


def _answer_pip(shell: Any, name: str) -> None:
    original = getattr(shell, name)

    def run(command: str, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        return original(PIP.sub("pip", command), *args, **kwargs)

    setattr(shell, name, run)
