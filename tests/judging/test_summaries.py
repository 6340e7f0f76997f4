"""What a report shows beside a long run: the student's own where nothing is wrong, else a beginning."""

from pathlib import Path

import nbformat
import pytest

from grader.assignment.file import load
from grader.grading import grade
from grader.judging.summaries import LONGEST, RESIDUALS
from grader.submission import read

from ..verdicts.conftest import DATA as STEPS_DATA  # noqa: TID252 - tests are no package
from ..verdicts.conftest import START  # noqa: TID252
from ..verdicts.logistic import CLEAR, DATA, MSE  # noqa: TID252

FOLDER = Path(__file__).parents[2] / "assignments"
LOGISTIC = load(FOLDER / "logistic")


@pytest.fixture
def judged_as(kernel, tmp_path):
    """Grade ``(question, source)`` cells: the report of the last one's question."""

    def judge(assignment, cells):
        notebook = nbformat.v4.new_notebook()
        for question, source in cells:
            labelled = {"grader": {"question": question}} if question else {}
            notebook.cells.append(nbformat.v4.new_code_cell(source, metadata=labelled))
        nbformat.write(notebook, tmp_path / "hw.ipynb")
        report, _ = grade(read(tmp_path / "hw.ipynb"), assignment, kernel=kernel)
        return next(one for one in report.questions if one.id == question)

    return judge


@pytest.fixture
def trained(judged_as):
    """Judge 6000 epochs of one question."""

    def judge(loop):
        cells = [(None, "import torch"), ("data", DATA), ("train-mse", loop.but(epochs="6000").source)]
        return judged_as(LOGISTIC, cells)

    return judge


def test_a_long_right_run_is_its_own_reference(trained):
    """6000 epochs are not run again on the host."""
    report = trained(MSE)

    assert 18 == report.score
    assert report.run.losses == report.reference.losses
    assert 6001 == report.reference.path[-1][0]


def test_beside_a_long_wrong_run_stands_the_references_beginning(trained):
    """At the epochs that are shown of the student's, so that the two can be compared."""
    report = trained(MSE.but(clear=CLEAR.splitlines()[0]))
    shown = [epoch for epoch, _ in report.reference.losses]

    assert 16 == report.score
    assert LONGEST >= max(shown)
    assert set(shown) <= {epoch for epoch, _ in report.run.losses}


def test_beside_a_spread_run_stands_what_costs_no_more_than_judging_it(judged_as):
    """Four million residuals an epoch are computed a few times, not four hundred."""
    flat = DATA.replace("torch.bernoulli(v)", "torch.bernoulli(v).reshape(-1)")
    cells = [(None, "import torch"), ("data", flat), ("train-mse", MSE.but(epochs="3").source)]
    report = judged_as(LOGISTIC, cells)

    assert RESIDUALS // 2000**2 >= len(report.reference.losses) > 2


@pytest.mark.parametrize("yhat", ["beta1*x + intercept*x**0", "intercept*x**0 + beta1*x"])
def test_parameters_come_in_the_references_order(judged_as, yhat):
    """A student's slope may come before the intercept; pictures take ŵ0 for the first all the same."""
    source = f"""
beta1 = torch.tensor(10.0, requires_grad=True)
intercept = torch.tensor(-5.0, requires_grad=True)
optimizr = torch.optim.SGD([beta1, intercept], lr=1/10)
for epoc in range(30):
    yhat = {yhat}
    loss = torch.mean((y-yhat)**2)
    loss.backward()
    optimizr.step()
    optimizr.zero_grad()
"""
    cells = [*START, STEPS_DATA, ("sgd-scalars", source)]
    report = judged_as(load(FOLDER / "steps"), cells)

    assert ["intercept", "beta1"] == list(report.run.parameters)
    assert (1, (-5.0, 10.0)) == report.run.path[0]
