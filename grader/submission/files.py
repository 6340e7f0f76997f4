"""Paths -> the notebook files among them, and a file's bytes."""

from __future__ import annotations

import math
import os
import stat
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import SubmissionError
from grader.file_names import readable
from grader.submission.damage import damaged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

MAX_BYTES = 100_000_000
#: What students hand in in place of a notebook.
INSTEAD = (".py", ".zip", ".7z", ".rar", ".pdf", ".html", ".txt", ".docx", ".hwp", ".hwpx", ".json")
#: What a folder of results holds: the notebook there is ours.
RESULTS = {"result.json", "executed.ipynb"}


def collect(paths: Iterable[Path]) -> list[Path]:
    """Give the notebooks among ``paths``: files as they are, folders with every ``*.ipynb`` below, sorted.

    Hidden files and folders (``.ipynb_checkpoints``, ``._a.ipynb``) are left out, the results of a
    submission, and what was given before. A folder called ``x.ipynb`` and one that may not be opened are
    given as they are: reading them says what is wrong. Raises ``SubmissionError`` for a path that is not
    there.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if not os.path.lexists(path):
            shown = readable(str(path))
            raise SubmissionError(f"{shown}: there is no such file or folder", "no-path", {"path": shown})
        is_folder = path.is_dir() and not _is_notebook(path.name)
        for notebook in sorted(_below(path), key=_in_order) if is_folder else [path]:
            found.setdefault(notebook.absolute(), notebook)
    return list(found.values())


def _below(folder: Path) -> Iterator[Path]:
    """Give every notebook below ``folder``, in any order, and every folder that cannot be looked into."""
    closed: list[Path] = []
    for here, folders, files in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        if RESULTS.issubset(files):
            folders.clear()
            continue
        yield from (Path(here, name) for name in (*folders, *files) if _is_notebook(name))
        folders[:] = [name for name in folders if not name.startswith(".") and not _is_notebook(name)]
    yield from closed


def left_out(paths: Iterable[Path], clones: Collection[Path]) -> list[str]:
    """Name what lies beside notebooks in the given folders and may be a submission that is none.

    That are files of the kinds that are handed in by mistake, and folders without a notebook, each with a
    slash at its end. ``clones`` are graded, whatever lies in them: a bare one has no notebook to be seen.
    """
    names = []
    for folder in paths:
        if folder not in clones and folder.is_dir() and _opens(folder):
            for path in sorted(set(folder.iterdir()).difference(clones), key=_in_order):
                if path.is_dir() and not path.name.startswith((".", "_")) and not _is_notebook(path.name):
                    ours = any("result.json" in files for *_, files in os.walk(path))
                    names += [] if ours or next(_below(path), None) else [f"{readable(path.name)}/"]
                elif path.suffix.lower() in INSTEAD:
                    names.append(readable(path.name))
    return names


def _opens(folder: Path) -> bool:
    try:
        os.scandir(folder).close()
    except OSError:
        return False
    return True


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb") and not name.startswith(".")


def _in_order(path: Path) -> str:
    return unicodedata.normalize("NFC", path.as_posix())


def content_of(path: Path) -> bytes:
    """Read a regular file of bearable size. Raises ``SubmissionError`` for anything else."""
    try:
        if path.is_symlink() and _in_a_course(Path(os.path.realpath(path))):  # which may be a loop
            raise damaged("link-to-course")
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise damaged("folder" if _is_notebook(path.name) or _opens(path) else "folder-closed")
        if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for ever
            raise damaged("not-regular")
        check_size(status.st_size)
        return path.read_bytes()
    except PermissionError as error:
        raise damaged("no-permission") from error
    except FileNotFoundError as error:
        raise damaged("dangling-link" if path.is_symlink() else "missing") from error
    except OSError as error:
        raise damaged("unreadable", reason=error.strerror) from error


def _in_a_course(path: Path) -> bool:
    """Tell whether a file lies where an assignment is: a link in what was handed in may not lead there."""
    return any((folder / "assignment.toml").exists() for folder in path.parents)


def check_size(size: int) -> None:
    """Raise ``SubmissionError`` for a file of more bytes than a notebook may have."""
    if size > MAX_BYTES:
        raise damaged("too-large", size=math.ceil(size / 1e5) / 10, limit=MAX_BYTES // 10**6)
