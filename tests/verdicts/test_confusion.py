"""Each mistake, unlabelled among the right answers to all other questions: where its run is matched.

The table is printed with ``pytest -s``.
"""
# ruff: noqa: E501 - students' cells, and tables, a row a line

from dataclasses import replace

import pytest

from grader.matching import match, units_of
from grader.recording import Backward

from .answers import LOOPS
from .conftest import DATA, START, submission_of
from .together import BEGIN, only
from .variants import QUESTIONS
from .wrong import WRONG

SILENT = (  # the silent mistakes of training, by the name they have in the table of wrong answers
    "bias-doubled", "bias-not-updated", "broadcast-target", "cleared-before-step", "columns-swapped", "29 epochs",
    "31 epochs", "cell run twice", "forward-outside-loop, retain_graph", "gradient-not-cleared",
    "gradient-partly-cleared", "half-loss", "lr 0.01", "lr 1", "lr 0.095", "lr (1//10)", "mean-for-sum", "no-intercept", "no-square", "parameters-recreated",
    "square-outside-mean", "stale-optimizer", "sum-for-mean", "two backwards", "wrong-sign", "Adam", "y as int",
)  # fmt: skip
MISTAKES = [
    one for one in WRONG if one.cells[0][0] in LOOPS and one.form.startswith(SILENT) and not one.unseen
]
VALUES = {
    "data": DATA[1],
    "net-bias": "torch.manual_seed(43052)\nnet = torch.nn.Linear(1, 1)\nyhat = net(x)",
    "net-nobias": "torch.manual_seed(43052)\nnet = torch.nn.Linear(2, 1, bias=False)\nyhat = net(X)",
    "net-wrong": (
        "_x = x.reshape(-1)\ntorch.manual_seed(43052)\nnet = torch.nn.Linear(1, 1)\nyhat = net(_x.reshape(100, 1))\n"
        "torch.manual_seed(43052)\nnet2 = torch.nn.Linear(2, 1)\nextra_bias = net2.bias.item()"
    ),
    "parameters": (
        "torch.manual_seed(43052)\nnet = torch.nn.Linear(1, 1)\ng = net.parameters()\nfirst = next(g)\nsecond = next(g)\n"
        "third = 'StopIteration'\nmethod_is_iterable = False\ncall_is_iterable = True\n"
        "message = 'optimizer got an empty parameter list'"
    ),
}
RIGHT = {question: VALUES.get(question) or LOOPS[question].source for question in QUESTIONS}


@pytest.fixture
def found(assignment):
    """Match a notebook without labels: which question each cell went to, by the one it answers."""

    def find(submission, execution, questions):
        recording = execution.recording
        units = units_of(recording, execution.cells)
        matched = match(submission, recording, units, assignment, assignment.data()).matched
        of_cell = {cell: question for question, one in matched.items() for cell in one.cells}
        trained = {r.cell for r in recording.cells if any(isinstance(e, Backward) for e in r.events)}
        return [
            (question, of_cell.get(cell.index, "none"))
            for cell, question in zip(submission.cells, questions, strict=True)
            if cell.index in trained or question in VALUES
        ]

    return find


def unlabelled(cells):
    """Hand cells in that do not say what they answer."""
    return submission_of([(None, text) for _, text in cells])


def test_every_right_answer_is_matched_to_its_question(found, run_cells):
    """One cell a question, no text."""
    cells = [*START, *RIGHT.items()]
    submission = unlabelled(cells)
    pairs = found(submission, run_cells(submission), [question for question, _ in cells])

    assert [(question, question) for question in QUESTIONS] == pairs


def test_what_raised_at_once_is_matched_to_the_one_that_is_missing(matched):
    """No training was recorded of it; the cells around it tell whose turn it was."""
    broken = RIGHT | {
        "sgd-nobias": LOOPS["sgd-nobias"].but(loss="loss = torch.means((y - yhat) ** 2)").source
    }
    answers = matched(unlabelled([*START, *broken.items()]))

    assert (QUESTIONS.index("sgd-nobias") + len(START),) == answers.matched["sgd-nobias"].cells


@pytest.fixture
def among_right_answers(run_cells):
    """Give notebooks in which a wrong answer stands where the right one would: their questions, cell by cell.

    Those of one question are executed as one, each wrong answer on the names that the right ones before it
    left; of what the others did, nothing is in a notebook's submission and execution.
    """

    def execute(question, answers):
        place = QUESTIONS.index(question)
        right = list(RIGHT.items())
        rows = [
            *((None, cell) for cell in (*START, *right[:place])),
            *((answer, cell) for answer in answers for cell in (BEGIN, *answer.cells)),
            *((None, cell) for cell in right[place + 1 :]),
        ]
        submission = unlabelled([cell for _, cell in rows])
        first, *others = (i for i, (_, cell) in enumerate(rows) if cell is BEGIN)
        execution = run_cells(submission, afresh=dict.fromkeys(others, first))
        for answer in answers:
            own = [i for i, (of, cell) in enumerate(rows) if of in (None, answer) and cell is not BEGIN]
            part = replace(submission, cells=tuple(submission.cells[i] for i in own))
            yield answer, part, only(execution, part), [rows[i][1][0] for i in own]

    return execute


def test_silent_mistakes_are_matched_to_their_questions(found, among_right_answers):
    """All right answers around them, and 95 of 100 of the wrong ones."""
    table = {}
    strangers = []
    by_question = {question: [one for one in MISTAKES if one.cells[0][0] == question] for question in LOOPS}
    for mine, answers in by_question.items():
        for answer, *notebook in among_right_answers(mine, answers):
            for question, taken_for in found(*notebook):
                if question == mine:
                    table[answer.name] = taken_for
                elif question != taken_for:
                    strangers.append((answer.name, question, taken_for))
    confused = {name: taken_for for name, taken_for in table.items() if not name.startswith(f"{taken_for}:")}
    share = 1 - len(confused) / len(table)
    print(f"\n{len(table)} wrong answers, {share:.1%} matched to their questions; the others:")  # noqa: T201 - the table
    for name, taken_for in confused.items():
        print(f"  {name} -> {taken_for}")  # noqa: T201 - as above

    assert [] == strangers
    assert 0.95 <= share
