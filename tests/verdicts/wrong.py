"""Wrong answers to ``steps`` and the checks that fail for each: its own step, and no step around it."""
# ruff: noqa: E501 - tables of students' cells, a row a line

from __future__ import annotations

from itertools import combinations

from .answers import (
    BY_HAND,
    BY_OPTIMIZER,
    HELD,
    LOOPS,
    NET,
    PARAMETERS,
    SCALARS,
    WHAT,
    Answer,
    Loop,
    answer,
    each,
    in_cells,
    rate,
    sgd,
    thinned,
)
from .right import SEED

CODES = (  # the names of misconceptions: tried on every question they apply to
    "bias-",
    "broadcast-target",
    "cleared-before-step",
    "columns-swapped",
    "forward-outside-loop",
    "gradient-",
    "half-loss",
    "hard-coded",
    "leaf-rebound",
    "lr ",
    "no-",
    "parameters-recreated",
    "square-outside-mean",
    "stale-optimizer",
    "sum-for-mean",
    "two backwards",
    "wrong-sign",
    "29",
    "31",
    "cell run twice",
)
ALL = "init step1 step2 step3 step4 clear epochs result"
WHATS = ("sse", "mse", "sgd-what")
NETS = ("net-bias-train", "sgd-bias")
TYPED = {
    **dict.fromkeys(WHATS, "What = torch.tensor([[2.4290], [4.0144]])"),
    **dict.fromkeys(
        NETS, "net.bias.data = torch.tensor([2.4290])\nnet.weight.data = torch.tensor([[4.0144]])"
    ),
    **dict.fromkeys(("net-nobias-train", "sgd-nobias"), "net.weight.data = torch.tensor([[2.4290, 4.0144]])"),
    "sgd-scalars": "b = torch.tensor(2.4290)\nw = torch.tensor(4.0144)",
}


def make_of(name: str) -> str:
    """Give the lines that make a question's parameters."""
    return HELD[name][1] if name in HELD else BY_HAND[name].before


# ── step 1 ────────────────────────────────────────────────────────────────────────────────────────────────


def _step1() -> list[Answer]:
    made = []
    for loop in LOOPS.values():
        stale = loop.but(before=f"{loop.before}\n{loop.yhat}", yhat="")
        made += [
            answer("one added", loop.but(yhat=f"{loop.yhat}\nyhat = yhat + 1"), "step1"),
            answer("minus", loop.but(yhat=f"{loop.yhat}\nyhat = -yhat"), "step1"),
            answer("relu", loop.but(yhat=f"{loop.yhat}\nyhat = torch.relu(yhat)"), "step1"),
            answer(
                "forward-outside-loop, retain_graph",
                stale.but(backward="loss.backward(retain_graph=True)"),
                "step1",
            ),
            answer("forward-outside-loop, raises", stale, "step1", unseen="clear epochs"),
            answer(
                "loss outside the loop too",
                stale.but(
                    before=f"{stale.before}\n{loop.loss}",
                    loss="",
                    backward="loss.backward(retain_graph=True)",
                ),
                "step1",
            ),
        ]
    for name in WHATS:
        make = make_of(name).replace("[[-5.0], [10.0]]", "[[10.0]]")
        before = f"{make}\n{sgd('[What]')}" if name == "sgd-what" else make
        made += [
            answer("no-intercept", LOOPS[name].but(before=before, yhat="yhat = x @ What"), "step1"),
            answer("coefficients swapped", LOOPS[name].but(yhat="yhat = What[1] + What[0] * x"), "step1"),
            answer("x doubled", LOOPS[name].but(yhat="yhat = What[0] + 2 * What[1] * x"), "step1"),
            answer("y for x", LOOPS[name].but(yhat="yhat = What[0] + What[1] * y"), "step1"),
        ]
    for name in NETS:
        more = f"\n{sgd('net.parameters()')}" if name == "sgd-bias" else ""
        before = "net = torch.nn.Linear(1, 1, bias=False)\nnet.weight.data = torch.tensor([[10.0]])"
        loop = LOOPS[name].but(before=before + more)
        if name == "net-bias-train":
            loop = loop.but(update="net.weight.data -= 0.1 * net.weight.grad", clear="net.weight.grad = None")
        made.append(answer("no-intercept", loop, "step1"))
    for name in ("net-nobias-train", "sgd-nobias"):
        more = f"\n{sgd('net.parameters()')}" if name == "sgd-nobias" else ""
        before = "net = torch.nn.Linear(2, 1)\nnet.weight.data = torch.tensor([[-5.0, 10.0]])"
        loop = LOOPS[name].but(before=before + more)
        if name == "net-nobias-train":
            loop = loop.but(
                update="for p in net.parameters():\n    p.data -= 0.1 * p.grad", clear="net.zero_grad()"
            )
        made += [
            answer("bias-doubled", loop, "step1"),
            answer(
                "bias-doubled, made (2,1) zero",
                loop.but(before=f"{before}\nnet.bias.data.fill_(0){more}"),
                "step1",
            ),
        ]
    made.append(
        answer(
            "no-intercept",
            LOOPS["sgd-scalars"].but(
                before="w = torch.tensor(10.0, requires_grad=True)\n" + sgd("[w]"), yhat="yhat = w * x"
            ),
            "step1",
        )
    )
    return made


