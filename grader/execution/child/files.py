"""Which served file, if any, an address means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


#: Of these a notebook that names one that is nowhere means the assignment's, if it has but one.
TABLES = (".csv", ".tsv", ".xls", ".xlsx")


class ServedFiles:
    """The assignment's data files, found by any URL or path that ends in their name, wherever it points."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = {normalize("NFC", name): Path(path) for name, path in files.items()}

    @property
    def names(self) -> str:
        """The names, for messages."""
        return ", ".join(self._files) or "nothing"

    def __iter__(self) -> Iterator[tuple[str, Path]]:
        """Give the names and the copies that answer for them."""
        return iter(self._files.items())

    def find(self, address: str) -> Path | None:
        """Give the served copy, or None. ``?raw=true``, percent-encoding and backslashes are no obstacle."""
        return next((self._files[last] for last in _names(address) if last in self._files), None)

    def find_renamed(self, address: str) -> Path | None:
        """Give the one table there is for one of another name: ``regression (1).csv``, a student's copy."""
        endings = {Path(last).suffix.lower() for last in _names(address)}
        tables = [path for name, path in self if Path(name).suffix.lower() in endings.intersection(TABLES)]
        return tables[0] if len(tables) == 1 else None


def _names(address: str) -> list[str]:
    """Give the last part of an address, with its query and without."""
    texts = (address, _without_query(address))
    return [re.split(r"[/\\=]", normalize("NFC", unquote(text)))[-1] for text in texts]


def _without_query(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:  # "http://[": not an address at all
        return ""
