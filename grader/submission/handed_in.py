"""What is to be graded: a notebook's file, and what is known of it besides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.file_names import readable, student_of
from grader.records import Message, Student
from grader.submission import collect, read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from grader.errors import SubmissionError
    from grader.records import Report, Submission


@dataclass(frozen=True)
class HandedIn:
    """One submission to be. ``path`` is the notebook's file, ``wrong`` why there is none.

    A notebook out of a repository is called after it: ``repository`` is its name, ``within`` the notebook's
    path in it, and ``flags`` what an instructor should know of either.
    """

    path: Path
    repository: str = ""
    within: str = ""
    flags: tuple[Message, ...] = ()
    wrong: SubmissionError | None = None

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
        """Whose it is, as far as the name tells: a repository's whole name is better than none."""
        stem = readable(self.called.stem)
        found = student_of(stem)
        return Student(found.id, stem) if self.repository and not found.name else found

    def read(self, slug: str) -> Submission:
        """Read the notebook. Raises ``SubmissionError`` if it is none."""
        if self.wrong:
            raise self.wrong
        submission = read(self.path, slug=slug)
        flags = (*self.flags, *submission.flags)
        return replace(submission, path=self.shown, student=self.student, flags=flags)

    def anew(self, report: Report) -> Report:
        """Give the earlier report of the same notebook, with what is known of its repository today."""
        submission = replace(report.submission, path=self.shown, student=self.student)
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
    """Give the notebooks among ``paths``, as ``collect`` finds them."""
    return [HandedIn(path) for path in collect(paths)]