# ── step 2 ────────────────────────────────────────────────────────────────────────────────────────────────

LOSSES = {
    "half-loss": "loss = torch.mean((y - yhat) ** 2) / 2",
    "half-loss, another way": "loss = 0.5 * ((yhat - y) ** 2).mean()",
    "no-square": "loss = torch.mean(y - yhat)",
    "square-outside-mean": "loss = torch.mean(y - yhat) ** 2",
    "absolute": "loss = torch.mean(torch.abs(y - yhat))",
    "L1Loss": "loss = torch.nn.L1Loss()(yhat, y)",
    "SmoothL1Loss": "loss = torch.nn.SmoothL1Loss()(yhat, y)",
    "root": "loss = torch.sqrt(torch.mean((y - yhat) ** 2))",
    "fourth power": "loss = torch.mean((y - yhat) ** 4)",
    "y + yhat": "loss = torch.mean((y + yhat) ** 2)",
    "over 99": "loss = torch.sum((y - yhat) ** 2) / 99",
    "twice": "loss = 2 * torch.mean((y - yhat) ** 2)",
    "half the rows": "loss = torch.mean((y[:50] - yhat[:50]) ** 2)",
    "y as int": "loss = torch.mean((y.int() - yhat) ** 2)",
    "x for y": "loss = torch.mean((x - yhat) ** 2)",
    "broadcast-target": "loss = torch.mean((y.reshape(-1) - yhat) ** 2)",
    "broadcast yhat": "loss = torch.mean((y - yhat.reshape(-1)) ** 2)",
    "median": "loss = torch.median((y - yhat) ** 2)",
    "a constant added": "loss = torch.mean((y - yhat) ** 2) + 1",
    "variance": "loss = torch.var(y - yhat)",
}


def _step2() -> list[Answer]:
    made = [
        answer(what, loop.but(loss=line), "step2") for loop in LOOPS.values() for what, line in LOSSES.items()
    ]
    made += [
        answer("sum-for-mean", loop.but(loss="loss = torch.sum((y - yhat) ** 2)"), "step2")
        for name, loop in LOOPS.items()
        if name != "sse"
    ]
    made.append(answer("mean-for-sum", LOOPS["sse"].but(loss="loss = torch.mean((y - yhat) ** 2)"), "step2"))
    made += [
        answer("penalty", LOOPS[name].but(loss=f"{LOOPS[name].loss} + 0.1 * torch.sum(What**2)"), "step2")
        for name in WHATS
    ]
    return made


# ── step 3 ────────────────────────────────────────────────────────────────────────────────────────────────


