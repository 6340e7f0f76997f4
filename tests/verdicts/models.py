"""Questions of another course: other models, losses and updates than those of the bundled assignments."""
# ruff: noqa: D102 - the steps are those of every training

from types import SimpleNamespace

import torch
from torch.nn.functional import cross_entropy, linear

from grader.assignment.model import CheckSpec, Question
from grader.records import Step
from grader.training import Training

STEPS = ("init", "step1", "step2", "step3", "step4", "clear", "epochs", "result")
DATA = """
g = torch.Generator().manual_seed(7)
x = torch.rand(60, 1, generator=g) * 4 - 2
y = 1 - 2*x + x**2/2 + torch.randn(60, 1, generator=g)*0.3
X = torch.cat([torch.ones(60, 1), x, x**2], dim=1)
species = torch.arange(3).repeat_interleave(20)
F = torch.eye(4)[species] * 2 + torch.randn(60, 4, generator=g)
"""


def curve():
    """Give what ``DATA`` makes, for a y that is a number."""
    found = {"torch": torch}
    exec(DATA, found)
    return SimpleNamespace(x=found["x"], y=found["y"], X=found["X"])


def species():
    """Give what ``DATA`` makes, for a y that is one of three classes."""
    found = {"torch": torch}
    exec(DATA, found)
    return SimpleNamespace(F=found["F"], y=found["species"])


class Momentum(Training):
    """A polynomial, by SGD with momentum."""

    lr, optimizer, settings = 1 / 50, "SGD", {"momentum": 0.9}

    def init(self):
        return {"W": torch.tensor([[0.0], [1.0], [-1.0]])}

    def step1(self, p, data):
        return data.X @ p["W"]

    def step2(self, yhat, data):
        return torch.mean((data.y - yhat) ** 2)


class MomentumByHand(Momentum):
    """The same without an optimizer."""

    optimizer = None


class Adam(Momentum):
    """By Adam, as torch has it."""

    optimizer, settings = "Adam", {}


class Schedule(Momentum):
    """A learning rate that falls, by hand."""

    optimizer, settings, lr = None, {}, 1 / 10

    def rate(self, epoch):
        return self.lr * 0.9**epoch


class Ridge(Momentum):
    """A penalty on the parameters, by hand."""

    optimizer, settings = None, {}

    def penalty(self, p):
        return torch.sum(p["W"] ** 2) / 2


class Decay(Momentum):
    """A step 4 of its own, which leaves the intercept's size alone."""

    optimizer, settings = None, {}

    def step4(self, p, gradient):
        kept = torch.tensor([[0.0], [1.0], [1.0]])
        return {"W": p["W"] - self.lr * (gradient["W"] + 0.1 * kept * p["W"])}


class Line(Momentum):
    """Two scalars, whose ŷ need not be written."""

    optimizer, settings = None, {}

    def init(self):
        return {"b": torch.tensor(0.0), "w": torch.tensor(0.0)}

    def step1(self, p, data):
        return p["b"] + p["w"] * data.x


class Net(Training):
    """Two layers with a ReLU between them, 61 parameters, three of them dead."""

    lr, epochs, optimizer = 1 / 20, 40, "SGD"

    def init(self):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            net = torch.nn.Sequential(torch.nn.Linear(1, 20), torch.nn.ReLU(), torch.nn.Linear(20, 1))
        net[0].bias.data[0], net[0].weight.data[0] = -5.0, 0.1
        return {name: value.detach() for name, value in net.named_parameters()}

    def step1(self, p, data):
        hidden = torch.relu(linear(data.x, p["0.weight"], p["0.bias"]))
        return linear(hidden, p["2.weight"], p["2.bias"])

    def step2(self, yhat, data):
        return torch.mean((data.y - yhat) ** 2)


class Softmax(Training):
    """Three classes, by the cross entropy of a linear layer."""

    lr, epochs = 1 / 2, 30

    def init(self):
        return {"weight": torch.zeros(3, 4), "bias": torch.zeros(3)}

    def step1(self, p, data):
        return linear(data.F, p["weight"], p["bias"])

    def step2(self, yhat, data):
        return cross_entropy(yhat, data.y)


def questions(*trainings):
    """Make a question of each training, whose checks are worth a point each; its id is the class's name."""
    return tuple(
        Question(
            id=kind.__name__,
            title=kind.__name__,
            points=len(STEPS),
            checks=tuple(CheckSpec(step, Step(step), 1, any_shape=True) for step in STEPS),
            training=kind(),
        )
        for kind in trainings
    )


CURVES = questions(Momentum, MomentumByHand, Adam, Schedule, Ridge, Decay, Line, Net)
CLASSES = questions(Softmax)

