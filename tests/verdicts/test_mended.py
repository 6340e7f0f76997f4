"""Data that stop what follows cost their own question, and no other."""

import pytest

from grader.judging.gaps import gaps
from grader.judging.judge import judge
from grader.judging.mended import mend, taken_over
from grader.records import CheckStatus

from .answers import LOOPS
from .conftest import DATA, START, submission_of

FLAT = DATA[1].replace(".reshape(100, 1)", "").replace("concat([torch.ones(100, 1)", "stack([torch.ones(100)")
BELOW = (
    ("sse", LOOPS["sse"].but(clear="").source),
    ("net-bias", "torch.manual_seed(43052)\nnet = torch.nn.Linear(1, 1)\nyhat = net(x)"),
    ("sgd-bias", LOOPS["sgd-bias"].source),
)
FUNCTION = """
def train():
    net = torch.nn.Linear(2, 1, bias=False)
    net.weight.data = torch.tensor([[-5.0, 10.0]])
    for epoc in range(29):
        yhat = net(X)
        loss = torch.mean((y - yhat) ** 2)
        with torch.no_grad():
            for p in net.parameters():
                p -= 1/10 * p.grad
                p.grad = None
    return net
net = train()
"""
BY_OPTIMIZER = """
def train(net, optimizr):
    for epoc in range(30):
        loss = torch.mean((y - net(x)) ** 2)
        optimizr.step()
        optimizr.zero_grad()
made = torch.nn.Linear(1, 1)
made.bias.data, made.weight.data = torch.zeros(1), torch.zeros(1, 1)
train(made, torch.optim.SGD(made.parameters(), lr=1/10))
"""


@pytest.fixture
def reports(run_cells, assignment):
    """Judge cells, again where something can be put right: the reports of what was answered."""

    def reports(cells, start=START):
        submission = submission_of([*start, *cells])
        execution = run_cells(submission)
        judged = judge(submission, assignment, execution, gaps(execution, submission.cells)).questions
        done = frozenset()
        while put := mend(submission, assignment, judged, execution, done):
            done, submission, execution = put.questions, put.submission, run_cells(put.submission)
            judged = taken_over(put, assignment, judged, execution)
        return [one.report for one in judged if one.report.matched is not None]

    return reports


@pytest.fixture
def lost(reports):
    """Judge cells so: the checks that fail, by their ids."""
    return lambda *cells, **start: {check.id for check in failed(reports(*cells, **start))}


def failed(reports):
    """Give the checks that fail."""
    ends = (CheckStatus.FAILED, CheckStatus.ERROR)
    return [check for report in reports for check in report.checks if check.status in ends]


def test_a_backward_that_is_not_called_costs_step_3_alone(lost):
    """Where the update raises, or nothing is seen in a function, it is judged on a run that calls it."""
    by_hand = [
        ("sse", LOOPS["sse"].but(backward="").source),
        ("mse", LOOPS["mse"].but(backward="loss.backward  # ∇ 미분").source),
        ("net-bias-train", LOOPS["net-bias-train"].but(backward="loss.backward", clear="").source),
        ("net-nobias-train", FUNCTION),
    ]
    answers = [*by_hand, ("sgd-bias", BY_OPTIMIZER)]
    others = {"net-bias-train.clear", "net-nobias-train.epochs", "sgd-bias.init"}

    assert {*others, *(f"{name}.step3" for name, _ in answers)} == lost([DATA, *answers])


def test_a_start_that_is_made_of_a_leaf_costs_the_start_alone(reports):
    """An update by hand finds no gradient, an optimizer refuses it; another mistake costs its own step."""
    reshaped = "What = torch.tensor([-5.0, 10.0], requires_grad=True).reshape(2, 1)"
    two_lines = "What = torch.tensor([[-5.0, 10.0]], requires_grad=True)\nWhat = What.T"
    answers = [
        ("mse", LOOPS["mse"].but(before=reshaped).source),
        ("sse", LOOPS["sse"].but(before=two_lines, clear="").source),
        (
            "sgd-what",
            LOOPS["sgd-what"].but(before=f"{reshaped}\noptimizr = torch.optim.SGD([What], lr=1/10)").source,
        ),
    ]

    checks = {check.id: check.message for check in failed(reports([DATA, *answers]))}
    starts = [message for name, message in checks.items() if name != "sse.clear"]

    assert {"mse.init", "sse.init", "sse.clear", "sgd-what.init"} == checks.keys()
    assert [("init.no-leaf", {"name": "What"})] * 3 == [(one.id, one.params) for one in starts]


