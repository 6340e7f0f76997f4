"""Answers of people who tried the grader as students would, and what they should have been told."""
# ruff: noqa: E501 - tables of students' cells

from __future__ import annotations

from textwrap import indent

from .answers import LOOPS, SCALARS, Answer, Loop, steps
from .conftest import DATA
from .held_out import right, wrong
from .test_confusion import VALUES

WHAT = "What = torch.tensor([[-5.0], [10.0]], requires_grad=True)"
NET = """
torch.manual_seed(43052)
net = torch.nn.Linear(1, 1)
net.bias.data = torch.tensor([-5.0])
net.weight.data = torch.tensor([[10.0]])
optimizr = torch.optim.SGD(net.parameters(), lr=1/10)
"""
MSE, SGD = LOOPS["mse"].source, LOOPS["sgd-bias"].source
PARTIAL = """
b = torch.tensor(-5.0, requires_grad=True)
w = torch.tensor(10.0, requires_grad=True)
for epoc in range(30):
    loss = torch.mean((y - (b + w * x)) ** 2){}
    with torch.no_grad():
        b -= 0.1 * db
        w -= 0.1 * dw"""
TWO = """
net1 = torch.nn.Linear(1, 1)
net1.bias.data, net1.weight.data = torch.tensor([-5.0]), torch.tensor([[10.0]])
net2 = torch.nn.Linear(2, 1, bias=False)
net2.weight.data = torch.tensor([[-5.0, 10.0]])
opt1, opt2 = (torch.optim.SGD(net.parameters(), lr=1/10) for net in (net1, net2))"""
BY_TURNS = f"""{TWO}
for epoc in range(30):
    torch.mean((y - net1(x)) ** 2).backward()
    opt1.step()
    opt1.zero_grad()
    torch.mean((y - net2(X)) ** 2).backward()
    opt2.step()
    opt2.zero_grad()"""
AT_ONCE = f"""{TWO}
for epoc in range(30):
    torch.mean((y - net1(x)) ** 2).backward()
    torch.mean((y - net2(X)) ** 2).backward()
    opt1.step()
    opt2.step()
    opt1.zero_grad()
    opt2.zero_grad()"""
ONE_OPTIMIZER = AT_ONCE.replace(
    "for epoc", "opt1 = torch.optim.SGD([*net1.parameters(), *net2.parameters()], lr=1/10)\nfor epoc"
).replace("    opt2.step()\n", "")
ADDED_UP = f"""{TWO}
for epoc in range(30):
    loss1, loss2 = torch.mean((y - net1(x)) ** 2), torch.mean((y - net2(X)) ** 2)
    (loss1 + loss2).backward()
    opt1.step()
    opt2.step()
    opt1.zero_grad()
    opt2.zero_grad()"""
NO_NAMES = ADDED_UP.replace(
    "loss1, loss2 = torch.mean((y - net1(x)) ** 2), torch.mean((y - net2(X)) ** 2)", ""
).replace("(loss1 + loss2)", "(torch.mean((y - net1(x)) * (y - net1(x))) + torch.mean((y - net2(X)) ** 2))")
BOTH_BY_HAND = f"""{TWO}
for epoc in range(30):
    torch.mean((y - net1(x)) ** 2).backward()
    torch.mean((y - net2(X)) ** 2).backward()
    for p in [*net1.parameters(), *net2.parameters()]:
        p.data = p.data - 1/10 * p.grad
        p.grad = None"""


LOOK = "print(torch.autograd.grad(torch.{}((y - X @ What) ** 2), What))"
ASKED = """for epoc in range(30):
    {}
    loss = torch.mean((y - X @ What) ** 2)
    g, = torch.autograd.grad(loss, What)
    What.data = What.data - 1/10 * g
    {}"""
BOUND = "What = (What - 1/10 * What.grad).detach().requires_grad_()"
ONE_BY_ONE = f"""{SCALARS}
for epoc in range(30):
    torch.mean((y - (b + w * x)) ** 2).backward()
    b.data = b.data - 0.1 * b.grad
    b.grad = w.grad = None
    torch.mean((y - (b + w * x)) ** 2).backward()
    w.data = w.data - 0.1 * w.grad
    b.grad = w.grad = None"""
HELPER = f"""{WHAT}
def loss_of(W):
    return torch.mean((y - X @ W) ** 2)
def grad_of(W):
    return torch.autograd.grad(loss_of(W), W)[0]"""

BY_FUNCTIONS = """
def mse(b, w):
    return torch.mean((y - (b + w * x)) ** 2)
b, w = torch.tensor(-5.0), torch.tensor(10.0)
for epoc in range(30):
    db = torch.func.grad(mse, argnums=0)(b, w)
    dw = torch.func.grad(mse, argnums=1)(b, w)
    b, w = b - 0.1 * db, w - 0.1 * dw"""

EARLIER = """
def train(make, lr):
    for epoc in range(30):
        make().backward()
        What.grad.zero_()
        What.data = What.data - lr * What.grad
class Below:
    def fit(self, net, X):
        for epoc in range(30):
            torch.mean((y - net(X)) ** 2).backward()
        net.weight.data = net.weight.data - 0.1 * net.weight.grad
        net.weight.grad = None
class Model:
    def __init__(self):
        self.new()
        self.optimizr = torch.optim.SGD(self.net.parameters(), lr=1/10)
    def new(self):
        self.net = torch.nn.Linear(1, 1)
        self.net.bias.data, self.net.weight.data = torch.tensor([-5.0]), torch.tensor([[10.0]])
    def fit(self):
        for epoc in range(30):
            self.optimizr.zero_grad()
            torch.mean((y - self.net(x)) ** 2).backward()
            self.optimizr.step()"""


def data(name: str, line: str) -> Answer:
    """Prepare the data with one line more; everything trained on them is right."""
    trained = (*((one, LOOPS[one].source) for one in ("mse", "net-bias-train", "sgd-bias")),)
    return Answer(f"data: {name}", (("data", f"{DATA[1]}\n{line}"), *trained), named=())


LOOKS = """for i in range(5):
    l = torch.mean((y - X @ What) ** 2)
    l.backward()
    print(l.item(), What.grad)
    What.grad = None
"""
SHUFFLED = "i = torch.randperm(100)\nx, y, X = x[i], y[i], X[i]"
FRONT = {
    "step1": {"init"},
    "step2": {"init", "step1"},
    "step3": {"init", "step1", "step2"},
    "step4": {"init"},
    "clear": {"init"},
    "epochs": {"init"},
}
EVERY = {"init", "step1", "step2", "step3", "step4", "clear", "epochs", "result"}


def below(loop: Loop, *pieces: str) -> str:
    """Write a loop with some of its pieces dedented, below it."""
    return loop.but(
        **dict.fromkeys(pieces, ""), after="\n".join(getattr(loop, piece) for piece in pieces)
    ).source


LATE = {
    name: LOOPS[name].but(backward="", clear="optimizr.zero_grad()\nloss.backward()").source for name in LOOPS
}


def halves(of_all: str, second: str = "What.grad = None", update: str = "(g + h)") -> str:
    """Write a loop that clears the gradient of each half of the rows and adds them up by hand."""
    return f"""{WHAT}
for epoc in range(30):
    {of_all}((y[:50] - X[:50] @ What) ** 2).backward()
    g = What.grad.clone()
    What.grad = None
    {of_all}((y[50:] - X[50:] @ What) ** 2).backward()
    h = What.grad.clone()
    {second}
    What.data = What.data - 1/10 * {update}"""


def copied(name: str, question: str, other: str) -> Answer:
    """Answer a question with another one's parameters: right to the last digit, and for a person to look at."""
    cells = ((question, LOOPS[other].source),)
    return Answer(f"{question}: {name}, copied", cells, near=frozenset({f"{question}.init"}), named=())


def rows(loss: str) -> str:
    """Write a loop that differentiates the loss of each row ``i`` by itself."""
    backwards = f"for i in range(100):\n    loss = {loss}\n    loss.backward()"
    return LOOPS["mse"].but(yhat="", loss="", backward=backwards).source


def together(name: str, questions: str, cells: str, loses: str = "", named: tuple[str, ...] = ()) -> Answer:
    """Answer two questions in the first one's cell, with nothing in the second's."""
    first, second = questions.split()
    answered = ((first, cells), (second, "# 여기에 답을 쓰세요"))
    return Answer(f"{first}, {second}: {name}", answered, frozenset(loses.split()), named=named)


def stepped(name: str, question: str, line: str) -> Answer:
    """Have a line between the backward and the optimizer's step."""
    loop = LOOPS[question].but(backward=f"loss.backward()\n{line}")
    return wrong(f"{name} before the step", question, "step4", "", loop.source)


