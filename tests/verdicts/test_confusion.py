"""Each mistake, unlabelled among the right answers to all other questions: where its run is matched.

The table is printed with ``pytest -s``.
"""
# ruff: noqa: E501 - students' cells, and tables, a row a line

import pytest

from grader.matching import match
from grader.recording import Backward
from grader.records import SourceCell, Student, Submission

from .answers import LOOPS
from .conftest import DATA, START
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
RIGHT = {question: [VALUES.get(question) or LOOPS[question].source] for question in QUESTIONS}


@pytest.fixture
def found(run_cells, assignment):
    """Match a notebook without labels: which question each cell went to, by the one it answers."""

    def find(cells):
        sources = tuple(SourceCell(i, "code", text) for i, (_, text) in enumerate([*START, *cells]))
        submission = Submission("hw.ipynb", "hw", "", Student(), sources, None)
        execution = run_cells(submission)
        matched = match(submission, execution, assignment, assignment.data()).matched
        of_cell = {cell: question for question, one in matched.items() for cell in one.cells}
        trained = {
            r.cell for r in execution.recording.cells if any(isinstance(e, Backward) for e in r.events)
        }
        return [
            (question, of_cell.get(i, "none"))
            for i, (question, _) in enumerate(cells, len(START))
            if i in trained or question in VALUES
        ]

    return find


def among_right_answers(answer):
    """Put a wrong answer where the right one to the same question would stand."""
    mine = answer.cells[0][0]
    return [
        (question, source)
        for question, sources in RIGHT.items()
        for source in ([text for _, text in answer.cells] if question == mine else sources)
    ]


def test_every_right_answer_is_matched_to_its_question(found):
    """One cell a question, no text."""
    pairs = found([(question, text) for question, texts in RIGHT.items() for text in texts])

    assert [(question, question) for question in QUESTIONS] == pairs


@pytest.mark.slow
def test_silent_mistakes_are_matched_to_their_questions(found):
    """All right answers around them, and 95 of 100 of the wrong ones."""
    table = {}
    strangers = []
    for answer in MISTAKES:
        mine = answer.cells[0][0]
        for question, taken_for in found(among_right_answers(answer)):
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
