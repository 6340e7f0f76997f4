"""How often verdicts and diagnoses are right, over all known answers: run as ``make accuracy``.

Each answer of the tables in ``tests/verdicts`` is executed in a forked shell under the recorder and judged.
The table is written into the README between its two marks.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grader.assignment.file import load
from grader.judging.gaps import gaps
from grader.judging.judge import judge
from grader.records import CheckStatus, QuestionStatus, Submission
from tests.forked import warm_process
from tests.shortened import asking_less
from tests.verdicts import (
    held_out,
    homework,
    logistic,
    right,
    tensors,
    test_lecture,
    test_tensors,
    tried_out,
    wrong,
)
from tests.verdicts.conftest import executed, submission_of, submitted
from tests.verdicts.named import named

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- accuracy -->", "<!-- /accuracy -->"
KINDS = ("steps", "logistic", "tensors", "homework", "whole notebooks", "held out", "tried out")


@dataclass(frozen=True)
class Case:
    """One answer: what is handed in, the questions that are looked at, what is lost and what is told."""

    kind: str
    assignment: str
    submission: Submission
    asked: frozenset[str]
    right: bool
    loses: frozenset[str] = frozenset()
    named: tuple[str, ...] = ()


def cases():
    """Give all answers."""
    yield from _answers("steps", "steps", right.RIGHT, wrong.WRONG)
    yield from _answers(
        "logistic",
        "logistic",
        (*logistic.RIGHT_VALUES, *logistic.RIGHT_LOOPS),
        (*logistic.WRONG_VALUES, *logistic.WRONG_LOOPS),
    )
    yield from _tensors()
    yield from _homework()
    for make in test_lecture.FULL.values():
        yield Case("whole notebooks", "steps", make(), frozenset(test_lecture.QUESTIONS), right=True)
    yield from _answers("held out", "steps", held_out.RIGHT, (*held_out.WRONG, *held_out.WRONG_DATA))
    yield from _answers("held out", "logistic", held_out.RIGHT_LOGISTIC, held_out.WRONG_LOGISTIC)
    yield from _answers("tried out", "steps", tried_out.RIGHT, tried_out.WRONG)


def _answers(kind, assignment, *tables):
    for table, is_right in zip(tables, (True, False), strict=True):
        for answer in table:
            cells = answer.cells
            made = submitted(cells) if assignment == "steps" else submission_of(logistic.notebook(cells))
            asked = frozenset({name for name, _ in cells} | {"data"})
            codes = () if is_right else tuple(named(answer))
            yield Case(kind, assignment, made, asked, is_right, answer.loses, codes)


def _tensors():
    def case(question, sources, names="", named=()):
        made = submission_of([*test_tensors.START, *((question, source) for source in sources)])
        loses = frozenset(f"{question}.{name}" for name in names.split())
        return Case("tensors", "tensors", made, frozenset({question}), not names, loses, named)

    for question, name, line in tensors.RIGHT_LINES:
        yield case(question, [tensors.cell(question, {name: line})])
    for question, name, line in tensors.WRONG_LINES:
        codes = (tensors.NAMED[line],) if name == "x" and line in tensors.NAMED else ()
        yield case(question, [tensors.cell(question, {name: line})], name, codes)
    for question, sources in tensors.RIGHT_CELLS:
        yield case(question, sources)
    for question, sources, names in tensors.WRONG_CELLS:
        yield case(question, sources, names)


def _homework():
    known = [(draw, homework.ANY_DTYPE, set()) for draw in homework.RIGHT_DRAWS]
    known += [(homework.DRAW, line, set()) for line in homework.RIGHT_LINES]
    asked = frozenset({"draw", "line"})
    for draw, line, loses in (*known, *homework.WRONG):
        made = submission_of(homework.cells(draw, line, homework.ID))
        codes = ("bias-doubled",) if "line.net.bias" in loses and "Linear(2, 1)" in line else ()
        yield Case("homework", "homework", made, asked, not loses, frozenset(loses), codes)


# ── judging ───────────────────────────────────────────────────────────────────────────────────────────────


def outcome(process, assignment, case):
    """Give the ids of the checks that fail, of those that pass, and the codes that are named."""
    with tempfile.TemporaryDirectory() as folder:
        execution = executed(process, case.submission, Path(folder), calls=assignment.calls, seed=0)
    verdict = judge(case.submission, assignment, execution, gaps(execution, case.submission.cells))
    reports = [one.report for one in verdict.questions if one.report.id in case.asked]
    answered = [report for report in reports if report.status is not QuestionStatus.UNANSWERED]
    lost = {c.id for report in answered for c in report.checks if c.status is CheckStatus.FAILED}
    if case.kind == "whole notebooks":
        lost |= {report.id for report in reports if report.status is QuestionStatus.UNANSWERED}
    passed = {c.id for report in answered for c in report.checks if c.status is CheckStatus.PASSED}
    return lost, passed, Counter(d.code for report in answered for d in report.diagnoses)


def count():
    """Judge every answer; give the numbers of the table by kind."""
    assignments = {name: load(ROOT / "assignments" / name) for name in ("steps", *KINDS[1:4])}
    asking_less(assignments["logistic"], int(logistic.EPOCHS))
    found = {kind: Counter() for kind in KINDS}
    with warm_process() as process:
        for case in cases():
            _add(found[case.kind], case, *outcome(process, assignments[case.assignment], case))
    return found


def _add(numbers, case, lost, passed, codes):
    if case.right:
        numbers["right"] += 1
        numbers["right marked wrong"] += bool(lost - case.loses)
        numbers["right diagnosed"] += bool(codes) and not case.loses
        return
    numbers["wrong"] += 1
    numbers["wrong marked right"] += bool(case.loses & passed)
    numbers["too much"] += bool(lost - case.loses)
    wanted = Counter(case.named)
    numbers["wanted"] += wanted.total()
    numbers["given"] += codes.total()
    numbers["both"] += (wanted & codes).total()


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────────

ROWS = (
    ("right answers marked wrong", "right marked wrong", "right"),
    ("wrong answers marked right", "wrong marked right", "wrong"),
    ("wrong answers that lose more than their own steps", "too much", "wrong"),
    ("right answers given a diagnosis", "right diagnosed", "right"),
    ("misconceptions named (recall)", "both", "wanted"),
    ("names that are right (precision)", "both", "given"),
)


def table(found):
    """Write the numbers as Markdown, a column for each kind of answers."""
    columns = {"all": sum(found.values(), Counter()), **found}
    rows = [["", *columns], ["---", *("---:" for _ in columns)]]
    for what, part, whole in ROWS:
        shown = (f"{n[part]} of {n[whole]}" if n[whole] else "–" for n in columns.values())
        rows.append([what, *shown])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


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
