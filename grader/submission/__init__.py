"""What was handed in: paths -> notebook files -> ``Submission``, or one line on what is wrong with a file."""

from __future__ import annotations

from grader.submission.files import collect
from grader.submission.handed_in import HandedIn, handed_in
from grader.submission.reading import read

__all__ = ["HandedIn", "collect", "handed_in", "read"]