def _step3() -> list[Answer]:
    made = []
    for name, loop in LOOPS.items():
        made += [
            answer(
                "two backwards an epoch",
                loop.but(backward="loss.backward(retain_graph=True)\nloss.backward()"),
                "step3",
            ),
            answer(
                "ŷ, loss and backward twice",
                loop.but(backward=f"loss.backward()\n{loop.yhat}\n{loop.loss}\nloss.backward()"),
                "step3",
            ),
            answer("a gradient of two", loop.but(backward="loss.backward(torch.tensor(2.0))"), "step3"),
            answer(
                "a hook that doubles",
                loop.but(
                    before="\n".join(
                        [loop.before, *(f"{p}.register_hook(lambda g: 2 * g)" for p in PARAMETERS[name])]
                    )
                ),
                "step3",
            ),
        ]
    return made


# ── step 4 ────────────────────────────────────────────────────────────────────────────────────────────────

RATES = ("0.01", "1", "0.095", "0.0999", "0.101", "(1//10)", "0.2")
OPTIMIZERS = {
    "Adam": "torch.optim.Adam({held}, lr=0.1)",
    "AdamW": "torch.optim.AdamW({held}, lr=0.1)",
    "RMSprop": "torch.optim.RMSprop({held}, lr=0.1)",
    "Adagrad": "torch.optim.Adagrad({held}, lr=0.1)",
    "momentum": "torch.optim.SGD({held}, lr=0.1, momentum=0.9)",
    "nesterov": "torch.optim.SGD({held}, lr=0.1, momentum=0.9, nesterov=True)",
    "weight decay": "torch.optim.SGD({held}, lr=0.1, weight_decay=0.01)",
    "maximize": "torch.optim.SGD({held}, lr=0.1, maximize=True)",
    "lr forgotten": "torch.optim.SGD({held})",
}
BY_HAND_WRONG = {
    "wrong-sign": "{p}.data = {p}.data + {lr} * {p}.grad",
    "wrong-sign in place": "{p}.data += {lr} * {p}.grad",
    "learning-rate forgotten": "{p}.data = {p}.data - {p}.grad",
    "lr of nothing": "{p}.data = {p}.data - 0 * {p}.grad",
    "the sign alone": "{p}.data = {p}.data - {lr} * torch.sign({p}.grad)",
    "normalised": "{p}.data = {p}.data - {lr} * {p}.grad / torch.norm({p}.grad)",
    "the loss for the gradient": "{p}.data = {p}.data - {lr} * loss.item()",
    "the value forgotten": "{p}.data = -{lr} * {p}.grad",
    "shrunk": "{p}.data = 0.99 * {p}.data - {lr} * {p}.grad",
    "lr decaying": "{p}.data = {p}.data - {lr} * 0.9**epoc * {p}.grad",
    "into another name": "new = {p}.data - {lr} * {p}.grad",
    "compared, not assigned": "{p}.data == {p}.data - {lr} * {p}.grad",
    "on a copy": "copy = {p}.data.clone()\ncopy -= {lr} * {p}.grad",
    "twice": "{p}.data -= {lr} * {p}.grad\n{p}.data -= {lr} * {p}.grad",
    "clamped": "{p}.data = {p}.data - {lr} * {p}.grad.clamp(-1, 1)",
}


