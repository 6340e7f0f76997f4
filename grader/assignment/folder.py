"""Where an assignment lies. Needs no torch: what was misspelt is said at once."""

from __future__ import annotations

from pathlib import Path

from grader.errors import AssignmentError, phrase
from grader.spelling import nearest_first

FILE = "assignment.toml"


def find(name_or_path: str, assignments: Path = Path("assignments")) -> Path:
    """Give the folder of an assignment, named by its id (below ``assignments``), its folder or its file.

    Raises ``AssignmentError``, saying where it looked and what is there, if there is none.
    """
    given = Path(name_or_path)
    for folder in (given, given.parent if given.name == FILE else given, assignments / name_or_path):
        if (folder / FILE).is_file():
            return folder
    if given.exists():
        said = phrase("there is no {file} in it; give an assignment's folder", file=FILE)
        raise AssignmentError(f"{given}: ", said)
    there = sorted(file.parent.name for file in assignments.glob(f"*/{FILE}"))
    where = {"name": repr(name_or_path), "folder": f"{assignments}/"}
    if there:
        ids = ", ".join(nearest_first(name_or_path, there))
        raise AssignmentError(phrase("there is no assignment {name}; {folder} has {ids}", **where, ids=ids))
    raise AssignmentError(
        phrase(
            "there is no assignment {name}: no {folder} here holds one; go to the course's folder, or give "
            "the assignment's own",
            **where,
        )
    )