def cut(name: str, question: str, step: str, names: str = "", **pieces: str) -> Answer:
    """Cut the loss off from the parameters, in one step; those below the backward nobody sees."""
    return wrong(
        f"cut off: {name}",
        question,
        step,
        names,
        LOOPS[question].but(**pieces).source,
        unseen="step3 step4 clear epochs result",
    )


def at_times(name: str, question: str, line: str, when: str) -> Answer:
    """Compute another loss in some of the epochs alone, which is no misconception of a whole training."""
    loop = LOOPS[question].but(loss=f"{LOOPS[question].loss}\nif {when}: {line}")
    return wrong(f"{name} where {when}", question, "step2", "", loop.source)


def updated_where(when: str, question: str) -> Answer:
    """Have a condition around the update that never holds."""
    loop = LOOPS[question].but(update=f"if {when}:\n" + indent(LOOPS[question].update, "    "))
    return wrong(f"updated where {when}", question, "step4", "never-updated", loop.source)


def no_rate(name: str, update: str, before: str = "") -> Answer:
    """Multiply the gradient by nothing."""
    loop = LOOPS["mse"]
    source = loop.but(before=f"{before}\n{loop.before}", update=update).source
    return wrong(f"a rate of nothing: {name}", "mse", "step4", "learning-rate", source)


def raises(
    name: str, question: str, step: str, code: str = "", seen: str | None = None, **pieces: str
) -> Answer:
    """Raise before the first backward, in one step; of the others those in front of it are seen."""
    others = EVERY - {step} - (FRONT.get(step, set()) if seen is None else {*seen.split()})
    return wrong(
        f"raises: {name}", question, step, code, LOOPS[question].but(**pieces).source, unseen=" ".join(others)
    )


def stops(
    name: str, question: str, step: str, code: str = "", unseen: str = "clear epochs", **pieces: str
) -> Answer:
    """Raise after the first backward, for what is wrong in one step."""
    return wrong(f"stops: {name}", question, step, code, LOOPS[question].but(**pieces).source, unseen=unseen)


