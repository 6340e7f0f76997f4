"""Every mistake that students are known to make, each alone: the line, the checks it costs, what it is called.

The course's list of mistakes, a row or more for each of its rows, and what was found beyond it. Answers that
stand in different questions share a notebook; wrong data have one of their own.
"""
# ruff: noqa: E501 - tables of students' cells, a row a line

from __future__ import annotations

from . import logistic as curve
from .answers import HELD, LOOPS, NET, NET2, SCALARS, WHAT, Answer, Loop, answer, sgd
from .conftest import DATA
from .held_out import but
from .wrong import ALL, BY_HAND_WRONG, TYPED, each

HAND, OPT = LOOPS["mse"], LOOPS["sgd-bias"]


def row(code: str, loop: Loop, loses: str, unseen: str = "", how: str = "") -> Answer:
    """Make a row: a loop with a mistake, the steps that it loses and those that nobody could see."""
    made = answer(", ".join(filter(None, (code, how))), loop, loses, unseen=unseen)
    return Answer(made.name, made.cells, made.loses, made.unseen, named=(code,))


def stale(name: str) -> Loop:
    """Give a question's loop with ŷ in front of it."""
    return LOOPS[name].but(before=f"{LOOPS[name].before}\n{LOOPS[name].yhat}", yhat="")


def by_hand(name: str, how: str) -> Loop:
    """Give a question's loop with another update by hand."""
    return LOOPS[name].but(update=each(name, BY_HAND_WRONG[how]))


def held(name: str, optimizer: str) -> Loop:
    """Give a question's loop with another optimizer."""
    parameters, make = HELD[name][:2]
    return LOOPS[name].but(before=f"{make}\noptimizr = torch.optim.{optimizer.format(parameters)}")


