"""Removing what a submission has left, whatever it did to its folders."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress


def remove(folder: str) -> None:
    """Remove a folder and all in it, also what its owner has locked. Links are not followed.

    The submission's processes must have ended: it cannot put a link where a folder just was.
    """
    pending = [folder]
    while pending:
        path = pending.pop()
        with suppress(OSError):
            os.chmod(path, 0o700)  # noqa: PTH101 - text, as many as there are
            with os.scandir(path) as entries:
                pending += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    shutil.rmtree(folder, ignore_errors=True)
