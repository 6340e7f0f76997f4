"""Whole notebooks with a mistake in one answer, labelled and not: it costs its own checks, and no others."""
# ruff: noqa: E501 - students' cells, and tables, a row a line

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import pairwise, zip_longest
from pathlib import Path

import nbformat
import pytest

from grader.assignment.file import load
from grader.records import CheckStatus, QuestionStatus, SourceCell

from ..shortened import asking_less  # noqa: TID252 - tests are no package
from .conftest import CSV, submission_of
from .logistic import BCE, BY_SGD, DATA, MSE, SOLUTION
from .tensors import SHOWN, SOLUTIONS, WRONG_LINES, cell

EPOCHS = 12
LOGISTIC = asking_less(load(Path(__file__).parents[2] / "assignments/logistic"), EPOCHS)
LOOPS = [loop.but(epochs=str(EPOCHS)) for loop in (MSE, BCE, BY_SGD)]
CURVES = {
    **dict(SOLUTION),
    **{loop.question: loop.source for loop in LOOPS},
}
LINES = tuple(  # x made a vector: what each training does about it
    (loop.question, loop.source.replace("l1(x)", "l1(x.reshape(-1, 1)).flatten()")) for loop in LOOPS
)
DOUBLE = tuple(
    (loop.question, loop.source.replace("l1(x)", "l1(x.float())").replace("y)", "y.float())"))
    for loop in LOOPS
)  # fmt: skip
MISTAKES = {  # the answers that are others, and the checks that are lost
    "x of shape (2000,), reshaped where it has to be": ({"data": DATA.replace(".reshape(2000, 1)", ""), **dict(LINES)}, "data.x"),
    "x of float64, so are v and y": ({"data": DATA.replace("2000)", "2000, dtype=torch.float64)"), **dict(DOUBLE)}, "data.x"),
    "y of shape (2000,), the losses spread": ({"data": DATA.replace("(v)", "(v.flatten())"), "train-mse": "", "train-bce": "", "train-sgd": ""}, "data.y"),
    "x drawn": ({"data": DATA.replace("torch.linspace(-1, 1, 2000)", "torch.randn(2000)")}, "data.x"),
    "another x, another v": ({"data": DATA.replace("-1, 1", "-2, 2").replace("5 * x", "4 * x")}, "data.x data.v"),
    "v is u, y drawn right": ({"data": DATA.replace("torch.exp(u) / (1 + torch.exp(u))", "u").replace("(v)", "(torch.sigmoid(u))")}, "data.v"),
    "f is no sigmoid": ({"sigmoid": SOLUTION[0][1].replace("/ (1 + torch.exp(x))", "/ 1 + torch.exp(x)")}, "sigmoid.f"),
    "mean for sum": ({"bce": SOLUTION[3][1].replace("sum", "mean")}, "bce.loss1 bce.loss2"),
    "a name misspelt": ({"bce": SOLUTION[3][1].replace("yhat2)", "yhat_2)")}, "bce.loss2"),
    "other guesses": ({"guess": "yhat1 = f(3 + 10 * x)\nyhat2 = f(3 - x)"}, "guess.yhat1 guess.yhat2"),
}  # fmt: skip


AGAIN = "l1 = torch.nn.Linear(1, 1)\n"  # left out: the network of the question before is set back
MISTAKES |= {
    "not cleared, and the same network in the next question": ({"train-mse": LOOPS[0].but(clear="").source, "train-bce": LOOPS[1].source.replace(AGAIN, "")}, "train-mse.clear"),
    "cleared before each backward, not before the first of the next": ({"train-mse": LOOPS[0].but(yhat=f"{LOOPS[0].clear}\n{LOOPS[0].yhat}", clear="").source, "train-bce": LOOPS[1].source.replace(AGAIN, "")}, "train-bce.clear"),
}  # fmt: skip


