"""Removing what a submission has left, whatever it did to its folders."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path


def remove(folder: str) -> None:
    """Remove a folder and all in it, also what its owner has locked. Links are not followed.

    Where that fails, folders within folders are first laid side by side: they may lie deeper than any path
    can name, or any function can follow. The submission's processes must have ended: it cannot put a link
    where a folder just was.
    """
    with suppress(OSError, RecursionError):
        shutil.rmtree(folder)
        return
    with suppress(OSError):
        _lay_side_by_side(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _lay_side_by_side(folder: str) -> None:
    """Move all folders below into one, each unlocked."""
    _unlock(folder)
    aside = tempfile.mkdtemp(dir=folder)
    pending = [entry.path for entry in _folders(folder) if entry.path != aside]
    count = 0
    while pending:
        path = pending.pop()
        _unlock(path)
        for entry in _folders(path):
            _unlock(entry.path)  # a folder that moves is written to
            count += 1
            pending.append(str(Path(entry.path).rename(Path(aside, str(count)))))


def _unlock(path: str) -> None:
    os.chmod(path, 0o700)  # noqa: PTH101 - text, as many as there are


def _folders(path: str) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        return [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
