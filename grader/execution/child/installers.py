"""Stand-ins for ``pip``, ``conda``, ``apt`` and the like: nothing is installed while a notebook is graded.

Run as ``python -m grader.execution.child.installers CONFIG pip|conda|… ARGUMENTS``. What is there already is
quietly fine; what is not is refused in a line. Everything but an installation goes to the real pip.
"""

# ruff: noqa: T201 - a program for the terminal

from __future__ import annotations

import os
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader.execution.child import notes

#: The programs that are stood in for.
PROGRAMS = ("pip", "pip3", "conda", "mamba", "micromamba", "uv", "apt", "apt-get", "brew")

#: Options of an installation that take a value.
WITH_VALUE = {
    "-c", "--constraint", "-f", "--find-links", "-i", "--index-url", "--extra-index-url", "--prefix", "-n",
    "--name", "--channel", "-t", "--target", "--trusted-host", "--root", "--timeout", "--platform",
}  # fmt: skip

REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[\w, -]*\])?\s*([=<>!~].*)?")


def main(argv: list[str]) -> int:
    """Refuse an installation, or find that there is nothing to install."""
    config, program, arguments = Path(argv[0]), argv[1], argv[2:]
    words = [word for word in arguments if not word.startswith("-")]
    if "install" not in words[:2] and words[:1] != ["add"]:
        return _otherwise(program, arguments)
    wanted = _wanted(arguments)
    refused = [name for name in wanted if not _is_there(name)] if "apt" not in program else wanted
    quiet = any(word in ("-q", "-qq", "--quiet") for word in arguments)
    for name in wanted:
        if name not in refused and not quiet:
            print(f"Requirement already satisfied: {name}")
    if not refused:
        return 0
    names = ", ".join(refused)
    print(f"[grader] 설치하지 않았습니다 (not installed while grading): {names}", file=sys.stderr)
    for name in refused:
        notes.leave(notes.file_of(config), "install", name)
    return 1


def _wanted(arguments: list[str]) -> list[str]:
    """Give what is to be installed: packages, files of requirements, addresses."""
    wanted, is_value = [], False
    for word in arguments:
        if not is_value and not word.startswith("-"):
            wanted.append(word)
        is_value = word in WITH_VALUE
    return [word for word in wanted if word not in ("install", "add", "pip")]


def _is_there(requirement: str) -> bool:
    """Tell whether a package is installed; one that is here in another version than asked for is not."""
    found = REQUIREMENT.fullmatch(requirement)
    if found is None:
        return False
    name, asked = found.groups()
    try:
        here = version(name)
    except PackageNotFoundError:
        return False
    return not asked or not asked.startswith("==") or asked[2:].strip() in (here, here.partition("+")[0])


def _otherwise(program: str, arguments: list[str]) -> int:
    """Let pip say what it can say without a network; of the others nothing is needed."""
    if program.startswith("pip"):
        os.execv(sys.executable, [sys.executable, "-m", "pip", *arguments])  # noqa: S606 - as the notebook asked
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
