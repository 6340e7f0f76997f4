"""Environments of their own, made of what is installed in the one that runs the tests.

Files are linked, with their bytecode: pip fetches, unpacks and compiles only what must have another version.
"""

import os
import shutil
import venv
from collections.abc import Collection, Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

UNUSED = {"include", "tests"}  # folders of packages, half of all files: nothing imports them


def environment(folder: Path, requirements: Iterable[str], without: Collection[str] = ()) -> Path:
    """Make an environment with pip and what is required, some packages left out; give its Python."""
    venv.create(folder, symlinks=True)
    for name, distribution in closure(["pip", *requirements]).items():
        if name not in without:
            link(distribution, packages(folder))
    return folder / "bin" / "python"


def packages(folder: Path) -> Path:
    """Give the folder of an environment in which packages lie."""
    return next((folder / "lib").glob("python*/site-packages"))


def versions(folder: Path) -> dict[str, str]:
    """Give what is installed in an environment."""
    found = metadata.distributions(path=[str(packages(folder))])
    return {canonicalize_name(one.name): one.version for one in found}


def closure(requirements: Iterable[str]) -> dict[str, metadata.Distribution]:
    """Give the distributions that fulfil requirements, those that these require, and so on, by name."""
    found: dict[str, metadata.Distribution] = {}
    left = list(map(Requirement, requirements))
    while left:
        one = left.pop()
        name = canonicalize_name(one.name)
        if name in found or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        found[name] = metadata.distribution(name)
        left += map(Requirement, found[name].requires or ())
    return found


def link(distribution: metadata.Distribution, there: Path) -> None:
    """Link a distribution's files; its scripts, which start another Python, stay behind."""
    for file in distribution.files or ():
        if file.parts[0] == ".." or not UNUSED.isdisjoint(file.parts):
            continue
        target = there / file
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(file.locate(), target)
        except OSError:  # another file system, or another user's files
            shutil.copy2(file.locate(), target)
