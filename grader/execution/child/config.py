"""What the host tells the child before the first line of student code; one JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Config:
    """Folders are absolute paths as text. ``files`` maps a served name to the copy that answers for it.

    ``seed_shift`` is what every seed of the notebook is shifted by: 0 but in a second run on changed data.
    ``calls`` are what students' functions are called on: shape and float32 values by the key of the results.
    """

    recording: str
    recording_bytes: int
    output_bytes: int
    seed: int
    files: Mapping[str, str]
    seed_shift: int = 0
    calls: Mapping[str, tuple[tuple[int, ...], tuple[float, ...]]] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Leave it where the child will look. Called by the host before it starts the kernel."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Config:
        """Find it again. Called by the child before anything else."""
        return cls(**json.loads(Path(path).read_text(encoding="utf-8")))