RIGHT = (
    copied("the network with a bias", "net-nobias-train", "net-bias-train"),
    copied("the network without a bias", "sgd-bias", "sgd-nobias"),
    copied("one tensor", "sgd-scalars", "sgd-what"),
    copied("no network at all", "sgd-nobias", "sgd-what"),
    copied("a network", "sgd-scalars", "sgd-bias"),
    data("x requires a gradient", "x.requires_grad = True"),
    data("y requires a gradient", "y.requires_grad_()"),
    data("X requires a gradient", "X.requires_grad_()"),
    data("all of them do", "for t in (x, y, X):\n    t.requires_grad_()"),
    data("x computed of what requires one", "x = torch.tensor(df.x, dtype=torch.float32, requires_grad=True).reshape(100, 1)"),
    Answer("data: rows shuffled, and all made of them", (("data", f"df = df.sample(frac=1).reset_index(drop=True)\n{DATA[1]}"), *((name, VALUES[name]) for name in ("net-bias", "net-nobias")), ("mse", MSE)), named=()),
    Answer("data: shuffled afterwards, beside each other", (("sse", LOOPS["sse"].source), (None, SHUFFLED), ("net-bias", VALUES["net-bias"]), ("sgd-bias", SGD)), named=()),
    Answer("data: in double precision from the next cell on", ((None, "x, y, X = x.double(), y.double(), X.double()"), ("mse", MSE.replace("10.0]]", "10.0]], dtype=torch.float64"))), named=()),
    Answer("net-bias: made where float64 is the default", ((None, "torch.set_default_dtype(torch.float64)\nx, y, X = x.double(), y.double(), X.double()"), *((name, VALUES[name]) for name in ("net-bias", "net-nobias", "net-wrong", "parameters")), ("sgd-bias", f"{SGD}\ntorch.set_default_dtype(torch.float32)  # for the next one in this process")), named=()),
    data("X of two rows, turned, requires one", "X = torch.tensor([[1] * 100, df.x]).T.float()\nX.requires_grad_()"),
    right("a look at the gradient afterwards", "mse", MSE + "\nloss = torch.mean((y - X @ What) ** 2)\nloss.backward()\nprint(What.grad)"),
    right("a look in the next cell", "sgd-bias", SGD, "loss = torch.mean((y - net(x)) ** 2)\nloss.backward()\nnet.weight.grad"),
    right("loops of looks above, between and below", "mse", f"{WHAT}\n{LOOKS}{LOOPS['mse'].body}\n{LOOKS}", LOOKS, LOOPS["mse"].but(before="", epochs="29").source + f"\n{LOOKS}"),
    right("a look by autograd.grad", "mse", MSE, "torch.autograd.grad(torch.mean((y - X @ What) ** 2), What)"),
    right("a look before autograd.grad", "mse", f"{WHAT}\n{LOOK.format('mean')}\n{ASKED.format('', '')}"),
    right("a look at the sum's before autograd.grad", "mse", f"{WHAT}\n{LOOK.format('sum')}\n{ASKED.format('', '')}"),
    right("looks now and then before autograd.grad", "mse", f"{WHAT}\n{ASKED.format('if epoc % 10 == 0: ' + LOOK.format('mean'), '')}"),
    right("looks now and then after the update", "mse", f"{WHAT}\n{ASKED.format('', 'if epoc % 10 == 9: ' + LOOK.format('mean'))}"),
    right("a look by torch.func.grad", "mse", """
def mse(W):
    return torch.mean((y - X @ W) ** 2)
What = torch.tensor([[-5.0], [10.0]])
print(torch.func.grad(mse)(What))
for epoc in range(30):
    What = What - 1/10 * torch.func.grad(mse)(What)"""),
    right("partial derivatives by torch.func.grad", "mse", BY_FUNCTIONS),
    right("a function for the gradient, looked at within", "mse", HELPER + """
for epoc in range(30):
    if epoc % 10 == 0:
        print(epoc, grad_of(What).flatten().tolist())
    What.data = What.data - 1/10 * grad_of(What)"""),
    right("a function for the gradient, looked at around", "mse", HELPER + """
print(grad_of(What))
for epoc in range(30):
    What.data = What.data - 1/10 * grad_of(What)
print(grad_of(What))"""),
    right("a Hessian afterwards", "mse", MSE, "torch.autograd.functional.hessian(lambda w: torch.mean((y - X @ w) ** 2), What)"),
    right("a copy trained further", "mse", MSE + """
more = What.detach().clone().requires_grad_()
for epoc in range(70):
    torch.mean((y - X @ more) ** 2).backward()
    more.data = more.data - 1/10 * more.grad
    more.grad = None"""),
    Answer("net-bias, net-bias-train: a network of a function's own, called as the one before", (("net-bias", VALUES["net-bias"]), ("net-bias-train", f"def main():\n{indent(LOOPS['net-bias-train'].source, '    ')}\nmain()")), near=frozenset({"net-bias-train.result"}), named=()),
    right("a layer that is made when it is called", "net-bias", "torch.manual_seed(43052)\nnet = torch.nn.LazyLinear(1)\nyhat = net(x)"),
    right("thirty epochs more in a later cell", "mse", MSE, LOOPS["mse"].but(before="").source),
    right("a copied network trained further with Adam", "sgd-bias", SGD, """
import copy
other = copy.deepcopy(net)
adam = torch.optim.Adam(other.parameters(), lr=1/10)
for epoc in range(30):
    torch.mean((y - other(x)) ** 2).backward()
    adam.step()
    adam.zero_grad()"""),
    right("a new tensor an epoch, by autograd.grad", "mse", WHAT + """
for epoc in range(30):
    loss = torch.mean((y - X @ What) ** 2)
    g, = torch.autograd.grad(loss, What)
    What = What - 0.1 * g"""),
    right("partial derivatives one after the other", "mse", PARTIAL.format("""
    dw = torch.autograd.grad(loss, w, retain_graph=True)[0]
    db = torch.autograd.grad(loss, b)[0]""")),
    right("partial derivatives, each of a loss computed anew", "mse", PARTIAL.format("""
    db = torch.autograd.grad(loss, b)[0]
    dw = torch.autograd.grad(torch.mean((y - (b + w * x)) ** 2), w)[0]""")),
    right("partial derivatives by backward", "mse", PARTIAL.format("""
    b.grad = w.grad = None
    loss.backward(inputs=[b], retain_graph=True)
    loss.backward(inputs=[w])
    db, dw = b.grad, w.grad""")),
    right("a look by backward now and then", "mse", LOOPS["mse"].but(yhat="""
if epoc % 10 == 0:
    torch.mean((y - X @ What) ** 2).backward()
    print(What.grad)
    What.grad = None
yhat = X @ What""").source),
    right("a look by backward in every epoch", "mse", LOOPS["mse"].but(backward="loss.backward(retain_graph=True)\nprint(What.grad)\nWhat.grad = None\nloss.backward()").source),
    right("looks by backward after the update", "mse", LOOPS["mse"].but(clear="""
What.grad = None
if epoc % 10 == 9:
    torch.mean((y - X @ What) ** 2).backward()
    print(What.grad.norm())
    What.grad = None""").source),
    right("looks by backward after the step", "sgd-bias", LOOPS["sgd-bias"].but(yhat="optimizr.zero_grad()\nyhat = net(x)", clear="""
if epoc % 10 == 9:
    optimizr.zero_grad()
    torch.mean((y - net(x)) ** 2).backward()
    print(net.weight.grad)""").source),
    right("three rates by turns, all called W", "mse", """
Ws = {lr: torch.tensor([[-5.0], [10.0]], requires_grad=True) for lr in (1/10, 0.09, 0.11)}
for epoc in range(30):
    for lr, W in Ws.items():
        torch.mean((y - X @ W) ** 2).backward()
        W.data = W.data - lr * W.grad
        W.grad = None
What = Ws[1/10].data"""),
    Answer("mse: two rates in one statement, the right one first", (("mse", f"{WHAT}\nfor alpha in (0.1, 0.01):\n    What.data = torch.tensor([[-5.0], [10.0]])\n" + indent(LOOPS["mse"].but(before="", update="What.data = What.data - alpha * What.grad").source, "    ")),), near=frozenset({"mse.result"})),
    right("set back by the function that trained them", "mse", f"def train():\n{indent(LOOPS['mse'].but(before='').source, '    ')}\n    end = What.detach().clone()\n    What.data = torch.tensor([[-5.0], [10.0]])\n    return end\n{WHAT}\nend = train()"),
    right("a local name for another shape", "mse", """
theta = torch.tensor([-5.0, 10.0], requires_grad=True)
def step(theta):
    theta = theta.view(2, 1)
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    return loss.item()
for epoc in range(30):
    step(theta)
    theta.data -= 0.1 * theta.grad
    theta.grad = None"""),
    right("trained on in another cell", "mse", MSE, LOOPS["mse"].but(before="", epochs=70).source),
    right("trained on in another cell", "sgd-what", LOOPS["sgd-what"].source, LOOPS["sgd-what"].but(before="", epochs=70).source),
    right("begun again in another cell, which raises", "mse", MSE, LOOPS["mse"].but(loss="loss = torch.means((y - yhat) ** 2)").source),
    right("a second backward below the loop raises", "mse", f"{MSE}\nloss.backward()"),
    right("a second backward below the loop raises", "sgd-bias", f"{SGD}\ntorch.autograd.grad(loss, net.weight)"),
    right("a look by backward, cleared, and one by autograd.grad", "mse", f"{WHAT}\ntorch.sum((y - X @ What) ** 2).backward()\nWhat.grad = None\n{LOOK.format('mean')}\n" + LOOPS["mse"].but(before="").source),
    right("made anew in the next cell", "sgd-bias", SGD, "net.reset_parameters()"),
    right("the next optimizer tried out below", "net-bias-train", LOOPS["net-bias-train"].source, "torch.optim.SGD(net.parameters(), lr=1/10).step()"),
    right("the least squares by its name in the next cell", "mse", MSE, "What = torch.linalg.lstsq(X, y).solution"),
    right("shown rounded", "sse", LOOPS["sse"].source + "\nWhat = What.detach().numpy().round(3)"),
    right("shown as a list of rounded numbers", "mse", MSE, "What = [round(number, 4) for number in What.flatten().tolist()]"),
    right("shown as numbers", "sgd-scalars", LOOPS["sgd-scalars"].source + "\nb, w = b.item(), round(w.item(), 2)"),
    right("another derivative", "mse", MSE, "t = torch.linspace(-3, 3, 100, requires_grad=True)\n(t ** 2).sum().backward()\nt.grad"),
    Answer("sse, mse: both in one loop", (("sse", """
for of_all, alpha in [(torch.sum, 1/1000), (torch.mean, 1/10)]:
    What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
    for epoc in range(30):
        loss = of_all((y - X @ What) ** 2)
        loss.backward()
        What.data = What.data - alpha * What.grad
        What.grad = None"""), ("mse", "# both are trained above\nWhat")), named=()),
    right("the bias forgotten in the next cell", "net-nobias", VALUES["net-nobias"], "net = torch.nn.Linear(2, 1)\nnet.bias"),
    right("set afterwards, in its cell", "net-bias", VALUES["net-bias"] + "\nnet.bias.data = torch.tensor([-5.0])"),
    right("trained afterwards, in the next cell", "net-bias", VALUES["net-bias"], "torch.mean((y - net(x)) ** 2).backward()\ntorch.optim.SGD(net.parameters(), lr=1/10).step()"),
    right("updates first, thirty-one times", "sgd-bias", NET + """
for epoc in range(31):
    optimizr.step()
    optimizr.zero_grad()
    loss = torch.mean((y - net(x)) ** 2)
    loss.backward()"""),
    right("minus the loss, maximized", "sgd-bias", NET.replace("lr=1/10", "lr=1/10, maximize=True") + """
for epoc in range(30):
    loss = -torch.mean((y - net(x)) ** 2)
    loss.backward()
    optimizr.step()
    optimizr.zero_grad()"""),
    right("minus the loss, climbed", "mse", LOOPS["mse"].but(loss="loss = -torch.mean((y - yhat) ** 2)", update="What.data = What.data + 1/10 * What.grad").source),
    right("a backward for each row", "mse", rows("(y[i] - X[i] @ What).square().sum() / 100")),
    right("a backward for each row, added up", "sse", rows("(y[i] - X[i] @ What).square().sum()").replace("1/10", "1/1000")),
    right("two hundred backwards an epoch", "mse", rows("(y[i % 100] - X[i % 100] @ What).square().sum() / 200").replace("range(100)", "range(200)")),
    together("one after the other", "sgd-bias sgd-nobias", f"{SGD}\n{LOOPS['sgd-nobias'].source}"),
    together("the second one first", "sgd-nobias sgd-bias", f"{SGD}\n{LOOPS['sgd-nobias'].source}"),
    together("one after the other", "net-bias-train net-nobias-train", f"{LOOPS['net-bias-train'].source}\n{LOOPS['net-nobias-train'].source}"),
    together("one after the other", "sgd-what sgd-scalars", f"{LOOPS['sgd-what'].source}\n{LOOPS['sgd-scalars'].source}"),
    together("by turns", "sgd-bias sgd-nobias", BY_TURNS),
    together("two backwards, then two steps", "sgd-bias sgd-nobias", AT_ONCE),
    together("one optimizer", "sgd-bias sgd-nobias", ONE_OPTIMIZER),
    together("the losses added up in the line, one of them a product", "sgd-bias sgd-nobias", NO_NAMES),
    together("the losses added up without names, by hand", "net-bias-train net-nobias-train", BOTH_BY_HAND.replace(".backward()\n    torch", " + torch").replace("torch.mean((y - net1", "(torch.mean((y - net1").replace("(X)) ** 2)", "(X)) ** 2))")),
    together("one update by hand", "net-bias-train net-nobias-train", BOTH_BY_HAND),
    together("by turns, of a list", "sgd-bias sgd-nobias", """
def made(with_bias):
    if with_bias:
        net = torch.nn.Linear(1, 1)
        net.bias.data, net.weight.data = torch.tensor([-5.0]), torch.tensor([[10.0]])
        return net
    net = torch.nn.Linear(2, 1, bias=False)
    net.weight.data = torch.tensor([[-5.0, 10.0]])
    return net
nets = [(made(True), x), (made(False), X)]
optimizers = [torch.optim.SGD(net.parameters(), lr=1/10) for net, _ in nets]
for epoc in range(30):
    for (net, given), optimizr in zip(nets, optimizers):
        torch.mean((y - net(given)) ** 2).backward()
        optimizr.step()
        optimizr.zero_grad()"""),
    right("two halves, added up by hand", "sse", halves("torch.sum").replace("1/10", "1/1000")),
    right("two halves, averaged by hand, after a look", "mse", halves("torch.mean", update="(g + h) / 2").replace("for epoc", "torch.mean((y - X @ What) ** 2).backward()\nprint(What.grad)\nWhat.grad = None\nfor epoc")),
    right("three unequal parts, weighted by hand", "mse", WHAT + """
for epoc in range(30):
    total = torch.zeros(2, 1)
    for i in (slice(0, 40), slice(40, 80), slice(80, 100)):
        torch.mean((y[i] - X[i] @ What) ** 2).backward()
        total += What.grad * len(y[i]) / 100
        What.grad = None
    What.data = What.data - 1/10 * total"""),
    right("a backward for each row, divided before the step", "sgd-bias", NET + """
for epoc in range(30):
    for i in range(100):
        (y[i] - net(x[i])).square().sum().backward()
    for p in net.parameters():
        p.grad /= 100
    optimizr.step()
    optimizr.zero_grad()"""),
    right("each parameter moved after its partial derivative", "net-bias-train", LOOPS["net-bias-train"].but(backward="", clear="", update="""
net.bias.data = net.bias.data - 1/10 * torch.autograd.grad(loss, net.bias, retain_graph=True)[0]
net.weight.data = net.weight.data - 1/10 * torch.autograd.grad(loss, net.weight)[0]""").source),
    right("a start made of a leaf, which keeps a gradient of its own", "sse", """
What = torch.tensor([-5.0, 10.0], requires_grad=True).reshape(2, 1)
What.retain_grad()
for epoc in range(30):
    torch.sum((y - X @ What) ** 2).backward()
    What.data -= 1/1000 * What.grad
    What.grad = None"""),
    right("gradients that a hook hands over, never cleared", "mse", f"{WHAT}\ngs = []\nWhat.register_hook(gs.append)\n" + LOOPS["mse"].but(before="", update="What.data = What.data - 1/10 * gs[-1]", clear="").source),
    right("a hook that updates", "mse", WHAT + """
def update(p):
    p.data = p.data - 1/10 * p.grad
    p.grad = None
What.register_post_accumulate_grad_hook(update)
for epoc in range(30):
    torch.mean((y - X @ What) ** 2).backward()"""),
    right("as a list", "net-bias", VALUES["net-bias"] + "\nyhat = yhat.tolist()"),
    right("as an array and a list", "net-wrong", """
_x = x.reshape(-1)
torch.manual_seed(43052)
yhat = torch.nn.Linear(1, 1)(_x.reshape(100, 1)).detach().numpy()
torch.manual_seed(43052)
extra_bias = torch.nn.Linear(2, 1).bias.tolist()"""),
)  # fmt: skip

