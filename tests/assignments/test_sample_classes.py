"""The classes that the demonstration grades for the other assignments: who loses which checks."""

from pathlib import Path

import pytest

from grader.assignment.file import load
from grader.records import QuestionStatus
from grader.submission import collect, read

from ..shortened import asking_less, shortened  # noqa: TID252 - tests are no package

FOLDER = Path(__file__).parents[2] / "assignments"
ASSIGNMENTS = {name: load(FOLDER / name) for name in ("tensors", "logistic", "homework")}
NOTEBOOKS = {
    (name, path.stem): path for name in ASSIGNMENTS for path in collect([FOLDER / name / "sample-class"])
}
SHORT = asking_less(load(FOLDER / "logistic"))
WHOLE = ("logistic", "박지훈_202012345 로지스틱")
#: By assignment and file name: the mark, the checks without points, the questions left blank.
CLASS = {
    ("tensors", "202011111_김하늘_텐서"): (100, "", ""),
    ("tensors", "박지훈_202012345_텐서"): (84, "shapes.col2 dtypes.t1 broadcast.safe csv.x", ""),
    ("tensors", "윤지우 (202077777) 텐서"): (83, "numpy.t_lin", "mixed"),
    ("logistic", "202011111_김하늘_로지스틱"): (100, "", ""),
    ("logistic", "박지훈_202012345 로지스틱"): (90, "sigmoid.f train-mse.epochs train-sgd.step2", ""),
    ("logistic", "이서연 - logistic의 사본"): (75, "data.y train-bce.clear", "train-sgd"),
    ("homework", "202011111_김하늘_숙제"): (100, "", ""),
    ("homework", "박지훈_202012345_숙제"): (100, "", ""),
    ("homework", "정예은_202088888_숙제"): (20, "draw.x line.net.bias line.yhat", ""),
    ("homework", "조수아_202033333 과제4"): (100, "", ""),
}


def test_the_table_is_of_the_classes():
    """Every notebook has its row."""
    assert set(CLASS) == set(NOTEBOOKS)


@pytest.mark.parametrize("which", CLASS, ids=" ".join)
def test_marks(reported, which):
    """Each loses what its mistakes cost, and nothing around them."""
    mark, lost, blank = CLASS[which]
    asked, submission = ASSIGNMENTS[which[0]], read(NOTEBOOKS[which])
    if which[0] == "logistic" and which != WHOLE:  # one with mistakes at full length is enough
        asked, submission = SHORT, shortened(submission)
    report = reported(asked, submission)

    answered = [q for q in report.questions if q.status is not QuestionStatus.UNANSWERED]
    assert set(lost.split()) == {c.id for q in answered for c in q.checks if c.points < c.max_points}
    assert set(blank.split()) == {q.id for q in report.questions} - {q.id for q in answered}
    assert mark == report.score