def test_a_y_that_had_become_a_prediction_stops_no_training(lost):
    """The graph that leads to ``y = net(x)`` is freed by the first epoch; trainings are judged without."""
    named = ("net-bias", "torch.manual_seed(43052)\nnet = torch.nn.Linear(1, 1)\nyhat = net(x)\ny = yhat")

    assert {"sse.clear"} == lost([DATA, named, BELOW[0], BELOW[2]])


def test_what_an_answer_overwrites_stops_no_other(lost):
    """The loop's own x is nobody's data; a wrong X costs the answer that made it so."""
    counts = ("sse", LOOPS["sse"].source.replace("for epoc", "for x"))
    uses = ("sgd-nobias", LOOPS["sgd-nobias"].but(clear="").source)
    flat = ("mse", f"X = x\n{LOOPS['mse'].source}")

    below = [("net-bias-train", LOOPS["net-bias-train"].source), (None, DATA[1]), flat, uses]

    assert {"mse.step1", "sgd-nobias.clear"} == lost([DATA, counts, *below])


@pytest.mark.parametrize(
    ("data", "loses"),
    [
        (DATA[1].replace(", dtype=torch.float32", ""), {"data.x", "data.y", "data.X"}),
        (FLAT.replace("dim=1", "dim=-1"), {"data.x", "data.y"}),
        (DATA[1].replace("df.y", "df.Y"), {"data.y", "data.X"}),
        (DATA[1].replace("y = torch.tensor(", "y = torch.tensor(("), {"data.x", "data.y", "data.X"}),
        (
            "import einops\n" + DATA[1].replace("y = torch", "y = einops.reduce(df.y)\ny = torch"),
            {"data.x", "data.y", "data.X"},
        ),
    ],
    ids=["float64", "flat", "a typo", "no Python", "a package that is not here"],
)
def test_what_data_stopped_is_judged_on_right_ones(lost, data, loses):
    """Their own mistakes cost the answers below, not those of the data."""
    assert {*loses, "sse.clear"} == lost([("data", data), *BELOW])


@pytest.mark.parametrize("kept", [START[:1], START[1:], ()])
def test_what_was_handed_out_is_put_back(lost, kept):
    """A student who deleted the imports, or the cell that reads the data, has answered all the same."""
    assert {"sse.clear"} == lost([("data", DATA[1]), *BELOW], start=kept)


def test_what_the_cell_defines_below_its_mistake_is_there(lost):
    """A helper that stands in the data's cell is no data: answers that use it are judged."""
    data = (
        DATA[1].replace("df.y", "df.Y")
        + "\nfrom torch import nn\n@torch.no_grad()\ndef see(net):\n    return net(x)"
    )
    uses = "torch.manual_seed(43052)\nnet = nn.Linear(1, 1)\nyhat = see(net)"

    assert {"data.y", "data.X"} == lost([("data", data), ("net-bias", uses)])


def test_an_answer_that_right_data_would_not_help_stays_as_it_was(lost):
    """What raises on any data is the answer's own mistake."""
    raises = ("sgd-bias", LOOPS["sgd-bias"].but(update="optimizr.stp()").source)

    assert {"data.y", "data.X", "sgd-bias.step4"} == lost([("data", DATA[1].replace("df.y", "df.Y")), raises])


def test_nothing_is_run_again_where_nothing_was_stopped(run_cells, assignment):
    """Data of other numbers are followed, and right ones need no mending."""
    for data in (DATA[1], DATA[1].replace("df.y", "2 * df.y")):
        submission = submission_of([*START, ("data", data), *BELOW, (None, "net(X[0, 0])")])
        execution = run_cells(submission)
        judged = judge(submission, assignment, execution, gaps(execution, submission.cells)).questions

        assert mend(submission, assignment, judged, execution) is None
