"""Right answers to ``steps``, as differently as students write them. None may lose a point."""
# ruff: noqa: E501 - tables of students' cells, a row a line

from __future__ import annotations

from textwrap import indent

from .answers import (
    BY_HAND,
    BY_OPTIMIZER,
    LOOPS,
    NET,
    PARAMETERS,
    WHAT,
    Answer,
    answer,
    each,
    in_cells,
    rate,
    sgd,
    thinned,
)

# ── the loss, written otherwise ───────────────────────────────────────────────────────────────────────────

MEANS = {
    "yhat - y": "loss = torch.mean((yhat - y) ** 2)",
    "method mean": "loss = ((y - yhat) ** 2).mean()",
    "MSELoss": "loss = torch.nn.MSELoss()(yhat, y)",
    "mse_loss, arguments swapped": "loss = torch.nn.functional.mse_loss(y, yhat)",
    "transposed product": "loss = (y - yhat).T @ (y - yhat) / 100",
    "sum over len": "loss = torch.sum((y - yhat) ** 2) / len(y)",
    "pow": "loss = (y - yhat).pow(2).mean()",
    "square": "loss = torch.square(y - yhat).sum() / y.shape[0]",
    "residual times itself": "e = y - yhat\nloss = (e * e).mean()",
    "norm": "loss = torch.norm(y - yhat) ** 2 / 100",
    "dot": "e = (y - yhat).flatten()\nloss = torch.dot(e, e) / 100",
    "einsum": "e = y - yhat\nloss = torch.einsum('ij,ij->', e, e) / 100",
    "Python's sum": "loss = sum((y - yhat) ** 2) / 100",
    "multiplied out": "loss = torch.mean(y**2 - 2 * y * yhat + yhat**2)",
    "y sliced": "loss = ((y[:, 0] - yhat[:, 0]) ** 2).mean()",
    "absolute value squared": "loss = torch.mean(torch.abs(y - yhat) ** 2)",
    "function": "def mse(a, b):\n    return ((a - b) ** 2).mean()\nloss = mse(y, yhat)",
    "lambda": "loss = (lambda a, b: ((a - b) ** 2).mean())(yhat, y)",
}
SUMS = {
    "yhat - y": "loss = torch.sum((yhat - y) ** 2)",
    "method sum": "loss = ((y - yhat) ** 2).sum()",
    "MSELoss of reduction sum": "loss = torch.nn.MSELoss(reduction='sum')(yhat, y)",
    "mse_loss of reduction sum": "loss = torch.nn.functional.mse_loss(y, yhat, reduction='sum')",
    "transposed product": "loss = (y - yhat).T @ (y - yhat)",
    "residual times itself": "e = y - yhat\nloss = (e * e).sum()",
    "mean times a hundred": "loss = torch.mean((y - yhat) ** 2) * 100",
    "Python's sum": "loss = sum((y - yhat) ** 2)",
    "norm": "loss = torch.norm(y - yhat) ** 2",
    "sum in double precision": "loss = torch.sum((y - yhat) ** 2, dtype=torch.float64)",
}

# ── ŷ, written otherwise ──────────────────────────────────────────────────────────────────────────────────

WHAT_LINES = {
    "matmul": "yhat = torch.matmul(X, What)",
    "mm": "yhat = X.mm(What)",
    "intercept and slope": "yhat = What[0] + What[1] * x",
    "einsum": "yhat = torch.einsum('ij,jk->ik', X, What)",
    "rows summed": "yhat = (X * What.T).sum(axis=1, keepdim=True)",
    "linear": "yhat = torch.nn.functional.linear(X, What.T)",
    "transposed": "yhat = (What.T @ X.T).T",
    "X made anew": "yhat = torch.concat([torch.ones(100, 1), x], dim=1) @ What",
    "unpacked": "w0, w1 = What\nyhat = w0 + w1 * x",
    "column by column": "yhat = X[:, [0]] * What[0, 0] + X[:, [1]] * What[1, 0]",
}
LINES = {
    **dict.fromkeys(("sse", "mse", "sgd-what"), WHAT_LINES),
    **{
        name: {
            "forward": "yhat = net.forward(x)",
            "weight and bias": "yhat = net.weight * x + net.bias",
            "product": "yhat = x @ net.weight.T + net.bias",
            "functional": "yhat = torch.nn.functional.linear(x, net.weight, net.bias)",
            "x reshaped": "yhat = net(x.reshape(-1, 1))",
            "x out of X": "yhat = net(X[:, [1]])",
        }
        for name in ("net-bias-train", "sgd-bias")
    },
    **{
        name: {
            "forward": "yhat = net.forward(X)",
            "product": "yhat = X @ net.weight.T",
            "functional": "yhat = torch.nn.functional.linear(X, net.weight)",
        }
        for name in ("net-nobias-train", "sgd-nobias")
    },
    "sgd-scalars": {
        "slope first": "yhat = x * w + b",
        "add and mul": "yhat = torch.add(b, torch.mul(w, x))",
        "stacked": "yhat = X @ torch.stack([b, w]).reshape(2, 1)",
        "addcmul": "yhat = torch.addcmul(b, w, x)",
    },
}

# ── the update and the clearing, written otherwise; {p} is a parameter, {lr} the learning rate ────────────

