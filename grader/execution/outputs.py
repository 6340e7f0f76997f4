"""What is kept of a cell's outputs, on the host, whatever the kernel sends."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from nbformat.v4 import new_output


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
    """Remove the accidents of timing.

    The kernel sends what was written every fifth of a second, stdout and stderr apart. Between two other
    outputs, all of stdout becomes one output and all of stderr another.
    """
    result: list[Any] = []
    for is_stream, group in groupby(outputs, key=lambda output: output["output_type"] == "stream"):
        if not is_stream:
            result.extend(group)
            continue
        texts = {"stdout": "", "stderr": ""}
        for output in group:
            texts[output["name"]] = texts.get(output["name"], "") + output["text"]
        result += [new_output("stream", name=name, text=text) for name, text in texts.items() if text]
    return result


def omission(limit: int) -> Any:
    """Write the line that stands where output was dropped."""
    text = f"[grader] 출력이 {limit:,}바이트를 넘어 나머지는 생략했습니다 (too much output).\n"
    return new_output("stream", name="stderr", text=text)
