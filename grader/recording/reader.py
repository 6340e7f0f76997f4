"""Files out of a student's process, read as hostile: JSON and safetensors -> ``Recording``.

The files are those that ``grader.recorder`` describes. Nothing in them is believed to be well-formed:
whatever does not read as it should is left out and counted as damage, and never raises.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

from grader.recording.events import (
    SAMPLE,
    Backward,
    CellRecord,
    Event,
    LastLeaves,
    Leaf,
    Names,
    Node,
    OptimizerStep,
    Recording,
    Root,
    Seed,
    StepParameter,
    Value,
    recorded_count,
)
from grader.recording.fields import (
    WRONG,
    as_index,
    as_list,
    as_number,
    as_numbers,
    as_shape,
    as_text,
    like,
    so_many,
    some,
)

NODES = 64
EVENTS = 1_000_000  # of one cell; the recorder keeps far fewer
EPOCHS = 30_000  # of a notebook; of 6000 epochs the recorder keeps some hundreds. More is time of a class
VALUES = 20_000  # that a notebook's statements made; where there are more, those of a cell's end have to do
DAMAGE = 100  # entries; what comes after is not told one by one
DTYPES = {
    str(dtype)[6:]: dtype
    for dtype in (
        torch.float16, torch.bfloat16, torch.float32, torch.float64,
        torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool,
    )
}  # fmt: skip


def read(folder: Path, *, cells: Sequence[int], limit: int) -> Recording:
    """Read a recording.

    Args:
        folder: where the recorder wrote; links in it are not followed.
        cells: the notebook index of each executed code cell, in the order of execution.
        limit: bytes that are read in all; what lies beyond counts as damage.
    """
    records: list[CellRecord] = []
    damage: list[str] = []
    epochs, values = EPOCHS, VALUES
    for ordinal, cell in enumerate(cells):
        name, beside = files(ordinal)
        try:
            text = _read_file(folder / name, limit)
            if text is None:
                continue
            limit -= len(text)
            blob = _read_file(folder / beside, limit)
            limit -= len(blob or b"")
            document = json.loads(text)
            tensors = safetensors.torch.load(blob) if blob else {}
            record = _Reader(cell, cells, document, tensors, damage).record()
            if (count := _epochs(record)) > epochs:
                raise ValueError("too many epochs")
            epochs -= count
            if (made := sum(len(statement.values) for statement in record.statements)) > values:
                damage.append(f"{name}: too many values")
                record, made = _without_statements(record), 0
            values -= made
            records.append(record)
        except (*WRONG, OSError, safetensors.SafetensorError) as error:
            damage.append(f"{name}: {type(error).__name__}")
    return Recording(tuple(records), tuple(damage))


def files(ordinal: int) -> tuple[str, str]:
    """Give the names of the files of the cell that was executed as the ``ordinal``-th, from 0."""
    stem = f"cell-{ordinal:04d}"
    return f"{stem}.json", f"{stem}.safetensors"


def _epochs(record: CellRecord) -> int:
    return len({(event.stream, event.epoch) for event in record.events if isinstance(event, Backward)})


def _without_statements(record: CellRecord) -> CellRecord:
    return replace(record, events=tuple(event for event in record.events if not isinstance(event, Names)))


def _read_file(path: Path, limit: int) -> bytes | None:
    """Read a plain file of at most ``limit`` bytes; ``None`` if there is none."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ValueError("not a plain file")
    with os.fdopen(handle, "rb") as file:
        content = file.read(max(0, limit) + 1)
    if len(content) > limit:
        raise ValueError("too large")
    return content


