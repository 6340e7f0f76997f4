"""What is said of a mistake where its step alone would leave the student searching."""

import pytest

from grader.records import CheckStatus

from .answers import LOOPS

SCHEDULE = """for group in optimizr.param_groups:
    group["lr"] = 0.1 if epoc < 9 else 0.05"""


@pytest.mark.parametrize(
    ("question", "source", "message", "params"),
    [
        (
            "sgd-bias",
            LOOPS["sgd-bias"].but(yhat=f"{SCHEDULE}\nyhat = net(x)").source,
            "step4.rate-later",
            {"epoch": 10, "expected": 0.1, "actual": 0.05},
        ),
        (
            "net-bias-train",
            LOOPS["net-bias-train"]
            .but(backward="loss.backward()\ntorch.nn.utils.clip_grad_norm_(net.parameters(), 2)")
            .source,
            "step4.clipped",
            {"epoch": 1, "length": 2.0},
        ),
    ],
)
def test_what_is_wrong_is_said(graded_cells, question, source, message, params):
    """In the one step that it costs, with the epoch where it begins."""
    (report,) = (one for name, one in graded_cells([(question, source)]).items() if name == question)
    (wrong,) = [check.message for check in report.checks if check.status is CheckStatus.FAILED]

    assert (message, params) == (wrong.id, wrong.params)
