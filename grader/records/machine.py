"""What ``grader doctor`` finds out about a machine."""

from __future__ import annotations

from dataclasses import dataclass

from grader.records.report import Environment


@dataclass(frozen=True)
class Protection:
    """One thing that keeps a submission from doing harm: is it needed, and is it there."""

    key: str
    name: str
    required: bool
    in_force: bool
    reason: str | None


@dataclass(frozen=True)
class Examination:
    """What ``grader doctor`` has found out about a machine."""

    environment: Environment
    protections: tuple[Protection, ...]
    #: Processors, and bytes of memory.
    cores: int
    memory: int
    #: Seconds that a confined kernel took to start and run a cell; None if it could not.
    seconds: float | None
    #: Why not, in one line.
    error: str | None

    @property
    def fit(self) -> bool:
        """Whether submissions can be confined and run here."""
        return self.error is None and all(it.in_force for it in self.protections if it.required)
