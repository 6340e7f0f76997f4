"""Files out of a student's process are read whatever is in them."""

# ruff: noqa: E501 - cells and documents are easier to read in one line

import copy
import json
import os
import time

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from grader.recording import Backward, LastLeaves, OptimizerStep, Seed, read, reader

TENSOR = {"kind": "tensor", "shape": [2, 1], "dtype": "float32", "requires_grad": True, "values": [1.0, 2.0]}
GOOD = {
    "format": 1, "cell": 0, "complete": True, "slots": [["What", [2, 1], "float32"]],
    "optimizers": [{"class": "SGD", "settings": {"momentum": 0}}],
    "events": [
        {"kind": "seed", "seq": 1, "line": [0, 1], "seed": 3},
        {"kind": "backward", "seq": 2, "via": "backward", "line": [0, 2], "roots": [[[1.5], [], "float32"]],
         "leaves": [[0, 1, [1.0, 2.0], None, [3.0, 4.0]]], "touched": False, "stream": 0, "epoch": 0, "backwards": 1,
         "graph": [{"op": "MeanBackward0", "inputs": [1], "names": ["loss"], "out": TENSOR, "saved": {"self": TENSOR}},
                   {"op": "AccumulateGrad", "inputs": [], "leaf": 0}],
         "variables": {"What": TENSOR}},
        {"kind": "step", "entered": 3, "seq": 4, "line": None, "optimizer": 0, "lr": [0.1], "stream": 0, "epoch": 0,
         "backwards": 1, "params": [[0, 1, [1.0, 2.0], [3.0, 4.0], [0.7, 1.6]]]},
        {"kind": "leaves", "seq": 5, "leaves": [[0, 1, [0.7, 1.6]]]},
    ],
    "values": {"What": TENSOR, "n": {"kind": "number", "type": "int", "value": 1}, "big": {**TENSOR, "ref": "t"},
               "s": {"kind": "sequence", "type": "list", "length": 1, "items": [{"kind": "text", "value": "a"}]}},
    "gone": ["old"],
}  # fmt: skip
BLOB = save({"t": torch.ones(2)})


def write(folder, document, blob=BLOB):
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    (folder / "cell-0000.json").write_bytes(text)
    (folder / "cell-0000.safetensors").write_bytes(blob)
    return read(folder, cells=[0], limit=10**6)


def test_a_good_recording_is_read_whole(tmp_path):
    """Every kind of event and value arrives, and nothing counts as damage."""
    recording = write(tmp_path, GOOD)

    assert () == recording.damage
    assert [Seed, Backward, OptimizerStep, LastLeaves] == [type(e) for e in recording.cells[0].events]
    assert {"What", "n", "big", "s"} == set(recording.cells[0].values)


def test_of_too_much_the_rest_is_read(tmp_path, monkeypatch):
    """What statements made is left out where there is more than can be looked through; epochs take the cell along."""
    made = {"kind": "names", "seq": 6, "line": [0, 1], "values": {"a": TENSOR, "b": TENSOR}, "gone": []}
    document = {**GOOD, "events": [*GOOD["events"], made]}
    whole = write(tmp_path, document)
    monkeypatch.setattr(reader, "VALUES", 1)
    less = write(tmp_path, document)
    monkeypatch.setattr(reader, "EPOCHS", 0)
    nothing = write(tmp_path, document)

    assert [5, 4] == [len(recording.cells[0].events) for recording in (whole, less)]
    assert ((), ("cell-0000.json: too many values",)) == (whole.damage, less.damage)
    assert ((), ("cell-0000.json: ValueError",)) == (nothing.cells, nothing.damage)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | st.floats() | st.text(max_size=8)
    | st.sampled_from(["tensor", "array", "number", "sequence", "ref", "float32", "backward", "step", "NaN"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["kind", "shape", "dtype", "values", "items", "seq", "value", "a"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


def places(node, path=()):
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([place for place in places(GOOD) if place]), anything, st.booleans())
def test_any_part_may_be_anything(tmp_path, place, value, removed):
    """A part that is wrong or missing never raises; it is left out, or counted as damage."""
    document = copy.deepcopy(GOOD)
    node = document
    for key in place[:-1]:
        node = node[key]
    if removed:
        del node[place[-1]]
    else:
        node[place[-1]] = value

    assert len(write(tmp_path, document).cells) <= 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()), st.binary(max_size=80)
)
def test_garbage_is_damage(tmp_path, text, blob):
    """Bytes that are no recording give none."""
    recording = write(tmp_path, text, blob)

    assert (0, True) == (len(recording.cells), len(recording.damage) > 0)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("events", [{**GOOD["events"][1], "leaves": [[-1, 1, None, None, None]]}]),
        ("events", [{**GOOD["events"][2], "optimizer": -1}]),
        ("events", [{**GOOD["events"][1], "line": [-1, 1]}]),
        ("events", [{**GOOD["events"][1], "leaves": [[0, 1, [1.0, 2.0, 3.0], None, None]]}]),
        ("events", [{**GOOD["events"][1], "roots": []}]),
        ("events", [{**GOOD["events"][1], "roots": [[[1.5, 2.5], [], "float32"]]}]),
        ("events", [5] * 1000),
        ("values", {"a": {**TENSOR, "shape": [1 << 62, 1 << 62]}}),
        ("values", {"a": {**TENSOR, "shape": [-1]}}),
        ("values", {"a": {**TENSOR, "dtype": "float64", "ref": "t"}}),
        ("values", {"a": {**TENSOR, "ref": "missing"}}),
        ("values", {"a": {**TENSOR, "dtype": "nn"}}),
    ],
)
def test_a_lie_is_counted_once_and_left_out(tmp_path, part, value):
    """Negative indices, impossible shapes and missing tensors are damage of that part alone."""
    recording = write(tmp_path, {**GOOD, part: value})

    assert 1 <= len(recording.damage) <= 100
    assert 1 == len(recording.cells)
    assert not getattr(recording.cells[0], part)


