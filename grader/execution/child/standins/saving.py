"""Files written to folders that their author's machine has: ``./models``, ``/content/drive/MyDrive/4주차``.

A training that saves its parameters in every epoch would end with its first one, for nothing.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import Any

import torch

from grader.execution.child.standins.colab import at_home
from grader.execution.child.standins.frames import unseen

WRITES = re.compile(r"[wax]")


def install() -> None:
    """Let ``torch.save``, which opens no file in Python, find the folder; ``open`` is served's."""
    original = torch.save

    def save(obj: Any, f: Any, *args: Any, **kwargs: Any) -> None:
        original(obj, to_be_written(f), *args, **kwargs)

    torch.save = unseen(save, original)


def to_be_written(file: Any) -> Any:
    """Give where a file will lie, with its folder made where it is missing and may be made."""
    file = at_home(file)
    if isinstance(file, (str, os.PathLike)) and isinstance(text := os.fspath(file), str):
        folder = text[: max(text.rfind("/"), text.rfind("\\"), 0)]
        if folder and not os.path.exists(folder):  # noqa: PTH110 - a path of Windows is a name here
            with suppress(OSError):
                os.makedirs(folder)  # noqa: PTH103 - as above
    return file