def _step4() -> list[Answer]:
    made = []
    for name, loop in BY_HAND.items():
        made += [
            answer(what, loop.but(update=each(name, line)), "step4") for what, line in BY_HAND_WRONG.items()
        ]
        for number in RATES:
            lr = number if name != "sse" else f"({number} / 100)"
            made.append(answer(f"lr {number}", loop.but(update=loop.update.replace(rate(name), lr)), "step4"))
        made.append(answer("no update", loop.but(update=""), "step4"))
    for name, loop in BY_OPTIMIZER.items():
        held, make = HELD[name][:2]
        made += [
            answer(f"lr {number}", loop.but(before=f"{make}\n{sgd(held, f'lr={number}')}"), "step4")
            for number in RATES
        ]
        for what, line in OPTIMIZERS.items():
            before = f"{make}\noptimizr = {line.format(held=held)}"
            made.append(answer(what, loop.but(before=before), "step4"))
        made += [
            answer("no step", loop.but(update=""), "step4"),
            answer("step without ()", loop.but(update="optimizr.step"), "step4"),
            answer("step twice", loop.but(update="optimizr.step()\noptimizr.step()"), "step4"),
            answer("step every second epoch", loop.but(update="if epoc % 2:\n    optimizr.step()"), "step4"),
            answer(
                "by hand",
                loop.but(
                    before=make,
                    update=each(name, "{p}.data -= {lr} * {p}.grad"),
                    clear=each(name, "{p}.grad = None"),
                ),
                "step4",
            ),
            answer(
                "a schedule",
                loop.but(
                    before=f"{loop.before}\nplan = torch.optim.lr_scheduler.ExponentialLR(optimizr, 0.9)",
                    clear=f"{loop.clear}\nplan.step()",
                ),
                "step4",
            ),
            answer("stale-optimizer", loop.but(before=f"{loop.before}\n{make}"), "step4"),
            answer(
                "LBFGS",
                loop.but(
                    before=f"{make}\noptimizr = torch.optim.LBFGS({held}, lr=0.1, max_iter=1)\ndef closure():\n"
                    f"    optimizr.zero_grad()\n    {loop.yhat}\n    {loop.loss}\n    loss.backward()\n    return loss",
                    yhat="",
                    loss="",
                    backward="",
                    update="optimizr.step(closure)",
                    clear="",
                ),
                "step4",
            ),
        ]
        if "net" in held:
            made.append(
                answer(
                    "stale-optimizer, net cleared",
                    loop.but(before=f"{loop.before}\n{make}", clear="net.zero_grad()"),
                    "step4",
                )
            )
    made += [
        answer(
            "leaf-rebound",
            LOOPS[name].but(update=f"What = What - {rate(name)} * What.grad"),
            "step4",
            unseen="clear epochs",
        )
        for name in ("sse", "mse")
    ]
    made += [
        answer(
            "only the slope", LOOPS[name].but(update=f"What.data[1] -= {rate(name)} * What.grad[1]"), "step4"
        )
        for name in ("sse", "mse")
    ]
    made += [
        answer(
            "gradient of the epoch before",
            LOOPS[name].but(
                before=f"{WHAT}\nlast = torch.zeros(2, 1)",
                update=f"What.data = What.data - {rate(name)} * last\nlast = What.grad.clone()",
            ),
            "step4",
        )
        for name in ("sse", "mse")
    ]
    made += [
        answer(
            "bias-not-updated",
            LOOPS["net-bias-train"].but(update="net.weight.data = net.weight.data - 0.1 * net.weight.grad"),
            "step4",
        ),
        answer(
            "weight not updated",
            LOOPS["net-bias-train"].but(update="net.bias.data = net.bias.data - 0.1 * net.bias.grad"),
            "step4",
        ),
        answer(
            "gradients swapped",
            LOOPS["net-bias-train"].but(
                update="net.bias.data = net.bias.data - 0.1 * net.weight.grad[0]\n"
                "net.weight.data = net.weight.data - 0.1 * net.bias.grad"
            ),
            "step4",
        ),
        answer(
            "two rates",
            LOOPS["net-bias-train"].but(
                update="net.bias.data = net.bias.data - 0.1 * net.bias.grad\n"
                "net.weight.data = net.weight.data - 0.01 * net.weight.grad"
            ),
            "step4",
        ),
        answer(
            "bias-not-updated",
            LOOPS["sgd-bias"].but(before=f"{NET}\n{sgd('[net.weight]')}", clear="net.zero_grad()"),
            "step4",
        ),
        answer(
            "bias-not-updated",
            LOOPS["sgd-scalars"].but(before=f"{SCALARS}\n{sgd('[w]')}", clear="b.grad = None\nw.grad = None"),
            "step4",
        ),
    ]
    return made


