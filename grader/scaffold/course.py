"""The files of a new course: what lies in ``both/`` and in a language's folder, beside this file."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
#: Named without the dot here, where they would hold for the grader's own repository.
_HIDDEN = {"gitignore", "gitkeep"}


def course_files(lang: str) -> dict[str, bytes]:
    """Give the files of a new course by their paths in it, with notebook and words in ``lang``."""
    return {
        _in_the_course(path.relative_to(part)): path.read_bytes()
        for part in (_HERE / "both", _HERE / lang)
        for path in sorted(part.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def _in_the_course(path: Path) -> str:
    return path.with_name(f".{path.name}" if path.name in _HIDDEN else path.name).as_posix()
