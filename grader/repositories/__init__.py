"""Clones of students' repositories -> one notebook each, as it stood at a deadline."""

from __future__ import annotations

from grader.repositories.pushes import moment, read_pushes
from grader.repositories.taking import Wanted, clones_among, taken

__all__ = ["Wanted", "clones_among", "moment", "read_pushes", "taken"]
