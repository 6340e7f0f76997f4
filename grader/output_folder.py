"""The folders that commands write to: whose they are, and which submissions are the class."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import chain, count
from pathlib import Path
from typing import Any

from grader.errors import GraderError, OutputError, unwritable

#: Who the class is, as it was graded last: results of others may lie beside theirs.
CLASS = "class.json"
#: What stands at the top of the folder, under names that others use as well.
TABLE = "gradebook.csv"
PAGES = ("index.html", TABLE)


def require_own(folder: Path, sign: str) -> None:
    """Raise ``OutputError`` for somebody else's pages; ``sign`` is a pattern of what stands beside ours."""
    theirs = next((folder / name for name in PAGES if (folder / name).exists()), None)
    if theirs and not any(folder.glob(sign)):
        said = f"{theirs}: there already, and not written by this command; name another folder with --out"
        raise OutputError(said, "foreign", {"path": str(theirs)})


def write_new(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their paths in ``folder``, over nobody's work.

    Raises ``OutputError``, having written nothing, where there is a file of other content already: it may be
    the one that somebody filled in.
    """
    there = [folder / name for name in files if (folder / name).exists()]
    others = [str(path) for path in there if path.read_bytes() != files[path.relative_to(folder).as_posix()]]
    if others:
        said = f"{', '.join(others)}: there already, and other than this would be; name another folder"
        raise OutputError(said, "others", {"paths": others})
    for name, content in files.items():
        try:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        except OSError as error:  # a full disk does not say where
            error.filename = error.filename or str(folder / name)
            raise


def write(file: Path, content: str | bytes) -> None:
    """Write a file whole: a reader meets the old one or the new one."""
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content.encode("utf-8", "replace") if isinstance(content, str) else content)
        part.replace(file)
    except OSError as error:
        raise unwritable(file, error) from error


def class_text(names: Sequence[str]) -> str:
    """Write down the folders of the submissions that were graded together."""
    return json.dumps({"submissions": list(names)}, ensure_ascii=False, indent=1) + "\n"


def remember_gradebook(folder: Path, content: bytes) -> None:
    """Write down what the table held when it was written, so that a change by hand is seen."""
    file = folder / CLASS
    if (known := _class_of(folder)) is not None:
        known["gradebook"] = sha256(content).hexdigest()
        write(file, json.dumps(known, ensure_ascii=False, indent=1) + "\n")


def keep_edited(folder: Path) -> Path | None:
    """Put a table that somebody has changed since it was written aside; give its new path."""
    table, known = folder / TABLE, _class_of(folder) or {}
    try:
        changed = "gradebook" in known and sha256(table.read_bytes()).hexdigest() != known["gradebook"]
    except OSError:  # it was removed, or cannot be read and so not written either
        return None
    if not changed:
        return None
    names = chain(["gradebook-edited.csv"], (f"gradebook-edited-{n}.csv" for n in count(2)))
    aside = next(path for name in names if not (path := folder / name).exists())
    table.rename(aside)
    return aside


def _class_of(folder: Path) -> dict[str, Any] | None:
    try:
        known = json.loads((folder / CLASS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return known if isinstance(known, dict) else None


def members(folder: Path) -> set[str]:
    """Give the folders of the class as it was graded last, of which there are results."""
    names = (_class_of(folder) or {}).get("submissions", ())
    return {str(name) for name in names if (folder / str(name) / "result.json").exists()}


def results_in(folder: Path) -> list[Path]:
    """Give the ``result.json`` of each submission of the class, in its order.

    Those that lie in the folder besides are of submissions that are gone, or of another assignment. A folder
    that does not say who the class is (a single one, copied) is taken whole.
    """
    there = {file.parent.name: file for file in sorted(folder.glob("*/result.json"))}
    try:
        names = json.loads((folder / CLASS).read_text(encoding="utf-8"))["submissions"]
        return [there[name] for name in names if name in there]
    except FileNotFoundError:
        return list(there.values())
    except (ValueError, KeyError, TypeError) as error:
        said = f"{folder / CLASS}: is damaged; remove it to take every result in the folder, or grade again"
        raise GraderError(said, "class-damaged", {"path": str(folder / CLASS)}) from error
