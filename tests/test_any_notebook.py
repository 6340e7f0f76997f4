"""Whatever is handed in: a submission or one line, a report in the end, and never a traceback or a hang."""

import asyncio
import json
import warnings
from datetime import timedelta
from functools import cache
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import grader.grading
import grader.judging.second_run
from grader.assignment.file import load
from grader.batch import Batch, grade_all
from grader.errors import SubmissionError
from grader.execution import plain
from grader.recording import Recording
from grader.records import CellError, CellOutcome, CellStatus, Execution, ReportStatus
from grader.render.result_json import loads
from grader.submission import read
from grader.submission.damage import WORDS
from grader.submission.handed_in import HandedIn

SOON = timedelta(seconds=5)  # many times what the slowest example takes, so that only a hang fails
MANY = settings(max_examples=400, deadline=SOON, suppress_health_check=list(HealthCheck))
SOME = settings(max_examples=120, deadline=SOON, suppress_health_check=list(HealthCheck))

TEXTS = st.text(st.characters(), max_size=20)
CODE = st.sampled_from([
    "x = 1", "# 문제: mse\nWhat = 1", "# 문제: data", "%matplotlib inline", "\n" * 2000, "#" * 2000,
    "\t\r\n\f", "<<<<<<<", "# 문제: " * 300,
])  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)

SOURCES = CODE | TEXTS | st.lists(CODE | TEXTS, max_size=4)
METADATA = st.fixed_dictionaries(
    {},
    optional={
        "grader": st.fixed_dictionaries({"question": st.sampled_from(["mse", "data", "nix"])}),
        "colab": JSON,
    },
)
CELLS = st.fixed_dictionaries({
    "cell_type": st.sampled_from(["code", "code", "markdown", "raw"]),
    "source": SOURCES,
    "metadata": METADATA,
    "execution_count": st.none() | st.integers(),
    "outputs": st.just([]),
}) | st.fixed_dictionaries({
    "cell_type": st.sampled_from(["code", "markdown", "heading"]), "input": SOURCES, "level": st.integers()
})  # fmt: skip


def wrapped(cells, minor, metadata):
    """Make a notebook that is one."""
    return {"nbformat": 4, "nbformat_minor": minor, "metadata": metadata, "cells": cells}


VALID = st.builds(
    wrapped, st.lists(CELLS, max_size=6), st.integers(0, 5), st.dictionaries(TEXTS, JSON, max_size=2)
)


@st.composite
def nearly_valid(draw):
    """Make a notebook of which a few parts are something else, or have gone."""
    tree = draw(VALID)
    for _ in range(draw(st.integers(1, 4))):
        places = (
            [tree, *[cell for cell in tree.get("cells") or [] if isinstance(cell, dict)]]
            if isinstance(tree.get("cells"), list)
            else [tree]
        )
        place = draw(st.sampled_from(places))
        keys = [*place, "nbformat", "worksheets", "attachments", "id", "source"]
        key = draw(st.sampled_from(keys))
        if draw(st.booleans()):
            place[key] = draw(
                JSON | st.sampled_from([[{"cells": [{"cell_type": "code", "input": "x"}]}], 3, 4, 5, 1])
            )
        else:
            place.pop(key, None)
    return tree


@st.composite
def contents(draw):
    """Make the bytes of a file: of a notebook, of nearly one, cut off, of other JSON, or of anything."""
    tree = draw(VALID | nearly_valid() | JSON)
    text = json.dumps(tree, ensure_ascii=draw(st.booleans()))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp949"]))
    content = text.encode(encoding, "replace")
    damage = draw(st.sampled_from(["none", "none", "cut", "inserted", "other"]))
    if damage == "cut":
        return content[: draw(st.integers(0, len(content)))]
    if damage == "inserted":
        at = draw(st.integers(0, len(content)))
        return (
            content[:at]
            + draw(st.binary(max_size=8) | st.sampled_from([b"<<<<<<< HEAD\n", b"\0", b"]"]))
            + content[at:]
        )
    return draw(st.binary(max_size=60)) if damage == "other" else content


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Give a path that every example writes to."""
    return tmp_path_factory.mktemp("any") / "202243052 홍길동.ipynb"


@MANY
@given(content=contents())
def test_any_bytes_are_a_submission_or_one_line(file, content):
    """What is read can be written as a notebook; what cannot be read is said in a line with its code."""
    file.write_bytes(content)

    try:
        submission = read(file)
    except SubmissionError as error:
        assert ("\n" not in str(error), True) == (True, error.code in WORDS)  # noqa: PT017 - either is right
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            again = nbformat.reads(nbformat.writes(submission.notebook).encode(), as_version=4)
        assert [cell.source for cell in submission.cells] == [cell.source for cell in again.cells]


@MANY
@given(tree=VALID)
def test_a_valid_notebook_is_read_whole(file, tree):
    """Every cell in its place, its source joined, its question known."""
    file.write_text(json.dumps(tree), encoding="utf-8")

    cells = read(file).cells

    assert list(range(len(tree["cells"]))) == [cell.index for cell in cells]
    for given_cell, cell in zip(tree["cells"], cells, strict=True):
        source = given_cell.get("source", "")
        expected = source if isinstance(source, str) else "".join(source)
        assert expected.encode(errors="replace").decode() == cell.source


@cache
def steps():
    """Read the assignment once."""
    return load(Path(__file__).parent.parent / "assignments" / "steps")


def executed(submission):
    """Pretend that every other code cell raised and nothing was recorded."""
    outcomes = tuple(
        CellOutcome(cell.index, CellStatus.RAISED, CellError("IndexError", cell.source, 1, cell.source))
        if cell.index % 2
        else CellOutcome(cell.index, CellStatus.OK)
        for cell in submission.cells
        if cell.kind == "code"
    )
    return Execution(outcomes, Recording(()), submission.notebook)


#: What takes for ever where an expression goes back and forth: white space, marks, digits, a name.
LONG = "\n".join(("\n" * 20_000, " " * 20_000, "#" * 20_000, "1" * 20_000, f"student_id ={' ' * 20_000}"))


@SOME
@given(content=contents())
@example(content=nbformat.writes(new_notebook(cells=[new_code_cell(LONG), new_markdown_cell(LONG)])).encode())
def test_any_bytes_are_graded_or_said_to_be_unreadable(file, content, tmp_path_factory):
    """From the file to the pages, all but the kernel: a score that adds up, or an error of the submission."""
    file.write_bytes(content)
    out = tmp_path_factory.getbasetemp() / "any-out"

    async def without_a_kernel(submission, **_):
        await asyncio.sleep(0)
        return executed(submission)

    with pytest.MonkeyPatch.context() as patch:
        for stage in (grader.grading, grader.judging.second_run):
            patch.setattr(stage, "execute_async", without_a_kernel)
        (entry,) = grade_all(Batch(steps(), out, plain), [HandedIn(file)], lambda _: None)

    report = loads((out / entry.href).with_name("result.json").read_text(encoding="utf-8"))
    assert entry.report == report
    assert (ReportStatus.ERROR == report.status) == (report.score is None)
    assert report.error is None or ("submission", True) == (
        report.error.kind,
        bool(report.error.message.text),
    )
    assert 0 == sum(question.score for question in report.questions)
