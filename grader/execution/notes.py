"""What the child noted about a cell -> flags. It comes out of a student's process, as hostile input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.records import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The flag that tells of each kind of note.
FLAGS = {
    "cell-magic": "flag.magic-not-first",
    "cuda": "flag.cuda",
    "data": "flag.data-renamed",
    "folder": "flag.folder",
    "install": "flag.not-installed",
    "magic": "flag.magic-skipped",
    "package": "flag.package-missing",
}

#: Notes that are read of one cell, flags that are raised of one kind, characters of a detail.
MOST, MOST_FLAGS, LONGEST = 100, 10, 100

Note = tuple[str, str]


def read(given: Any) -> tuple[Note, ...]:
    """Read a cell's notes, ``[[kind, detail], …]``; what is not one is left out."""
    if not isinstance(given, list):
        return ()
    return tuple(note for item in given[:MOST] if (note := _note(item)) is not None)


def _note(item: Any) -> Note | None:
    if not isinstance(item, list) or len(item) != 2 or not all(isinstance(part, str) for part in item):
        return None
    kind, detail = item
    return (kind, detail[:LONGEST]) if kind in FLAGS else None


def flags(noted: Mapping[int, Sequence[Note]]) -> tuple[Message, ...]:
    """Say once what was noted, in the order of its first cell; ``noted`` is by the cells' index from 0."""
    cells: dict[Note, list[int]] = {}
    for cell, notes in sorted(noted.items()):
        for note in notes:
            cells.setdefault(note, []).append(cell + 1)
    counts: dict[str, int] = {}
    raised = []
    for (kind, detail), where in cells.items():
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= MOST_FLAGS:
            raised.append(Message(FLAGS[kind], {"cell": where[0], "name": detail}))
    return tuple(raised)
