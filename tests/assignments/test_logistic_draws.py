"""Whoever draws y without a seed draws another one, and gets full marks for what follows from it."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignment_file import load
from grader.submission import read

from ..verdicts.conftest import judged_as, reported, run_cells, warm  # noqa: F401, TID252 - the fixtures of the verdicts

FOLDER = Path(__file__).parents[2] / "assignments/logistic"
WHOLE = load(FOLDER)
SHORT = load(FOLDER)
for question in SHORT.questions:
    if question.training is not None:
        question.training.epochs = 100


@pytest.fixture(scope="session")
def assignment():
    """Where the forked shell works: the folder is the data's, and this assignment has none."""
    return load(FOLDER.with_name("steps"))


def unseeded(submission, epochs):
    """Give the notebook with loops of so many epochs."""
    cells = (replace(c, source=c.source.replace("range(6000)", f"range({epochs})")) for c in submission.cells)
    return replace(submission, cells=tuple(cells))


@pytest.mark.parametrize("seed", range(40))
def test_forty_draws_get_full_marks(reported, seed):  # noqa: F811 - the fixtures
    """The same notebook over forty random streams, with short loops."""
    report = reported(SHORT, unseeded(read(FOLDER / "logistic.ipynb"), 100), seed=seed)

    assert {} == {q.id: q.score for q in report.questions if q.score < q.max_score}
    assert () == report.flags


@pytest.mark.parametrize("seed", [1, 2])
def test_a_whole_training_gets_full_marks(reported, seed):  # noqa: F811
    """All 6000 epochs."""
    report = reported(WHOLE, read(FOLDER / "logistic.ipynb"), seed=seed)

    assert 100 == report.score
    assert () == report.flags
