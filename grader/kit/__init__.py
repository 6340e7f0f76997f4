"""What students are given of an assignment: public checks as data, carried by the notebook itself."""

from __future__ import annotations

from grader.kit.kit import Kit
from grader.kit.make import make
from grader.kit.payload import Stamp, kit_of, stamp_of, unpacked

__all__ = ["Kit", "Stamp", "kit_of", "make", "stamp_of", "unpacked"]
