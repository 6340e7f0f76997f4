"""Which served file, if any, an address means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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
        for text in (address, _without_query(address)):
            last = re.split(r"[/\\=]", normalize("NFC", unquote(text)))[-1]
            if last in self._files:
                return self._files[last]
        return None


def _without_query(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:  # "http://[": not an address at all
        return ""