# ── clear ─────────────────────────────────────────────────────────────────────────────────────────────────


def _clear() -> list[Answer]:
    made = []
    for name, loop in LOOPS.items():
        made += [
            answer("gradient-not-cleared", loop.but(clear=""), "clear"),
            answer(
                "cleared once before the loop",
                loop.but(before=loop.before + "\n" + each(name, "{p}.grad = None"), clear=""),
                "clear",
            ),
            answer("gradient compared with None", loop.but(clear=each(name, "{p}.grad == None")), "clear"),
            answer(
                "every second epoch",
                loop.but(clear=f"if epoc % 2:\n    {loop.clear}".replace("\nnet.w", "\n    net.w")),
                "clear",
            ),
            answer(
                "cleared after the loop", loop.but(clear="", after=each(name, "{p}.grad = None")), "clear"
            ),
            answer(
                "copy of the gradient cleared",
                loop.but(clear=each(name, "{p}.grad.clone().zero_()")),
                "clear",
            ),
        ]
        if len(PARAMETERS[name]) > 1:
            for p in PARAMETERS[name]:
                made.append(
                    answer(f"gradient-partly-cleared, only {p}", loop.but(clear=f"{p}.grad = None"), "clear")
                )
    for loop in BY_HAND.values():
        zeroed = each(loop.question, "{p}.grad.zero_()")
        made += [
            answer("cleared-before-step", loop.but(update=f"{zeroed}\n{loop.update}", clear=""), "clear"),
            answer(
                "cleared-before-step, in place",
                loop.but(update=zeroed + "\n" + each(loop.question, "{p}.data -= {lr} * {p}.grad"), clear=""),
                "clear",
            ),
        ]
    for loop in BY_OPTIMIZER.values():
        made += [
            answer(
                "cleared-before-step",
                loop.but(update="optimizr.zero_grad()", clear="optimizr.step()"),
                "clear",
            ),
            answer(
                "cleared-before-step, to zeros",
                loop.but(update="optimizr.zero_grad(set_to_none=False)", clear="optimizr.step()"),
                "clear",
            ),
            answer("zero_grad without ()", loop.but(clear="optimizr.zero_grad"), "clear"),
        ]
    return made


# ── init, epochs, result ──────────────────────────────────────────────────────────────────────────────────

STARTS = {
    "columns-swapped": ("[[-5.0], [10.0]]", "[[10.0], [-5.0]]"),
    "other signs": ("[[-5.0], [10.0]]", "[[5.0], [-10.0]]"),
    "zeros": ("[[-5.0], [10.0]]", "[[0.0], [0.0]]"),
    "one typed wrong": ("[[-5.0], [10.0]]", "[[-5.0], [1.0]]"),
    "nearly": ("[[-5.0], [10.0]]", "[[-5.0], [10.001]]"),
}


