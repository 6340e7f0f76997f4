"""Answers to ``mse`` that nobody learned, and answers that look like it and were learned."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

from grader.assignment.references import References
from grader.training import run

from .answers import LOOPS, MEAN, WHAT, Answer, answer, in_cells

REFERENCES = References(Path(__file__).parents[2] / "reference")
DATA = REFERENCES.function("steps.data")()
MSE = REFERENCES.training("steps.MSE", DATA)
RUN = run(MSE, DATA)
PATH = [p["What"].flatten().tolist() for p in RUN.path]
GRADIENTS = [MSE.step3(p, DATA)[2]["What"].flatten().tolist() for p in RUN.path[:-1]]
ALL = "init step1 step2 step3 step4 clear epochs result"
TRAINED = "step1 step2 step3 step4 clear epochs result"

TYPED_PATH = f"PATH = torch.tensor({PATH}).reshape(-1, 2, 1)"
TYPED_GRADIENTS = f"G = torch.tensor({GRADIENTS}).reshape(-1, 2, 1)"
TYPED_LOSSES = f"L = {list(RUN.losses)}"
LINE = "yhat = X @ What"
LOOP = LOOPS["mse"]
ENDS = "What = torch.tensor([[2.4290], [4.0144]], requires_grad=True)"


def typed(*lines: str) -> str:
    """Give the numbers that are typed in before the loop, and the parameters."""
    return "\n".join((*lines, WHAT))


FAKE_LOSS = "loss = L[epoc] + (G[epoc] * (What - What.detach())).sum()"
NEVER_LEARNED = (
    answer(
        "loss and gradient typed in, from a graph without data",
        LOOP.but(before=typed(TYPED_LOSSES, TYPED_GRADIENTS), yhat="", loss=FAKE_LOSS),
        TRAINED,
    ),
    answer(
        "a constant scaled to the gradient that is wanted",
        LOOP.but(before=typed(TYPED_GRADIENTS), yhat="", loss="loss = (What * G[epoc]).sum()"),
        TRAINED,
    ),
    answer(
        "the path assigned, epoch by epoch",
        LOOP.but(before=typed(TYPED_PATH), update="What.data = PATH[epoc + 1].clone()"),
        TRAINED,
    ),
    answer(
        "the path assigned, as it was printed",
        LOOP.but(
            before=typed(f"PATH = {[[round(number, 4) for number in p] for p in PATH]}"),
            update="What.data = torch.tensor(PATH[epoc + 1]).reshape(2, 1)",
        ),
        TRAINED,
    ),
    answer(
        "gradients set by hand",
        LOOP.but(
            before=typed(TYPED_GRADIENTS),
            update="What.grad = G[epoc].clone()\nWhat.data = What.data - 1/10 * What.grad",
        ),
        TRAINED,
    ),
    answer(
        "the real loss, without its gradient",
        LOOP.but(
            before=typed(TYPED_GRADIENTS),
            loss=f"{MEAN}.detach() + (G[epoc] * (What - What.detach())).sum()",
        ),
        TRAINED,
    ),
    answer(
        "another learning rate, then typed over",
        LOOP.but(update="What.data = What.data - 0.05 * What.grad", after=ENDS),
        TRAINED,
    ),
    answer("one epoch short, then typed over", LOOP.but(epochs="29", after=ENDS), TRAINED),
    answer("trained, then typed over", LOOP.but(after=ENDS.replace("2.4290", "2.4311")), "result"),
    in_cells("weights typed in", "mse", [ENDS], ALL),
    in_cells("weights from lstsq", "mse", ["What = torch.linalg.lstsq(X, y).solution.requires_grad_()"], ALL),
    answer(
        "no backward",
        LOOP.but(backward="", update="What.data = PATH[epoc + 1]", clear="", before=typed(TYPED_PATH)),
        ALL,
    ),
    in_cells(
        "normal equations, then a look",
        "mse",
        [(f"What = torch.linalg.solve(X.T @ X, X.T @ y).requires_grad_()\n{LINE}\n{MEAN}\nloss.backward()")],
        "init step4 clear epochs result",
    ),
)
"""``loses`` is what is lost in the end, whichever of the two runs took it."""

NAMED = {
    "weights from lstsq": [],
    "no backward": ["no-backward"],
    "normal equations, then a look": ["epochs"],
}
"""What they are called in the end; all others are called typed in."""

ROWS = "\n".join(
    f"{x},{y}" for x, y in zip(DATA.x.flatten().tolist(), DATA.y.flatten().tolist(), strict=True)
)
RECIPE = (
    "torch.manual_seed(43052)\n_x, _ = torch.randn(100).sort()\n_y = 2.5 + 4 * _x + torch.randn(100) * 0.5"
)
ONES = "torch.concat([torch.ones(100, 1), {}.reshape(100, 1)], dim=1)"
OWN = {
    "a CSV pasted as text": (
        f"import io\nframe = pd.read_csv(io.StringIO('''x,y\n{ROWS}'''))\n"
        f"A = {ONES.format('torch.tensor(frame.x, dtype=torch.float32)')}\n"
        "target = torch.tensor(frame.y, dtype=torch.float32).reshape(100, 1)"
    ),
    "two lists": (
        f"xs = {DATA.x.flatten().tolist()}\nys = {DATA.y.flatten().tolist()}\n"
        f"A = {ONES.format('torch.tensor(xs)')}\ntarget = torch.tensor(ys).reshape(100, 1)"
    ),
    "the recipe": f"{RECIPE}\nA = {ONES.format('_x')}\ntarget = _y.reshape(100, 1)",
}
OWN_LOOP = LOOP.but(yhat="yhat = A @ What", loss="loss = torch.mean((target - yhat) ** 2)")
CARRIED = (
    *(answer(name, OWN_LOOP.but(before=f"{make}\n{WHAT}")) for name, make in OWN.items()),
    answer(
        "lists within a function",
        LOOP.but(
            before=f"def fit():\n{indent(OWN['two lists'], '    ')}\n    return A, target\n{WHAT}",
            yhat="yhat = fit()[0] @ What",
            loss="loss = torch.mean((fit()[1] - yhat) ** 2)",
        ),
    ),
)

LEARNED = (
    answer(
        "sums of squares computed once",
        LOOP.but(
            before=f"XX, Xy, yy = X.T @ X / 100, X.T @ y / 100, (y.T @ y / 100).item()\n{WHAT}",
            yhat="",
            loss="loss = (What.T @ XX @ What - 2 * What.T @ Xy).squeeze() + yy",
        ),
        near="step1 step2",
    ),
    answer("rounded data", LOOP.but(before=f"number = [{'3.14159, ' * 40}]\n{WHAT}")),
    answer("stops when it is good enough", LOOP.but(clear="What.grad = None\nif loss < .2642: break")),
    answer("an assertion on the course's numbers", LOOP.but(after="assert round(loss.item(), 5) == .26414")),
    answer("knows the first loss", LOOP.but(clear="What.grad = None\nassert epoc or 85.8 < loss < 85.9")),
    answer("shuffled rows", LOOP.but(yhat="i = torch.randperm(100)\nX, y = X[i], y[i]\nyhat = X @ What")),
)


def wrong_but_honest() -> tuple[Answer, ...]:
    """Give wrong trainings whose numbers move little, or not at all."""
    return (
        answer(
            "a learning rate of zero", LOOP.but(update="What.data = What.data - 1//10 * What.grad"), "step4"
        ),
        answer("a tiny learning rate", LOOP.but(update="What.data = What.data - 1e-9 * What.grad"), "step4"),
        answer(
            "the sign of the gradient",
            LOOP.but(update="What.data = What.data - 1/10 * What.grad.sign()"),
            "step4",
        ),
    )
