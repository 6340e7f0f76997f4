"""The kit as a notebook carries it: packed into a cell, beside its stamp.

A notebook travels alone, and the kernel it runs in does not see its file: what the checker needs has to stand
in a cell. There it is compressed (``bz2``, whose output is the same everywhere) and written in base64, in one
line beside a visible stamp with assignment, version and digest.

Students' kernels import this: no nbformat, whose own imports take seconds beside JupyterLab.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.errors import KitError
from grader.kit.kit import Kit, damaged

LARGEST = 20_000_000  # bytes of a document
_STAMP = re.compile(r"^# grader-kit: (\S+) (.+) ([0-9a-f]{64})[ \t]*$", re.MULTILINE)
_PAYLOAD = re.compile(r"[\"'](Qlpo[A-Za-z0-9+/]+={0,2})[\"']")  # base64 of what bz2 begins with


@dataclass(frozen=True)
class Stamp:
    """What a released notebook says of itself, whether its kit is whole or not."""

    id: str
    version: str
    digest: str


def packed(kit: Kit) -> str:
    """Give a kit as it stands in a cell."""
    return base64.b64encode(bz2.compress(kit.text.encode(), 9)).decode()


def unpacked(payload: str) -> Kit:
    """Give the kit of a payload. Raises ``KitError`` for what is none."""
    try:
        decompressor = bz2.BZ2Decompressor()
        content = decompressor.decompress(base64.b64decode(payload, validate=True), LARGEST)
        if not decompressor.eof:
            raise damaged()
        text = content.decode()
    except (binascii.Error, OSError, EOFError, ValueError) as error:
        raise damaged() from error
    return Kit.read(text)


def kit_of(notebook: Any) -> Kit:
    """Give the kit that a notebook (nbformat's) carries.

    Raises:
        KitError: there is none (``missing``), it is ``damaged``, it is not the one its stamp names
            (``edited``), or it is for another version of the checker (``format``).
    """
    for source in _code(notebook):
        if payload := _PAYLOAD.search(source):
            kit = unpacked(payload[1])
            stamp = stamp_of(notebook)
            if stamp is None or (stamp.id, stamp.version, stamp.digest) != (kit.id, kit.version, kit.digest):
                raise KitError("the kit is not the one that its stamp names: it was edited", "edited")
            return kit
    raise KitError("the notebook carries no kit: its first cells are missing", "missing")


def stamp_of(notebook: Any) -> Stamp | None:
    """Give the stamp of a notebook: the visible line of its first cells, else what its metadata say."""
    for source in _code(notebook):
        if found := _STAMP.search(source):
            return Stamp(*found.groups())
    ours = notebook.metadata.get("grader")
    if not isinstance(ours, dict) or not all(isinstance(ours.get(k), str) for k in ("assignment", "version")):
        return None
    return Stamp(ours["assignment"], ours["version"], str(ours.get("kit", "")))


def _code(notebook: Any) -> Iterator[str]:
    return (cell.source for cell in notebook.cells if cell.cell_type == "code")