def _init() -> list[Answer]:
    made = []
    for name in WHATS:
        loop = LOOPS[name]
        made += [
            answer(what, loop.but(before=loop.before.replace(old, new)), "init")
            for what, (old, new) in STARTS.items()
        ]
        missing = loop.before.replace(", requires_grad=True", "")
        whole = loop.before.replace("[[-5.0], [10.0]]", "[[-5], [10]]")
        below = "step3 step4 clear epochs result"
        made += [
            answer("requires-grad-missing", loop.but(before=missing), "init", unseen=below),
            answer("integer-parameter", loop.but(before=whole), "init", unseen=f"step1 step2 {below}"),
        ]
    made.append(
        answer(
            "one-dimensional where a shape is asked for",
            LOOPS["sse"].but(
                before="What = torch.tensor([-5.0, 10.0], requires_grad=True)",
                loss="loss = torch.sum((y[:, 0] - yhat) ** 2)",
            ),
            "init",
        )
    )
    for name in NETS:
        loop = LOOPS[name]
        made += [
            answer(
                "weight and bias swapped",
                loop.but(
                    before=loop.before.replace("([-5.0])", "([10.0])").replace("([[10.0]])", "([[-5.0]])")
                ),
                "init",
            ),
            answer(
                "weight left as drawn",
                loop.but(before=loop.before.replace("net.weight.data = torch.tensor([[10.0]])", "pass")),
                "init",
            ),
            answer(
                "nothing set",
                loop.but(
                    before=loop.before.replace("net.weight.data = torch.tensor([[10.0]])", "").replace(
                        "net.bias.data = torch.tensor([-5.0])", ""
                    )
                ),
                "init",
            ),
        ]
    for name in ("net-nobias-train", "sgd-nobias"):
        loop = LOOPS[name]
        made.append(
            answer(
                "columns-swapped",
                loop.but(before=loop.before.replace("[[-5.0, 10.0]]", "[[10.0, -5.0]]")),
                "init",
            )
        )
    for loop in LOOPS.values():
        made.append(
            answer("parameters-recreated", loop.but(before="", yhat=f"{loop.before}\n{loop.yhat}"), "init")
        )
    return made


def _epochs() -> list[Answer]:
    made = []
    for name, loop in LOOPS.items():
        made += [answer(f"{n} epochs", loop.but(epochs=str(n)), "epochs") for n in (2, 29, 31, 300)]
        again = loop.but(before="").source
        made += [
            in_cells("cell run twice", name, [loop.before, again, again], "epochs"),
            in_cells("both loops in one cell", name, [f"{loop.source}\n{again}"], "epochs"),
            in_cells("one and thirty", name, [loop.but(epochs="1").source, again], "epochs"),
            answer("early break", loop.but(clear=f"{loop.clear}\nif epoc == 12:\n    break"), "epochs"),
            answer(
                "break on a small loss", loop.but(clear=f"{loop.clear}\nif loss < 1:\n    break"), "epochs"
            )
            if name != "sse"
            else answer(
                "break on a small loss", loop.but(clear=f"{loop.clear}\nif loss < 100:\n    break"), "epochs"
            ),
        ]
    return made


def _result() -> list[Answer]:
    made = []
    for name, loop in LOOPS.items():
        made += [
            answer(
                "typed over",
                loop.but(after=TYPED[name].replace("2.4290", "2.5").replace("4.0144", "4.0")),
                "result",
            ),
            answer(
                "typed over with the right numbers", loop.but(after=TYPED[name], epochs="29"), "epochs result"
            ),
            answer("made anew at the end", loop.but(after=make_of(name)), "result"),
            in_cells(
                "hard-coded",
                name,
                [
                    (
                        "net = torch.nn.Linear(1, 1)\n"
                        if name in NETS
                        else "net = torch.nn.Linear(2, 1, bias=False)\n"
                        if "nobias" in name
                        else ""
                    )
                    + TYPED[name]
                ],
                ALL,
            ),
            answer(
                "no backward",
                loop.but(backward="", update="", clear=""),
                "step3",
                unseen="step4 clear epochs result",
            ),
        ]
    return made


# ── wrong data ────────────────────────────────────────────────────────────────────────────────────────────

WRONG_DATA = {
    "broadcast-target": ("y = torch.tensor(df.y).float()", "data.y"),
    "columns-swapped": ("X = torch.concat([x, torch.ones(100, 1)], dim=1)", "data.X"),
    "y as int": ("y = y.int()", "data.y"),
    "x doubled": ("x = 2 * x\nX = torch.concat([torch.ones(100, 1), x], dim=1)", "data.x data.X"),
    "y shuffled": ("y = y.flip(0)", "data.y"),
    "column of zeros": ("X = torch.concat([torch.zeros(100, 1), x], dim=1)", "data.X"),
    "x and y swapped": (
        "x, y = y, x\nX = torch.concat([torch.ones(100, 1), x], dim=1)",
        "data.x data.y data.X",
    ),
    "half the rows": ("x, y, X = x[:50], y[:50], X[:50]", "data.x data.y data.X"),
    "standardised": ("y = (y - y.mean()) / y.std()", "data.y"),
}