@pytest.mark.parametrize(
    "text",
    [b"[" * 100_000, b'{"a":' * 50_000, b"1" * 100_000, b"\xff\xfe", b"", b'{"slots": NaN}'],
    ids=range(6),
)
def test_deep_and_broken_text_is_damage(tmp_path, text):
    """Nesting without end and text that is no JSON are damage, quickly."""
    start = time.monotonic()
    recording = write(tmp_path, text)

    assert 1 == len(recording.damage)
    assert time.monotonic() - start < 5


def test_numbers_that_are_not_finite_and_surrogates_are_read(tmp_path):
    """NaN and Infinity are numbers; half of a surrogate pair becomes a question mark."""
    values = {
        "a": {**TENSOR, "values": [float("nan"), float("inf")]},
        "t": {"kind": "text", "value": "\ud800"},
    }
    recording = write(tmp_path, {**GOOD, "values": values})

    assert () == recording.damage
    assert "?" == recording.cells[0].values["t"].plain


@pytest.mark.parametrize("kind", ["fifo", "folder", "link", "large"])
def test_only_plain_files_of_a_bearable_size_are_read(tmp_path, kind):
    """A FIFO, a folder, a link and too large a file are damage; the next cell is read."""
    (tmp_path / "cell-0001.json").write_text(json.dumps(GOOD))
    (tmp_path / "cell-0001.safetensors").write_bytes(BLOB)
    path = tmp_path / "cell-0000.json"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to("cell-0001.json")
    else:
        path.write_bytes(b" " * 200_000)
    recording = read(tmp_path, cells=[4, 6], limit=100_000)

    assert ([6], 1) == ([cell.cell for cell in recording.cells], len(recording.damage))


def test_epochs_beyond_what_a_notebook_trains_are_damage(tmp_path, monkeypatch):
    """Judging a made-up recording takes no longer than a class can wait; other cells are read."""
    monkeypatch.setattr(reader, "EPOCHS", 3)
    backward = GOOD["events"][1]
    for cell, count in enumerate([2, 2, 1, 0]):
        events = [{**backward, "seq": epoch, "epoch": epoch} for epoch in range(count)]
        (tmp_path / f"cell-{cell:04d}.json").write_text(json.dumps({**GOOD, "values": {}, "events": events}))
    recording = read(tmp_path, cells=[0, 1, 2, 3], limit=100_000)

    assert [0, 2, 3] == [record.cell for record in recording.cells]
    assert ("cell-0001.json: ValueError",) == recording.damage


def test_a_truncated_tensor_file_is_damage(tmp_path):
    """Half of a safetensors file costs that cell and raises nothing."""
    recording = write(tmp_path, GOOD, BLOB[: len(BLOB) // 2])

    assert 1 == len(recording.damage)


def test_missing_cells_are_no_damage(tmp_path):
    """A kernel that died wrote fewer cells."""
    recording = read(tmp_path / "none", cells=[0, 1], limit=10)

    assert ((), ()) == (recording.cells, recording.damage)
