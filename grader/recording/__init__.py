"""A recording as the host knows it, and how it is read from a student's process."""

from __future__ import annotations

from grader.recording.events import (
    SAMPLE,
    Backward,
    CellRecord,
    Event,
    LastLeaves,
    Leaf,
    Names,
    Node,
    Numbers,
    OptimizerStep,
    Part,
    Recording,
    Root,
    Seed,
    StepParameter,
    Value,
    finite,
    recorded_count,
)
from grader.recording.reader import files, read

__all__ = [
    "SAMPLE",
    "Backward",
    "CellRecord",
    "Event",
    "LastLeaves",
    "Leaf",
    "Names",
    "Node",
    "Numbers",
    "OptimizerStep",
    "Part",
    "Recording",
    "Root",
    "Seed",
    "StepParameter",
    "Value",
    "files",
    "finite",
    "read",
    "recorded_count",
]
