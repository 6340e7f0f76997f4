import pytest

from grader.checks import Raised
from grader.records import Step

TRAINING = """What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
optimizr = torch.optim.SGD([What], lr=1/10)
lossfn = torch.nn.MSELoss()
losses = []
for epoc in range(30):
    yhat = X @ What
    r = y - yhat
    loss = lossfn(r, 0 * y)
    loss.backward()
    with torch.no_grad():
        What -= alpha * What.gradient
    optimizr.steps()
    optimizr.zero_grads()
    losses = losses + [loss.items()]
print(loss.items())"""
STEPS = "init step4 step2 init epochs step1 step2 step2 step3 step4 step4 step4 clear none none"
FUNCTIONS = """class Net(torch.nn.Module):
    def __init__(self):
        self.layer = torch.nn.Liner(1, 1)
    def forward(self, x):
        return self.other(x)
net = Net()
def residual(yhat):
    return yhat - v
def epoch():
    yhat = net(x)
    loss = residual(yhat).square().mean() + 0 * y.mean()
    loss.backward()
for epoc in range(30):
    epoch()"""


WITHIN = """def model(x):
    return torch.sigmod(l1(x))
def cost(yhat):
    return torch.means((y - yhat) ** 2)
l1 = torch.nn.Linear(1, 1)
for epoc in range(30):
    loss = cost(model(x)) + 0 * y.mean()
    loss.backward()"""
METHODS = """class Trainer:
    def step(self):
        yhat = self.predict(x)
        loss = self.loss(yhat, y)
        loss.backward()
    def predict(self, x):
        return self.forward(x)
    def forward(self, x):
        return self.line(x)
    def loss(self, yhat, y):
        return torch.means((y - yhat) ** 2)
    def fit(self):
        for epoc in range(30):
            self.step()
Trainer().fit()"""


def stopped(source, line, error=""):
    """Give the name of the step that an error in a line belongs to."""
    step = Raised(error, source, line).step
    return "none" if step is None else step.value


def test_each_line_of_a_training_belongs_to_a_step():
    """The line that raised tells the step, however wrong it is; a look below the backward is none."""
    assert STEPS.split() == [stopped(TRAINING, line) for line in range(1, 16)]


@pytest.mark.parametrize(
    ("line", "step"), [(3, "init"), (5, "step1"), (8, "step2"), (10, "step1"), (12, "step3")]
)
def test_a_function_is_the_line_that_calls_it(line, step):
    """What computes a part of the epoch elsewhere is that part; a network that is being made is the start."""
    assert step == stopped(FUNCTIONS, line)


@pytest.mark.parametrize(("line", "step"), [(7, "step1"), (9, "step1"), (11, "step2")])
def test_a_method_is_the_line_that_calls_it(line, step):
    """Be it through another one; a loss that has the method's name is no call of it."""
    assert step == stopped(METHODS, line)


@pytest.mark.parametrize(("line", "step"), [(2, "step1"), (4, "step2"), (7, "step2")])
def test_what_makes_yhat_within_the_loss_is_told(line, step):
    """A function that does not know y; one that does is the loss, and so is the line itself."""
    assert step == stopped(WITHIN, line)


@pytest.mark.parametrize(
    ("source", "line"),
    [("for (", 1), ("print(1)", 1), (TRAINING, None), ("for i in range(3):\n    pass\nx = 1", 3)],
)
def test_what_is_no_training_tells_nothing(source, line):
    """Broken text, a line that is not known, and lines around no loop belong to no step."""
    assert Raised("", source, line).step is None


def test_another_loop_may_have_raised():
    """Two trainings in one text are told; a loop within a loop is the same training."""
    rows = "for epoc in range(30):\n    for i in range(100):\n        loss[i].backward()"

    assert not Raised("", f"{TRAINING}\n{TRAINING}", 5).once
    assert Raised("", rows, 3).once
    assert Step.STEP3 is Raised("", rows, 3).step
