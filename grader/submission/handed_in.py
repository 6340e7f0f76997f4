"""What is to be graded: a notebook's file, and what is known of it besides."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.file_names import readable, student_of
from grader.records import Message, Student
from grader.submission import collect, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.errors import SubmissionError
    from grader.records import Report, Submission

NOBODY = Student()


@dataclass(frozen=True)
class HandedIn:
    """One submission to be. ``path`` is the notebook's file, ``wrong`` why there is none.

    A notebook out of a repository is called after it: ``repository`` is its name, ``within`` the notebook's
    path in it, and ``flags`` what an instructor should know of either. Of one in a folder below a given one
    ``within`` is the path from there, and ``owner`` whose these folders say it is.
    """

    path: Path
    repository: str = ""
    within: str = ""
    flags: tuple[Message, ...] = ()
    wrong: SubmissionError | None = None
    owner: Student = NOBODY

    @property
    def called(self) -> Path:
        """The file, under the name that its results are called after."""
        return self.path.with_name(f"{self.repository}.ipynb") if self.repository else self.path

    @property
    def shown(self) -> str:
        """What reports call it; no folder of this machine is in it."""
        return readable("/".join(filter(None, (self.repository, self.within))) or self.path.name)

    @property
    def student(self) -> Student:
        """Whose it is, as far as names tell: the file's, its folders', a repository's whole one.

        A number that none of them has may stand in the notebook.
        """
        stem = readable(self.called.stem)
        found = _either(student_of(stem), self.owner)
        return Student(found.id, stem) if self.repository and not found.name else found

    def read(self, slug: str) -> Submission:
        """Read the notebook. Raises ``SubmissionError`` if it is none."""
        if self.wrong:
            raise self.wrong
        submission = read(self.path, slug=slug)
        flags, student = (*self.flags, *submission.flags), _either(self.student, submission.student)
        return replace(submission, path=self.shown, student=student, flags=flags)

    def anew(self, report: Report) -> Report:
        """Give the earlier report of the same notebook, with what is known of its repository today."""
        student = _either(self.student, report.submission.student)
        submission = replace(report.submission, path=self.shown, student=student)
        others = (flag for flag in report.flags if not flag.id.startswith(_OURS))
        return replace(report, submission=submission, flags=(*self.flags, *others))


#: What the flags begin with that the notebook has no part in: of a repository, of the class.
_OURS = ("flag.state.", "flag.repository.", "flag.class.")


def with_doubles_flagged(notebooks: list[HandedIn]) -> list[HandedIn]:
    """Flag those of a student number that others have as well: which of them counts is a person's choice."""
    counts = Counter(one.student.id for one in notebooks)

    def flagged(one: HandedIn) -> HandedIn:
        if not one.student.id or counts[one.student.id] == 1:
            return one
        params = {"student": one.student.id, "count": counts[one.student.id]}
        return replace(one, flags=(*one.flags, Message("flag.class.doubled", params)))

    return list(map(flagged, notebooks))


def handed_in(paths: Iterable[Path]) -> list[HandedIn]:
    """Give the notebooks among ``paths``, as ``collect`` finds them.

    Where a learning platform gives each student a folder, the file in it is often called ``week4.ipynb``.
    """
    given = list(paths)
    there = collect(given)
    alike = Counter(path.name for path in there)
    within = {path: _within(path, given, alone=alike[path.name] == 1) for path in there}
    named: defaultdict[Path, list[Student]] = defaultdict(list)
    for path, way in within.items():
        for folder in way.parents:
            named[folder].append(student_of(readable(path.stem)))
    return [
        HandedIn(path, within="" if way == Path() else way.as_posix(), owner=_owner(way, named))
        for path, way in within.items()
    ]


def _within(path: Path, given: Sequence[Path], *, alone: bool) -> Path:
    """Give the way to a notebook from the given folder, if it lies in a folder of that.

    One that was given itself has its folder's name before its own, unless it is ``alone`` with its own.
    """
    if path in given:
        return Path() if alone else Path(path.absolute().parent.name, path.name)
    below = (path.relative_to(folder) for folder in given if path.is_relative_to(folder))
    return next((way for way in below if len(way.parts) > 1), Path())


def _owner(within: Path, named: Mapping[Path, Sequence[Student]]) -> Student:
    """Give whose the folders of a notebook say it is; one with files of several students is nobody's."""
    owner = NOBODY
    for folder in within.parents:  # the innermost first
        ids, names = ({getattr(one, what) for one in named[folder]} - {None} for what in ("id", "name"))
        if max(len(ids), len(names)) < 2:
            owner = _either(owner, student_of(readable(folder.name)))
    return owner


def _either(first: Student, second: Student) -> Student:
    """Give what ``first`` tells, and what ``second`` does where it tells nothing."""
    return Student(first.id or second.id, first.name or second.name)
