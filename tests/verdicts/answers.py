"""What tables of verdicts are made of: answers, and training loops in pieces; a mistake replaces a piece."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from textwrap import indent


@dataclass(frozen=True)
class Answer:
    """One way to answer, and what comes of it.

    ``cells`` are (question, source) pairs. ``loses`` are the ids of the checks that fail, ``unseen`` those
    that are skipped because the answer stopped, ``near`` those that get their points and a person's eye; all
    others pass. ``named`` are the misconceptions that are told; ``None`` leaves that to ``named.py``. ``but``
    says why the verdict is not that yet.
    """

    name: str
    cells: tuple[tuple[str, str], ...]
    loses: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    named: tuple[str, ...] | None = None
    but: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def form(self) -> str:
        """The name without the question."""
        return self.name.partition(": ")[2]


@dataclass(frozen=True)
class Loop:
    """A training loop in pieces. ``before`` makes the parameters, ``clear`` ends the epoch."""

    question: str
    before: str
    yhat: str
    loss: str
    update: str
    clear: str
    backward: str = "loss.backward()"
    epochs: str = "30"
    head: str = "for epoc in range({epochs}):"
    after: str = ""

    @property
    def body(self) -> str:
        """The four steps of one epoch."""
        return "\n".join(filter(None, (self.yhat, self.loss, self.backward, self.update, self.clear)))

    @property
    def source(self) -> str:
        """The whole cell."""
        head = self.head.format(epochs=self.epochs)
        return "\n".join(filter(None, (self.before, head, indent(self.body, "    "), self.after)))

    def but(self, **pieces: str) -> Loop:
        """Give the same loop with other pieces."""
        return replace(self, **pieces)


def answer(name: str, loop: Loop, loses: str = "", **rest: str) -> Answer:
    """Make an answer of one cell. Checks are named by their steps, separated by spaces."""
    return in_cells(name, loop.question, [loop.source], loses, **rest)


def in_cells(
    name: str, question: str, sources: list[str], loses: str = "", *, unseen: str = "", near: str = ""
) -> Answer:
    """Make an answer to one question in several cells."""
    checks = {
        key: steps(question, names) for key, names in (("loses", loses), ("unseen", unseen), ("near", near))
    }
    return Answer(f"{question}: {name}", tuple((question, source) for source in sources), **checks)


def steps(question: str, names: str) -> frozenset[str]:
    """Give the ids of a question's checks."""
    return frozenset(f"{question}.{name}" for name in names.split())


def thinned(answers: Iterable[Answer], *, of_each: int, whole: Collection[str] = ()) -> tuple[Answer, ...]:
    """Keep ``of_each`` form so many questions, other ones by turns; of the forms named ``whole`` keep all."""
    forms: dict[str, list[Answer]] = {}
    for one in answers:
        forms.setdefault(one.form or one.name, []).append(one)
    kept: list[Answer] = []
    for turn, (form, many) in enumerate(forms.items()):
        everything = form.startswith(tuple(whole)) or any(one.but for one in many)
        count = len(many) if everything else min(of_each, len(many))
        kept += [many[(turn + i * len(many) // count) % len(many)] for i in range(count)]
    return tuple(kept)


WHAT = "What = torch.tensor([[-5.0], [10.0]], requires_grad=True)"
NET = """net = torch.nn.Linear(1, 1)
net.bias.data = torch.tensor([-5.0])
net.weight.data = torch.tensor([[10.0]])"""
NET2 = "net = torch.nn.Linear(2, 1, bias=False)\nnet.weight.data = torch.tensor([[-5.0, 10.0]])"
SCALARS = "b = torch.tensor(-5.0, requires_grad=True)\nw = torch.tensor(10.0, requires_grad=True)"
MEAN = "loss = torch.mean((y - yhat) ** 2)"


def sgd(parameters: str, settings: str = "lr=1/10") -> str:
    """Give the line that makes the optimizer."""
    return f"optimizr = torch.optim.SGD({parameters}, {settings})"


BY_HAND = {
    loop.question: loop
    for loop in (
        Loop(
            "sse",
            WHAT,
            "yhat = X @ What",
            "loss = torch.sum((y - yhat) ** 2)",
            "What.data = What.data - 1/1000 * What.grad",
            "What.grad = None",
        ),
        Loop(
            "mse",
            WHAT,
            "yhat = X @ What",
            MEAN,
            "What.data = What.data - 1/10 * What.grad",
            "What.grad = None",
        ),
        Loop(
            "net-bias-train",
            NET,
            "yhat = net(x)",
            MEAN,
            "net.bias.data = net.bias.data - 1/10 * net.bias.grad\n"
            "net.weight.data = net.weight.data - 1/10 * net.weight.grad",
            "net.bias.grad = None\nnet.weight.grad = None",
        ),
        Loop(
            "net-nobias-train",
            NET2,
            "yhat = net(X)",
            MEAN,
            "net.weight.data = net.weight.data - 1/10 * net.weight.grad",
            "net.weight.grad = None",
        ),
    )
}
HELD = {
    "sgd-bias": ("net.parameters()", NET, "yhat = net(x)"),
    "sgd-nobias": ("net.parameters()", NET2, "yhat = net(X)"),
    "sgd-what": ("[What]", WHAT, "yhat = X @ What"),
    "sgd-scalars": ("[b, w]", SCALARS, "yhat = b + w * x"),
}
BY_OPTIMIZER = {
    name: Loop(name, f"{make}\n{sgd(held)}", yhat, MEAN, "optimizr.step()", "optimizr.zero_grad()")
    for name, (held, make, yhat) in HELD.items()
}
LOOPS = BY_HAND | BY_OPTIMIZER
PARAMETERS = {
    "sse": ("What",),
    "mse": ("What",),
    "net-bias-train": ("net.bias", "net.weight"),
    "net-nobias-train": ("net.weight",),
    "sgd-bias": ("net.bias", "net.weight"),
    "sgd-nobias": ("net.weight",),
    "sgd-what": ("What",),
    "sgd-scalars": ("b", "w"),
}


def rate(question: str) -> str:
    """Give the learning rate that a question asks for."""
    return "1/1000" if question == "sse" else "1/10"


def each(question: str, line: str) -> str:
    """Write a line for each parameter of a question, ``{p}``; ``{lr}`` is its learning rate."""
    return "\n".join(line.format(p=name, lr=rate(question)) for name in PARAMETERS[question])