UPDATES = {
    "in place": "{p}.data -= {lr} * {p}.grad",
    "gradient's data": "{p}.data = {p}.data - {lr} * {p}.grad.data",
    "plus minus": "{p}.data = {p}.data + (-{lr}) * {p}.grad",
    "sub_": "{p}.data.sub_({lr} * {p}.grad)",
    "add_ with alpha": "{p}.data.add_({p}.grad, alpha=-{lr})",
    "detach": "{p}.data = {p}.detach() - {lr} * {p}.grad",
    "sliced": "{p}.data[...] = {p}.data - {lr} * {p}.grad",
    "no_grad in place": "with torch.no_grad():\n    {p} -= {lr} * {p}.grad",
    "no_grad copy_": "with torch.no_grad():\n    {p}.copy_({p} - {lr} * {p}.grad)",
    "two lines": "step = {lr} * {p}.grad\n{p}.data = {p}.data - step",
    "numpy": "{p}.data = torch.tensor({p}.data.numpy() - {lr} * {p}.grad.numpy())",
    "numpy in place": "{p}.detach().numpy()[...] -= {lr} * {p}.grad.numpy()",
    "divided": "{p}.data = {p}.data - {p}.grad / (1 / ({lr}))",
    "lr as a tensor": "{p}.data = {p}.data - torch.tensor({lr}) * {p}.grad",
    "inference of the old value": "old = {p}.data.clone()\n{p}.data = old - {lr} * {p}.grad",
}
CLEARINGS = {
    "zero_": "{p}.grad.zero_()",
    "zeros_like": "{p}.grad = torch.zeros_like({p})",
    "data zero_": "{p}.grad.data.zero_()",
    "fill_": "{p}.grad.fill_(0)",
    "del": "del {p}.grad",
    "sliced": "{p}.grad[...] = 0",
    "times zero": "{p}.grad *= 0",
}


def _updates() -> list[Answer]:
    return [
        answer(f"update: {name}", loop.but(update=each(loop.question, line)))
        for loop in BY_HAND.values()
        for name, line in UPDATES.items()
        if not (name == "no_grad in place" and "net" in loop.question)  # a module takes no `net.bias -= …`
    ] + [
        answer(
            "update: for p in net.parameters()",
            BY_HAND[name].but(update=f"for p in net.parameters():\n    {line}", clear=clear),
        )
        for name in ("net-bias-train", "net-nobias-train")
        for line, clear in (
            ("p.data -= 0.1 * p.grad", "net.zero_grad()"),
            ("p.data = p.data - 0.1 * p.grad", "for p in net.parameters():\n    p.grad = None"),
            ("with torch.no_grad():\n        p -= 0.1 * p.grad\n    p.grad.zero_()", ""),
        )
    ]


def _clearings() -> list[Answer]:
    return [
        answer(f"clear: {name}", loop.but(clear=each(loop.question, line)))
        for loop in LOOPS.values()
        for name, line in CLEARINGS.items()
    ] + [
        answer(
            "clear: at the start of the loop",
            loop.but(
                yhat=each(loop.question, "if {p}.grad is not None:\n    {p}.grad.zero_()") + f"\n{loop.yhat}",
                clear="",
            ),
        )
        for loop in BY_HAND.values()
    ]


def _gradients() -> list[Answer]:
    """``torch.autograd.grad`` in place of ``backward`` and ``.grad``."""
    return [
        answer(
            f"autograd.grad{text}",
            loop.but(
                backward=f"gs = torch.autograd.grad(loss, [{', '.join(PARAMETERS[name])}]{more})",
                update="\n".join(
                    f"{p}.data = {p}.data - {rate(name)} * gs[{i}]" for i, p in enumerate(PARAMETERS[name])
                ),
                clear="",
            ),
        )
        for name, loop in BY_HAND.items()
        for text, more in (("", ""), (" with create_graph", ", create_graph=True"))
    ]


def _halves() -> list[Answer]:
    """Several backwards whose gradients add up to that of the loss."""
    share = {"sse": "", **{name: " / 100" for name in LOOPS if name != "sse"}}
    return [
        answer(
            f"{name} that add up",
            loop.but(loss=f"e = (y - yhat) ** 2\n{losses.format(share[loop.question])}", backward=backward),
        )
        for loop in LOOPS.values()
        for name, losses, backward in (
            (
                "two backwards",
                "first = e[:50].sum(){0}\nsecond = e[50:].sum(){0}",
                "first.backward(retain_graph=True)\nsecond.backward()",
            ),
            (
                "four batches",
                "parts = [e[i:i + 25].sum(){0} for i in range(0, 100, 25)]",
                "for part in parts:\n    part.backward(retain_graph=True)",
            ),
            ("torch.autograd.backward", "loss = e.sum(){0}", "torch.autograd.backward(loss)"),
            ("retain_graph", "loss = e.sum(){0}", "loss.backward(retain_graph=True)"),
            ("an explicit gradient of one", "loss = e.sum(){0}", "loss.backward(torch.tensor(1.0))"),
        )
    ]


# ── how the loop is made, and what stands around it ───────────────────────────────────────────────────────

