"""What is kept of a cell's outputs, on the host, whatever the kernel sends."""

from __future__ import annotations

import json
import os
from itertools import groupby
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.execution.sandbox import package_folders

FOLDERS = (*sorted(package_folders()), str(Path(os.__file__).parent))
"""The folders of installed packages, and that of Python's own modules, which may hold the others."""


class Allowance:
    """How many bytes of output one cell may still add to the executed notebook."""

    def __init__(self, limit: int) -> None:
        self._limit = self._left = limit
        self.exceeded = False

    def start_afresh(self) -> None:
        """Allow the whole again: the cell has cleared its output."""
        self._left = self._limit

    def keep(self, kind: str, content: dict[str, Any]) -> dict[str, Any] | None:
        """Give what there is room for: a stream is cut, anything else is kept whole or is None."""
        if kind == "stream":
            text = str(content.get("text", "")).encode("utf-8", "replace")
            kept = text[: self._left]
            content = {**content, "text": kept.decode("utf-8", "ignore")}
            size, whole = len(kept), len(kept) == len(text)
        else:
            size = len(json.dumps(content, ensure_ascii=False, default=str))
            whole = size <= self._left
            size = size if whole else 0
        self._left -= size
        self.exceeded |= not whole
        return content if size else None


def settled(outputs: list[Any]) -> list[Any]:
    """Remove the accidents of timing, and of the machine.

    The kernel sends what was written every fifth of a second, stdout and stderr apart. Between two other
    outputs, all of stdout becomes one output and all of stderr another. Of a package's file a traceback or a
    warning names no more than what lies below the folder of packages.
    """
    result: list[Any] = []
    for is_stream, group in groupby(outputs, key=lambda output: output["output_type"] == "stream"):
        if not is_stream:
            result.extend(map(_without_folders, group))
            continue
        texts = {"stdout": "", "stderr": ""}
        for output in group:
            texts[output["name"]] = texts.get(output["name"], "") + output["text"]
        result += [new_output("stream", name=name, text=_named(text)) for name, text in texts.items() if text]
    return result


def _without_folders(output: Any) -> Any:
    trace = output.get("traceback")
    if not isinstance(trace, list):
        return output
    return NotebookNode({**output, "traceback": [_named(str(line)) for line in trace]})


def _named(text: str) -> str:
    """Give a text with the name of each folder of packages in place of its path."""
    for folder in FOLDERS:
        text = text.replace(f"{folder}/", f"{Path(folder).name}/")
    return text


def omission(limit: int) -> Any:
    """Write the line that stands where output was dropped."""
    text = f"[grader] 출력이 {limit:,}바이트를 넘어 나머지는 생략했습니다 (too much output).\n"
    return new_output("stream", name="stderr", text=text)
