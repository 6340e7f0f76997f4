"""Cells that were copied, deleted, moved, merged or mixed up after the notebook was handed out."""
# ruff: noqa: E501 - students' cells, and tables, a row a line

from __future__ import annotations

from dataclasses import dataclass

import pytest

from grader.judging.gaps import gaps
from grader.judging.judge import judge
from grader.records import MatchedBy, SourceCell, Student, Submission

from .answers import LOOPS
from .conftest import DATA, START
from .test_confusion import RIGHT, VALUES

BY_METADATA, BY_MARKER, BY_CONTENT = MatchedBy
SSE, MSE, SGD = (LOOPS[name].source for name in ("sse", "mse", "sgd-what"))
BOTH = """for pool, alpha in [(torch.sum, 1/1000), (torch.mean, 1/10)]:
    What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
    for epoc in range(30):
        pool((y - X @ What) ** 2).backward()
        What.data = What.data - alpha * What.grad
        What.grad = None"""
RATES = BOTH.replace("(torch.sum, 1/1000)", "(torch.mean, 1/1000), (torch.mean, 1/100)")
NET, NET2 = VALUES["net-bias"], VALUES["net-nobias"]


def marked(question: str, source: str) -> str:
    """Begin a cell with the visible line."""
    return f"# 문제: {question}\n{source}"


@dataclass(frozen=True)
class Case:
    """``cells`` are (metadata, source); ``full`` those with all points, by what; ``flags`` what is said of it."""

    cells: tuple[tuple[str | None, str], ...]
    full: dict[str, MatchedBy]
    flags: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


CASES = {
    "as handed out": Case(
        (("sse", marked("sse", SSE)), ("mse", marked("mse", MSE))), {"sse": BY_MARKER, "mse": BY_MARKER}
    ),
    "the line deleted": Case((("sse", SSE), ("mse", MSE)), {"sse": BY_METADATA, "mse": BY_METADATA}),
    "metadata lost": Case(
        ((None, marked("sse", SSE)), (None, marked("mse", MSE))), {"sse": BY_MARKER, "mse": BY_MARKER}
    ),
    "in another order": Case((("mse", MSE), ("sse", SSE)), {"sse": BY_METADATA, "mse": BY_METADATA}),
    "a cell deleted": Case((("mse", MSE),), {"mse": BY_METADATA}),
    "id there twice, a try in each": Case(
        (("mse", MSE), ("mse", MSE.replace("30", "7"))), {"mse": BY_METADATA}, ("flag.label-twice",)
    ),
    "copied with its id, then another question's answer": Case(
        (("sse", SSE), ("sse", MSE)),
        {"sse": BY_METADATA, "mse": BY_CONTENT},
        ("flag.answer-elsewhere", "flag.label-twice"),
    ),
    "copied, the line changed, the id not": Case(
        (("sse", marked("sse", SSE)), ("sse", marked("mse", MSE))), {"sse": BY_MARKER, "mse": BY_MARKER}
    ),
    "merged, with both lines": Case(
        (("sse", marked("sse", SSE) + "\n" + marked("mse", MSE)),),
        {"sse": BY_MARKER, "mse": BY_MARKER},
        ("flag.cell-merged",),
    ),
    "merged, values too": Case(
        (
            (
                None,
                "\n".join(marked(q, s) for q, s in (("net-bias", NET), ("net-nobias", NET2), ("mse", MSE))),
            ),
        ),
        {"net-bias": BY_MARKER, "net-nobias": BY_MARKER, "mse": BY_MARKER},
        ("flag.cell-merged",),
    ),
    "merged, one line": Case(
        (("sse", f"{SSE}\n{MSE}"),), {"sse": BY_METADATA, "mse": BY_CONTENT}, ("flag.answer-elsewhere",)
    ),
    "two answers in one cell, the other left empty": Case(
        (("sse", f"{SSE}\n{MSE}"), ("mse", marked("mse", ""))),
        {"sse": BY_METADATA, "mse": BY_CONTENT},
        ("flag.answer-elsewhere",),
    ),
    "values in another question's cell": Case(
        (("net-bias", f"{NET}\n{NET2}"), ("net-nobias", "# 여기에 답을 쓰세요")),
        {"net-bias": BY_METADATA, "net-nobias": BY_CONTENT},
        ("flag.answer-elsewhere",),
    ),
    "the first of three answers labelled, two with the same line": Case(
        (("net-bias", f"{NET}\n{NET2}\n{VALUES['net-wrong']}"),),
        {"net-bias": BY_METADATA, "net-nobias": BY_CONTENT, "net-wrong": BY_CONTENT},
        ("flag.answer-elsewhere", "flag.answer-elsewhere"),
    ),
    "answers in each other's cells": Case(
        (("sse", MSE), ("mse", SSE)),
        {"sse": BY_CONTENT, "mse": BY_CONTENT},
        ("flag.answer-elsewhere", "flag.answer-elsewhere"),
    ),
    "one mistake makes another question's answer": Case((("sgd-what", MSE),), {}, lost=("sgd-what.step4",)),
    "the same, with that question's cell left empty": Case(
        (("mse", "# 여기에 답을 쓰세요"), ("sgd-what", MSE)), {}, lost=("sgd-what.step4",)
    ),
    "two questions answered by one statement, below one label": Case(
        (("sse", BOTH), ("mse", "# 위에서 함께 했다\nWhat")), {"sse": BY_METADATA, "mse": BY_METADATA}
    ),
    "two questions answered by one statement, no label": Case(
        ((None, BOTH),), {"sse": BY_CONTENT, "mse": BY_CONTENT}
    ),
    "values without a label, one as a list": Case(
        ((None, f"{NET}\n{NET2.replace('net(X)', 'net(X).tolist()')}\n{VALUES['net-wrong']}"),),
        dict.fromkeys(("net-bias", "net-nobias", "net-wrong"), BY_CONTENT),
    ),
    "learning rates compared by one statement": Case(
        ((None, RATES),), {"mse": BY_CONTENT}, ("flag.unsure",), lost=("sse.step2",)
    ),
    "all cells left empty, answers below the last of them, in another order": Case(
        (
            *((q, marked(q, "")) for q in ("sse", "net-bias", "net-nobias", "sgd-what")),
            *((None, one) for one in (NET, NET2, SGD, SSE)),
        ),
        dict.fromkeys(("sse", "net-bias", "net-nobias", "sgd-what"), BY_CONTENT),
    ),
    "some labelled, one not": Case(
        (("sse", SSE), (None, MSE), ("sgd-what", SGD)),
        {"sse": BY_METADATA, "mse": BY_CONTENT, "sgd-what": BY_METADATA},
    ),
}