def _data() -> list[Answer]:
    """Wrong data cost once, where they are made; the trainings are judged on them."""
    from .right import DATA_FORMS  # noqa: PLC0415 - one form of many

    right = DATA_FORMS["reshape(-1, 1)"]
    return [
        Answer(
            f"wrong data: {what}; {name}",
            (("data", f"{right}\n{change}"), (name, LOOPS[name].source)),
            loses=frozenset(loses.split()),
        )
        for what, (change, loses) in WRONG_DATA.items()
        for name in ("mse", "sgd-bias")
    ] + [
        Answer(f"data: {what}", (("data", source),), frozenset(loses.split()))
        for what, source, loses in (
            (
                "float64",
                (
                    "x = torch.tensor(df.x).reshape(100, 1)\ny = torch.tensor(df.y).reshape(100, 1)\n"
                    "X = torch.concat([torch.ones(100, 1), x], dim=1)"
                ),
                "data.x data.y data.X",
            ),
            ("one-dimensional", f"{right}\nx, y = x[:, 0], y[:, 0]", "data.x data.y"),
            ("X transposed", f"{right}\nX = X.T", "data.X"),
            ("X without ones", f"{right}\nX = x", "data.X"),
            ("a row", f"{right}\nx, y = x.T, y.T", "data.x data.y"),
            ("numpy", f"{right}\nx = x.numpy()", "data.x"),
            ("only x", "x = torch.tensor(df.x).float().reshape(100, 1)", "data.y data.X"),
            (
                "raises half-way",
                "x = torch.tensor(df.x).float().reshape(100, 1)\ny = torch.tensor(df.Y)",
                "data.y data.X",
            ),
        )
    ]


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────

VALUES = (
    ("net-bias", "no seed", "net = torch.nn.Linear(1, 1)\nyhat = net(x)", "net.bias net.weight yhat"),
    ("net-bias", "another seed", "torch.manual_seed(43025)\nnet = torch.nn.Linear(1, 1)\nyhat = net(x)", "net.bias net.weight yhat"),
    ("net-bias", "draws in between", f"{SEED}torch.randn(1)\nnet = torch.nn.Linear(1, 1)\nyhat = net(x)", "net.bias net.weight yhat"),
    ("net-bias", "no bias", f"{SEED}net = torch.nn.Linear(1, 1, bias=False)\nyhat = net(x)", "net.bias yhat"),
    ("net-bias", "no yhat", f"{SEED}net = torch.nn.Linear(1, 1)", "yhat"),
    ("net-bias", "yhat flat", f"{SEED}net = torch.nn.Linear(1, 1)\nyhat = net(x).reshape(-1)", "yhat"),
    ("net-bias", "y for x", f"{SEED}net = torch.nn.Linear(1, 1)\nyhat = net(y)", "yhat"),
    ("net-bias", "typed with swapped numbers", f"{SEED}net = torch.nn.Linear(1, 1)\nyhat = -0.3467 + -0.8470 * x", "yhat"),
    ("net-bias", "typed to two decimals", f"{SEED}net = torch.nn.Linear(1, 1)\nyhat = -0.85 + -0.35 * x", "yhat"),
    ("net-nobias", "bias forgotten", f"{SEED}net = torch.nn.Linear(2, 1)\nyhat = net(X)", "net.bias yhat"),
    ("net-nobias", "no seed", "net = torch.nn.Linear(2, 1, bias=False)\nyhat = net(X)", "net.weight yhat"),
    ("net-nobias", "bias set to zero", f"{SEED}net = torch.nn.Linear(2, 1)\nnet.bias.data[0] = 0\nyhat = net(X)", "net.bias"),
    ("net-nobias", "wrong shape raises", f"{SEED}net = torch.nn.Linear(1, 1, bias=False)\nyhat = net(X)", "net.weight yhat"),
    ("net-wrong", "no extra bias", f"{SEED}net = torch.nn.Linear(1, 1)\nyhat = net(x)", "extra_bias"),
    ("net-wrong", "bias of the wrong network", f"{SEED}net = torch.nn.Linear(1, 1)\nyhat = net(x)\nextra_bias = net.bias.item()", "extra_bias"),
    ("net-wrong", "raises on purpose and stops", f"{SEED}net = torch.nn.Linear(1, 1)\nyhat = net(x.reshape(-1))", "yhat extra_bias"),
    (
        "parameters",
        "everything wrong",
        "first = 1\nsecond = 2\nthird = 3\nmethod_is_iterable = True\ncall_is_iterable = False\nmessage = 'none'",
        "first second third method_is_iterable call_is_iterable message",
    ),
    (
        "parameters",
        "the other order",
        (f"{SEED}net = torch.nn.Linear(1, 1)\ng = net.parameters()\nsecond, first = next(g), next(g)\n"
        "third = 'StopIteration'\nmethod_is_iterable = False\ncall_is_iterable = True\n"
        "message = 'optimizer got an empty parameter list'"),
        "first second",
    ),
    (
        "parameters",
        "stops at the third",
        f"{SEED}net = torch.nn.Linear(1, 1)\ng = net.parameters()\nfirst, second = next(g), next(g)\nnext(g)",
        "third method_is_iterable call_is_iterable message",
    ),
)  # fmt: skip


