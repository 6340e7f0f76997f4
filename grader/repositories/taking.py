"""One notebook out of each clone: found, written into a folder of ours, and what is odd about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from grader.assignment.model import Assignment
from grader.assignment.source import read_notebook
from grader.errors import KitError, SubmissionError
from grader.file_names import readable, slug_of, student_of
from grader.kit import kit_of, make, stamp_of
from grader.kit.notebook import released
from grader.records import Message, Submission
from grader.release import blank
from grader.render.messages import LANGUAGES
from grader.repositories import files as contents
from grader.repositories.clone import Clone, is_clone, opened
from grader.repositories.pushes import Push, repository_key
from grader.repositories.state import State, at, newest
from grader.submission import collect, read
from grader.submission.choosing import choose
from grader.submission.files import check_size
from grader.submission.handed_in import HandedIn


@dataclass(frozen=True)
class Wanted:
    """What is taken from clones: an assignment's notebook, as it stood at ``deadline`` or stands now.

    ``pushes`` are the push times of an instructor's file by ``repository_key``, ``None`` without such a file.
    """

    assignment: Assignment
    deadline: datetime | None = None
    pushes: Mapping[str, Sequence[Push]] | None = None


@dataclass(frozen=True)
class _Found:
    """What one clone gave: its name, the notebook, the files that decide how pushes are checked."""

    handed_in: HandedIn
    watched: Mapping[str, str]
    first: Mapping[str, str]


def clones_among(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Part paths into clones, given themselves or by the folder they lie in, and all others."""
    clones: list[Path] = []
    others: list[Path] = []
    for path in paths:
        below = [] if is_clone(path) else _clones_in(path)
        if is_clone(path):
            clones.append(path)
        elif below:
            clones += below
            others += collect(
                child for child in sorted(path.iterdir()) if _may_hold(child) and child not in below
            )
        else:
            others.append(path)
    return clones, others


def taken(clones: Sequence[Path], wanted: Wanted, folder: Path) -> list[HandedIn]:
    """Take each clone's notebook as a file into ``folder``; the clones are not changed.

    What is wrong with one of them is said by its ``HandedIn``. ``GraderError`` if there is no git.
    """
    if not clones:
        return []
    taker = _Taker(wanted)
    found = [taker.take(clone.absolute(), folder / str(number)) for number, clone in enumerate(clones)]
    most = contents.usual([one.watched for one in found])
    return [_compared(one, most if len(found) >= 3 else one.first) for one in found]


class _Taker:
    """What is worked out once for all clones of an assignment."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        assignment = wanted.assignment
        self._markers = {question.id: question.marker for question in assignment.questions}
        self._kit = make(assignment)
        source = read_notebook(assignment.notebook)
        given = [
            blank(source, name=assignment.notebook.name),
            *(released(source, self._kit, lang=lang) for lang in LANGUAGES),
        ]
        self._given = {cell.source.strip() for notebook in given for cell in notebook.cells}

    def take(self, folder: Path, ours: Path) -> _Found:
        """Take one clone's notebook."""
        ours /= slug_of(readable(folder.parent.name))  # tells repositories of one name apart
        ours.mkdir(parents=True)
        one = HandedIn(ours / "none.ipynb", repository=folder.name.removesuffix(".git"))
        try:
            with opened(folder) as clone:
                return self._from(clone, one)
        except SubmissionError as error:
            return _Found(replace(one, wrong=error), {}, {})

    def _from(self, clone: Clone, one: HandedIn) -> _Found:
        state = self._state(clone, one.repository)
        there = contents.files(clone, state.commit)
        one = replace(one, flags=state.flags)
        watched = contents.watched(there)
        first = _first(clone, state.commit)
        try:
            return _Found(self._notebook(clone, there, one), watched, first)
        except SubmissionError as error:
            return _Found(replace(one, wrong=error), watched, first)

    def _state(self, clone: Clone, name: str) -> State:
        deadline, pushes = self.wanted.deadline, self.wanted.pushes
        if deadline is None:
            return newest(clone)
        if pushes is None:
            return at(clone, deadline, None)
        own = pushes.get(repository_key(name))
        state = at(clone, deadline, own)
        return state if own else replace(state, flags=(*state.flags, Message("flag.state.no-pushes")))

    def _notebook(self, clone: Clone, there: Mapping[str, contents.File], one: HandedIn) -> HandedIn:
        """Write the notebooks into our folder, and choose one."""
        paths = contents.notebooks(there)
        if not paths:
            raise SubmissionError("there is no notebook in the repository", "repository-no-notebook")
        names = {student_of(readable(Path(path).stem)).name for path in paths} - {None}
        if len(names) > 1:
            raise SubmissionError(
                "the repository holds notebooks of several students",
                "repository-several",
                {"count": len(names)},
            )
        files, found, wrong = {}, {}, {}
        for number, path in enumerate(paths[: contents.MAX_NOTEBOOKS]):
            files[path] = one.path.with_name(f"{number}.ipynb")
            try:
                found[path] = _read(clone, there[path], files[path])
            except SubmissionError as error:
                wrong[path] = error
        if not found:
            return replace(one, within=paths[0], wrong=wrong[paths[0]])
        chosen = choose(found, self.wanted.assignment.notebook.name, self._markers, self._given)
        flags = [*one.flags, *self._about_kit(found[chosen])]
        if len(paths) > 1:
            others = ", ".join(path for path in paths if path != chosen)
            flags.append(Message("flag.repository.notebooks", {"chosen": chosen, "others": others}))
        return replace(one, path=files[chosen], within=chosen, flags=tuple(flags))

    def _about_kit(self, submission: Submission) -> list[Message]:
        """Say so if the public checks in a notebook are not those that it was released with."""
        stamp = stamp_of(submission.notebook)
        if stamp is None or (stamp.id, stamp.version) != (self._kit.id, self._kit.version):
            return []  # made by hand, or from another version, which grading says
        try:
            same = kit_of(submission.notebook).digest == self._kit.digest
        except KitError:
            same = False
        return [] if same else [Message("flag.repository.kit")]


def _read(clone: Clone, file: contents.File, path: Path) -> Submission:
    """Write a notebook's content to ``path`` and read it."""
    check_size(file.size)
    content = clone.blob(file.sha)
    if content.startswith(b"version https://git-lfs"):
        raise SubmissionError("is kept in Git LFS, which is not in the clone", "repository-lfs")
    path.write_bytes(content)
    return read(path)


def _first(clone: Clone, commit: str) -> dict[str, str]:
    """Give the watched files as they were in the first commit."""
    roots = list(clone.parts("rev-list", "--first-parent", "--max-parents=0", commit))
    return contents.watched(contents.files(clone, roots[-1])) if roots else {}


def _compared(one: _Found, expected: Mapping[str, str]) -> HandedIn:
    """Flag what decides how a push is checked and is not as it was given out."""
    paths = sorted(expected.keys() | one.watched.keys())
    changed = [path for path in paths if expected.get(path) != one.watched.get(path)]
    if not changed or (one.handed_in.wrong and not one.watched):
        return one.handed_in
    flag = Message("flag.repository.workflow", {"files": ", ".join(changed)})
    return replace(one.handed_in, flags=(*one.handed_in.flags, flag))


def _may_hold(path: Path) -> bool:
    """Tell whether a notebook may lie there, or is what lies there."""
    return not path.name.startswith(".") and (path.is_dir() or path.suffix.lower() == ".ipynb")


def _clones_in(folder: Path) -> list[Path]:
    try:
        return sorted(child for child in folder.iterdir() if child.is_dir() and is_clone(child))
    except OSError:
        return []