HEADS = {
    "from 1 to 30": ("", "for epoch in range(1, 31):", ""),
    "while": ("i = 0", "while i < 30:", "    i += 1"),
    "while True and break": ("i = 0", "while True:", "    i += 1\n    if i == 30:\n        break"),
    "break that is never taken": ("", "for epoch in range(30):", "    if loss < 1e-9:\n        break"),
    "break after 30": ("", "for epoch in range(1000):", "    if epoch == 29:\n        break"),
    "losses recorded": ("losses = []", "for epoc in range(30):", "    losses.append(loss.item())"),
    "losses recorded with their graphs": ("losses = []", "for epoc in range(30):", "    losses.append(loss)"),
    "printing": (
        "",
        "for epoc in range(30):",
        "    if epoc % 10 == 0:\n        print(f'epoch={epoc} loss={loss:.4f}')",
    ),
    "itertools": ("import itertools", "for _ in itertools.repeat(None, 30):", ""),
    "over a list": ("", "for _ in [None] * 30:", ""),
    "evaluation in between": (
        "",
        "for epoc in range(30):",
        "    with torch.no_grad():\n        test = torch.mean((y - yhat) ** 2)",
    ),
    "detect_anomaly": ("", "with torch.autograd.set_detect_anomaly(False):\n  for epoc in range(30):", ""),
    "epochs in a variable": ("num_epochs = 30", "for epoc in range(num_epochs):", ""),
    "progress bar of one's own": (
        "def bar(n):\n    for i in range(n):\n        print('\\r' + '#' * i, end='')\n        yield i",
        "for epoc in bar(30):",
        "",
    ),
}


def _heads() -> list[Answer]:
    made = []
    for loop in LOOPS.values():
        for name, (before, head, tail) in HEADS.items():
            body = "\n".join(
                filter(None, (loop.body, tail and tail.replace("    ", "", 1).replace("\n    ", "\n")))
            )
            source = "\n".join(filter(None, (loop.before, before, head, indent(body, "    "))))
            made.append(in_cells(f"loop: {name}", loop.question, [source]))
        made.append(
            in_cells(
                "loop: ten times three",
                loop.question,
                [
                    f"{loop.before}\nfor i in range(10):\n    for j in range(3):\n{indent(loop.body, ' ' * 8)}",
                ],
            )
        )
        made.append(in_cells("magic: %%time", loop.question, [f"%%time\n{loop.source}"]))
    return made


def _functions() -> list[Answer]:
    made = []
    for name, loop in LOOPS.items():
        epoch = f"def epoch():\n{indent(loop.body, '    ')}\n    return loss.item()"
        made += [
            in_cells(
                "function called in a loop",
                name,
                [f"{loop.before}\n{epoch}\nfor _ in range(30):\n    epoch()"],
            ),
            in_cells(
                "function in a list comprehension",
                name,
                [f"{loop.before}\n{epoch}\nlosses = [epoch() for _ in range(30)]"],
            ),
            in_cells(
                "function in its own cell", name, [loop.before, epoch, "for _ in range(30):\n    epoch()"]
            ),
            in_cells(
                "recursion",
                name,
                [
                    f"{loop.before}\n{epoch}\ndef go(n):\n    if n:\n        epoch()\n        go(n - 1)\ngo(30)"
                ],
            ),
            in_cells(
                "all in a function that returns the parameters",
                name,
                [
                    f"def train():\n{indent(loop.source, '    ')}\n    return {', '.join(PARAMETERS[name])}\n"
                    "trained = train()\nfirst = trained[0]"
                    + ("\nsecond = trained[1]" * (len(PARAMETERS[name]) > 1))
                    if len(PARAMETERS[name]) > 1
                    else f"def train():\n{indent(loop.source, '    ')}\n    return {PARAMETERS[name][0]}\nmine = train()"
                ],
            ),
        ]
    return made


def _in_several_cells() -> list[Answer]:
    made = []
    for name, loop in LOOPS.items():
        pieces = [loop.yhat, loop.loss, loop.backward, loop.update, loop.clear]
        rest = loop.but(before="", epochs="29").source
        made += [
            in_cells("one epoch in cells, then 29", name, [loop.before, *pieces, rest]),
            in_cells("one epoch in cells, then anew and 30", name, [loop.before, *pieces, loop.source]),
            in_cells(
                "gradients shown in between",
                name,
                [loop.before, *pieces[:3], each(name, "print({p}, {p}.grad)"), *pieces[3:], "loss", rest],
            ),
            in_cells("ten, ten and ten", name, [loop.before, *[loop.but(before="", epochs="10").source] * 3]),
            in_cells("an epoch a cell", name, [loop.before, *[loop.body] * 30]),
            in_cells("each step a cell, thirty times", name, [loop.before, *pieces * 30]),
        ]
    return made


def _tries() -> list[Answer]:
    """Give wrong tries beside a right one: the right one counts."""
    made = []
    for name, loop in LOOPS.items():
        wrong = loop.but(loss="loss = torch.mean(torch.abs(y - yhat))")
        few = loop.but(epochs="7")
        for what, other in (("wrong loss", wrong), ("seven epochs", few)):
            made += [
                in_cells(f"try: {what}, then right, one cell", name, [f"{other.source}\n{loop.source}"]),
                in_cells(f"try: {what}, then right, two cells", name, [other.source, loop.source]),
                in_cells(f"try: right, then {what}, two cells", name, [loop.source, other.source]),
                in_cells(f"try: right, then {what}, one cell", name, [f"{loop.source}\n{other.source}"]),
            ]
        made.append(in_cells("try: right twice", name, [loop.source, loop.source]))
    return made


# ── the optimizer, written otherwise ──────────────────────────────────────────────────────────────────────

