"""What the submissions of a class are called where nothing else stands beside the name."""

from collections import Counter
from collections.abc import Sequence

from grader.records import Report


def told_apart(reports: Sequence[Report]) -> list[str]:
    """Give each one's name: the file's where there is none, and beside it where others have the same."""
    counts = Counter(report.submission.student.name for report in reports)

    def one(report: Report) -> str:
        name, file = report.submission.student.name, report.submission.path
        if not name:
            return file
        return name if counts[name] == 1 else f"{name} ({file})"

    return list(map(one, reports))
