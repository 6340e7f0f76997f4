"""What a commit holds: notebooks, and the files that decide how it is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grader.errors import SubmissionError
from grader.repositories.clone import Clone, unreadable

#: Entries of a commit's tree, folders among them, that are looked at: trees can be built to have no end.
MAX_ENTRIES = 20_000
MAX_NOTEBOOKS = 50

#: What a forge runs on a push, and what ``grader ci`` is told.
_WATCHED = re.compile(
    r"\.(?:github|gitea|forgejo)/(?:workflows|actions)/.+|\.gitlab-ci\.ya?ml|action\.ya?ml|grader\.toml"
    r"|[^/]+\.kit\.json"
)
_ENTRY = re.compile(r"(\d{6}) (blob|tree|commit) ([0-9a-f]+) +(\d+|-|BAD)\t(.+)", re.DOTALL)


class File(NamedTuple):
    """A regular file of a commit: its content's id and size in bytes."""

    sha: str
    size: int


def files(clone: Clone, commit: str) -> dict[str, File]:
    """Give the regular files of a commit by path; links and other repositories are none.

    Raises ``SubmissionError`` for a tree too large to be homework.
    """
    found = {}
    for count, line in enumerate(
        clone.parts("ls-tree", "-r", "-t", "-z", "--long", "--full-tree", commit, separator=b"\0")
    ):
        if count >= MAX_ENTRIES:
            raise SubmissionError(
                f"the repository has more than {MAX_ENTRIES:,} files",
                "repository-too-large",
                {"limit": MAX_ENTRIES},
            )
        entry = _ENTRY.fullmatch(line)
        if entry is None or entry[4] == "BAD":
            raise unreadable("a file's content is missing")
        mode, _, sha, size, path = entry.groups()
        if mode in {"100644", "100755"}:
            found[path] = File(sha, int(size))
    return found


def notebooks(found: Mapping[str, File]) -> list[str]:
    """Give the paths of notebooks, those nearest to the top first; hidden files and folders are left out."""
    named = [path for path in found if path.lower().endswith(".ipynb") and not re.search(r"(?:^|/)\.", path)]
    return sorted(named, key=lambda path: (path.count("/"), path))


def watched(found: Mapping[str, File]) -> dict[str, str]:
    """Give the ids of the files that decide how a push is checked, by path."""
    return {path: file.sha for path, file in found.items() if _WATCHED.fullmatch(path)}


def usual(versions: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Give the version of each file that more than half of a class have."""
    paths = {path for version in versions for path in version}
    most = {}
    for path in paths:
        there = [version.get(path, "") for version in versions]
        sha = max(there, key=there.count)
        if sha and there.count(sha) * 2 > len(versions):
            most[path] = sha
    return most