BIASED = NET2.replace(", bias=False", "")
STEPS = (
    row("gradient-not-cleared", LOOPS["sse"].but(clear=""), "clear"),
    row("gradient-not-cleared", HAND.but(clear="What.grad == None"), "clear", how="compared"),
    row("gradient-not-cleared", OPT.but(clear="optimizr.zero_grad"), "clear", how="without ()"),
    row("gradient-not-cleared", LOOPS["sgd-nobias"].but(clear=""), "clear"),
    row("gradient-partly-cleared", LOOPS["net-bias-train"].but(clear="net.bias.grad = None"), "clear"),
    row("gradient-partly-cleared", LOOPS["sgd-scalars"].but(clear="w.grad = None"), "clear"),
    row("wrong-sign", by_hand("mse", "wrong-sign"), "step4"),
    row("sum-for-mean", LOOPS["sgd-what"].but(loss=LOOPS["sse"].loss), "step2"),
    row("mean-for-sum", LOOPS["sse"].but(loss=HAND.loss), "step2"),
    row("learning-rate", held("sgd-nobias", "SGD({}, lr=.01)"), "step4", how=".01"),
    row("learning-rate", held("sgd-what", "SGD({}, lr=1)"), "step4", how="1"),
    row("learning-rate", held("sgd-scalars", "SGD({})"), "step4", how="forgotten"),
    row("learning-rate", by_hand("mse", "learning-rate forgotten"), "step4", how="forgotten by hand"),
    row(
        "learning-rate",
        LOOPS["net-nobias-train"].but(update="net.weight.data = net.weight.data - 1//10 * net.weight.grad"),
        "step4",
        how="1//10",
    ),
    row(
        "broadcast-target",
        LOOPS["net-bias-train"].but(loss="loss = torch.mean((y.reshape(-1) - yhat) ** 2)"),
        "step2",
    ),
    row("leaf-rebound", by_hand("sse", "wrong-sign").but(update="What = What - 1/1000 * What.grad"), "step4",
        "clear epochs"),
    row("requires-grad-missing", LOOPS["sse"].but(before="What = torch.tensor([[-5.0], [10.0]])"), "init", but("init", "step1", "step2")),
    row("integer-parameter", HAND.but(before=WHAT.replace(".0", "")), "init", but("init")),
    row("forward-outside-loop", stale("sgd-bias"), "step1", "clear epochs"),
    row(
        "forward-outside-loop",
        stale("sse").but(backward="loss.backward(retain_graph=True)"),
        "step1",
        how="retain_graph",
    ),
    row("cleared-before-step", LOOPS["sgd-nobias"].but(update="optimizr.zero_grad()", clear="optimizr.step()"), "clear"),
    row(
        "cleared-before-step",
        LOOPS["net-nobias-train"].but(
            update=f"net.weight.grad.zero_()\n{LOOPS['net-nobias-train'].update}", clear=""
        ),
        "clear",
        how="by hand",
    ),
    row("stale-optimizer", OPT.but(before=f"{OPT.before}\n{NET}"), "step4"),
    row("parameters-recreated", HAND.but(before="", yhat=f"{WHAT}\n{HAND.yhat}"), "init", how="What"),
    row("parameters-recreated", OPT.but(before="", yhat=f"{OPT.before}\n{OPT.yhat}"), "init", how="net"),
    row(
        "bias-not-updated",
        LOOPS["net-bias-train"].but(update="net.weight.data = net.weight.data - 1/10 * net.weight.grad"),
        "step4",
    ),
    row("bias-doubled", LOOPS["sgd-nobias"].but(before=f"{BIASED}\n{sgd('net.parameters()')}"), "step1"),
    row(
        "no-intercept",
        LOOPS["sgd-what"].but(
            before=f"{WHAT.replace('[-5.0], ', '')}\n{sgd('[What]')}", yhat="yhat = x @ What"
        ),
        "step1",
    ),
    row("columns-swapped", LOOPS["net-nobias-train"].but(before=NET2.replace("-5.0, 10.0", "10.0, -5.0")), "init"),
    row("no-square", HAND.but(loss="loss = torch.mean(y - yhat)"), "step2"),
    row("no-square", LOOPS["sse"].but(loss="loss = torch.sum(y - yhat)"), "step2", how="sum"),
    row("square-outside-mean", LOOPS["sgd-scalars"].but(loss="loss = torch.mean(y - yhat) ** 2"), "step2"),
    row("half-loss", LOOPS["net-bias-train"].but(loss=f"{HAND.loss} / 2"), "step2"),
    row("wrong-optimizer", held("sgd-bias", "Adam({}, lr=1/10)"), "step4"),
    row("epochs", LOOPS["sgd-scalars"].but(epochs="29"), "epochs", how="29"),
    row("epochs", LOOPS["sgd-what"].but(epochs="31"), "epochs", how="31"),
    row("epochs", HAND.but(after=HAND.but(before="").source), "epochs", how="run twice"),
    row("hard-coded", Loop("net-nobias-train", "net = torch.nn.Linear(2, 1, bias=False)", "", "", "", "",
                           backward="", head="", after=TYPED["net-nobias-train"]), ALL),
    row("float64", LOOPS["net-bias-train"].but(before=f"x64 = x.double()\n{NET}", yhat="yhat = net(x64)"), "step1", but("init", "step1")),
    # beyond the list
    row("leaf-in-place", HAND.but(update="What -= 1/10 * What.grad"), "step4", "clear epochs result"),
    row(
        "stale-gradient",
        HAND.but(
            before=f"{WHAT}\nlast = torch.zeros(2, 1)",
            update="What.data = What.data - 1/10 * last\nlast = What.grad.clone()",
        ),
        "step4",
    ),
    row("gradient-sometimes-cleared", LOOPS["sgd-what"].but(clear="if epoc % 2:\n    optimizr.zero_grad()"), "clear"),
    row("backward-twice", LOOPS["sgd-scalars"].but(backward="loss.backward(retain_graph=True)\nloss.backward()"), "step3"),
    row("never-updated", OPT.but(update="optimizr.step"), "step4"),
    row("no-backward", OPT.but(backward="loss.backward"), "step3"),
    row("optimizer-settings", held("sgd-nobias", "SGD({}, lr=1/10, momentum=.9)"), "step4"),
    row("start-at-zero", LOOPS["sgd-scalars"].but(before=f"{SCALARS.replace('-5', '0').replace('10', '0')}\n{sgd('[b, w]')}"), "init"),
)  # fmt: skip

