"""The kit that a push is checked by: the released one, where it can be reached, else the notebook's own."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from grader.errors import GraderError, KitError
from grader.kit import Kit, kit_of
from grader.kit.payload import LARGEST
from grader.records import Message

SECONDS = 20.0


@dataclass(frozen=True)
class Pinned:
    """The kit that was released, as far as it could be had, and its digest, as far as that is known."""

    kit: Kit | None
    digest: str
    asked: bool


def pinned(source: str, digest: str, folder: Path) -> Pinned:
    """Get the kit that was released.

    Args:
        source: an address, or a path; relative ones are of the repository. Nothing is asked for where it is
            empty.
        digest: the digest it has to have, if that is known.
        folder: the repository.

    A kit whose address cannot be reached, or that is not the one of that digest, is none. Raises
    ``GraderError`` for a path where there is no kit: it was misspelt, and another push would find no more.
    """
    if not source:
        return Pinned(None, digest, asked=bool(digest))
    kit = _fetched(source) if source.startswith(("https://", "http://")) else _written(source, folder)
    if kit is None:
        return Pinned(None, digest, asked=True)
    same = digest in {"", kit.digest}
    return Pinned(kit if same else None, digest or kit.digest, asked=True)


def settle(pin: Pinned, notebook: Any) -> tuple[Kit, tuple[Message, ...]]:
    """Choose between the pinned kit and the one that a notebook carries, and say what is odd.

    Raises ``KitError`` if there is neither.
    """
    try:
        carried = kit_of(notebook)
    except KitError:
        if pin.kit is None:
            raise
        return pin.kit, (Message("flag.ci.kit-differs"),)
    if pin.kit is not None:
        return pin.kit, () if carried.digest == pin.kit.digest else (Message("flag.ci.kit-differs"),)
    if not pin.asked or carried.digest == pin.digest:
        return carried, ()
    return carried, (Message("flag.ci.kit-other" if pin.digest else "flag.ci.kit-unreached"),)


def _fetched(address: str) -> Kit | None:
    """Get a kit, if it is there now: a network comes and goes."""
    try:
        return Kit.read(_answered(address))
    except (OSError, ValueError, HTTPException, KitError):
        return None


def _answered(address: str) -> str:
    request = urllib.request.Request(address, headers={"User-Agent": "grader"})  # noqa: S310 - http(s), see above
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        content: bytes = answer.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError("too large")
    return content.decode()


def _written(source: str, folder: Path) -> Kit:
    try:
        with (folder / source).open("rb") as file:
            return Kit.read(file.read(LARGEST + 1).decode())
    except OSError as error:
        said = f"{source}: the kit cannot be read: {error.strerror}"
        raise GraderError(said, "kit-unreadable", {"path": source}) from error
    except (ValueError, KitError) as error:
        said = f"{source}: this is no kit; take the *.kit.json that grader release wrote"
        raise GraderError(said, "kit-none", {"path": source}) from error
