"""What the checker needs besides torch, put beside what is there: nothing is upgraded, nothing restarted."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
EXTRA = re.compile(r";.*\bextra\b")
VERSION = re.compile(r"^\d[\w.!+-]*$")


def complete() -> bool:
    """See that all is there, or say in a line what is not. It needs nothing but the standard library."""
    needed = missing()
    if not needed:
        return True
    names = ", ".join(map(_name, needed))
    print(f"자기 확인 도구에 필요한 것을 설치합니다: {names}")  # noqa: T201 - where catalogues are read is missing
    if install(needed):
        return True
    print("설치하지 못했습니다. 과제는 그대로 하고 내면 됩니다.")  # noqa: T201
    return False


def missing() -> list[str]:
    """Give the requirements of this package that are not installed in any version."""
    try:
        needed = metadata.requires("grader") or []
    except metadata.PackageNotFoundError:  # run from its sources
        return []
    plain = [requirement for requirement in needed if not EXTRA.search(requirement)]
    return [requirement for requirement in plain if not _is_there(_name(requirement))]


def install(requirements: list[str]) -> bool:
    """Have pip add packages; whatever is installed keeps its version. Tell whether that worked."""
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        kept = Path(folder) / "kept.txt"
        kept.write_text("".join(f"{line}\n" for line in _installed()), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--constraint", str(kept)]
        done = subprocess.run([*command, *requirements], check=False)  # noqa: S603 - names of our own
    return done.returncode == 0


def _installed() -> list[str]:
    found = ((str(one.metadata["Name"]), str(one.version)) for one in metadata.distributions())
    return [
        f"{name}=={version}" for name, version in found if NAME.fullmatch(name) and VERSION.match(version)
    ]


def _name(requirement: str) -> str:
    found = NAME.match(requirement)
    return found[0] if found else requirement


def _is_there(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
