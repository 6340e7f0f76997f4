"""Whoever draws y without a seed draws another one, and gets full marks for what follows from it."""

from pathlib import Path

import pytest

from grader.assignment.file import load
from grader.submission import read

from ..shortened import asking_less, shortened  # noqa: TID252 - tests are no package

FOLDER = Path(__file__).parents[2] / "assignments/logistic"
WHOLE = load(FOLDER)
EPOCHS = 8  # forty times over
SHORT = asking_less(load(FOLDER), EPOCHS)
NOTEBOOK = read(FOLDER / "logistic.ipynb")


@pytest.mark.parametrize("seed", range(40))
def test_forty_draws_get_full_marks(reported, seed):
    """The same notebook over forty random streams, with short loops."""
    report = reported(SHORT, shortened(NOTEBOOK, EPOCHS), seed=seed)

    assert {} == {q.id: q.score for q in report.questions if q.score < q.max_score}
    assert () == report.flags


def test_a_whole_training_gets_full_marks(reported):
    """All 6000 epochs, on another draw than the tests of the notebooks."""
    report = reported(WHOLE, NOTEBOOK, seed=1)

    assert 100 == report.score
    assert () == report.flags
