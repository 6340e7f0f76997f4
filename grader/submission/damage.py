"""What can be wrong with a file that was handed in, in one line each.

The report says it in the student's language: the catalogues have ``error.submission.<code>`` for every code.
"""

from __future__ import annotations

from typing import Any

from grader.errors import SubmissionError

WORDS = {
    "missing": "there is no such file",
    "dangling-link": "is a link to a file that is not there",
    "link-to-course": "is a link into a course, where the solutions are",
    "folder": "is a folder, not a notebook",
    "folder-closed": "is a folder that may not be opened",
    "not-regular": "is not a regular file",
    "no-permission": "may not be read (no permission)",
    "unreadable": "cannot be read: {reason}",
    "too-large": "has {size} MB, more than {limit}; clear the outputs and save it again",
    "empty": "the file is empty",
    "other-format": "is a {kind} file, not a notebook",
    "not-text": "is not text, so no notebook",
    "conflict": "has unresolved merge-conflict markers (line {line})",
    "web-page": "is a web page, not a notebook (download the file itself)",
    "python": "is plain Python, not a notebook",
    "cut-off": "ends in the middle (line {line}); the upload or download was not complete",
    "not-json": "is not JSON: {reason} (line {line})",
    "too-deep": "is nested too deeply to be a notebook",
    "no-notebook": "is JSON, but not a notebook (it names no nbformat)",
    "no-cells": "is JSON, but not a notebook (it has no list of cells)",
    "too-many-cells": "has {count:,} cells, more than {limit:,}",
    "newer": "is of notebook format {format}, newer than {known}",
    "old-damaged": "is a damaged notebook of format {format}",
}


def damaged(code: str, **params: Any) -> SubmissionError:
    """Make the error of that code."""
    return SubmissionError(WORDS[code].format(**params), code, params)
