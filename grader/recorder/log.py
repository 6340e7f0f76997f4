"""The events of the running cell, and the files they leave in."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import safetensors.torch

from grader.recorder.encode import Store, flat
from grader.recorder.streams import Backward, Brief, BriefStep, Leaves, Stream

FORMAT = 1
EVERY = 5.0  # seconds between two writes of a cell that is still running
LOOSE = 1_000  # events outside any stream that are kept of one cell


class Log:
    """What is known of the cell that is running; ``cell`` is its ordinal, -1 before the first."""

    def __init__(self, folder: Path, budget: int) -> None:
        self.folder = folder
        self.store = Store(budget)
        self.cell = -1
        self.seq = 0
        self.slots: dict[tuple[str, tuple[int, ...], str], int] = {}
        self.optimizers: list[dict[str, Any]] = []
        self.stream = Stream()
        self._streams: list[Stream] = []
        self._loose: list[dict[str, Any]] = []
        self._written = 0.0

    def begin(self) -> None:
        """Begin the next cell."""
        self.cell += 1
        self.store.tensors.clear()
        self.slots.clear()
        self.optimizers.clear()
        self.stream = Stream()
        self._streams.clear()
        self._loose.clear()
        self._written = 0.0

    def slot(self, name: str, shape: tuple[int, ...], dtype: str) -> int:
        """Give the number of a slot, a new one where it has not been seen in this cell."""
        return self.slots.setdefault((name, shape, dtype), len(self.slots))

    def turn_to(self, leaves: Leaves) -> None:
        """Make the last stream of a set of leaves the current one; begin one where there is none."""
        found = next((stream for stream in reversed(self._streams) if stream.slots == leaves.slots), None)
        if found is None:
            self.begin_stream(leaves)
        else:
            self.stream = found

    def begin_stream(self, leaves: Leaves) -> None:
        """Begin a new stream of a set of leaves and make it the current one."""
        self.stream = Stream(leaves.slots)
        self._streams.append(self.stream)

    def add(self, event: dict[str, Any]) -> None:
        """Add an optimizer's step to the current stream, where there is one; other events to the cell."""
        if event["kind"] == "step" and self.stream.last is not None:
            self.stream.add(event)
        elif len(self._loose) < LOOSE:
            self._loose.append(event)

    def checkpoint(self) -> None:
        """Write the running cell out if that has not happened for a while."""
        if time.monotonic() - self._written > EVERY:
            self.write(complete=False)

    def write(self, *, complete: bool, **rest: Any) -> None:
        """Write the cell's files. A file is replaced whole, so that a reader never meets half of one."""
        events = self._loose + [event for i, stream in enumerate(self._streams) for event in _events(i, stream)]
        document = {
            "format": FORMAT,
            "cell": self.cell,
            "complete": complete,
            "slots": [[name, list(shape), dtype] for name, shape, dtype in self.slots],
            "optimizers": self.optimizers,
            "events": sorted(events, key=lambda event: event["seq"]),
            **rest,
        }
        stem = f"cell-{self.cell:04d}"
        if self.store.tensors:
            self._replace(f"{stem}.safetensors", safetensors.torch.save(self.store.tensors))
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        self._replace(f"{stem}.json", text.encode("utf-8", "backslashreplace"))
        self._written = time.monotonic()

    def _replace(self, name: str, content: bytes) -> None:
        part = self.folder / f"{name}.part"
        part.write_bytes(content)
        part.replace(self.folder / name)


def _events(number: int, stream: Stream) -> list[dict[str, Any]]:
    """Write a stream's epochs out; each event carries its epoch and that epoch's exact count of backwards."""
    out = []
    for epoch in stream.epochs():
        for event in epoch.events:
            plain = _plain(event, stream)
            out.append({**plain, "stream": number, "epoch": epoch.index, "backwards": epoch.backwards})
    return out


def _plain(event: Any, stream: Stream) -> dict[str, Any]:
    if type(event) is Backward:
        return _backward(event)
    if type(event) is Brief and stream.last is not None:
        return _backward(_like(stream.last, event))
    if type(event) is BriefStep and stream.last_step is not None:
        return _step(stream.last_step, event)
    return event  # type: ignore[no-any-return]


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
        "leaves": [[slot, number, *map(_flat, values)] for slot, number, *values in leaves],
        "touched": event.touched,
    }
    if event.weights:
        out["weights"] = event.weights
    return out | (event.picture or {})


def _like(full: Backward, brief: Brief) -> Backward:
    """Write a brief backward out in the manner of the last full one."""
    counts = [tensor.numel() for tensor in full.leaves.tensors]
    left = iter(brief.row)
    loss = next(left)
    values, after = ([[next(left) for _ in range(count)] for count in counts] for _ in range(2))
    roots = [[[loss], *full.roots[0][1:]]]
    before = [None] * len(counts)
    return full._replace(
        seq=brief.seq, roots=roots, values=values, before=before, after=after, touched=False, picture=None
    )


def _step(full: dict[str, Any], brief: BriefStep) -> dict[str, Any]:
    left = iter(brief.gradients)
    params = [
        [slot, number, None, [next(left) for _ in before], None]
        for slot, number, before, *_ in full["params"]
    ]
    return {**full, "seq": brief.seq, "entered": brief.entered, "lr": brief.lr, "params": params}


def _flat(values: Any) -> list[Any] | None:
    return None if values is None else flat(values)