def submitted(cells):
    """Hand labelled cells in, after the preparation of the data and with a heading before each."""
    prepared = [(None, text) for _, text in START] + [(DATA[0], DATA[1])]
    sources = []
    for question, source in [*prepared, *cells]:
        sources.append(SourceCell(len(sources), "markdown", "## 다음"))
        sources.append(SourceCell(len(sources), "code", source, question))
    return Submission("hw.ipynb", "hw", "", Student(), tuple(sources), None)


@pytest.mark.parametrize("name", CASES)
def test_what_comes_of_labels(run_cells, assignment, name):
    """Each way to mix cells up has its outcome, and it is said."""
    case = CASES[name]
    submission = submitted(case.cells)
    execution = run_cells(submission)
    verdict = judge(submission, assignment, execution, gaps(execution, submission.cells))
    questions = [one.report for one in verdict.questions if one.report.id != "data"]
    flags = [*verdict.flags, *(flag for one in verdict.questions for flag in one.flags)]

    full = {q.id: q.matched.by for q in questions if q.score == q.max_score and q.matched is not None}
    lost = {c.id for q in questions if q.score > 0 for c in q.checks if c.points < c.max_points}
    assert case.full == full
    assert sorted(case.flags) == sorted(flag.id for flag in flags)
    assert set(case.lost) == lost


def test_confidence_is_one_for_labels_and_less_for_content(matched):
    """What a cell says is certain; what it looks like is not."""
    cells = [
        (question if question != "mse" else None, text)
        for question, text in RIGHT.items()
        if question != "data"
    ]
    found = matched(submitted(cells)).matched

    assert {1.0} == {one.confidence for question, one in found.items() if question != "mse"}
    assert 0.5 < found["mse"].confidence < 1.0
