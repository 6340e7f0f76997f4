"""Notebooks of the course are judged as the tests of verdicts do it."""

from ..verdicts.conftest import assignment, judged, judged_as, reported  # noqa: F401, TID252 - fixtures
