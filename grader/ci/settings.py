"""``grader.toml``, the file by which a repository says what it is checked against."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from grader.errors import GraderError
from grader.spelling import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

FILE = "grader.toml"


@dataclass(frozen=True)
class Settings:
    """What may stand in ``grader.toml``; all of it may be left out: a released notebook says it itself."""

    #: The assignment's id: a notebook of another one is refused.
    assignment: str = ""
    #: The notebook's path in the repository.
    notebook: str = ""
    #: The kit that was released: an address, or a path in the repository.
    kit: str = ""
    #: Its digest.
    digest: str = ""

    @classmethod
    def read(cls, folder: Path) -> Settings:
        """Read the file in ``folder``, if there is one. Raises ``GraderError`` for what it does not know."""
        path = folder / FILE
        if not path.is_file():
            return cls()
        try:
            written = tomllib.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise GraderError(f"{FILE}: {error}", "settings-toml", {"detail": str(error)}) from error
        known = [field.name for field in fields(cls)]
        for key, value in written.items():
            if key not in known:
                said = f"{FILE}: there is no {key!r}{did_you_mean(key, known)}"
                raise GraderError(said, "settings-key", {"key": key, "known": known})
            if not isinstance(value, str):
                raise GraderError(f"{FILE}: {key} should be a text in quotes", "settings-text", {"key": key})
        return cls(**written)