HAND = """
W = torch.tensor([[0.0], [1.0], [-1.0]], requires_grad=True)
v = torch.zeros(3, 1)
for epoc in range(30):
    yhat = X @ W
    loss = torch.mean((y - yhat)**2){penalty}
    loss.backward()
    {update}
    W.grad = None
"""
OPTIMIZER = """
W = torch.tensor([[0.0], [1.0], [-1.0]], requires_grad=True)
opt = torch.optim.{made}
for epoc in range(30):
    opt.zero_grad()
    loss = torch.nn.MSELoss()(X @ W, y)
    loss.backward()
    opt.step()
"""
LAYERS = """
torch.manual_seed(1)
net = torch.nn.Sequential(torch.nn.Linear(1, 20), torch.nn.ReLU(), torch.nn.Linear(20, 1){more})
net[0].bias.data[0], net[0].weight.data[0] = -5.0, 0.1
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for epoc in range(40):
    loss = {loss}
    loss.backward()
    opt.step()
    opt.zero_grad()
"""
ENTROPY = """
net = torch.nn.Linear(4, 3)
net.weight.data.zero_(); net.bias.data.zero_()
for epoc in range(30):
    {loss}
    loss.backward()
    for p in net.parameters():
        p.data -= 0.5 * p.grad
        p.grad = None
"""


TERMS = """
b, w = torch.tensor(0.0, requires_grad=True), torch.tensor(0.0, requires_grad=True)
for epoc in range(30):
    loss = {loss}
    loss.backward()
    with torch.no_grad():
        b -= b.grad/50; w -= w.grad/50
    b.grad = w.grad = None
"""


def hand(update, penalty=""):
    return HAND.format(update=update.replace("; ", "\n    "), penalty=penalty)


def by(made):
    return OPTIMIZER.format(made=made)


def layers(loss="torch.mean((y - net(x))**2)", more=""):
    return LAYERS.format(loss=loss, more=more)


def entropy(loss):
    return ENTROPY.format(loss=loss)


def terms(loss):
    return TERMS.format(loss=loss)


