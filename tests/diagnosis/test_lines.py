"""The student's own line is quoted, whatever stands around it."""

import pytest

from grader.assignment.model import CheckSpec, Question
from grader.checks.finding import failed, result
from grader.diagnosis.case import Case
from grader.diagnosis.lines import Place, locate
from grader.recording import Value
from grader.records import Step
from grader.training import Training

BY_HAND = """

What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(30):
    yhat = X @ What
    loss = torch.mean((y - yhat)**2)
    loss.backward()
    What.data = What.data - alpha * What.grad
    What.grad == None"""
WITH_OPTIMIZER = """%matplotlib inline
for one in (x, y):
    print(one.shape)
net = torch.nn.Linear(1, 1)
optimizr = torch.optim.SGD(net.parameters(), lr=0.01)
while True:
    cost = torch.nn.MSELoss()(net(x), y)
    cost.backward()
    optimizr.step
    optimizr.zero_grad"""
IN_ONE = """w = torch.ones(2, requires_grad=True)
for _ in range(9):
    g, = torch.autograd.grad(((y - X @ w)**2).mean(), w)
    with torch.no_grad():
        w -= 0.1 * g"""

IN_A_CLASS = """class Trainer:
    def fit(self):
        self.forward()
        self.loss.backward()
    def forward(self):
        self.yhat = X @ self.What
        self.loss = torch.mean((y - self.yhat)**2)
Trainer().fit()"""
OF_ONES_OWN = """
class Descent:
    def step(self):
        self.w.data.add_(self.w.grad, alpha=0.1)
    def zero_grad(self):
        self.w.grad = None
def fit(opt):
    for _ in range(9):
        loss = torch.mean((y - X @ opt.w) ** 2)
        loss.backward()
        opt.step()
fit(Descent())"""
IN_PLACE = BY_HAND.replace("data = What.data - alpha * What.grad", "data.add_(What.grad, alpha=0.1)")


@pytest.mark.parametrize(
    ("source", "step", "code", "line"),
    [
        (BY_HAND, Step.INIT, "start-sign", "What = torch.tensor([[-5.0], [10.0]], requires_grad=True)"),
        (BY_HAND, Step.STEP1, "coefficients-swapped", "    yhat = X @ What"),
        (BY_HAND, Step.STEP2, "half-loss", "    loss = torch.mean((y - yhat)**2)"),
        (BY_HAND, Step.STEP3, "backward-twice", "    loss.backward()"),
        (BY_HAND, Step.STEP4, "wrong-sign", "    What.data = What.data - alpha * What.grad"),
        (BY_HAND, Step.CLEAR, "gradient-not-cleared", "    What.grad == None"),
        (OF_ONES_OWN, Step.CLEAR, "gradient-not-cleared", "        loss.backward()"),
        (BY_HAND, Step.EPOCHS, "epochs", "for epoc in range(30):"),
        (BY_HAND, Step.RESULT, "hard-coded", None),
        (WITH_OPTIMIZER, Step.STEP2, "no-square", "    cost = torch.nn.MSELoss()(net(x), y)"),
        (
            WITH_OPTIMIZER,
            Step.STEP4,
            "learning-rate",
            "optimizr = torch.optim.SGD(net.parameters(), lr=0.01)",
        ),
        (
            WITH_OPTIMIZER,
            Step.STEP4,
            "bias-not-updated",
            "optimizr = torch.optim.SGD(net.parameters(), lr=0.01)",
        ),
        (WITH_OPTIMIZER, Step.STEP4, "never-updated", "    optimizr.step"),
        (WITH_OPTIMIZER, Step.CLEAR, "gradient-not-cleared", "    optimizr.zero_grad"),
        (WITH_OPTIMIZER, Step.EPOCHS, "epochs", "while True:"),
        (IN_ONE, Step.STEP2, "half-loss", "    g, = torch.autograd.grad(((y - X @ w)**2).mean(), w)"),
        (IN_A_CLASS, Step.STEP1, "coefficients-swapped", "        self.yhat = X @ self.What"),
        (IN_A_CLASS, Step.STEP2, "half-loss", "        self.loss = torch.mean((y - self.yhat)**2)"),
        (IN_PLACE, Step.STEP4, "wrong-sign", "    What.data.add_(What.grad, alpha=0.1)"),
        ("not python at all (", Step.STEP2, "half-loss", None),
    ],
)
def test_the_line_of_a_step(source, step, code, line):
    """Cell, number and text of the line, counted as the notebook shows it, empty lines too."""
    found = locate(step, code, Case(Question("q", "q", 1.0, ()), (), sources={3: source}))

    if line is None:
        assert found is None
    else:
        assert Place(3, source.splitlines().index(line) + 1, line) == found


@pytest.mark.parametrize(("name", "line"), [("net.bias", 2), ("net.weight[0]", 3), ("What[1]", 3)])
def test_the_line_of_a_start_is_that_of_its_parameter(name, line):
    """Of several the one that is named, and no update of it."""
    source = """net = torch.nn.Linear(1, 1)
net.bias.data = torch.zeros(1)
net.weight.data, What = torch.zeros(1, 1), torch.zeros(2, 1, requires_grad=True)
for epoc in range(30):
    loss = torch.mean((y - net(x) + X @ What) ** 2)
    loss.backward()
    net.bias.data = net.bias.data - 1/10 * net.bias.grad
    net.weight.data -= 1/10 * net.weight.grad
    What.data = What.data - 1/10 * What.grad
    What.grad = None"""
    check = result("q", CheckSpec("init", Step.INIT, 1.0), failed("init.differs", name=name))

    assert (
        line
        == locate(
            Step.INIT, "start-at-zero", Case(Question("q", "q", 1.0, ()), (check,), sources={0: source})
        ).line
    )


@pytest.mark.parametrize(("alpha", "update", "line"), [(0.01, "", 1), (0.1, "", 8), (10, "1//", 8)])
def test_the_line_that_sets_a_wrong_rate(alpha, update, line):
    """Where the number is the one that was asked for, the update makes another rate of it."""
    source = f"alpha = {alpha}{BY_HAND.replace('alpha *', f'{update}alpha *')}"
    question = Question("q", "q", 1.0, (), Training())
    case = Case(question, (), sources={0: source}, namespace={"alpha": Value("number", plain=alpha)})

    assert line == locate(Step.STEP4, "learning-rate", case).line


def test_the_line_of_a_value_is_the_one_that_made_it_last():
    """A first look at the data, in a cell above, is not what the answer ended with."""
    sources = {
        2: "x = torch.tensor(df.x)\nx.dtype",
        5: "y = torch.tensor(df.y)\nx = torch.tensor(df.x)\nx = x.int()",
        6: "x.shape",
    }

    found = locate(Step.DATA, "integer-data", Case(Question("q", "q", 1.0, ()), (), sources=sources), "x")

    assert Place(5, 3, "x = x.int()") == found