OPTIMIZERS = {
    "lr as decimals": "optimizr = torch.optim.SGD({held}, lr=0.1)",
    "lr by position": "optimizr = torch.optim.SGD({held}, 0.1)",
    "params by name": "optimizr = torch.optim.SGD(params={held}, lr=0.1)",
    "a list of them": "optimizr = torch.optim.SGD(list({held}), lr=0.1)",
    "a group": "optimizr = torch.optim.SGD([{{'params': {held}}}], lr=0.1)",
    "a group with its own lr": "optimizr = torch.optim.SGD([{{'params': {held}, 'lr': 0.1}}], lr=5)",
    "defaults spelt out": "optimizr = torch.optim.SGD({held}, lr=0.1, momentum=0, weight_decay=0)",
    "foreach": "optimizr = torch.optim.SGD({held}, lr=0.1, foreach=True)",
    "imported": "from torch import optim\noptimizr = optim.SGD({held}, lr=1e-1)",
    "subclass": "class Mine(torch.optim.SGD):\n    pass\noptimizr = Mine({held}, lr=0.1)",
    "lr set later": "optimizr = torch.optim.SGD({held}, lr=5)\noptimizr.param_groups[0]['lr'] = 0.1",
    "lr as a tensor": "optimizr = torch.optim.SGD({held}, lr=torch.tensor(0.1))",
    "made twice": "optimizr = torch.optim.SGD({held}, lr=5)\noptimizr = torch.optim.SGD({held}, lr=0.1)",
}
OPTIMIZER_LOOPS = {
    "zero_grad first": {"yhat": "optimizr.zero_grad()\n{yhat}", "clear": ""},
    "zero_grad before backward": {"backward": "optimizr.zero_grad()\nloss.backward()", "clear": ""},
    "set_to_none=False": {"clear": "optimizr.zero_grad(set_to_none=False)"},
    "one line": {"update": "optimizr.step(); optimizr.zero_grad()", "clear": ""},
    "cleared twice": {"yhat": "optimizr.zero_grad()\n{yhat}"},
    "step before anything": {"before": "{before}\noptimizr.step()"},
    "zero_grad before the loop": {"before": "{before}\noptimizr.zero_grad()"},
    "ŷ once more after the step": {"clear": "optimizr.zero_grad()\n{yhat}"},
}


def _optimizers() -> list[Answer]:
    made = []
    for name, loop in BY_OPTIMIZER.items():
        make, held = loop.before.rsplit("\n", 1)[0], ", ".join(PARAMETERS[name])
        for what, line in OPTIMIZERS.items():
            for parameters in dict.fromkeys((f"[{held}]", *(["net.parameters()"] if "net" in held else []))):
                before = f"{make}\n{line.format(held=parameters)}"
                made.append(answer(f"optimizer: {what} {parameters}", loop.but(before=before)))
        for what, pieces in OPTIMIZER_LOOPS.items():
            filled = {key: text.format(yhat=loop.yhat, before=loop.before) for key, text in pieces.items()}
            made.append(answer(f"optimizer: {what}", loop.but(**filled)))
        closure = f"def closure():\n    optimizr.zero_grad()\n{indent(loop.yhat, '    ')}\n{indent(loop.loss, '    ')}"
        closure += "\n    loss.backward()\n    return loss"
        made += [
            answer(
                "closure in the loop",
                loop.but(yhat=closure, loss="", backward="", update="optimizr.step(closure)", clear=""),
            ),
            in_cells(
                "closure before the loop",
                name,
                [f"{loop.before}\n{closure}\nfor _ in range(30):\n    loss = optimizr.step(closure)"],
            ),
            answer("manual clearing", loop.but(clear=each(name, "{p}.grad = None"))),
            answer(
                "a schedule that changes nothing",
                loop.but(
                    before=f"{loop.before}\nplan = torch.optim.lr_scheduler.StepLR(optimizr, step_size=100)",
                    clear=f"{loop.clear}\nplan.step()",
                ),
            ),
            answer("a step without gradients at the end", loop.but(after="optimizr.step()")),
        ]
        if len(PARAMETERS[name]) > 1:
            one, two = PARAMETERS[name]
            made.append(
                answer("the other order", loop.but(before=f"{make}\n{sgd(f'[{two}, {one}]', 'lr=0.1')}")),
            )
    return made


# ── single answers ────────────────────────────────────────────────────────────────────────────────────────

