"""A clone, read without trusting it: its objects by git, its refs as files, its configuration not at all.

A repository's configuration can name programs (``core.fsmonitor``, filters, aliases, helpers of remotes) that
git starts. So git never works in the clone: it works in an empty repository of ours, without anybody's
configuration, to which the clone only lends its objects. No working tree is checked out, nothing is fetched,
no link is followed, and nothing is written into the clone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.errors import GraderError, SubmissionError

#: Seconds that git may take for one question, and bytes of a file of refs.
SECONDS = 60.0
MAX_REFS = 20_000_000

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = re.compile(r"refs/[^\x00-\x20~^:?*\[\\\x7f]+")
_SYMBOLIC = re.compile(r"ref: *(\S+)\s*")

#: Files that a clone lends with its objects must not decide anything: dates are read from the commits.
_SETTINGS = ("core.commitGraph=false", "core.multiPackIndex=false", "core.hooksPath=/dev/null", "gc.auto=0")


def is_clone(folder: Path) -> bool:
    """Tell whether a folder is a repository: one with a working tree, or a bare one."""
    bare = (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()
    return bare or os.path.lexists(folder / ".git")


@contextmanager
def opened(folder: Path) -> Iterator[Clone]:
    """Open a clone for as long as the block lasts.

    Raises:
        SubmissionError: it is damaged, or of a kind whose objects lie elsewhere.
        GraderError: there is no git here.
    """
    if not shutil.which("git"):
        raise GraderError("git is not installed; it is needed to grade repositories", "git")
    theirs = folder / ".git" if os.path.lexists(folder / ".git") else folder
    objects = theirs / "objects"
    elsewhere = (
        theirs.is_symlink() or objects.is_symlink() or os.path.lexists(objects / "info" / "alternates")
    )
    if elsewhere or not objects.is_dir() or (theirs / "reftable").exists():
        raise unreadable("its objects or branches do not lie in it as a clone's do; clone it anew")
    with TemporaryDirectory(prefix="grader-git-") as ours:
        yield Clone(theirs, Path(ours))


def unreadable(reason: str) -> SubmissionError:
    """Make the error of a damaged repository."""
    return SubmissionError(
        f"the repository cannot be read: {reason}", "repository-unreadable", {"reason": reason}
    )


class Clone:
    """A clone's refs and objects; ``SubmissionError`` where they are damaged."""

    def __init__(self, theirs: Path, ours: Path) -> None:
        self._theirs, self._ours = theirs, ours
        self._packed = dict(self._packed_refs())
        longest = max(map(len, self._packed.values()), default=40)
        head = self._file("HEAD").strip()
        self._set_up(sha256=64 in {longest, len(self.commit_of(_symbolic(head) or "") or head)})

    def head(self) -> tuple[str | None, str | None]:
        """Give HEAD: the full name of its branch and its commit; a detached one has no branch."""
        content = self._file("HEAD")
        if branch := _symbolic(content):
            return branch, self.commit_of(branch)
        return None, content.strip() if _SHA.fullmatch(content.strip()) else None

    def default_of_remote(self, remote: str) -> str | None:
        """Give the full name of a remote's default branch, as far as the clone knows it."""
        return _symbolic(self._file(f"refs/remotes/{remote}/HEAD"))

    def branches(self) -> dict[str, str]:
        """Give every branch, the clone's own and those of remotes, by full name with its commit."""
        found = {
            name: sha
            for name, sha in self._packed.items()
            if name.startswith(("refs/heads/", "refs/remotes/"))
        }
        for kind in ("heads", "remotes"):
            for here, _, files in os.walk(self._theirs / "refs" / kind):  # follows no links
                names = (Path(here, name).relative_to(self._theirs).as_posix() for name in files)
                found |= {name: sha for name in names if (sha := self.commit_of(name))}
        return dict(sorted(found.items()))

    def commit_of(self, ref: str) -> str | None:
        """Give the commit that a full name stands for; none where there is no such branch."""
        if not _is_ref(ref):
            return None
        loose = self._file(ref).strip()
        return loose if _SHA.fullmatch(loose) else self._packed.get(ref)

    def has(self, commit: str) -> bool:
        """Tell whether the clone holds a commit, whether or not a branch still leads there."""
        if not _SHA.fullmatch(commit):
            return False
        done = self._start("cat-file", "-e", f"{commit}^{{commit}}")
        done.communicate()
        return done.returncode == 0

    @property
    def shallow(self) -> bool:
        """Whether its history is cut off."""
        return bool(self._file("shallow").strip())

    def parts(self, *arguments: str, separator: bytes = b"\n") -> Iterator[str]:
        """Give git's answer in parts, as it comes. Who stops reading stops git."""
        rest = b""
        for chunk in self._chunks(*arguments):
            *whole, rest = (rest + chunk).split(separator)
            yield from (part.decode(errors="surrogateescape") for part in whole)
        if rest:
            yield rest.decode(errors="surrogateescape")

    def blob(self, sha: str) -> bytes:
        """Give a file's content as it was committed: no filter, no conversion of line ends."""
        return b"".join(self._chunks("cat-file", "blob", sha))

    def _chunks(self, *arguments: str) -> Iterator[bytes]:
        git = self._start(*arguments)
        late = threading.Timer(SECONDS, git.kill)
        late.start()
        try:
            assert git.stdout is not None
            while chunk := os.read(git.stdout.fileno(), 1 << 16):
                yield chunk
            if git.wait() != 0:
                raise unreadable(f"git {arguments[0]} failed or took too long")
        finally:
            late.cancel()
            git.kill()
            git.communicate()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        settings = (part for setting in _SETTINGS for part in ("-c", setting))
        return subprocess.Popen(  # noqa: S603 - our own arguments; names out of the clone have been matched
            ["git", "--no-pager", *settings, *arguments],  # noqa: S607 - the git that the instructor uses
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(self._ours),
                "LC_ALL": "C",
                "GIT_DIR": str(self._ours),
                "GIT_OBJECT_DIRECTORY": str((self._theirs / "objects").resolve()),
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_ATTR_NOSYSTEM": "1",
                "GIT_ALLOW_PROTOCOL": "none",
                "GIT_NO_LAZY_FETCH": "1",
                "GIT_NO_REPLACE_OBJECTS": "1",
                "GIT_OPTIONAL_LOCKS": "0",
                "GIT_TERMINAL_PROMPT": "0",
            },
        )

    def _set_up(self, *, sha256: bool) -> None:
        """Make the empty repository that git works in."""
        (self._ours / "refs").mkdir()
        (self._ours / "HEAD").write_text("ref: refs/heads/none\n", encoding="utf-8")
        version = "1\n[extensions]\n\tobjectFormat = sha256" if sha256 else "0"
        config = f"[core]\n\tbare = true\n\trepositoryFormatVersion = {version}\n"
        (self._ours / "config").write_text(config, encoding="utf-8")
        cut = [line for line in self._file("shallow").split() if _SHA.fullmatch(line)]
        if cut:
            (self._ours / "shallow").write_text("\n".join(cut) + "\n", encoding="utf-8")

    def _packed_refs(self) -> Iterator[tuple[str, str]]:
        for line in self._file("packed-refs").splitlines():
            sha, _, name = line.partition(" ")
            if _SHA.fullmatch(sha) and _is_ref(name):
                yield name, sha

    def _file(self, name: str) -> str:
        """Read a small regular file of the clone; what is none, or lies outside it, is empty."""
        path = self._theirs / name
        try:
            within = path.resolve().is_relative_to(self._theirs.resolve())
            if not within or not path.is_file() or path.stat().st_size > MAX_REFS:
                return ""
            return path.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return ""


def _symbolic(content: str) -> str | None:
    """Give the branch that a symbolic ref names."""
    found = _SYMBOLIC.fullmatch(content)
    return found[1] if found and _is_ref(found[1]) else None


def _is_ref(name: str) -> bool:
    return bool(_REF.fullmatch(name)) and ".." not in name