# ── two mistakes at once ──────────────────────────────────────────────────────────────────────────────────


def _pieces(loop: Loop) -> dict[str, Loop]:
    """Give one mistake a step, for loops whose mistakes can be combined."""
    name = loop.question
    slower = {"mse": loop.but(update="What.data = What.data - 0.04 * What.grad")}.get(
        name, loop.but(before=f"{HELD[name][1]}\n{sgd(HELD[name][0], 'lr=0.04')}") if name in HELD else loop
    )
    swapped = loop.before.replace("([-5.0])", "([5.0])").replace("[[-5.0], [10.0]]", "[[5.0], [10.0]]")
    return {
        "init": loop.but(before=swapped),
        "step1": loop.but(yhat=f"{loop.yhat}\nyhat = yhat + 1"),
        "step2": loop.but(loss="loss = torch.mean((y - yhat) ** 2) / 2"),
        "step3": loop.but(backward="loss.backward(retain_graph=True)\nloss.backward()"),
        "step4": slower,
        "clear": loop.but(clear=""),
        "epochs": loop.but(epochs="29"),
        "result": loop.but(after=TYPED[name].replace("2.4290", "2.5")),
    }


def _pairs() -> list[Answer]:
    made = []
    for name in ("mse", "sgd-bias"):
        right = LOOPS[name]
        pieces = _pieces(right)
        for one, two in combinations(pieces, 2):
            if (one, two) == ("step2", "step3"):  # half the loss, sent back twice, is right
                continue
            if name == "sgd-bias" and {one, two} == {"init", "step4"}:  # both stand in `before`
                continue
            if {one, two} == {"init", "step4"}:
                both = pieces[one].but(update=pieces[two].update)
            else:
                changed = {
                    key: getattr(pieces[two], key)
                    for key in ("before", "yhat", "loss", "backward", "update", "clear", "epochs", "after")
                    if getattr(pieces[two], key) != getattr(right, key)
                }
                both = pieces[one].but(**changed)
            made.append(answer(f"pair: {one} and {two}", both, f"{one} {two}"))
    return made


WRONG = thinned(
    (
        *_step1(),
        *_step2(),
        *_step3(),
        *_step4(),
        *_clear(),
        *_init(),
        *_epochs(),
        *_result(),
        *_data(),
        *(in_cells(f"value: {what}", name, [source], loses) for name, what, source, loses in VALUES),
        *_pairs(),
    ),
    of_each=1,
    whole=CODES,
)