MODULE = """class Line(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = torch.nn.Linear(1, 1)
    def forward(self, x):
        return self.l1(x)
net = Line()
net.l1.bias.data = torch.tensor([-5.0])
net.l1.weight.data = torch.tensor([[10.0]])"""
OWN_PARAMETERS = """class Line(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.nn.Parameter(torch.tensor([10.0]))
        self.b = torch.nn.Parameter(torch.tensor([-5.0]))
    def forward(self, x):
        return self.w * x + self.b
net = Line()"""
SEQUENTIAL = """net = torch.nn.Sequential(torch.nn.Linear(1, 1))
net[0].bias.data = torch.tensor([-5.0])
net[0].weight.data = torch.tensor([[10.0]])"""
STARTS = {
    "bias of shape (1, 1)": "net = torch.nn.Linear(1, 1)\nnet.bias.data = torch.tensor([[-5.0]])\n"
    "net.weight.data = torch.tensor([[10.0]])",
    "filled": "net = torch.nn.Linear(1, 1)\nnet.bias.data.fill_(-5)\nnet.weight.data.fill_(10)",
    "no_grad": "net = torch.nn.Linear(1, 1)\nwith torch.no_grad():\n    net.bias[0] = -5.0\n    net.weight[0, 0] = 10.0",
    "init.constant_": "net = torch.nn.Linear(1, 1)\ntorch.nn.init.constant_(net.bias, -5)\n"
    "torch.nn.init.constant_(net.weight, 10)",
    "Parameter": "net = torch.nn.Linear(1, 1)\nnet.bias = torch.nn.Parameter(torch.tensor([-5.0]))\n"
    "net.weight = torch.nn.Parameter(torch.tensor([[10.0]]))",
    "load_state_dict": "net = torch.nn.Linear(1, 1)\n"
    "net.load_state_dict({'weight': torch.tensor([[10.0]]), 'bias': torch.tensor([-5.0])})",
    "seeded first": f"torch.manual_seed(43052)\n{NET}",
    "Module": MODULE,
    "Module of own parameters": OWN_PARAMETERS,
    "Sequential": SEQUENTIAL,
    "copied": f"import copy\n{NET}\nnet = copy.deepcopy(net)",
    "called model": "model = torch.nn.Linear(1, 1)\nmodel.bias.data = torch.tensor([-5.0])\n"
    "model.weight.data = torch.tensor([[10.0]])\nnet = model",
    "in training mode": f"{NET}\nnet.train()",
    "looked at first": f"{NET}\nprint(net(x)[:3], net.bias.data, list(net.parameters()))",
    "two networks, one trained": "other = torch.nn.Linear(1, 1)\n" + NET,
}
WHAT_STARTS = {
    "requires_grad_": "What = torch.tensor([[-5.0], [10.0]]).requires_grad_()",
    "requires_grad set": "What = torch.tensor([[-5.0], [10.0]])\nWhat.requires_grad = True",
    "reshaped": "What = torch.tensor([-5.0, 10.0]).reshape(2, 1).requires_grad_(True)",
    "FloatTensor": "What = torch.FloatTensor([[-5], [10]])\nWhat.requires_grad = True",
    "dtype": "What = torch.tensor([[-5], [10]], dtype=torch.float32, requires_grad=True)",
    "Parameter": "What = torch.nn.Parameter(torch.tensor([[-5.0], [10.0]]))",
    "Variable": "What = torch.autograd.Variable(torch.tensor([[-5.0], [10.0]]), requires_grad=True)",
    "numpy": "import numpy as np\nWhat = torch.from_numpy(np.array([[-5], [10]], dtype='float32')).requires_grad_()",
    "zeros filled": "What = torch.zeros(2, 1, requires_grad=True)\nWhat.data[0] = -5\nWhat.data[1] = 10",
    "hook that only looks": f"{WHAT}\nWhat.register_hook(lambda g: print(g))",
    "a toy example first": f"t = torch.tensor(3.0, requires_grad=True)\n(t**2).backward()\nprint(t.grad)\n{WHAT}",
    "yhat looked at first": f"{WHAT}\nprint((X @ What)[:3])",
    "gradient tried out first": f"{WHAT}\ntorch.mean((y - X @ What) ** 2).backward()\nprint(What.grad)\nWhat.grad = None",
}


def _starts() -> list[Answer]:
    made = []
    for what, make in STARTS.items():
        for name in ("net-bias-train", "sgd-bias"):
            line = sgd("net.parameters()")
            before = make if name == "net-bias-train" else f"{make}\n{line}"
            pieces = {"before": before}
            if name == "net-bias-train":
                pieces |= {
                    "update": "for p in net.parameters():\n    p.data -= 0.1 * p.grad",
                    "clear": "net.zero_grad()",
                }
            made.append(answer(f"start: {what}", LOOPS[name].but(**pieces)))
    for what, make in WHAT_STARTS.items():
        for name in ("sse", "mse", "sgd-what"):
            before = f"{make}\n{sgd('[What]')}" if name == "sgd-what" else make
            made.append(answer(f"start: {what}", LOOPS[name].but(before=before)))
    return made


def _rebound() -> list[Answer]:
    return [
        answer(f"rebind: {what}", BY_HAND[name].but(update=line.format(lr=rate(name)), clear=""))
        for name in ("sse", "mse")
        for what, line in (
            ("detach", "What = (What - {lr} * What.grad).detach().requires_grad_()"),
            ("clone", "What = (What - {lr} * What.grad).detach().clone().requires_grad_(True)"),
            ("tensor", "What = torch.tensor((What - {lr} * What.grad).tolist(), requires_grad=True)"),
            ("data", "What = What.data - {lr} * What.grad\nWhat.requires_grad = True"),
            ("Parameter", "What = torch.nn.Parameter(What.data - {lr} * What.grad)"),
            ("other name", "new = (What - {lr} * What.grad).detach()\nnew.requires_grad_()\nWhat = new"),
        )
    ]


ONE_D = """W = torch.tensor([-5.0, 10.0], requires_grad=True)
yy = y.reshape(-1)
for i in range(30):
    loss = ((yy - X @ W) ** 2).mean()
    loss.backward()
    W.data -= 0.1 * W.grad
    W.grad = None"""