class _Reader:
    """Reads one cell's document. A part that is not as described raises one of ``WRONG`` and is left out."""

    def __init__(
        self, cell: int, cells: Sequence[int], document: Any, tensors: Mapping[str, Tensor], damage: list[str]
    ) -> None:
        self.cell, self.cells, self.document, self.tensors, self.damage = (
            cell,
            cells,
            document,
            tensors,
            damage,
        )
        self.slots = [
            (as_text(name)[:200], as_shape(shape), str(dtype)[:40])
            for name, shape, dtype in document["slots"]
        ]

    def record(self) -> CellRecord:
        events = [
            event
            for item in as_list(self.document["events"])[:EVENTS]
            if (event := self._try(self.event, item))
        ]
        return CellRecord(
            cell=self.cell,
            complete=self.document["complete"] is True,
            events=tuple(sorted(events, key=lambda event: event.seq)),
            values=self.values(self.document.get("values") or {}),
            gone=self.names(self.document.get("gone") or []),
            faults=as_index(self.document.get("faults", 0)),
            raised=self._try(self.line, self.document.get("raised")),
        )

    def _try(self, read: Any, item: Any) -> Any:
        try:
            return read(item)
        except WRONG as error:
            if len(self.damage) < DAMAGE:
                self.damage.append(f"cell {self.cell + 1}: {type(error).__name__} in {read.__name__}")
            return None

    def event(self, item: dict[str, Any]) -> Event:
        if item["kind"] == "backward":
            return self.backward(item)
        if item["kind"] == "step":
            return self.step(item)
        if item["kind"] == "leaves":
            leaves = tuple(
                (self.slots[as_index(s)][0], int(number), as_numbers(value))
                for s, number, value in item["leaves"]
            )
            return LastLeaves(self.cell, int(item["seq"]), leaves)
        if item["kind"] == "seed":
            return Seed(self.cell, int(item["seq"]), int(item["seed"]))
        if item["kind"] == "names":
            return Names(
                self.cell,
                int(item["seq"]),
                self.line(item["line"]),
                self.values(item["values"]),
                self.names(item["gone"]),
            )
        raise ValueError(item["kind"])

    def values(self, items: Any) -> dict[str, Value]:
        """Read values by name; one that is not as described is left out by itself."""
        found = {as_text(name): self._try(self.value, item) for name, item in items.items()}
        return {name: value for name, value in found.items() if value is not None}

    def names(self, items: Any) -> tuple[str, ...]:
        return tuple(name for name in as_list(items) if isinstance(name, str))

    def backward(self, item: dict[str, Any]) -> Backward:
        graph, variables = item.get("graph"), item.get("variables")
        return Backward(
            cell=self.cell,
            seq=int(item["seq"]),
            stream=int(item["stream"]),
            epoch=int(item["epoch"]),
            backwards=int(item["backwards"]),
            via="grad" if item["via"] == "grad" else "backward",
            line=self.line(item["line"]),
            roots=tuple(self.root(*root) for root in some(item["roots"])),
            weights=tuple(as_numbers(weight) for weight in item.get("weights") or ()),
            leaves=tuple(self.leaf(*leaf) for leaf in item["leaves"]),
            touched=item["touched"] is True,
            graph=None if graph is None else tuple(self.node(node) for node in graph[:NODES]),
            variables=None if variables is None else {str(n): self.value(v) for n, v in variables.items()},
        )

    def root(self, value: Any, shape: Any, dtype: Any) -> Root:
        sizes, numbers = as_shape(shape), as_numbers(value)
        if numbers is not None and len(numbers) not in (1, min(prod(sizes), SAMPLE)):
            raise ValueError(f"{len(numbers)} numbers of a loss")
        return Root(numbers, sizes, str(dtype))

    def leaf(self, slot: int, number: int, value: Any, before: Any, after: Any) -> Leaf:
        name, shape, dtype = self.slots[as_index(slot)]
        given = so_many(value, recorded_count(shape))
        if given is not None and dtype not in DTYPES:
            raise ValueError(dtype)
        return Leaf(name, shape, dtype, int(number), given, like(given, before), like(given, after))

    def node(self, item: dict[str, Any]) -> Node:
        return Node(
            op=as_text(item["op"])[:200],
            inputs=tuple(None if i is None else as_index(i) for i in item["inputs"]),
            names=tuple(as_text(name)[:200] for name in item.get("names", ())),
            leaf=None if item.get("leaf") is None else as_index(item["leaf"]),
            out=self.value(item["out"]) if "out" in item else None,
            saved={str(key): self.value(value) for key, value in item.get("saved", {}).items()},
        )

    def step(self, item: dict[str, Any]) -> OptimizerStep:
        optimizer = self.document["optimizers"][as_index(item["optimizer"])]
        return OptimizerStep(
            cell=self.cell,
            seq=int(item["seq"]),
            entered=int(item["entered"]),
            epoch=None if item.get("epoch") is None else int(item["epoch"]),
            line=self.line(item["line"]),
            optimizer=as_text(optimizer["class"])[:200],
            settings=dict(optimizer["settings"]),
            lr=tuple(float(rate) if isinstance(rate, int | float) else None for rate in item["lr"]),
            parameters=tuple(
                StepParameter(self.slots[as_index(slot)][0], int(number), *map(as_numbers, rest))
                for slot, number, *rest in item["params"]
            ),
        )

    def line(self, item: Any) -> tuple[int, int] | None:
        """Give (notebook index of the cell, line from 1)."""
        if item is None or item[0] is None:
            return None
        return self.cells[as_index(item[0])], int(item[1])

    def value(self, item: dict[str, Any], depth: int = 0) -> Value:
        kind = str(item["kind"])
        type_name = as_text(item.get("type", ""))[:200]
        if kind in ("tensor", "array"):
            return self.tensor(kind, item, type_name)
        if kind == "number":
            return Value(kind, plain=as_number(item["value"]), type=type_name)
        if kind in ("text", "exception"):
            return Value(kind, plain=as_text(item["value" if kind == "text" else "text"]), type=type_name)
        if kind == "sequence":
            items = item.get("items")
            plain = (
                None if items is None or depth > 4 else tuple(self.value(inner, depth + 1) for inner in items)
            )
            return Value(kind, shape=(int(item["length"]),), plain=plain, type=type_name)
        if kind == "function" and depth == 0:
            results = {str(key): self.value(result, 1) for key, result in list(item["results"].items())[:100]}
            return Value(kind, plain=results, type=type_name)
        if kind in ("none", "object"):
            return Value(kind, type=type_name)
        raise ValueError(kind)

    def tensor(self, kind: str, item: dict[str, Any], type_name: str) -> Value:
        shape, dtype = as_shape(item["shape"]), str(item["dtype"])[:40]
        tensor = None
        if "ref" in item:
            tensor = self.tensors[item["ref"]].reshape(shape)
        elif "values" in item:
            numbers = [as_number(number) for number in item["values"]]
            tensor = _tensor(numbers, dtype).reshape(shape)
        if tensor is not None and kind == "tensor" and str(tensor.dtype) != f"torch.{dtype}":
            raise ValueError(dtype)
        return Value(kind, shape, dtype, tensor, None, type_name, item.get("requires_grad") is True)


def _tensor(numbers: list[Any], dtype: str) -> Tensor:
    return torch.tensor(numbers, dtype=DTYPES.get(dtype, torch.float64))