#: Trainings that go on right with wrong data.
TRAINED = tuple((name, LOOPS[name].source) for name in ("mse", "sgd-bias", "sgd-nobias"))


def data(name: str, loses: str, source: str, *trained: tuple[str, str]) -> Answer:
    """Make a notebook with wrong data: what they cost, what they are called."""
    cells = (("data", f"{DATA[1]}\n{source}"), *trained)
    return Answer(name, cells, frozenset(loses.split()), named=(name.partition(",")[0],))


WRONG_DATA = (
    data("broadcast-target, y flat", "data.y", "y = y.reshape(-1)", *TRAINED),
    data("columns-swapped, X = [x 1]", "data.X", "X = X.flip(1)", *TRAINED),
    data("integer-data, y.int()", "data.y", "y = y.int()", *TRAINED),
    data("float64, y alone", "data.y", "y = y.double()", *TRAINED),
    data("float64, x", "data.x", "x = x.double()", ("sgd-nobias", LOOPS["sgd-nobias"].source)),
)


MSE, BCE, SGD = curve.MSE, curve.BCE, curve.BY_SGD
LOGISTIC = (
    row("sigmoid-missing", MSE.but(yhat="yhat = l1(x)"), "step1"),
    row("sigmoid-twice", MSE.but(yhat="yhat = a1(a1(l1(x)))"), "step1"),
    row("sigmoid-twice", BCE.but(yhat="yhat = a1(a1(l1(x)))"), "step1"),
    row("logits-for-probability", SGD.but(yhat="", loss="loss = torch.nn.BCELoss()(l1(x), y)"), "step2", but("init", "step2")),
    row("logits-for-probability", SGD.but(loss="loss = torch.nn.BCEWithLogitsLoss()(yhat, y)"), "step2", how="twice"),
    row("mse-for-bce", BCE.but(loss=MSE.loss), "step2"),
    row("bce-for-mse", MSE.but(loss=BCE.loss), "step2"),
    row("bce-one-term", BCE.but(loss="loss = -torch.mean(y * torch.log(yhat))"), "step2"),
    row("bce-sign", SGD.but(loss=BCE.loss.replace("-torch", "torch")), "step2"),
    row("target-is-probability", MSE.but(loss="loss = torch.mean((v - yhat) ** 2)"), "step2"),
    row("target-is-probability", SGD.but(loss=BCE.loss.replace("y *", "v *").replace("- y)", "- v)")), "step2"),
)  # fmt: skip

LISTED = (
    "gradient-not-cleared",
    "gradient-partly-cleared",
    "wrong-sign",
    "sum-for-mean",
    "mean-for-sum",
    "learning-rate",
    "broadcast-target",
    "leaf-rebound",
    "requires-grad-missing",
    "integer-parameter",
    "forward-outside-loop",
    "cleared-before-step",
    "stale-optimizer",
    "parameters-recreated",
    "bias-not-updated",
    "bias-doubled",
    "no-intercept",
    "columns-swapped",
    "no-square",
    "square-outside-mean",
    "half-loss",
    "wrong-optimizer",
    "epochs",
    "float64",
    "integer-data",
    "sigmoid-missing",
    "sigmoid-twice",
    "logits-for-probability",
    "mse-for-bce",
    "bce-for-mse",
    "bce-one-term",
    "bce-sign",
    "target-is-probability",
    "hard-coded",
)
"""The course's list of mistakes, by their codes."""
