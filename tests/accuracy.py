"""How often verdicts and diagnoses are right, over all known answers: run as ``make accuracy``.

Each answer of the tables in ``tests/verdicts`` is executed in a forked shell under the recorder and judged.
The table is written into the README between its two marks.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from grader.assignment_file import load
from grader.gaps import gaps
from grader.judging import judge
from grader.records import CheckStatus
from tests.verdicts.conftest import CSV, FOLDER, executed, submitted
from tests.verdicts.named import named
from tests.verdicts.right import RIGHT
from tests.verdicts.wrong import WRONG

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- accuracy -->", "<!-- /accuracy -->"


@contextmanager
def warm(assignment):
    """Start the process that executes cells."""
    program = [sys.executable, str(ROOT / "tests/verdicts/warm.py")]
    folder = assignment.files[CSV].parent
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=folder
    ) as process:
        yield process
        process.stdin.close()


def outcome(process, assignment, answer):
    """Give the ids of the checks that fail and the codes that are named, sorted."""
    submission = submitted(answer.cells)
    with tempfile.TemporaryDirectory() as folder:
        execution = executed(process, submission, Path(folder))
    judged = judge(submission, assignment, execution, gaps(execution, submission.cells)).questions
    asked = {name for name, _ in answer.cells} | {"data"}
    reports = [one.report for one in judged if one.report.id in asked and one.report.matched is not None]
    failed = {c.id for report in reports for c in report.checks if c.status is CheckStatus.FAILED}
    return failed, sorted(d.code for report in reports for d in report.diagnoses)


def count():
    """Judge every answer; give the numbers of the table."""
    assignment = load(FOLDER)
    found = Counter()
    with warm(assignment) as process:
        for answer in RIGHT:
            failed, codes = outcome(process, assignment, answer)
            found["right"] += 1
            found["right marked wrong"] += bool(failed - answer.loses)
            found["right diagnosed"] += bool(codes) and not answer.loses
        for answer in WRONG:
            failed, codes = outcome(process, assignment, answer)
            wanted, given = Counter(named(answer)), Counter(codes)
            found["wrong"] += 1
            found["wrong marked right"] += bool(answer.loses - failed)
            found["too much"] += bool(failed - answer.loses)
            found["wanted"] += wanted.total()
            found["given"] += given.total()
            found["both"] += (wanted & given).total()
    return found


def table(found):
    """Write the numbers as Markdown."""
    percent = {key: f"{100 * found['both'] / found[key]:.1f} %" for key in ("wanted", "given")}
    rows = (
        ("right answers marked wrong", f"{found['right marked wrong']} of {found['right']}"),
        ("wrong answers marked right", f"{found['wrong marked right']} of {found['wrong']}"),
        ("wrong answers that lose more than their own steps", f"{found['too much']} of {found['wrong']}"),
        ("right answers given a diagnosis", f"{found['right diagnosed']} of {found['right']}"),
        ("misconceptions named (recall)", f"{found['both']} of {found['wanted']}, {percent['wanted']}"),
        ("names that are right (precision)", f"{found['both']} of {found['given']}, {percent['given']}"),
    )
    return "\n".join(["| | |", "|---|---|", *(f"| {what} | {number} |" for what, number in rows)])


def main():
    """Count, print, and write the table into the README."""
    made = table(count())
    sys.stdout.write(made + "\n")
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
