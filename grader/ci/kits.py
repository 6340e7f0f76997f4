"""The kit that a push is checked by: the released one, where it can be reached, else the notebook's own."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from grader.errors import KitError
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

    A kit that cannot be reached, or is not the one of that digest, is none.
    """
    if not source:
        return Pinned(None, digest, asked=bool(digest))
    try:
        text = _fetched(source) if source.startswith(("https://", "http://")) else _written(folder / source)
        kit = Kit.read(text)
    except (OSError, ValueError, HTTPException, KitError):
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


def _fetched(address: str) -> str:
    request = urllib.request.Request(address, headers={"User-Agent": "grader"})  # noqa: S310 - http(s), see above
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        content: bytes = answer.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError("too large")
    return content.decode()


def _written(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise ValueError("too large")
    return path.read_text(encoding="utf-8")
