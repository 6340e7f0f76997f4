"""What the submissions of a class are called where nothing else stands beside the name."""

from collections import Counter
from collections.abc import Sequence

from grader.records import Report


def told_apart(reports: Sequence[Report]) -> list[str]:
    """Give each one's name: the file's where there is none.

    Where others have the same, the student's number stands beside it, or the file where that does not tell.
    """
    names = Counter(report.submission.student.name for report in reports)
    students = Counter(report.submission.student for report in reports)

    def one(report: Report) -> str:
        student, file = report.submission.student, report.submission.path
        if not student.name:
            return file
        if names[student.name] == 1:
            return student.name
        return f"{student.name} ({student.id if student.id and students[student] == 1 else file})"

    return list(map(one, reports))
