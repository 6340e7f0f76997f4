"""Right and wrong answers to ``logistic``. The data are drawn without a seed; nothing depends on which."""
# ruff: noqa: E501 - tables of students' cells, a row a line

from __future__ import annotations

from collections.abc import Iterable

from .answers import Answer, Loop, answer

EPOCHS = "100"  # for 6000 in the tables, whose verdicts are the same; the whole length is tried elsewhere
TENTH, ALMOST = str(int(EPOCHS) // 10), str(int(EPOCHS) - 1)
MAKE = """l1 = torch.nn.Linear(1, 1)
l1.bias.data = torch.tensor([-1.0])
l1.weight.data = torch.tensor([[1.0]])
a1 = torch.nn.Sigmoid()"""
UPDATE = """l1.bias.data = l1.bias.data - 0.1 * l1.bias.grad
l1.weight.data = l1.weight.data - 0.1 * l1.weight.grad"""
CLEAR = "l1.bias.grad = None\nl1.weight.grad = None"
CROSS = "loss = -torch.mean(y * torch.log(yhat) + (1 - y) * torch.log(1 - yhat))"
SGD = "optimizr = torch.optim.SGD(l1.parameters(), lr=1/10)"
YHAT = "yhat = a1(l1(x))"

F = "def f(x):\n    return torch.exp(x) / (1 + torch.exp(x))\n"
CURVES = "xx = torch.linspace(-6, 6, 100)\nf1 = f(xx)\nf2 = f(2.5 * xx - 1.2)"
DATA = """x = torch.linspace(-1, 1, 2000).reshape(2000, 1)
u = -1 + 5 * x
v = torch.exp(u) / (1 + torch.exp(u))
y = torch.bernoulli(v)"""
GUESS = "yhat1 = f(10 + 3 * x)\nyhat2 = torch.nn.Sigmoid()(-1 + 3 * x)"
LOSSES = """loss1 = -torch.sum(y * torch.log(yhat1) + (1 - y) * torch.log(1 - yhat1))
loss2 = -torch.sum(y * torch.log(yhat2) + (1 - y) * torch.log(1 - yhat2))"""

MSE = Loop("train-mse", MAKE, YHAT, "loss = torch.mean((y - yhat) ** 2)", UPDATE, CLEAR, epochs=EPOCHS)
BCE = MSE.but(question="train-bce", loss=CROSS)
BY_SGD = BCE.but(
    question="train-sgd", before=f"{MAKE}\n{SGD}", update="optimizr.step()", clear="optimizr.zero_grad()"
)
SOLUTION = (("sigmoid", F + CURVES), ("data", DATA), ("guess", GUESS), ("bce", LOSSES))
SEQUENTIAL = """net = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.Sigmoid())
net[0].bias.data = torch.tensor([-1.0])
net[0].weight.data = torch.tensor([[1.0]])
"""


def values(name: str, loses: str = "", **sources: str) -> Answer:
    """Make an answer to the questions that ask for values: the solution with other cells; ids in full."""
    cells = tuple((question, sources.get(question, source)) for question, source in SOLUTION)
    return Answer(name, cells, loses=frozenset(loses.split()))


def loop(name: str, one: Loop, loses: str = "", unseen: str = "") -> Answer:
    """Make an answer to a training question."""
    return answer(name, one, loses, unseen=unseen)


def notebook(answered: Iterable[tuple[str, str]]) -> list[tuple[str | None, str]]:
    """Give a notebook's cells: answers, and the right data before them where they do not make any."""
    cells = list(answered)
    data = [] if any(question == "data" for question, _ in cells) else [("data", DATA)]
    return [(None, "import torch"), *data, *cells]


RIGHT_LOOPS = (
    loop("as in the lecture", MSE),
    loop("as in the lecture", BCE),
    loop("as in the lecture", BY_SGD),
    loop("MSELoss", MSE.but(loss="loss = torch.nn.MSELoss()(yhat, y)")),
    loop("BCELoss", BCE.but(loss="loss = torch.nn.BCELoss()(yhat, y)")),
    loop("BCELoss", BY_SGD.but(loss="loss = torch.nn.BCELoss()(a1(l1(x)), y)", yhat="")),
    loop("functional", BCE.but(loss="loss = torch.nn.functional.binary_cross_entropy(yhat, y)")),
    loop("logits", BY_SGD.but(yhat="", loss="loss = torch.nn.BCEWithLogitsLoss()(l1(x), y)")),
    loop("logits", BCE.but(yhat="u = l1(x)", loss="loss = torch.nn.functional.binary_cross_entropy_with_logits(u, y)")),
    loop("sigmoid by hand", BCE.but(yhat="u = l1(x)\nyhat = torch.exp(u) / (1 + torch.exp(u))")),
    loop("sigmoid by hand", MSE.but(yhat="yhat = 1 / (1 + torch.exp(-l1(x)))")),
    loop("torch.sigmoid", MSE.but(yhat="yhat = torch.sigmoid(l1.bias + l1.weight * x)")),
    loop("tanh of the half", MSE.but(yhat="yhat = (1 + torch.tanh(l1(x) / 2)) / 2")),
    loop("eps in the logarithm", BCE.but(loss="loss = -(y * torch.log(yhat + 1e-8) + (1 - y) * torch.log(1 - yhat + 1e-8)).mean()")),
    loop("clamped", BCE.but(yhat="yhat = a1(l1(x)).clamp(1e-7, 1 - 1e-7)")),
    loop("softplus", BCE.but(yhat="u = l1(x)", loss="loss = (torch.nn.functional.softplus(u) - y * u).mean()")),
    loop("sum over n", BCE.but(loss="loss = -torch.sum(y * torch.log(yhat) + (1 - y) * torch.log(1 - yhat)) / 2000")),
    loop("where", BCE.but(loss="loss = -torch.log(torch.where(y == 1, yhat, 1 - yhat)).mean()")),
    loop("indexed", BCE.but(loss="loss = -(torch.log(yhat[y == 1]).sum() + torch.log(1 - yhat[y == 0]).sum()) / len(y)")),
    loop(
        "Sequential",
        BY_SGD.but(
            before=SEQUENTIAL + "opt = torch.optim.SGD(net.parameters(), lr=0.1)",
            yhat="yhat = net(x)",
            loss="loss = torch.nn.BCELoss()(yhat, y)",
            update="opt.step()",
            clear="opt.zero_grad()",
        ),
    ),
    loop(
        "a module",
        BY_SGD.but(
            before="""class Logistic(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.line = torch.nn.Linear(1, 1)
    def forward(self, x):
        return torch.sigmoid(self.line(x))
model = Logistic()
model.line.bias.data = torch.tensor([-1.0])
model.line.weight.data = torch.tensor([[1.0]])
opt = torch.optim.SGD(model.parameters(), lr=0.1)""",
            yhat="yhat = model(x)",
            update="opt.step()",
            clear="opt.zero_grad()",
        ),
    ),
    loop("zero_grad of the module", MSE.but(clear="l1.zero_grad()")),
    loop("data made again before training", BCE.but(before="y = torch.bernoulli(v)\n" + MAKE)),
    loop("flat data, y drawn again", BCE.but(before=f"x = x.reshape(-1)\ny = torch.bernoulli(v).reshape(-1)\n{MAKE}", yhat="yhat = a1(l1(x.reshape(-1, 1))).reshape(-1)")),
    loop("bias of shape (1, 1)", MSE.but(before=MAKE.replace("[-1.0]", "[[-1.0]]"))),
    loop("first a wrong try", BCE.but(before=MSE.but(epochs="50").source + "\n" + MAKE)),
)  # fmt: skip

OUTSIDE = {
    "relu": "torch.relu(l1(x))",
    "cut off": "l1(x).clamp(0, 1)",
    "of one class": "torch.softmax(l1(x), dim=1)",
}
SWAPPED = "loss = -torch.mean((1 - y) * torch.log(yhat) + y * torch.log(1 - yhat))"
WRONG_LOOPS = (
    loop("l1 in the loss", BCE.but(loss="loss = torch.mean((y - l1(x)) ** 2)"), "step2"),
    loop("l1 in the loss", MSE.but(loss="loss = torch.mean((y - l1(x)) ** 2)"), "step2"),
    loop(
        "a backward for each quarter, whose means add up",
        BCE.but(
            yhat="",
            loss="for k in range(4):\n    i = slice(500 * k, 500 * k + 500)\n    torch.nn.BCELoss()(a1(l1(x[i])), y[i]).backward()",
            backward="",
        ),
        "step2",
    ),
    *(
        loop(f"{named}{loss}", BCE.but(yhat="z = l1(x)", loss=f"loss = {loss}"), "step2")
        for named, loss in (
            ("", "(torch.nn.functional.softplus(z) - z).mean()"),
            ("", "(torch.nn.functional.softplus(-z) - y * z).mean()"),
            ("", "torch.mean(torch.log(1 + torch.exp(z)) + y * z)"),
            ("", "torch.mean(torch.log1p(torch.exp(z)) - (1 - y) * z)"),
            ("", "-torch.nn.functional.logsigmoid(z).mean()"),
            ("sum-for-mean: ", "torch.sum(torch.nn.functional.softplus(z) - y * z)"),
        )
    ),
    loop("the line in the loss, beside a ŷ of it", BCE.but(yhat="u = l1(x)\nyhat = a1(u)", loss="loss = torch.mean((y - u) ** 2)"), "step2"),
    loop("a hinge", BCE.but(loss="loss = torch.relu(1 - (2 * y - 1) * l1(x)).mean()"), "step2"),
    loop("much eps in the logarithm", BCE.but(loss="loss = -(y * torch.log(yhat + .01) + (1 - y) * torch.log(1 - yhat + .01)).mean()"), "step2"),
    loop("clamped in the loss", BCE.but(loss="loss = torch.nn.BCELoss()(yhat.clamp(.1, .9), y)"), "step2"),
    loop("clamped", BCE.but(yhat="yhat = a1(l1(x)).clamp(.1, .9)"), "step1"),
    loop("logits-for-probability", BCE.but(loss="loss = torch.nn.BCELoss()(torch.sigmoid(yhat), y)"), "step2"),
    loop("sigmoid-missing", MSE.but(yhat="yhat = l1(x)"), "step1"),
    loop("sigmoid-missing", BCE.but(yhat="yhat = l1(x)"), "step1"),
    loop("sigmoid-twice", MSE.but(yhat="yhat = a1(a1(l1(x)))"), "step1"),
    loop("sigmoid-twice", BCE.but(yhat="yhat = a1(a1(l1(x)))"), "step1"),
    loop("logits-for-probability, raises", BY_SGD.but(loss="loss = torch.nn.BCELoss()(l1(x), y)"), "step2", "step3 step4 clear epochs result"),
    loop("logits-for-probability, raises in two lines", BY_SGD.but(yhat="yhat = l1(x)", loss="loss = torch.nn.BCELoss()(yhat, y)"), "step2", "step1 step3 step4 clear epochs result"),
    loop("logits-for-probability", BY_SGD.but(loss="loss = torch.nn.BCEWithLogitsLoss()(a1(l1(x)), y)"), "step2"),
    loop("logits-for-probability", BCE.but(loss="loss = torch.nn.BCEWithLogitsLoss()(yhat, y)"), "step2"),
    *(
        loop(f"loss-arguments-swapped: {loss}", one.but(loss=f"loss = {loss}"), "step2")
        for one, loss in (
            (BY_SGD, "torch.nn.BCELoss()(y, yhat)"),
            (BCE, "torch.nn.functional.binary_cross_entropy(y, yhat)"),
            (BCE, "-torch.mean(yhat * torch.log(y) + (1 - yhat) * torch.log(1 - y))"),
            (BY_SGD, "torch.nn.BCEWithLogitsLoss()(y, l1(x))"),
        )
    ),
    loop("logits-for-probability, by hand, no name", BY_SGD.but(yhat="", loss="loss = torch.nn.BCEWithLogitsLoss()(1 / (1 + torch.exp(-l1(x))), y)"), "step2"),
    loop("a weight of one number alone", MSE.but(before=MAKE.replace("[[1.0]]", "[1.0]")), "init", "step1 step2 step3 step4 clear epochs result"),
    loop("mse-for-bce", BCE.but(loss=MSE.loss), "step2"),
    loop("mse-for-bce", BY_SGD.but(loss=MSE.loss), "step2"),
    loop("bce-for-mse", MSE.but(loss=CROSS), "step2"),
    loop("bce-one-term", BCE.but(loss="loss = -torch.mean(y * torch.log(yhat))"), "step2"),
    loop("bce-one-term, the other", BCE.but(loss="loss = -torch.mean((1 - y) * torch.log(1 - yhat))"), "step2"),
    loop("bce-sign", BCE.but(loss="loss = torch.mean(y * torch.log(yhat) + (1 - y) * torch.log(1 - yhat))"), "step2"),
    loop("target-is-probability", BCE.but(loss=CROSS.replace("y *", "v *").replace("1 - y)", "1 - v)")), "step2"),
    loop("target-is-probability", MSE.but(loss="loss = torch.mean((v - yhat) ** 2)"), "step2"),
    loop("target-is-probability, y set to v", MSE.but(before="y = v\n" + MAKE), "step2"),
    loop("y and 1 - y swapped", BCE.but(loss=SWAPPED), "step2"),
    loop("y and 1 - y swapped", BY_SGD.but(loss="loss = torch.nn.BCELoss()(yhat, 1 - y)"), "step2"),
    loop("sum-for-mean", BCE.but(loss=CROSS.replace("mean", "sum")), "step2"),
    loop("half-loss", MSE.but(loss=MSE.loss + " / 2"), "step2"),
    loop("y redrawn each epoch", BCE.but(yhat="y = torch.bernoulli(v)\n" + YHAT), "step2"),
    loop("y redrawn each epoch", MSE.but(yhat="y = torch.bernoulli(v)\n" + YHAT), "step2"),
    loop("exp(x)/1+exp(x)", MSE.but(yhat="u = l1(x)\nyhat = torch.exp(u) / 1 + torch.exp(u)"), "step1"),
    loop("1/(1+exp(x))", MSE.but(yhat="yhat = 1 / (1 + torch.exp(l1(x)))"), "step1"),
    loop("1/(1+exp(x))", BCE.but(yhat="yhat = 1 / (1 + torch.exp(l1(x)))"), "step1"),
    *(
        loop(f"1 - p: {name}", one.but(yhat=yhat), "step1")
        for one in (MSE, BCE, BY_SGD)
        for name, yhat in (("p without a name", "yhat = 1 - a1(l1(x))"), ("p with one", "p = a1(l1(x))\nyhat = 1 - p"))
    ),
    loop("1 - p, BCELoss", BCE.but(yhat="yhat = 1 - a1(l1(x))", loss="loss = torch.nn.BCELoss()(yhat, y)"), "step1"),
    loop("1 - p, the other term first", BCE.but(yhat="yhat = 1 - a1(l1(x))", loss="loss = -torch.mean((1 - y) * torch.log(1 - yhat) + y * torch.log(yhat))"), "step1"),
    loop("bce-one-term, of 1 - p", BCE.but(yhat="yhat = 1 - a1(l1(x))", loss="loss = -torch.mean(y * torch.log(yhat))"), "step1 step2"),
    loop("sigmoid-twice, rows shuffled in every epoch", BCE.but(yhat="i = torch.randperm(2000)\nx_, y_ = x[i], y[i]\nyhat = a1(a1(l1(x_)))", loss="loss = torch.nn.BCELoss()(yhat, y_)"), "step1"),
    loop("sigmoid-twice, no name", BCE.but(yhat="", loss=CROSS.replace("yhat", "a1(a1(l1(x)))")), "step1"),
    loop("sigmoid-twice, 1 - ŷ named", BCE.but(yhat="yhat = a1(a1(l1(x)))\nq = 1 - yhat", loss=CROSS.replace("1 - yhat", "q")), "step1"),
    loop("sigmoid-twice, 1 - ŷ named and first", BCE.but(yhat="yhat = a1(a1(l1(x)))\nq = 1 - yhat", loss="loss = -torch.mean((1 - y) * torch.log(q) + y * torch.log(yhat))"), "step1"),
    loop("tanh", MSE.but(yhat="yhat = torch.tanh(l1(x))"), "step1"),
    loop("tanh", BCE.but(yhat="yhat = torch.tanh(l1(x))"), "step1"),
    loop("tanh, BCELoss raises", BY_SGD.but(yhat="yhat = torch.tanh(l1(x))", loss="loss = torch.nn.BCELoss()(yhat, y)"), "step1", "step2 step3 step4 clear epochs result"),
    *(
        loop(f"mse-for-bce, of a ŷ that has no logarithm: {name}", one.but(yhat=f"yhat = {yhat}", loss=MSE.loss), "step1 step2")
        for one in (BCE, BY_SGD)
        for name, yhat in OUTSIDE.items()
    ),
    *(
        loop(f"BCELoss of a ŷ that has no logarithm: {name}", BCE.but(yhat=f"yhat = {OUTSIDE[name]}", loss="loss = torch.nn.BCELoss()(yhat, y)"), "step1")
        for name in ("cut off", "of one class")
    ),
    loop("absolute, of ŷ cut off", BCE.but(yhat=f"yhat = {OUTSIDE['cut off']}", loss="loss = torch.mean(torch.abs(y - yhat))"), "step1 step2"),
    loop("sum-for-mean, of ŷ cut off", BCE.but(yhat=f"yhat = {OUTSIDE['cut off']}", loss="loss = torch.nn.BCELoss(reduction='sum')(yhat, y)"), "step1 step2"),
    loop("target-is-probability, of ŷ cut off", BY_SGD.but(yhat=f"yhat = {OUTSIDE['cut off']}", loss="loss = torch.nn.BCELoss()(yhat, v)"), "step1 step2"),
    loop("thresholded", MSE.but(yhat="yhat = (a1(l1(x)) > 0.5).float()"), "step1", "step2 step3 step4 clear epochs result"),
    loop("rounded", MSE.but(yhat="yhat = torch.round(a1(l1(x)))"), "step1"),
    loop("a tenth of the epochs", MSE.but(epochs=TENTH), "epochs"),
    loop("a tenth of the epochs", BY_SGD.but(epochs=TENTH), "epochs"),
    loop("an epoch too few", BCE.but(epochs=ALMOST), "epochs"),
    loop("gradient-not-cleared", BCE.but(clear=""), "clear"),
    loop("gradient-not-cleared", BY_SGD.but(clear=""), "clear"),
    loop("gradient-partly-cleared", MSE.but(clear="l1.bias.grad = None"), "clear"),
    loop(
        "cleared-before-step, by methods",
        BCE.but(
            before=f"""{MAKE}
class Trainer:
    def clear(self):
        for p in l1.parameters():
            p.grad.zero_()
    def update(self):
        for p in l1.parameters():
            p.data -= 0.1 * p.grad
trainer = Trainer()""",
            update="trainer.clear()\ntrainer.update()",
            clear="",
        ),
        "clear",
    ),
    Answer(
        "train-bce: partly cleared, of a ŷ that ends in no number, which BCELoss refuses",
        (
            (
                "train-bce",
                BCE.but(yhat="yhat = 1 / (1 + torch.exp(l1(x)))", loss="loss = torch.nn.BCELoss()(yhat, y)", clear="l1.bias.grad = None").source,
            ),
        ),
        loses=frozenset({"train-bce.step1", "train-bce.clear"}),
        named=("gradient-partly-cleared",),
    ),
    loop("wrong-sign", MSE.but(update=UPDATE.replace("- 0.1", "+ 0.1")), "step4"),
    loop("learning-rate", BCE.but(update=UPDATE.replace("0.1", "0.01")), "step4"),
    loop("bias-not-updated", BCE.but(update=UPDATE.split("\n")[1]), "step4"),
    loop("wrong-optimizer", BY_SGD.but(before=f"{MAKE}\noptimizr = torch.optim.Adam(l1.parameters(), lr=0.1)"), "step4"),
    loop("by hand where SGD is asked for", BY_SGD.but(before=MAKE, update=UPDATE, clear=CLEAR), "step4"),
    loop("start-sign, which another order would be as well", BY_SGD.but(before=f"{MAKE.replace('-1.0', '1').replace('1.0', '-1.0').replace('[1]', '[1.0]')}\n{SGD}"), "init"),
    loop("another start", MSE.but(before=MAKE.replace("-1.0", "10.0")), "init"),
    loop("start left to chance", BCE.but(before="l1 = torch.nn.Linear(1, 1)\na1 = torch.nn.Sigmoid()"), "init"),
    loop("weights typed in", MSE.but(after="l1.bias.data = torch.tensor([-0.9296])\nl1.weight.data = torch.tensor([[4.3854]])"), "result"),
)  # fmt: skip

RIGHT_VALUES = (
    values("y drawn again beside the curves, and the losses of that one", guess=GUESS + "\ny = torch.bernoulli(v)"),
    values("y drawn again after the losses", bce=LOSSES + "\ny = torch.bernoulli(v)"),
    values("as in the lecture"),
    *(
        values(f"f: {source.splitlines()[-1].strip()}", sigmoid=f"{source}\n{CURVES}")
        for source in (
            "f = lambda x: torch.exp(x) / (1 + torch.exp(x))",
            "f = torch.sigmoid",
            "f = torch.nn.Sigmoid()",
            "f = torch.nn.functional.sigmoid",
            "f = torch.special.expit",
            "def f(x):\n    return 1 / (1 + torch.exp(-x))",
            "def f(x, w=1.0, b=0.0):\n    print(x)\n    return torch.sigmoid(b + w * x)",
            "def f(x):\n    return (torch.tanh(x / 2) + 1) / 2",
            "def f(x):\n    e = torch.exp(x)\n    torch.manual_seed(1)\n    return e / (1 + e)",
            "import functools\nf = functools.partial(torch.pow, 2)\nf = functools.partial(lambda k, x: 1 / (1 + torch.exp(-k * x)), 1.0)",
            "class F:\n    def __call__(self, x):\n        return torch.sigmoid(x)\nf = F()",
            "class F:\n    def g(self, x):\n        return torch.sigmoid(x)\nf = F().g",
            "f = torch.nn.Sequential(torch.nn.Sigmoid())",
            "counted = 0\ndef f(x):\n    global counted\n    counted += 1\n    assert counted < 4\n    return torch.sigmoid(x)",
            "def f(x):\n    return torch.stack([torch.sigmoid(one) for one in x])",
            "import numpy as np\ndef f(x):\n    return torch.tensor(1 / (1 + np.exp(-x.numpy())))",
        )
    ),
    values("f under another name", sigmoid="def sigma(x):\n    return torch.exp(x) / (1 + torch.exp(x))\n" + CURVES.replace("f(", "sigma("), guess=GUESS.replace("f(", "sigma(")),
    values("v by f", data=DATA.replace("torch.exp(u) / (1 + torch.exp(u))", "f(u)")),
    values("seeded", data="torch.manual_seed(43052)\n" + DATA),
    values("y drawn by hand", data=DATA.replace("torch.bernoulli(v)", "(torch.rand(2000, 1) < v).float()")),
    values("y from a distribution", data=DATA.replace("torch.bernoulli(v)", "torch.distributions.Bernoulli(v).sample()")),
    values("x in two lines", data=DATA.replace(".reshape(2000, 1)", "\nx = x.reshape(-1, 1)")),
    values("BCELoss", bce="loss1 = torch.nn.BCELoss(reduction='sum')(yhat1, y)\nloss2 = torch.nn.BCELoss(reduction='sum')(yhat2, y)"),
    values("BCEWithLogitsLoss", bce="L = torch.nn.BCEWithLogitsLoss(reduction='sum')\nloss1, loss2 = L(10 + 3*x, y), L(-1 + 3*x, y)"),
    values("mean times n", bce="loss1 = torch.nn.BCELoss()(yhat1, y) * 2000\nloss2 = (torch.nn.BCELoss()(yhat2, y) * 2000).item()"),
    values("logits by hand", bce="def nll(u):\n    return (torch.log(1 + torch.exp(u)) - y * u).sum()\nloss1, loss2 = nll(10 + 3*x), nll(-1 + 3*x)"),
)  # fmt: skip

WRONG_VALUES = (
    *(
        values(f"f: {source.splitlines()[-1].strip()}", "sigmoid.f", sigmoid=f"{source}\n{CURVES}")
        for source in (
            "def f(x):\n    return torch.exp(x) / 1 + torch.exp(x)",
            "def f(x):\n    return 1 / (1 + torch.exp(x))",
            "f = torch.tanh",
            "f = torch.exp",
            "f = lambda x: torch.exp(-x) / (1 + torch.exp(x))",
            "def f(x):\n    return (torch.sigmoid(x) > 0.5).float()",
        )
    ),
    values("f prints, gives nothing", "sigmoid.f sigmoid.f1 sigmoid.f2 guess.yhat1 bce.loss1 bce.loss2", sigmoid="def f(x):\n    print(torch.sigmoid(x))\n" + CURVES),
    values("f of one number alone", "sigmoid.f sigmoid.f1 sigmoid.f2", sigmoid="import math\ndef f(x):\n    return math.exp(x) / (1 + math.exp(x))\n", guess="f = torch.sigmoid\n" + GUESS),
    values("f for ever", "sigmoid.f", sigmoid="def g(x):\n    return torch.sigmoid(x)\n" + CURVES.replace("f(", "g(") + "\ndel g\ndef f(x):\n    while True:\n        pass", guess=GUESS.replace("f(", "torch.sigmoid(")),
    values("no f", "sigmoid.f", sigmoid=CURVES.replace("f(xx)", "torch.sigmoid(xx)").replace("f(2.5", "torch.sigmoid(2.5"), guess=GUESS.replace("f(", "torch.sigmoid(")),
    values("f2 of another line", "sigmoid.f2", sigmoid=F + CURVES.replace("- 1.2", "+ 1.2")),
    values("x of 200 numbers", "data.x", data=DATA.replace("2000", "200")),
    values("v: 1/(1+exp(u))", "data.v", data=DATA.replace("torch.exp(u) / (1 + torch.exp(u))", "1 / (1 + torch.exp(u))")),
    values("y sorted", "data.y", data=DATA.replace("torch.bernoulli(v)", "torch.bernoulli(v).sort(dim=0).values")),
    values("y thresholded", "data.y", data=DATA.replace("torch.bernoulli(v)", "(v > 0.5).float()")),
    values("y constant", "data.y", data=DATA.replace("torch.bernoulli(v)", "torch.ones(2000, 1)")),
    values("y is v", "data.y", data=DATA.replace("torch.bernoulli(v)", "v")),
    values("y swapped", "data.y", data=DATA.replace("torch.bernoulli(v)", "1 - torch.bernoulli(v)")),
    values("y of another v", "data.y", data=DATA.replace("torch.bernoulli(v)", "torch.bernoulli(torch.sigmoid(5 * x))")),
    values("y of a flatter v", "data.y", data=DATA.replace("torch.bernoulli(v)", "torch.bernoulli(torch.sigmoid(-1 + 3 * x))")),
    values("y of one half", "data.y", data=DATA.replace("torch.bernoulli(v)", "torch.bernoulli(0.5 * torch.ones(2000, 1))")),
    values("y reversed", "data.y", data=DATA.replace("torch.bernoulli(v)", "torch.bernoulli(v).flip(0)")),
    values("y integer", "data.y", data=DATA.replace("torch.bernoulli(v)", "torch.bernoulli(v).int()")),
    values("y flat", "data.y", data=DATA.replace("torch.bernoulli(v)", "torch.bernoulli(v).reshape(-1)"), bce="y2 = y.reshape(2000, 1)\n" + LOSSES.replace("y *", "y2 *").replace("- y)", "- y2)")),
    values("guesses swapped", "guess.yhat1 guess.yhat2", guess="yhat1 = f(-1 + 3 * x)\nyhat2 = torch.nn.Sigmoid()(10 + 3 * x)", bce=LOSSES.replace("yhat1", "yhat0").replace("yhat2", "yhat1").replace("yhat0", "yhat2")),
    values("mean for sum", "bce.loss1 bce.loss2", bce=LOSSES.replace("sum", "mean")),
    values("the minus lost", "bce.loss1 bce.loss2", bce=LOSSES.replace("= -", "= ")),
    values("one term", "bce.loss2", bce=LOSSES.replace(" + (1 - y) * torch.log(1 - yhat2)", "")),
    values("y and 1 - y swapped", "bce.loss1 bce.loss2", bce="y_ = 1 - y\n" + LOSSES.replace("y *", "y_ *").replace("- y)", "- y_)")),
    values("losses swapped", "bce.loss1 bce.loss2", bce=LOSSES.replace("loss1", "loss0").replace("loss2", "loss1").replace("loss0", "loss2")),
    values("MSE", "bce.loss1 bce.loss2", bce="loss1 = torch.sum((y - yhat1) ** 2)\nloss2 = torch.sum((y - yhat2) ** 2)"),
)  # fmt: skip