DICTIONARY = """params = {"w0": torch.tensor([-5.0], requires_grad=True), "w1": torch.tensor([10.0], requires_grad=True)}
for i in range(30):
    loss = ((y - params["w0"] - params["w1"] * x) ** 2).mean()
    loss.backward()
    for p in params.values():
        p.data -= 0.1 * p.grad
        p.grad = None"""
CLASS = """class Trainer:
    def __init__(self, lr):
        self.lr = lr
        self.net = torch.nn.Linear(1, 1)
        self.net.weight.data = torch.tensor([[10.0]])
        self.net.bias.data = torch.tensor([-5.0])
    def loss(self):
        return ((y - self.net(x)) ** 2).mean()
    def fit(self, epochs):
        for _ in range(epochs):
            self.loss().backward()
            for p in self.net.parameters():
                p.data = p.data - self.lr * p.grad
                p.grad = None
trainer = Trainer(0.1)
trainer.fit(30)
net = trainer.net"""
TWO_OPTIMIZERS = """b = torch.tensor(-5.0, requires_grad=True)
w = torch.tensor(10.0, requires_grad=True)
one = torch.optim.SGD([b], lr=0.1)
two = torch.optim.SGD([w], lr=0.1)
for _ in range(30):
    loss = ((y - b - w * x) ** 2).mean()
    loss.backward()
    one.step()
    two.step()
    one.zero_grad()
    two.zero_grad()"""
WITHOUT_NAMES = """What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for _ in range(30):
    torch.mean((y - X @ What) ** 2).backward()
    What.data -= 0.1 * What.grad
    What.grad = None"""
LISTED = """params = [torch.tensor([[-5.0], [10.0]], requires_grad=True)]
for i in range(30):
    loss = ((y - X @ params[0]) ** 2).mean()
    loss.backward()
    params[0].data -= 0.1 * params[0].grad
    params[0].grad = None"""
PASSED_ALONG = """def step(W):
    loss = ((y - X @ W) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        W -= 0.1 * W.grad
    W.grad = None
    return W
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for _ in range(30):
    What = step(What)"""
SCALAR_NAMES = """w0hat = torch.tensor([-5.0], requires_grad=True)
w1hat = torch.tensor([10.0], requires_grad=True)
optimiger = torch.optim.SGD([w1hat, w0hat], lr=1/10)
cost = torch.nn.MSELoss()
for epoch in range(30):
    hypo = w0hat + w1hat * x
    err = cost(hypo, y)
    err.backward()
    optimiger.step()
    optimiger.zero_grad()"""
MATRIX_SCALARS = """b = torch.tensor([[-5.0]], requires_grad=True)
w = torch.tensor([[10.0]], requires_grad=True)
opt = torch.optim.SGD([b, w], lr=0.1)
for epoch in range(30):
    opt.zero_grad()
    yhat = x @ w + b
    torch.nn.functional.mse_loss(yhat, y).backward()
    opt.step()"""
DOUBLE_NET = """x64, y64 = x.double(), y.double()
net = torch.nn.Linear(1, 1).double()
net.bias.data = torch.tensor([-5.0], dtype=torch.float64)
net.weight.data = torch.tensor([[10.0]], dtype=torch.float64)
for _ in range(30):
    loss = ((y64 - net(x64)) ** 2).mean()
    loss.backward()
    for p in net.parameters():
        p.data -= 0.1 * p.grad
    net.zero_grad()"""
PLOTTED = """What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
history = []
for epoc in range(30):
    yhat = X @ What
    loss = torch.mean((y - yhat) ** 2)
    history.append((yhat.data.tolist(), What.data.clone(), loss.item()))
    loss.backward()
    What.data = What.data - 1/10 * What.grad
    What.grad = None
line = (X @ What).data"""
OTHER_RUN = """a = torch.tensor(1.0, requires_grad=True)
for _ in range(5):
    ((a - 3) ** 2).backward()
    a.data -= 0.1 * a.grad
    a.grad = None
"""
SIDE_BY_SIDE = """What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
slow = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for _ in range(30):
    for W, lr in ((What, 0.1), (slow, 0.01)):
        loss = ((y - X @ W) ** 2).mean()
        loss.backward()
        W.data -= lr * W.grad
        W.grad = None"""
KOREAN = """학습률 = 0.1
계수 = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for 회 in range(30):
    예측 = X @ 계수
    손실 = torch.mean((y - 예측) ** 2)
    손실.backward()
    계수.data = 계수.data - 학습률 * 계수.grad
    계수.grad = None"""
SEMICOLONS = """What = torch.tensor([[-5.0],[10.0]],requires_grad=True); alpha=1/10
for epoc in range(30): yhat=X@What; loss=torch.mean((y-yhat)**2); loss.backward(); \
What.data=What.data-alpha*What.grad; What.grad=None"""
ASSERTED = """What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(30):
    assert What.grad is None
    loss = ((y - X @ What) ** 2).mean()
    loss.backward()
    right = -2 / 100 * X.T @ (y - X @ What.data)
    assert torch.allclose(What.grad, right, atol=1e-3)
    What.data -= 0.1 * What.grad
    What.grad = None"""
GRADIENT_KEPT = """What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
grads = []
for epoc in range(30):
    loss = ((y - X @ What) ** 2).mean()
    loss.backward()
    grads.append(What.grad)
    What.data -= 0.1 * What.grad
    What.grad = None"""