@pytest.mark.parametrize("written", ["labelled", "unlabelled", "a statement a cell"])
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_costs_its_own_checks(reported, name, written):
    """Names that were asked for tell what a wrong value answers; what follows from it is judged on it."""
    others, lost = MISTAKES[name]
    left_out = {question for question, source in others.items() if not source}
    cells = [(question, source) for question, source in (CURVES | others).items() if source]
    if written != "labelled":
        cells = [(None, source) for _, source in cells]
    if written == "a statement a cell":
        cells = [
            (None, ast.unparse(statement)) for _, source in cells for statement in ast.parse(source).body
        ]
    report = reported(LOGISTIC, submission_of([(None, "import torch"), *cells]))

    assert left_out == {one.id for one in report.questions if one.status is QuestionStatus.UNANSWERED}
    checks = [check for one in report.questions if one.id not in left_out for check in one.checks]
    assert set(lost.split()) == {check.id for check in checks if check.points < check.max_points}


STEPS = Path(__file__).parents[2] / "assignments/steps"
MIXED = {  # what replaces what in the solutions, and the checks that are lost
    "sgd-bias": ("range(30)", "range(300)", "sgd-bias.epochs"),
    "net-nobias": (", bias=False", "", "net-nobias.net.bias net-nobias.yhat"),
    "net-wrong": ("forgotten.bias.item()", "0.5", "net-wrong.extra_bias"),
}


@pytest.mark.parametrize("mistakes", [MIXED, {}], ids=["wrong, with the prompts", "right, without"])
def test_answers_without_labels_are_found_backwards(reported, mistakes):
    """By the heading of a prompt that speaks of several questions, and by the names of values that are right."""
    given = nbformat.read(STEPS / "steps.ipynb", as_version=4).cells
    cells = [("code", "import pandas as pd\nimport torch"), ("code", f"df = pd.read_csv({CSV!r})")]
    answers = [(prompt, answer) for prompt, answer in pairwise(given) if "grader" in answer.metadata]
    for prompt, answer in [answers[0], *reversed(answers[1:])]:
        old, new, _ = mistakes.get(answer.metadata.grader.question, ("", "", ""))
        cells += [("markdown", prompt.source)] * bool(mistakes)
        cells += [("code", answer.source.partition("\n")[2].replace(old, new))]
    submission = replace(
        submission_of([]), cells=tuple(SourceCell(i, *one, None) for i, one in enumerate(cells))
    )
    report = reported(load(STEPS), submission)

    checks = [check for one in report.questions for check in one.checks]
    lost = {check.id for check in checks if check.points < check.max_points}
    assert {name for *_, names in mistakes.values() for name in names.split()} == lost


TENSORS = load(Path(__file__).parents[2] / "assignments/tensors")
BY_QUESTION = [[line for line in WRONG_LINES if line[0] == question] for question in SOLUTIONS]
AT_ONCE = list(zip_longest(*BY_QUESTION))


@pytest.mark.parametrize("lines", AT_ONCE, ids=range(len(AT_ONCE)))
def test_a_wrong_line_a_question_costs_its_own_value(reported, lines):
    """Without labels too: what has the name is the answer, whatever right value stands beside it."""
    wrong = [line for line in lines if line is not None]
    replaced = {question: {name: line} for question, name, line in wrong}
    start = (None, f"import numpy as np\nimport pandas as pd\nimport torch\ndf = pd.read_csv({CSV!r})")
    cells = [(None, cell(question, replaced.get(question))) for question in SOLUTIONS]
    report = reported(TENSORS, submission_of([start, *cells]))

    checks = [check for one in report.questions for check in one.checks]
    lost = {check.id for check in checks if check.status is not CheckStatus.PASSED}
    assert {f"{question}.{name}" for question, name, _ in wrong} == lost


@pytest.mark.parametrize("count", [1, 2])
def test_each_error_raised_is_one_answer(reported, count):
    """Without labels, too: a product that raises nothing where an error was asked for is no answer."""
    plain = cell("mixed", {}).partition("error1")[0]
    start = (None, "import numpy as np\nimport pandas as pd\nimport torch")
    cells = [start, (None, plain), *((None, shown) for shown in SHOWN[:count])]
    report = reported(TENSORS, submission_of(cells))

    mixed = next(question for question in report.questions if question.id == "mixed")
    lost = {check.id for check in mixed.checks if check.status is not CheckStatus.PASSED}
    assert {f"mixed.error{i}" for i in (1, 2)[count:]} == lost
