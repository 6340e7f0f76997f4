"""A notebook of the whole lecture without metadata and markers, in every form in which it is handed in."""

import random
from dataclasses import replace

import pytest

from grader.records import MatchedBy
from grader.submission import read

from . import variants
from .conftest import answered, report_of, run
from .lecture import SECTIONS
from .variants import QUESTIONS, in_one_cell, in_order, only, renamed, shown_only, submission

HALVES = {
    "every second": QUESTIONS[::2],
    "every other second": ("data", *QUESTIONS[1::2]),
    "first half": QUESTIONS[:7],
    "second half": ("data", *QUESTIONS[7:]),
    **{f"random {i}": ("data", *random.Random(i).sample(QUESTIONS[1:], 6)) for i in range(3)},
}


def without_text(submission):
    """Leave all text out; cells keep their places, so that what was recorded of them holds."""
    return replace(submission, cells=tuple(cell for cell in submission.cells if cell.kind == "code"))


FULL = {
    "in order": lambda: submission(in_order()),
    "without text": lambda: without_text(submission(in_order())),
    "in one cell": lambda: submission(in_one_cell(in_order())),
    "renamed": lambda: submission(renamed(in_order())),
    "renamed, without text": lambda: without_text(submission(renamed(in_order()))),
    "renamed, in one cell": lambda: submission(in_one_cell(renamed(in_order()))),
    "shown, not named": lambda: submission(shown_only(in_order())),
    **{f"shuffled {i}": lambda i=i: submission(in_order(variants.shuffled(i))) for i in range(2)},
    **{
        f"shuffled {i}, without text": lambda i=i: without_text(submission(in_order(variants.shuffled(i))))
        for i in range(2)
    },
    **{
        f"metadata scrambled {i}": lambda i=i: submission(in_order(), variants.scrambled(in_order(), i))
        for i in range(2)
    },
    **{
        f"metadata permuted {i}": lambda i=i: submission(in_order(), variants.permuted(SECTIONS, i))
        for i in range(2)
    },
}


@pytest.fixture(scope="module")
def judged(warm, assignment, tmp_path_factory):
    """Judge a submission of ``steps``; those of the same code are executed once."""
    folder, executions = tmp_path_factory.mktemp("recorded"), {}

    def judge(submission):
        code = tuple((cell.index, cell.source) for cell in submission.cells if cell.kind == "code")
        if code not in executions:
            executions[code] = run(warm, folder, submission, assignment.calls)
        return answered(report_of(assignment, submission, executions[code]))

    return judge


def scores(reports):
    """Give each question's share of its points."""
    return {question: report.score / report.max_score for question, report in reports.items()}


def test_the_notebook_is_what_it_should_be():
    """About two hundred small cells, no marker, errors on purpose, plots, the CSV by its URL."""
    cells = in_order()
    code = "\n".join(cell.source for cell in cells)

    assert 200 <= len(cells) <= 240
    assert "문제:" not in code
    assert 7 <= sum(cell.raises for cell in cells)
    assert 20 <= code.count("plt.plot")
    assert 1 == code.count("https://raw.githubusercontent.com")


@pytest.mark.parametrize("variant", FULL)
def test_full_marks_on_every_question(judged, variant):
    """Whatever the order, the names, the cells and the metadata."""
    reports = judged(FULL[variant]())

    assert dict.fromkeys(QUESTIONS, 1.0) == scores(reports)
    assert {MatchedBy.CONTENT} == {report.matched.by for report in reports.values()}


@pytest.mark.parametrize("half", HALVES)
def test_what_is_missing_is_unanswered_and_the_rest_full(judged, half):
    """With half of the questions left out, their neighbours' work is not taken for theirs, text or none."""
    whole = submission(in_order(only(HALVES[half])))

    assert dict.fromkeys(HALVES[half], 1.0) == scores(judged(whole))
    assert dict.fromkeys(HALVES[half], 1.0) == scores(judged(without_text(whole)))


def test_saved_by_colab(judged, tmp_path):
    """Colab's own metadata, ids and lists of lines change nothing."""
    path = tmp_path / "4주차의 사본.ipynb"
    path.write_text(variants.by_colab(in_order()), encoding="utf-8")

    assert dict.fromkeys(QUESTIONS, 1.0) == scores(judged(read(path)))
