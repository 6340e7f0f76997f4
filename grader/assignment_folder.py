"""Where an assignment lies. Needs no torch: what was misspelt is said at once."""

from __future__ import annotations

from pathlib import Path

from grader.errors import AssignmentError
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
        raise AssignmentError(f"{given}: there is no {FILE} in it", "no-toml", {"path": str(given)})
    there = sorted(file.parent.name for file in assignments.glob(f"*/{FILE}"))
    where = {"name": name_or_path, "folder": f"{assignments}/"}
    if not there:
        said = "there is no assignment {name!r}: no {folder} here holds one; go to the course's folder"
        raise AssignmentError(f"{said}, or give the assignment's own".format(**where), "no-course", where)
    ids = nearest_first(name_or_path, there)
    said = "there is no assignment {name!r}; {folder} has".format(**where)
    raise AssignmentError(f"{said} {', '.join(ids)}", "no-assignment", where | {"ids": ids})