PLAIN = "W.data = W.data - W.grad/50"
SPEED = "v = 0.9*v + W.grad; W.data = W.data - v/50"
OWN_DECAY = "W.data = W.data - (W.grad + 0.1*torch.tensor([[0.], [1.], [1.]])*W.data)/50"
#: question, cell; whatever its steps are worth is earned, and nothing is said.
RIGHT = {
    "momentum": ("Momentum", by("SGD([W], lr=1/50, momentum=0.9)")),
    "momentum-groups": ("Momentum", by("SGD([{'params': [W], 'lr': 0.02}], lr=1, momentum=0.9)")),
    "momentum-foreach": ("Momentum", by("SGD([W], 1/50, 0.9, foreach=True)")),
    "momentum-hand": ("MomentumByHand", hand(SPEED)),
    "momentum-hand-in-place": ("MomentumByHand", hand("v.mul_(0.9).add_(W.grad); W.data -= 0.02*v")),
    "momentum-hand-scaled": ("MomentumByHand", hand("v = 0.9*v - W.grad/50; W.data += v")),
    "adam": ("Adam", by("Adam([W], lr=1/50)")),
    "adam-betas": ("Adam", by("Adam([W], lr=0.02, betas=(0.9, 0.999), eps=1e-8)")),
    "schedule": ("Schedule", hand("W.data = W.data - 0.1*0.9**epoc*W.grad")),
    "schedule-running": ("Schedule", "a = 0.1" + hand("W.data = W.data - a*W.grad; a = a*0.9")),
    "ridge": ("Ridge", hand(PLAIN, " + 0.5*(W**2).sum()")),
    "ridge-norm": ("Ridge", hand(PLAIN, " + torch.norm(W)**2/2")),
    "ridge-product": ("Ridge", hand(PLAIN, " + (W.T @ W).squeeze()/2")),
    "decay": ("Decay", hand(OWN_DECAY)),
    "terms": ("Line", terms("((y - b - w*x)**2).mean()")),
    "layers": ("Net", layers()),
    "layers-mse": ("Net", layers("torch.nn.functional.mse_loss(net(x), y)")),
    "cross-entropy": ("Softmax", entropy("loss = torch.nn.CrossEntropyLoss()(net(F), species)")),
    "cross-entropy-transposed": (
        "Softmax",
        """
W, b = torch.zeros(4, 3, requires_grad=True), torch.zeros(3, requires_grad=True)
for epoc in range(30):
    torch.nn.functional.cross_entropy(F @ W + b, species).backward()
    with torch.no_grad():
        W -= W.grad/2; b -= b.grad/2
    W.grad = b.grad = None
""",
    ),
    "cross-entropy-own": (
        "Softmax",
        entropy("loss = -torch.log_softmax(net(F), 1)[torch.arange(60), species].mean()"),
    ),
    "cross-entropy-nll": (
        "Softmax",
        entropy("loss = torch.nn.NLLLoss()(torch.nn.functional.log_softmax(net(F), dim=1), species)"),
    ),
    "cross-entropy-one-hot": (
        "Softmax",
        entropy(
            "prob = torch.softmax(net(F), 1); "
            "loss = -(torch.nn.functional.one_hot(species)*torch.log(prob)).sum()/60"
        ),
    ),
}
#: question, cell, what is lost, what it is called.
WRONG = {
    "momentum-missing": ("Momentum", by("SGD([W], lr=1/50)"), {"step4": "other-settings"}),
    "momentum-other": ("Momentum", by("SGD([W], lr=1/50, momentum=0.5)"), {"step4": "other-settings"}),
    "momentum-rate": ("Momentum", by("SGD([W], lr=1/5000, momentum=0.9)"), {"step4": "learning-rate"}),
    "momentum-adam": ("Momentum", by("Adam([W], lr=1/50)"), {"step4": "wrong-optimizer"}),
    "momentum-by-hand": ("Momentum", hand(SPEED), {"step4": None}),
    "momentum-hand-missing": ("MomentumByHand", hand(PLAIN), {"step4": None}),
    "momentum-hand-sign": (
        "MomentumByHand",
        hand(SPEED.replace("data - v", "data + v")),
        {"step4": "wrong-sign"},
    ),
    "momentum-hand-rate": (
        "MomentumByHand",
        hand(SPEED.replace("v/50", "v/500")),
        {"step4": "learning-rate"},
    ),
    "adam-sgd": ("Adam", by("SGD([W], lr=1/50)"), {"step4": "wrong-optimizer"}),
    "adam-rate": ("Adam", by("Adam([W])"), {"step4": "learning-rate"}),
    "adam-weight-decay": ("Adam", by("Adam([W], lr=1/50, weight_decay=0.1)"), {"step4": "other-settings"}),
    "adam-made-anew": (
        "Adam",
        by("Adam([W], lr=1/50)").replace(
            "    opt.step", "    opt = torch.optim.Adam([W], lr=1/50)\n    opt.step"
        ),
        {"step4": None},
    ),
    "adam-not-cleared": (
        "Adam",
        by("Adam([W], lr=1/50)").replace("    opt.zero_grad()\n", ""),
        {"clear": "gradient-not-cleared"},
    ),
    "schedule-missing": (
        "Schedule",
        hand("W.data = W.data - 0.1*W.grad"),
        {"step4": "constant-rate"},
    ),
    "schedule-sign": (
        "Schedule",
        hand("W.data = W.data + 0.1*0.9**epoc*W.grad"),
        {"step4": "wrong-sign"},
    ),
    "ridge-missing": ("Ridge", hand(PLAIN), {"step2": "penalty-missing"}),
    "ridge-lasso": ("Ridge", hand(PLAIN, " + 0.5*W.abs().sum()"), {"step2": None}),
    "ridge-sum": (
        "Ridge",
        hand(PLAIN, " + 0.5*(W**2).sum()").replace("torch.mean", "torch.sum"),
        {"step2": "sum-for-mean"},
    ),
    "decay-missing": ("Decay", hand(PLAIN), {"step4": None}),
    "decay-scalars": (
        "Decay",
        hand(PLAIN).replace("X @ W", "X[:, :2] @ W").replace(", [-1.0]", ""),
        {"step1": None},
    ),
    "terms-sum": ("Line", terms("((y - b - w*x)**2).sum()"), {"step2": "sum-for-mean"}),
    "terms-half": ("Line", terms("((y - w*x - b)**2).mean()/2"), {"step2": "half-loss"}),
    "terms-absolute": ("Line", terms("(b - y + w*x).abs().mean()"), {"step2": "absolute-for-square"}),
    "terms-sign": ("Line", terms("((y - b + w*x)**2).mean()"), {"step1": None}),
    "layers-sum": ("Net", layers("torch.sum((y - net(x))**2)"), {"step2": "sum-for-mean"}),
    "layers-half": ("Net", layers("torch.mean((y - net(x))**2)/2"), {"step2": "half-loss"}),
    "layers-flat": ("Net", layers("torch.mean((y.flatten() - net(x))**2)"), {"step2": "broadcast-target"}),
    "layers-start": ("Net", layers().replace("manual_seed(1)", "manual_seed(2)"), {"init": None}),
    "layers-relu": ("Net", layers(more=", torch.nn.ReLU()"), {"step1": None}),
    "softmax-twice": (
        "Softmax",
        entropy("yhat = torch.softmax(net(F), dim=1); loss = torch.nn.CrossEntropyLoss()(yhat, species)"),
        {"step1": "softmax-twice"},
    ),
    "softmax-twice-unnamed": (
        "Softmax",
        entropy("loss = torch.nn.CrossEntropyLoss()(torch.nn.Softmax(dim=1)(net(F)), species)"),
        {"step1": "softmax-twice"},
    ),
    "softmax-sum": (
        "Softmax",
        entropy("loss = torch.nn.CrossEntropyLoss(reduction='sum')(net(F), species)"),
        {"step2": "sum-for-mean"},
    ),
    "softmax-mse": (
        "Softmax",
        entropy("yhat = net(F); loss = torch.mean((torch.nn.functional.one_hot(species, 3) - yhat)**2)"),
        {"step2": None},
    ),
    "softmax-rate": (
        "Softmax",
        entropy("loss = torch.nn.CrossEntropyLoss()(net(F), species)").replace("0.5 *", "50 *"),
        {"step4": "learning-rate"},
    ),
    "softmax-not-cleared": (
        "Softmax",
        entropy("loss = torch.nn.CrossEntropyLoss()(net(F), species)").replace("        p.grad = None\n", ""),
        {"clear": "gradient-not-cleared"},
    ),
}
