"""The stand-in programs that a notebook finds first on its path."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from grader.execution.child.installers import PROGRAMS

if TYPE_CHECKING:
    from pathlib import Path

MODULES = {"fetch": ("wget", "curl"), "installers": PROGRAMS}

#: There is nobody else to become, and nothing that needs it: the command is run as it is.
SUDO = '#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do shift; done\nexec "$@"\n'


def write(folder: Path, config: Path) -> None:
    """Write the programs into ``folder``; each reads ``config``, the child's configuration file.

    Those of one module are one file with several names: a name costs the disk a twentieth of a file.
    """
    for module, (first, *others) in MODULES.items():
        command = [sys.executable, "-P", "-m", f"grader.execution.child.{module}", str(config)]
        _write(folder / first, f'#!/bin/sh\nexec {shlex.join(command)} "${{0##*/}}" "$@"\n')
        for name in others:
            (folder / name).hardlink_to(folder / first)
    _write(folder / "sudo", SUDO)


def _write(path: Path, script: str) -> None:
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)