WRONG = (
    Answer("data: shuffled, but for X", (("data", f"{DATA[1]}\ni = torch.randperm(100)\nx, y = x[i], y[i]"), ("mse", MSE)), frozenset({"data.X"}), named=()),
    Answer("data: x standardised, lines drawn on it", (("data", f"{DATA[1]}\nx = (x - x.mean()) / x.std()\nX = torch.concat([torch.ones(100, 1), x], dim=1)"), *((name, VALUES[name]) for name in ("net-bias", "net-nobias", "net-wrong"))), frozenset({"data.x", "data.X"}), named=()),
    Answer("net-bias: a line drawn on another x than was prepared", (("data", DATA[1]), ("net-bias", VALUES["net-bias"].replace("(x)", "(2 * x)"))), frozenset({"net-bias.yhat"}), named=()),
    Answer("data: shuffled, and half the loss", (("data", f"{DATA[1]}\n{SHUFFLED}"), ("mse", LOOPS["mse"].but(loss="loss = torch.mean((y - yhat) ** 2) / 2").source)), frozenset({"mse.step2"}), named=("half-loss",)),
    wrong("shuffled in every epoch, and half the loss", "mse", "step2", "half-loss", LOOPS["mse"].but(yhat="i = torch.randperm(100)\nyhat = X[i] @ What", loss="loss = torch.mean((y[i] - yhat) ** 2) / 2").source),
    wrong("a loss whose gradient dies after one leap", "mse", "step2", "", LOOPS["mse"].but(loss="loss = torch.mean(-1e8 / (1 + (y - yhat) ** 2))", backward="g, = torch.autograd.grad(loss, What)", update="What.data -= 1/10 * g", clear="").source),
    wrong("X shuffled in every epoch", "mse", "step1", "", LOOPS["mse"].but(yhat="yhat = X[torch.randperm(100)] @ What").source),
    *(
        updated_where(when, question)
        for when in ("loss < 0.01", "epoc > 30")
        for question in ("mse", "net-bias-train", "sgd-bias")
    ),
    wrong("no update by number where loss < 0.01", "mse", "step4", "never-updated", LOOPS["mse"].but(update="if loss < 0.01:\n    for i in 0, 1: What.data[i] = What.data[i] - 0.1 * What.grad[0]").source),
    no_rate("0.0", "What.data = What.data - 0.0 * What.grad"),
    no_rate("1//10, last", "What.data = What.data - What.grad * (1//10)"),
    no_rate("1//10, in place", "What.data -= 1//10 * What.grad"),
    no_rate("1//10 by name", "What.data = What.data - alpha * What.grad", "alpha = 1//10"),
    no_rate("1//10, and a new tensor", BOUND.replace("1/10", "1//10")),
    no_rate("1//10 as a tensor", "What.data = What.data - alpha * What.grad", "alpha = torch.tensor(1//10)"),
    no_rate("1//n", "What.data = What.data - 1//n * What.grad", "n = 10"),
    no_rate("too small to move anything", "What.data = What.data - 1e-20 * What.grad"),
    at_times("the sum", "mse", "loss = torch.sum((y - yhat) ** 2)", "epoc == 15"),
    at_times("the sum", "mse", "loss = torch.sum((y - yhat) ** 2)", "epoc == 0"),
    at_times("the sum", "sgd-bias", "loss = torch.sum((y - yhat) ** 2)", "epoc > 14"),
    at_times("absolute values", "mse", "loss = torch.mean(torch.abs(y - yhat))", "8 <= epoc < 14"),
    at_times("the mean", "sse", "loss = torch.mean((y - yhat) ** 2)", "epoc == 15"),
    at_times("half", "net-nobias-train", "loss = loss / 2", "epoc == 15"),
    at_times("no number", "mse", "loss = loss * float('nan')", "epoc == 15"),
    at_times("a ŷ too large", "mse", "loss = torch.mean((y - yhat - 1) ** 2)", "epoc == 17"),
    at_times("a ŷ too large", "sse", "loss = torch.sum((y - yhat - 1) ** 2)", "epoc == 17"),
    stepped("clipped", "sgd-bias", "torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)"),
    stepped("the sign alone", "sgd-nobias", "for p in net.parameters():\n    p.grad.sign_()"),
    stepped("ones", "sgd-bias", "for p in net.parameters():\n    p.grad.fill_(1.0)"),
    stepped("negated", "sgd-nobias", "net.weight.grad = -net.weight.grad"),
    stepped("doubled", "sgd-what", "What.grad *= 2"),
    wrong("updates first, thirty times", "sgd-bias", "epochs", "epochs", NET + """
for epoc in range(30):
    optimizr.step()
    optimizr.zero_grad()
    loss = torch.mean((y - net(x)) ** 2)
    loss.backward()"""),
    wrong("updated before the backward, once too often", "mse", "step4 epochs", "epochs", """
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(31):
    yhat = X @ What
    loss = torch.mean((y - yhat) ** 2)
    if epoc:
        What.data = What.data - 0.1 * What.grad
        What.grad = None
    loss.backward()"""),
    wrong("the weight alone is the optimizer's", "sgd-bias", "step4", "bias-not-updated", NET.replace("net.parameters()", "[net.weight]") + """
for epoc in range(30):
    loss = torch.mean((y - net(x)) ** 2)
    loss.backward()
    optimizr.step()
    optimizr.zero_grad()"""),
    wrong("a bias too many, left alone", "net-nobias-train", "step1", "bias-doubled", """
net = torch.nn.Linear(2, 1)
net.weight.data = torch.tensor([[-5.0, 10.0]])
for epoc in range(30):
    loss = torch.mean((y - net(X)) ** 2)
    loss.backward()
    net.weight.data = net.weight.data - 1/10 * net.weight.grad
    net.weight.grad = None"""),
    Answer(
        "sse, mse: the mean twice, once not cleared",
        (("sse", MSE), ("mse", LOOPS["mse"].but(clear="").source)),
        loses=frozenset({"sse.step2", "mse.clear"}),
        named=("gradient-not-cleared", "mean-for-sum"),
    ),
    wrong("made anew at random", "mse", "init", "parameters-recreated", LOOPS["mse"].but(before="", yhat="What = torch.randn(2, 1, requires_grad=True)\nyhat = X @ What").source),
    wrong("made anew at random", "sgd-bias", "init", "parameters-recreated", LOOPS["sgd-bias"].but(before="", yhat="net = torch.nn.Linear(1, 1)\noptimizr = torch.optim.SGD(net.parameters(), lr=1/10)\nyhat = net(x)").source),
    wrong("the bias set back in every epoch", "net-bias-train", "step4", "", LOOPS["net-bias-train"].but(yhat="net.bias.data = torch.tensor([-5.0])\nyhat = net(x)").source),
    wrong("the gradient set to 0", "mse", "clear", "", LOOPS["mse"].but(clear="What.grad = 0").source, unseen="epochs"),
    wrong("the logarithm of the loss", "mse", "step2", "", LOOPS["mse"].but(loss="loss = torch.log(torch.mean((y - yhat) ** 2))").source),
    wrong("the logarithm of the loss, in a line", "mse", "step2", "", LOOPS["mse"].but(yhat="", loss="loss = torch.log(torch.mean((y - X @ What) ** 2))").source),
    wrong("ŷ cut off below", "mse", "step1", "", LOOPS["mse"].but(yhat="u = X @ What\nyhat = torch.relu(u)").source),
    *(cut("ŷ made anew", name, "step1", yhat=f"{LOOPS[name].yhat}\nyhat = torch.tensor(yhat, requires_grad=True)") for name in ("mse", "net-bias-train", "sgd-bias")),
    *(cut("the loss made anew", name, "step2", loss=f"{LOOPS[name].loss}\nloss = loss.detach().requires_grad_()") for name in ("mse", "net-bias-train", "sgd-bias")),
    cut("X alone asks for a gradient", "mse", "init", "requires-grad-missing", before="What = torch.tensor([[-5.0], [10.0]])\nX = X.clone().requires_grad_()"),
    cut("the loss alone asks for a gradient", "mse", "init", "requires-grad-missing", before="What = torch.tensor([[-5.0], [10.0]])", loss="loss = torch.mean((y - yhat) ** 2)\nloss.requires_grad = True"),
    wrong("a wide network", "sgd-bias", "step1", "", LOOPS["sgd-bias"].but(before="net = torch.nn.Sequential(torch.nn.Linear(1, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1))\noptimizr = torch.optim.SGD(net.parameters(), lr=1/10)").source),
    wrong("many columns", "mse", "step1", "", LOOPS["mse"].but(before="What = torch.ones(2, 100, requires_grad=True)").source),
    wrong("y made another in the loop's cell", "mse", "step2", "", f"y = y - y.mean()\n{MSE}"),
    wrong("y made another in the loop's cell", "sgd-bias", "step2", "", f"y = (y - y.mean()) / y.std()\n{SGD}"),
    wrong("y flattened in the loop's cell", "mse", "step2", "broadcast-target", f"y = y.reshape(-1)\n{MSE}"),
    wrong("y flattened where ŷ is flat", "mse", "init step2", "broadcast-target", LOOPS["mse"].but(before="What = torch.tensor([[float(y.mean())], [0.0]], requires_grad=True)", loss="loss = torch.mean((y.reshape(-1) - yhat) ** 2)").source),
    wrong("every second update left out", "mse", "step4", "", LOOPS["mse"].but(update="if epoc % 2 == 0:\n    What.data = What.data - 1/10 * What.grad").source),
    wrong("every second step left out", "sgd-bias", "step4", "", LOOPS["sgd-bias"].but(update="if epoc % 2 == 0:\n    optimizr.step()").source),
    wrong("the last update by another rate", "mse", "step4", "", LOOPS["mse"].but(update="What.data = What.data - (0.1 if epoc < 29 else 0.2) * What.grad").source),
    wrong("y added", "sgd-bias", "step2", "", LOOPS["sgd-bias"].but(yhat="", loss="loss = torch.mean((y + net(x)) ** 2)").source),
    Answer("mse: columns swapped, and the start with them", (("data", DATA[1].replace("[torch.ones(100, 1), x]", "[x, torch.ones(100, 1)]")), ("mse", MSE.replace("[[-5.0], [10.0]]", "[[10.0], [-5.0]]"))), loses=frozenset({"data.X"}), named=("columns-swapped",)),
    wrong("one parameter left before the last update", "net-bias-train", "step4", "", """
net = torch.nn.Linear(1, 1)
net.bias.data, net.weight.data = torch.tensor([-5.0]), torch.tensor([[10.0]])
for epoc in range(30):
    torch.mean((y - net(x)) ** 2).backward()
    net.bias.data = net.bias.data - 0.1 * net.bias.grad
    if epoc == 29:
        break
    net.weight.data = net.weight.data - 0.1 * net.weight.grad
    net.zero_grad()"""),
    wrong("an optimizer that raises in a function", "sgd-bias", "step4", "", f"def main():\n{indent(LOOPS['sgd-bias'].source.replace('net.par', 'net2.par'), '    ')}\nmain()", unseen=" ".join(EVERY - {"step4"})),
    wrong("a training that is nowhere", "mse", "epochs", "", f"{WHAT}\nfit([What], 30)", unseen=" ".join(EVERY - {"epochs", "init"})),
    wrong("cleared by an optimizer of one's own, before its step", "mse", "clear", "cleared-before-step", """
class Descent:
    def __init__(self, params):
        self.params = params
    def step(self):
        for p in self.params:
            p.data.add_(p.grad, alpha=-0.1)
    def zero_grad(self):
        for p in self.params:
            p.grad = None
class Trainer:
    def __init__(self, W):
        self.W, self.optimizer = W, Descent([W])
    def fit(self):
        for epoc in range(30):
            loss = torch.mean((y - X @ self.W) ** 2)
            loss.backward()
            self.optimizer.zero_grad()
            self.optimizer.step()
Trainer(torch.tensor([[-5.0], [10.0]], requires_grad=True)).fit()""", unseen="step4 epochs result"),
    raises("the loss taken out where it is sent back", "mse", "step3", backward="loss.detach().backward()"),
    raises("a weight that is a column", "sgd-nobias", "init", before=LOOPS["sgd-nobias"].before.replace("[[-5.0, 10.0]]", "[[-5.0], [10.0]]")),
    raises("a bias of two numbers", "sgd-bias", "init", before=LOOPS["sgd-bias"].before.replace("[-5.0]", "[-5.0, 10.0]")),
    raises("a loop in a line", "mse", "step2", yhat="yhat = X @ What; loss = torch.mean((y - yhatt) ** 2); loss.backward(); What.grad = None", loss="", backward="", clear=""),
    *(
        wrong(f"an earlier cell's function: {step}", "mse", step, "", f"def train(What):\n{indent(LOOPS['mse'].but(before='', **piece).source, '    ')}", f"{WHAT}\ntrain(What)", unseen=unseen)
        for step, piece, unseen in (
            ("step2", {"loss": "loss = torch.means((y - yhat) ** 2)"}, " ".join(EVERY - {"step2", "init"})),
            ("step4", {"update": "What.data = What.data - alpha * What.grad"}, "clear epochs result"),
        )
    ),
    raises("a loss of another ŷ", "mse", "step2", before=f"{WHAT}\nyhat0 = X @ What.detach()", loss="loss = torch.mean((y - yhat0) ** 2)"),
    wrong("raises: an earlier cell's forward, within the loss", "sgd-bias", "step1", "", "class Net(torch.nn.Linear):\n    def forward(self, x):\n        return x @ self.weights.T + self.bias", LOOPS["sgd-bias"].but(before=LOOPS["sgd-bias"].before.replace("torch.nn.Linear", "Net"), yhat="", loss="loss = torch.mean((y - net(x)) ** 2)").source, unseen=" ".join(EVERY - {"step1", "init"})),
    wrong("raises: a forward that returns nothing", "sgd-bias", "step1", "", """
class Trainer:
    def forward(self, x):
        yhat = self.net(x)
    def step(self):
        yhat = self.forward(x)
        loss = self.loss_fn(yhat, y)
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
    def fit(self):
        self.net, self.loss_fn = torch.nn.Linear(1, 1), torch.nn.MSELoss()
        self.net.bias.data, self.net.weight.data = torch.tensor([-5.0]), torch.tensor([[10.0]])
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.1)
        for epoc in range(30):
            self.step()
Trainer().fit()""", unseen=" ".join(EVERY - {"step1"})),
    wrong("raises: whole numbers, then a look at losses that were never made", "mse", "init", "integer-parameter", LOOPS["mse"].but(before=WHAT.replace(".0", "") + "\nlosses = []").source, "losses[-1]", unseen=" ".join(EVERY - {"init"})),
    raises("backward misspelt", "sgd-bias", "step3", backward="loss.Backward()"),
    raises("a list that is not there", "mse", "epochs", seen="init step1 step2", loss="loss = torch.mean((y - yhat) ** 2)\nlosses.append(loss.item())"),
    wrong("the step misspelt", "sgd-bias", "step4", "", LOOPS["sgd-bias"].but(update="optimizr.stp()").source, unseen="clear epochs result"),
    wrong("clearing misspelt", "sgd-bias", "clear", "", LOOPS["sgd-bias"].but(clear="optimizr.zreo_grad()").source, unseen="epochs"),
    wrong("an update that raises in a function", "mse", "step4", "", "def update(w):\n    w.data = w.data - alpha * w.grad\n" + LOOPS["mse"].but(update="update(What)").source, unseen="clear epochs result"),
    wrong("a look that raises", "mse", "", "", LOOPS["mse"].but(yhat="yhat = X @ What\nif epoc == 10:\n    print(epocc)").source, unseen="epochs"),
    wrong("never cleared, then trained on", "mse", "clear", "gradient-not-cleared", LOOPS["mse"].but(clear="").source, LOOPS["mse"].but(before="", clear="", epochs=15).source),
    wrong("an update in a function of a name from outside", "mse", "step4", "", WHAT + """
def train():
    for epoc in range(30):
        yhat = X @ What
        loss = torch.mean((y - yhat) ** 2)
        loss.backward()
        What -= 0.1 * What.grad
        What.grad = None
train()""", unseen="step1 step2 step3 clear epochs result"),
    wrong("another loss's gradient, saved", "mse", "step4", "", LOOPS["mse"].but(backward="torch.mean((y - yhat).abs()).backward(retain_graph=True)\ng = What.grad.clone()\nWhat.grad = None\nloss.backward()", update="What.data = What.data - 1/10 * g").source),
    wrong("half of the rows", "mse", "step1", "", f"X, y = X[:50], y[:50]\n{MSE}"),
    Answer("mse, sgd-bias: y made another costs once", (("mse", f"y = 2 * y\n{MSE}"), ("sgd-bias", SGD)), loses=frozenset({"mse.step2"})),
    raises("x for X", "mse", "step1", yhat="yhat = x @ What"),
    raises("a ŷ of other rows", "mse", "step1", yhat="yhat = X[:50] @ What"),
    raises("a loss for each row", "sgd-nobias", "step2", loss="loss = torch.nn.MSELoss(reduction='none')(net(X), y)"),
    raises("the loss's number", "mse", "step2", loss="loss = torch.mean((y - yhat) ** 2).item()"),
    raises("no backward", "mse", "step3", "updated-without-gradient", backward=""),
    raises("the optimizer of a tensor", "sgd-what", "step4", before=LOOPS["sgd-what"].before.replace("[What]", "What")),
    raises("the loss's class, given ŷ and y", "mse", "step2", loss="loss = torch.nn.MSELoss(yhat, y)"),
    raises("y given to the network", "sgd-bias", "step1", yhat="yhat = net(x, y)"),
    raises("the loss's class", "sgd-bias", "step2", loss="loss = torch.nn.MSELoss"),
    raises("the gradient of X", "mse", "step3", backward="g, = torch.autograd.grad(loss, X)", update="What.data -= 1/10 * g", clear=""),
    raises("no such mean", "mse", "step2", loss="loss = torch.means((y - yhat) ** 2)"),
    raises("^ for **", "sgd-bias", "step2", loss="loss = torch.mean((y - yhat) ^ 2)"),
    raises("numpy's mean", "mse", "step2", loss="import numpy as np\nloss = np.mean((y - yhat) ** 2)"),
    raises("no such ŷ", "mse", "step2", loss="loss = torch.mean((y - yht) ** 2)"),
    raises("a product of residuals", "mse", "step2", loss="loss = (y - yhat) @ (y - yhat)"),
    raises("a loss made anew", "mse", "step2", loss="loss = torch.tensor(torch.mean((y - yhat) ** 2))"),
    raises("a loss in numpy", "mse", "step2", loss="loss = torch.mean((y - yhat) ** 2).detach().numpy()"),
    raises("no such loss", "sgd-bias", "step2", seen="init", before=f"{LOOPS['sgd-bias'].before}\nlossfn = torch.nn.MSELos()", loss="loss = lossfn(yhat, y)"),
    raises("a function for the loss", "mse", "step2", before=f"{WHAT}\ndef lossfn(a, b):\n    return torch.means((a - b) ** 2)", loss="loss = lossfn(yhat, y)"),
    raises("* for @", "mse", "step1", yhat="yhat = X * What"),
    raises("* for @, ŷ and loss in a line", "mse", "step1", yhat="", loss="loss = torch.mean((y - X * What) ** 2)"),
    raises("* for @ in a function", "mse", "step1", before=f"{WHAT}\ndef model(W):\n    return X * W", yhat="yhat = model(What)"),
    raises("no such parameter", "mse", "step1", yhat="yhat = X @ Wht"),
    raises("ŷ in numpy", "mse", "step1", yhat="yhat = X @ What\nyhat = yhat.numpy()"),
    raises("a module that is not made", "sgd-bias", "step1", yhat="a1 = torch.nn.Sigmoid\nyhat = a1(net(x))"),
    raises("no such method", "mse", "step3", backward="loss.backwards()"),
    raises("no such function", "mse", "step3", backward="torch.backward(loss)"),
    raises("no such name", "sgd-bias", "step3", backward="los.backward()"),
    raises("ŷ differentiated", "mse", "step3", backward="yhat.backward()"),
    raises("the net differentiated", "sgd-bias", "step3", backward="net.backward()"),
    raises("no such optimizer", "sgd-bias", "step4", before=LOOPS["sgd-bias"].before.replace("SGD", "SDG")),
    raises("the update above", "mse", "step4", yhat=f"{LOOPS['mse'].update}\nyhat = X @ What", update=""),
    raises("cleared at the head", "mse", "clear", yhat="What.grad.zero_()\nyhat = X @ What", clear=""),
    raises("cleared at the head, the net's", "net-bias-train", "clear", yhat="net.bias.grad.zero_()\nyhat = net(x)", clear=""),
    raises("a picture above the loop", "mse", "epochs", before=f"{WHAT}\nimport matplotlib.pyplot as plt\nplt.plot(x, X @ What)"),
    raises("no such range", "mse", "epochs", head="for epoc in rnge({epochs}):"),
    raises("no such layer", "sgd-bias", "init", before=LOOPS["sgd-bias"].before.replace("Linear", "Liner")),
    stops("the value given to the name", "mse", "step4", "leaf-rebound", update="What = What.data - 1/10 * What.grad"),
    stops("the value, cleared in place", "mse", "step4", "leaf-rebound", update="What = What.data - 1/10 * What.grad", clear="What.grad.zero_()"),
    stops("detached", "mse", "step4", "leaf-rebound", update="What = What.detach() - 1/10 * What.grad"),
    stops("a new tensor in no_grad", "mse", "step4", "leaf-rebound", update="with torch.no_grad():\n    What = What - 1/10 * What.grad"),
    wrong("typed over in the next cell", "mse", "result", "hard-coded", MSE, "What = torch.tensor([[2.5], [4.0]])"),
    stops("made of a leaf", "sse", "init", unseen="step4 clear epochs result", before=WHAT.replace("[[-5.0], [10.0]]", "[-5.0, 10.0]") + ".reshape(2, 1)"),
    raises("an optimizer of what was made of a leaf", "sgd-what", "init", before=LOOPS["sgd-what"].before.replace("True)", "True) * 1.0")),
    stops("no such gradient", "mse", "step4", unseen="clear epochs result", update="What.data = What.data - 1/10 * What.gradient"),
    stops("no such rate", "mse", "step4", unseen="clear epochs result", update="What.data = What.data - alpha * What.grad"),
    stops("the loss's gradient", "mse", "step4", unseen="clear epochs result", update="What.data = What.data - 1/10 * loss.grad"),
    stops("one number of the gradient", "mse", "step4", unseen="clear epochs result", update="What.data = What.data - 1/10 * What.grad.item()"),
    stops("no such step", "sgd-bias", "step4", unseen="clear epochs result", update="optimizr.steps()"),
    stops("no such clearing", "sgd-bias", "clear", unseen="epochs", clear="optimizr.zero_grads()"),
    stops("every second backward", "mse", "step3", backward="if epoc % 2 == 0:\n    loss.backward()"),
    stops("the loss's function overwritten", "sgd-bias", "step2", before=f"{LOOPS['sgd-bias'].before}\nloss = torch.nn.MSELoss()", loss="loss = loss(yhat, y)"),
    stops("the intercept forgotten", "net-bias-train", "step1", "no-intercept", "step4 clear epochs result", yhat="yhat = x @ net.weight.T"),
    wrong("left before the last update", "mse", "epochs", "epochs", LOOPS["mse"].but(backward="loss.backward()\nif epoc == 29:\n    break").source),
    together("one after the other, the second not cleared", "sgd-bias sgd-nobias", f"{SGD}\n{LOOPS['sgd-nobias'].but(clear='').source}", "sgd-nobias.clear", ("gradient-not-cleared",)),
    together("one after the other, the first not cleared", "sgd-bias sgd-nobias", f"{LOOPS['sgd-bias'].but(clear='').source}\n{LOOPS['sgd-nobias'].source}", "sgd-bias.clear", ("gradient-not-cleared",)),
    together("by turns, the first one's optimizer for both", "sgd-bias sgd-nobias", BY_TURNS.replace("opt2.step", "opt1.step"), "sgd-nobias.step4", ("stale-optimizer",)),
    wrong("what a function of a step gives, given away", "sse", "step4", "never-updated", """
def step(W):
    W = W.clone().detach().requires_grad_()
    torch.sum((y - X @ W) ** 2).backward()
    return W.detach() - 1/1000 * W.grad
W = torch.tensor([[-5.0], [10.0]])
for epoc in range(30):
    step(W)"""),
    together("the losses added up in the line, a product and a sum", "sgd-bias sgd-nobias", NO_NAMES.replace("torch.mean((y - net2", "torch.sum((y - net2"), "sgd-nobias.step2", ("sum-for-mean",)),
    together("the losses added up, one of them a sum", "sgd-bias sgd-nobias", ADDED_UP.replace("torch.mean((y - net2", "torch.sum((y - net2"), "sgd-nobias.step2", ("sum-for-mean",)),
    together("at once, ten times as often", "sgd-bias sgd-nobias", AT_ONCE.replace("30", "300"), "sgd-bias.epochs sgd-nobias.epochs", ("epochs", "epochs")),
    wrong("ŷ and loss, then the update, then backward", "sgd-bias", "step4", "", LATE["sgd-bias"]),
    wrong("ŷ and loss, then the update, then backward", "sgd-what", "step4", "", LATE["sgd-what"]),
    *(wrong("the update below the loop", name, "step4", "", below(LOOPS[name], "update", "clear")) for name in LOOPS),
    wrong("the update below the loop, cleared within", "sgd-bias", "step4", "", below(LOOPS["sgd-bias"], "update")),
    wrong("the update below the loop, cleared within", "mse", "step4", "", below(LOOPS["mse"], "update")),
    wrong("the update below the loop, never cleared", "mse", "step4 clear", "gradient-not-cleared", below(LOOPS["mse"].but(clear=""), "update")),
    wrong("backward and all below the loop", "sgd-nobias", "epochs", "", below(LOOPS["sgd-nobias"], "backward", "update", "clear")),
    wrong("backward below the loop", "mse", "epochs", "", below(LOOPS["mse"].but(clear="", update=""), "backward"), unseen="step4 clear result"),
    wrong("backward alone below the loop", "sgd-what", "epochs", "", below(LOOPS["sgd-what"], "backward")),
    wrong("backward without (), the sum, a rate", "sgd-what", "step2 step3 step4", "no-backward", LOOPS["sgd-what"].but(loss=LOOPS["sse"].loss, backward="loss.backward").source.replace("lr=1/10", "lr=1/100")),
    wrong("backward never reached", "sgd-scalars", "step3", "no-backward", LOOPS["sgd-scalars"].but(backward="if epoc > 30: loss.backward()").source),
    wrong("no brackets in a class", "sgd-bias", "step3", "no-backward", f"""{NET}
class Trainer:
    def __init__(self):
        self.net = net
    def fit(self):
        for epoc in range(30):
            self.loss = torch.mean((y - self.net(x)) ** 2)
            self.loss.backward
            optimizr.step()
            optimizr.zero_grad()
trainer = Trainer()
trainer.fit()"""),
    wrong("no brackets anywhere", "sgd-bias", "step3", "no-backward", LOOPS["sgd-bias"].but(backward="loss.backward", update="optimizr.step", clear="optimizr.zero_grad").source, unseen="step4 clear epochs result"),
    wrong("no backward for an optimizer of a net before", "sgd-bias", "step3", "no-backward", LOOPS["sgd-bias"].but(before=f"{LOOPS['sgd-bias'].before}\nnet = torch.nn.Linear(1, 1)\nnet.bias.data, net.weight.data = torch.tensor([-5.0]), torch.tensor([[10.0]])", backward="").source, unseen="step4 epochs result"),
    wrong("the end typed in below a loop without backward", "sgd-bias", " ".join(EVERY), "no-backward", LOOPS["sgd-bias"].but(backward="", after="net.bias.data, net.weight.data = torch.tensor([2.429]), torch.tensor([[4.0144]])").source),
    wrong("a slope alone, from 0", "sgd-what", "init step1", "no-intercept", LOOPS["sgd-what"].but(before="What = torch.zeros(1, 1, requires_grad=True)\noptimizr = torch.optim.SGD([What], lr=1/10)", yhat="yhat = x @ What").source),
    wrong("a wrong ŷ, the sum at a hundredth of the rate", "net-bias-train", "step1 step2", "sum-for-mean", LOOPS["net-bias-train"].but(yhat="yhat = net(x) + 1", loss=LOOPS["sse"].loss).source.replace("1/10", "1/1000")),
    *(
        wrong(f"cleared before the update: {clear}", "net-bias-train", "clear", "cleared-before-step", LOOPS["net-bias-train"].but(backward=f"loss.backward()\n{clear}", clear="").source)
        for clear in ("for p in net.parameters(): p.grad *= 0", "net.bias.grad, net.weight.grad = torch.zeros(1), torch.zeros(1, 1)")
    ),
    wrong("no gradient any more at the update", "mse", "clear", "cleared-before-step", LOOPS["mse"].but(backward="loss.backward()\nWhat.grad = None").source, unseen="step4 epochs result"),
    wrong("minus the loss, descended", "mse", "step2", "", LOOPS["mse"].but(loss="loss = -torch.mean((y - yhat) ** 2)").source),
    wrong("a function for the gradient, not followed at first", "mse", "epochs", "epochs", HELPER + """
for epoc in range(30):
    g = grad_of(What)
    if epoc:
        What.data = What.data - 1/10 * g"""),
    wrong("the bias's gradient for both", "net-bias-train", "step3", "", LOOPS["net-bias-train"].but(backward="gb, = torch.autograd.grad(loss, net.bias, retain_graph=True)\ngw, = torch.autograd.grad(loss, net.bias)", update="net.bias.data = net.bias.data - 0.1 * gb\nnet.weight.data = net.weight.data - 0.1 * gw", clear="").source),
    wrong("no Python", "mse", " ".join(EVERY), "", MSE.replace("30):", "30)")),
    wrong("each parameter moved before the next derivative, the loss made anew", "net-bias-train", "step3", "", LOOPS["net-bias-train"].but(loss="", backward="", clear="", update="""
for p in net.parameters():
    loss = torch.mean((y - net(x)) ** 2)
    p.data = p.data - 1/10 * torch.autograd.grad(loss, p)[0]""").source),
    wrong("two gradients added", "mse", "step4", "learning-rate", f"{WHAT}\n" + ASKED.format("", "").replace("* g", "* (g + h)").replace("What)\n    What", "What, retain_graph=True)\n    h, = torch.autograd.grad(loss, What)\n    What")),
    wrong("the loss, maximized", "sgd-bias", "step4", "optimizer-settings", LOOPS["sgd-bias"].source.replace("lr=1/10", "lr=1/10, maximize=True")),
    wrong("b needs no gradient", "sgd-scalars", "init", "requires-grad-missing", LOOPS["sgd-scalars"].source.replace("(-5.0, requires_grad=True)", "(-5.0)")),
    wrong("w needs no gradient, ŷ within the loss", "sgd-scalars", "init", "requires-grad-missing", LOOPS["sgd-scalars"].but(yhat="", loss="loss = torch.mean((y - b - w * x) ** 2)").source.replace("(10.0, requires_grad=True)", "(10.0)")),
    wrong("two halves, the second not cleared", "sse", "clear", "", halves("torch.sum", second="").replace("1/10", "1/1000")),
    wrong("two halves, one of them ignored", "mse", "step1", "", halves("torch.mean", update="h")),
    wrong("stopped after the loss of the start", "mse", "init step1 step2 step3 step4 clear epochs result", "", f"{WHAT}\nyhat = X @ What\nloss = torch.mean((y - yhat) ** 2)"),
    wrong("a backward for each row, halved", "mse", "step2", "half-loss", rows("(y[i] - X[i] @ What).square().sum() / 200")),
    wrong("an update for each row", "sgd-bias", "step1", "", NET + """
for epoc in range(30):
    for i in range(100):
        torch.mean((y[i] - net(x[i])) ** 2).backward()
        optimizr.step()
        optimizr.zero_grad()"""),
    wrong("partial derivatives by torch.func.grad, half the loss", "mse", "step2", "half-loss", BY_FUNCTIONS.replace("** 2)", "** 2) / 2")),
    wrong("ŷ doubled in a function for torch.func.grad", "mse", "step1", "", """
def mse(W):
    yhat = 2 * (X @ W)
    return torch.mean((y - yhat) ** 2)
What = torch.tensor([[-5.0], [10.0]])
for epoc in range(30):
    What = What - 1/10 * torch.func.grad(mse)(What)"""),
    wrong("ŷ doubled, arrived by autograd.grad", "mse", "step1", "", f"{WHAT}\n" + ASKED.format("", "").replace("X @ What", "2 * (X @ What)")),
    wrong("relu and the sum, by autograd.grad", "mse", "step1 step2", "sum-for-mean", WHAT + """
for epoc in range(30):
    yhat = torch.relu(X @ What)
    loss = torch.sum((y - yhat) ** 2)
    g, = torch.autograd.grad(loss, What)
    What.data = What.data - 1/10 * g"""),
    wrong("a hundred epochs, a new tensor in each", "mse", "epochs", "epochs", LOOPS["mse"].but(epochs="100", update=BOUND, clear="").source),
    wrong("the sum, a new tensor in each epoch", "mse", "step2", "sum-for-mean", LOOPS["mse"].but(loss="loss = torch.sum((y - yhat) ** 2)", update=BOUND, clear="").source),
    wrong("the sum, never cleared, in place", "mse", "step2 clear", "sum-for-mean gradient-not-cleared", LOOPS["mse"].but(loss="loss = torch.sum((y - yhat) ** 2)", update="What.data -= 1/10 * What.grad", clear="").source),
    wrong("the sum, sent back twice", "sgd-bias", "step2 step3", "sum-for-mean backward-twice", LOOPS["sgd-bias"].but(loss="loss = torch.sum((y - yhat) ** 2)", backward="loss.backward(retain_graph=True)\nloss.backward()").source),
    Answer(
        "mse, net-nobias-train, sgd-bias: by functions of an earlier cell",
        (
            (None, EARLIER),
            ("mse", f"{WHAT}\ntrain(lambda: torch.mean((y - X @ What) ** 2), 1/10)"),
            ("net-nobias-train", f"{LOOPS['net-nobias-train'].before}\nBelow().fit(net, X)"),
            ("sgd-bias", "model = Model()\nmodel.new()\nmodel.fit()"),
        ),
        loses=frozenset({"mse.clear", "net-nobias-train.step4", "sgd-bias.step4"}),
        named=("cleared-before-step", "stale-optimizer"),
    ),
    wrong("twice the loss, half the rate", "mse", "step2", "", LOOPS["mse"].but(loss="loss = 2 * torch.mean((y - yhat) ** 2)").source.replace("1/10", "1/20")),
    wrong("the sum, a rate for it", "sgd-bias", "step2", "sum-for-mean", LOOPS["sgd-bias"].source.replace("mean(", "sum(").replace("1/10", "1/1000")),
    wrong("sent back twice, half the rate", "net-bias-train", "step3", "backward-twice", LOOPS["net-bias-train"].but(backward="loss.backward(retain_graph=True)\nloss.backward()").source.replace("1/10", "1/20")),
    wrong("no loss at all, a step of its own", "mse", "step2 step4", "", LOOPS["mse"].but(loss="loss = 0 * torch.mean((y - yhat) ** 2)", update="What.data = What.data - 0.05").source),
    wrong("the sum, another rate", "sgd-what", "step2 step4", "sum-for-mean learning-rate", LOOPS["sgd-what"].source.replace("mean(", "sum(").replace("1/10", "1/2000")),
    wrong("ŷ sent back for the loss", "sgd-bias", "step3", "", LOOPS["sgd-bias"].but(backward="yhat.mean().backward()").source),
    wrong("a third column, of zeros", "net-nobias-train", "step1", "", LOOPS["net-nobias-train"].but(before="net = torch.nn.Linear(3, 1, bias=False)\nnet.weight.data = torch.tensor([[-5.0, 10.0, 0.0]])", yhat="yhat = net(torch.concat([X, torch.zeros(100, 1)], dim=1))").source),
    Answer("net-bias: y replaced by ŷ, and trained on", (("net-bias", VALUES["net-bias"] + "\ny = net(x).data"), ("mse", MSE), ("sgd-bias", SGD)), frozenset({"mse.step2"}), named=()),
    *(
        wrong(f"the losses of all epochs added up: {name}", question, "step2", "", loop.source, unseen=unseen)
        for question in ("mse", "sgd-bias")
        for name, pieces, unseen in (
            ("+=", {"loss": LOOPS[question].loss.replace("loss =", "loss +=")}, "clear epochs"),
            ("a total", {"backward": "total = total + loss\ntotal.backward()"}, "clear epochs"),
            ("a list", {"backward": "losses.append(loss)\nsum(losses).backward()"}, "clear epochs"),
            ("retain_graph", {"backward": "total += loss\ntotal.backward(retain_graph=True)"}, ""),
        )
        if (loop := LOOPS[question].but(before=f"loss = total = 0\nlosses = []\n{LOOPS[question].before}", **pieces))
    ),
    *(wrong(f"one sign of the start: {at}", name, "init", "start-sign", LOOPS[name].source.replace(at, minus, 1)) for name, at, minus in (("mse", "-5.0", "5.0"), ("sgd-bias", "10.0", "-10.0"))),
    *(
        wrong(f"cleared before the step, and {name}", "sgd-what", "clear step4", f"cleared-before-step {name}", LOOPS["sgd-what"].but(before=LOOPS["sgd-what"].before.replace(*other), backward="loss.backward()\noptimizr.zero_grad()", clear="").source)
        for name, other in (("learning-rate", ("1/10", "1/100")), ("wrong-optimizer", ("SGD", "Adam")))
    ),
    *(
        wrong(f"the name given away, and {name}", question, "step2 step4", f"leaf-rebound {name}".strip(), LOOPS[question].but(loss=loss, update=LOOPS[question].update.replace(".data", "")).source, unseen="clear epochs")
        for question, name, loss in (
            ("mse", "half-loss", "loss = torch.mean((y - yhat) ** 2) / 2"),
            ("mse", "sum-for-mean", "loss = torch.sum((y - yhat) ** 2)"),
            ("sse", "no-square", "loss = torch.sum(y - yhat)"),
        )
    ),
    wrong("half the loss, and a second backward that raises", "mse", "step2 step3", "half-loss backward-twice", LOOPS["mse"].but(loss="loss = torch.mean((y - yhat) ** 2) / 2", backward="loss.backward()\nloss.backward()").source, unseen="step4 clear epochs result"),
    wrong("a wrong ŷ, and the losses of all epochs", "sgd-bias", "step1 step2", "", LOOPS["sgd-bias"].but(before=f"loss = 0\n{LOOPS['sgd-bias'].before}", yhat="yhat = net(x) + 1", loss="loss += torch.mean((y - yhat) ** 2)").source, unseen="clear epochs"),
    wrong("the bias forgotten, in the update and where it is cleared", "net-bias-train", "step4", "bias-not-updated", LOOPS["net-bias-train"].but(update="net.weight.data -= 1/10 * net.weight.grad", clear="net.weight.grad = None").source),
    wrong("ŷ outside the loop, the sum", "mse", "step1 step2", "forward-outside-loop sum-for-mean", LOOPS["mse"].but(before=f"{WHAT}\nyhat = X @ What", yhat="", loss=LOOPS["sse"].loss, backward="loss.backward(retain_graph=True)").source),
    wrong("a wrong ŷ outside the loop", "mse", "step1", "", LOOPS["mse"].but(before=f"{WHAT}\nyhat = X @ What + 1", yhat="").source, unseen="clear epochs"),
    wrong("a right ŷ that the loss does not use", "mse", "step2", "", LOOPS["mse"].but(yhat="yhat = X @ What\nz = 2 * yhat.detach() + 0 * (X @ What)", loss="loss = torch.mean((y - z - X @ What) ** 2)").source),
    *(wrong(f"y subtracted twice: {loss}", "sgd-scalars", "step2", "", LOOPS["sgd-scalars"].but(yhat="", loss=f"loss = torch.mean(({loss}) ** 2)").source) for loss in ("y - (y - (b + w * x))", "(b + w * x) - y - y")),
    Answer("sse, mse: the ŷ of the question before in the loss", (("sse", LOOPS["sse"].source), ("mse", LOOPS["mse"].but(yhat="yhat2 = X @ What").source)), frozenset({"mse.step2"}), unseen=steps("mse", "step3 step4 clear epochs result"), named=()),
    Answer("sse, mse: no ŷ, that of the question before in the loss", (("sse", LOOPS["sse"].source), ("mse", LOOPS["mse"].but(yhat="").source)), frozenset({"mse.step1"}), unseen=steps("mse", "step2 step3 step4 clear epochs result"), named=()),
    Answer("net-bias-train, sgd-bias: the network of the question before in ŷ", (("net-bias-train", LOOPS["net-bias-train"].source), ("sgd-bias", SGD.replace("net", "net2").replace("net2(x)", "net(x)"))), frozenset({"sgd-bias.step4"}), named=("stale-optimizer",)),
    Answer("sgd-scalars: each parameter after a loss of its own", (("sgd-scalars", ONE_BY_ONE),), loses=frozenset({"sgd-scalars.step4"}), near=frozenset({"sgd-scalars.result"}), named=()),
)  # fmt: skip