LEARNED_STEP_CLASS = """class Descent:
    def __init__(self, ps, lr):
        self.ps, self.lr = list(ps), lr
    def step(self):
        for p in self.ps:
            p.data -= self.lr * p.grad
    def zero_grad(self):
        for p in self.ps:
            p.grad = None
net = torch.nn.Linear(2, 1, bias=False)
net.weight.data = torch.tensor([[-5.0, 10.0]])
opt = Descent(net.parameters(), 0.1)
for _ in range(30):
    torch.nn.MSELoss()(net(X), y).backward()
    opt.step()
    opt.zero_grad()"""
SHARED = "alpha = 1/10\n" + LOOPS["mse"].source.replace("1/10 *", "alpha *")


def _singles() -> list[Answer]:
    single = {
        ("one-dimensional throughout", "mse"): ONE_D,
        ("a dictionary of parameters", "mse"): DICTIONARY,
        ("a class", "net-bias-train"): CLASS,
        ("two optimizers", "sgd-scalars"): TWO_OPTIMIZERS,
        ("neither yhat nor loss", "mse"): WITHOUT_NAMES,
        ("a list of parameters", "mse"): LISTED,
        ("parameters passed along", "mse"): PASSED_ALONG,
        ("other names, other order, shape (1,)", "sgd-scalars"): SCALAR_NAMES,
        ("scalars of shape (1, 1)", "sgd-scalars"): MATRIX_SCALARS,
        ("double precision throughout", "net-bias-train"): DOUBLE_NET,
        ("everything kept for a picture", "mse"): PLOTTED,
        ("another run before", "mse"): OTHER_RUN + LOOPS["mse"].source,
        ("another run after", "mse"): LOOPS["mse"].source + "\n" + OTHER_RUN,
        ("two learning rates side by side", "mse"): SIDE_BY_SIDE,
        ("Korean names", "mse"): KOREAN,
        ("on one line", "mse"): SEMICOLONS,
        ("gradient compared with the formula", "mse"): ASSERTED,
        ("gradients kept in a list", "mse"): GRADIENT_KEPT,
        ("an optimizer of one's own, by hand", "net-nobias-train"): LEARNED_STEP_CLASS,
        ("alpha", "mse"): SHARED,
        ("What shown at the end", "mse"): LOOPS["mse"].source + "\nWhat",
        ("raises after the training", "mse"): LOOPS["mse"].source + "\nplt.plot(x, What)",
    }
    return [in_cells(what, name, [source]) for (what, name), source in single.items()]


# ── the student's own preparation of the data ─────────────────────────────────────────────────────────────

DATA_FORMS = {
    "reshape(-1, 1)": "x = torch.tensor(df.x).float().reshape(-1, 1)\ny = torch.tensor(df.y).float().reshape(-1, 1)\n"
    "X = torch.concat([torch.ones(100, 1), x], axis=1)",
    "unsqueeze": "x = torch.tensor(df['x'], dtype=torch.float32).unsqueeze(1)\n"
    "y = torch.tensor(df['y'], dtype=torch.float32).unsqueeze(1)\nX = torch.cat((torch.ones_like(x), x), 1)",
    "rows transposed": "_x = torch.tensor(df.x).float()\nX = torch.tensor([[1]*100, _x.tolist()]).T\n"
    "x = _x.reshape(100, 1)\ny = torch.tensor(df.y).float().reshape(100, 1)",
    "rows transposed from a tensor": "x = torch.tensor(df.x).float()\ny = torch.tensor(df.y).float()\n"
    "X = torch.tensor([[1]*100, x]).T\nx, y = x.reshape(100, 1), y.reshape(100, 1)",
    "hstack": "x = torch.FloatTensor(df.x.values)[:, None]\ny = torch.FloatTensor(df.y.values)[:, None]\n"
    "X = torch.hstack([torch.ones(100, 1), x])",
    "numpy": "import numpy as np\nA = df[['x', 'y']].to_numpy().astype(np.float32)\nx = torch.from_numpy(A[:, [0]])\n"
    "y = torch.from_numpy(A[:, [1]])\nX = torch.from_numpy(np.c_[np.ones(100, dtype=np.float32), A[:, [0]]])",
    "stack": "x = torch.tensor(df.x.tolist()).view(100, 1)\ny = torch.tensor(df.y.tolist()).view(100, 1)\n"
    "X = torch.stack([torch.ones(100), x[:, 0]], dim=1)",
}


def _data() -> list[Answer]:
    loops = tuple((name, loop.source) for name, loop in LOOPS.items())
    forms = [Answer(f"data: {what}", (("data", source),)) for what, source in DATA_FORMS.items()]
    return [
        *forms,
        Answer("all trainings one after the other", loops),
        Answer("all trainings in the other order", tuple(reversed(loops))),
        Answer(
            "data in float64, and trainings in float64",
            (
                (
                    "data",
                    (
                        "x = torch.tensor(df.x).reshape(100, 1)\ny = torch.tensor(df.y).reshape(100, 1)\n"
                        "X = torch.concat([torch.ones(100, 1), x], axis=1)"
                    ),
                ),
                ("mse", LOOPS["mse"].source.replace("10.0]]", "10.0]], dtype=torch.float64")),
                ("sgd-scalars", LOOPS["sgd-scalars"].source),
            ),
            loses=frozenset({"data.x", "data.y", "data.X"}),
        ),
        Answer(
            "data one-dimensional, and a training to suit",
            (
                (
                    "data",
                    (
                        "x = torch.tensor(df.x).float()\ny = torch.tensor(df.y).float()\n"
                        "X = torch.stack([torch.ones(100), x]).T"
                    ),
                ),
                ("mse", ONE_D),
                ("sgd-scalars", LOOPS["sgd-scalars"].source),
            ),
            loses=frozenset({"data.x", "data.y"}),
        ),
        Answer(
            "data overwritten within the training",
            (("mse", "x = x.reshape(-1)\ny = y.reshape(-1)\n" + ONE_D),),
        ),
    ]


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────

