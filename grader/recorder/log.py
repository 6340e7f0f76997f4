"""The events of the running cell, and the files they leave in."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import safetensors.torch

from grader.recorder.encode import Store
from grader.recorder.streams import Backward, Brief, BriefStep, Leaves, Stream

FORMAT = 1
EVERY = 5.0  # seconds between two writes of a cell that is still running
LOOSE = 1_000  # events outside any stream that are kept of one cell
STREAMS = 1_000  # streams kept of one cell
WIDE = 20  # of these, the last that keep more than their ends


class Log:
    """What is known of the cell that is running; ``cell`` is its ordinal, -1 before the first."""

    def __init__(self, folder: Path, budget: int) -> None:
        self.folder = folder.absolute()
        self.store = Store(budget)
        self.cell = -1
        self.seq = 0
        self.faults = 0  # of ours, in this cell
        self.paused = False  # while something else than the student's code computes in this process
        self.slots: dict[tuple[str, tuple[int, ...], str], int] = {}
        self.optimizers: list[dict[str, Any]] = []
        self.stream = Stream()
        self._streams: list[Stream] = []
        self._begun = 0
        self._loose: list[dict[str, Any]] = []
        self._written = 0.0
        self._process = os.getpid()

    def begin(self) -> None:
        """Begin the next cell."""
        self.cell += 1
        self.faults = 0
        self.store.begin()
        self.slots.clear()
        self.optimizers.clear()
        self.stream = Stream()
        self._streams.clear()
        self._begun = 0
        self._loose.clear()
        self._written = time.monotonic()

    def slot(self, name: str, shape: tuple[int, ...], dtype: str) -> int:
        """Give the number of a slot, a new one where it has not been seen in this cell."""
        return self.slots.setdefault((name, shape, dtype), len(self.slots))

    def turn_to(self, leaves: Leaves) -> None:
        """Make the last stream of a set of leaves the current one; begin one where there is none."""
        if leaves.slots != self.stream.slots:
            found = next((stream for stream in reversed(self._streams) if stream.slots == leaves.slots), None)
            if found is None:
                self.begin_stream(leaves)
            else:
                self.stream = found

    def begin_stream(self, leaves: Leaves) -> None:
        """Begin a new stream of a set of leaves and make it the current one."""
        self.stream = Stream(self._begun, leaves.slots)
        self._begun += 1
        self._streams.append(self.stream)
        if len(self._streams) > WIDE:
            self._streams[-WIDE - 1].shrink()
        if len(self._streams) > STREAMS:
            del self._streams[STREAMS // 2]

    def add(self, event: dict[str, Any]) -> None:
        """Add an event that belongs to no stream; of very many those in the middle are forgotten."""
        self._loose.append(event)
        if len(self._loose) > LOOSE:
            del self._loose[LOOSE // 2]

    def checkpoint(self) -> None:
        """Write the running cell out if that has not happened for a while."""
        if time.monotonic() - self._written > EVERY:
            self.write(complete=False)

    def write(self, *, complete: bool, **rest: Any) -> None:
        """Write the cell's files. A file is replaced whole, so that a reader never meets half of one."""
        if os.getpid() != self._process:  # a child that the student's code forked
            return
        events = self._loose + [event for stream in self._streams for event in _events(stream)]
        document = {
            "format": FORMAT,
            "cell": self.cell,
            "complete": complete,
            "faults": self.faults,
            "slots": [[name, list(shape), dtype] for name, shape, dtype in self.slots],
            "optimizers": self.optimizers,
            "events": sorted(events, key=lambda event: event["seq"]),
            **rest,
        }
        stem = f"cell-{self.cell:04d}"
        if self.store.tensors:
            self._replace(f"{stem}.safetensors", safetensors.torch.save(self.store.tensors))
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=lambda _: None)
        self._replace(f"{stem}.json", text.encode("utf-8", "backslashreplace"))
        self._written = time.monotonic()

    def _replace(self, name: str, content: bytes) -> None:
        part = self.folder / f"{name}.part"
        part.write_bytes(content)
        part.replace(self.folder / name)


def _events(stream: Stream) -> list[dict[str, Any]]:
    """Write a stream's epochs out; each event carries its epoch and that epoch's exact count of backwards."""
    return [
        {**_plain(event), "stream": stream.number, "epoch": epoch.index, "backwards": epoch.backwards}
        for epoch in stream.epochs
        for event in epoch.events
    ]


def _plain(event: Backward | Brief | BriefStep | dict[str, Any]) -> dict[str, Any]:
    full = event.full() if isinstance(event, Brief | BriefStep) else event
    return _backward(full) if isinstance(full, Backward) else full


def _backward(event: Backward) -> dict[str, Any]:
    leaves = zip(
        event.leaves.slots, event.leaves.numbers, event.values, event.before, event.after, strict=True
    )
    out = {
        "kind": "backward",
        "seq": event.seq,
        "via": event.via,
        "line": event.line,
        "roots": event.roots,
        "leaves": list(leaves),
        "touched": event.touched,
    }
    if event.weights:
        out["weights"] = event.weights
    return out | (event.picture or {})