SEED = "torch.manual_seed(43052)\n"
VALUES = {
    "net-bias": {
        "lecture": "net = torch.nn.Linear(in_features=1, out_features=1)\nyhat = net(x)",
        "bias spelt out": "net = torch.nn.Linear(1, 1, bias=True)\nyhat = net(x)",
        "detached": "net = torch.nn.Linear(1, 1)\nyhat = net(x).detach()",
        "by hand": "net = torch.nn.Linear(1, 1)\nyhat = net.bias + net.weight * x",
        "typed from the printed numbers": "net = torch.nn.Linear(1, 1)\nyhat = -0.8470 + -0.3467 * x",
        "other names": "model = torch.nn.Linear(1, 1)\npred = model(x)",
        "no_grad": "net = torch.nn.Linear(1, 1)\nwith torch.no_grad():\n    yhat = net(x)",
        "from nn": "from torch import nn\nnet = nn.Linear(1, 1)\nyhat = net.forward(x)",
    },
    "net-nobias": {
        "lecture": "net = torch.nn.Linear(in_features=2, out_features=1, bias=False)\nyhat = net(X)",
        "positions": "net = torch.nn.Linear(2, 1, False)\nyhat = net(X)",
        "product": "net = torch.nn.Linear(2, 1, bias=False)\nyhat = X @ net.weight.T",
        "typed from the printed numbers": "net = torch.nn.Linear(2, 1, bias=False)\n"
        "yhat = X @ torch.tensor([[-0.2451], [-0.5989]])",
    },
    "net-wrong": {
        "item": "_x = x.reshape(-1)\nnet = torch.nn.Linear(1, 1)\nyhat = net(_x.reshape(100, 1))\n"
        "torch.manual_seed(43052)\nextra_bias = torch.nn.Linear(2, 1).bias.item()",
        "the tensor itself": "_x = x.reshape(-1)\nnet = torch.nn.Linear(1, 1)\nyhat = net(_x.unsqueeze(1))\n"
        "torch.manual_seed(43052)\nnet2 = torch.nn.Linear(2, 1)\nextra_bias = net2.bias",
        "typed": "_x = x.reshape(-1)\nnet = torch.nn.Linear(1, 1)\nyhat = net(_x.reshape(-1, 1))\nextra_bias = 0.2549",
    },
    "parameters": {
        "names typed": "net = torch.nn.Linear(1, 1)\ngen = net.parameters()\nfirst = next(gen)\nsecond = next(gen)\n"
        "third = 'StopIteration'\nmethod_is_iterable = False\ncall_is_iterable = True\n"
        "message = 'optimizer got an empty parameter list'",
        "hasattr": "net = torch.nn.Linear(1, 1)\ng = net.parameters()\nfirst, second = next(g), next(g)\n"
        "try:\n    next(g)\nexcept StopIteration as e:\n    third = e.__class__.__name__\n"
        "method_is_iterable = hasattr(net.parameters, '__iter__')\n"
        "call_is_iterable = torch.tensor(hasattr(net.parameters(), '__iter__'))\n"
        "try:\n    torch.optim.SGD(g, lr=0.1)\nexcept Exception as e:\n    message = str(e)",
        "the exceptions themselves": "net = torch.nn.Linear(1, 1)\ng = net.parameters()\nfirst = next(g)\n"
        "second = next(g)\ntry:\n    next(g)\nexcept StopIteration as e:\n    third = repr(e)\n"
        "method_is_iterable = '__iter__' in dir(net.parameters)\ncall_is_iterable = '__iter__' in dir(net.parameters())\n"
        "try:\n    torch.optim.SGD(g, lr=0.1)\nexcept ValueError as e:\n    message = repr(e)",
    },
}


def _values() -> list[Answer]:
    return [
        in_cells(f"value: {what}", name, [SEED + source])
        for name, forms in VALUES.items()
        for what, source in forms.items()
    ]


def _forms_of_loss_and_line() -> list[Answer]:
    return [
        answer(f"loss: {what}", loop.but(loss=line))
        for name, loop in LOOPS.items()
        for what, line in (SUMS if name == "sse" else MEANS).items()
    ] + [
        answer(f"yhat: {what}", LOOPS[name].but(yhat=line))
        for name, forms in LINES.items()
        for what, line in forms.items()
    ]


RIGHT = thinned(
    (
        *(answer("as in the lecture", loop) for loop in LOOPS.values()),
        *_forms_of_loss_and_line(),
        *_updates(),
        *_clearings(),
        *_gradients(),
        *_halves(),
        *_heads(),
        *_functions(),
        *_in_several_cells(),
        *_tries(),
        *_optimizers(),
        *_starts(),
        *_rebound(),
        *_singles(),
        *_data(),
        *_values(),
    ),
    of_each=1,
    whole=("as in the lecture", "one epoch in cells"),
)
