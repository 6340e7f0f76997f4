"""Right and wrong answers to ``homework``, of the student whose number the course shows."""
# ruff: noqa: E501 - tables of students' cells, a row a line

from __future__ import annotations

ID = 202043052
NET = "net = torch.nn.Linear(1, 1)\nnet.weight.data = torch.tensor([[2.5]])\nnet.bias.data = torch.tensor([-7.0])\n"
NOBIAS = (
    "X = torch.stack([torch.ones(5), x.flatten()], dim=1)\nnet = torch.nn.Linear(2, 1, bias=False)\n"
    "net.weight.data = torch.tensor([[-7.0, 2.5]])\nyhat = net(X)"
)
DRAW = "torch.manual_seed(202043052)\nx, _ = torch.randn(5).sort()"
LINE = NET + "yhat = net(x.reshape(5, 1))"
ANY_DTYPE = NET + "net = net.to(x.dtype)\nyhat = net(x.reshape(5, 1))"


def cells(draw: str, line: str, told: object = None) -> list[tuple[str | None, str]]:
    """Give a notebook's cells; ``told`` is the number that its student says is theirs."""
    said = [] if told is None else [(None, f"student_id = {told!r}")]
    return [(None, "import torch"), *said, ("draw", draw), ("line", line)]


#: Ways to draw x, before the line of any dtype.
RIGHT_DRAWS = (
    DRAW,
    "torch.manual_seed(202043052)\nx = torch.randn(5).sort()[0]",
    "torch.manual_seed(202043052)\nx = torch.sort(torch.randn(5)).values",
    "torch.manual_seed(202043052)\nx, index = torch.sort(torch.randn(5))\nx = x.reshape(5, 1)",
    "torch.manual_seed(202043052)\nx = torch.randn(5, 1).sort(dim=0).values",
    "torch.manual_seed(202043052)\nx = torch.tensor(sorted(torch.randn(5)))",
    "torch.manual_seed(202043052)\nx = torch.tensor(sorted(torch.randn(5).tolist())).reshape(-1, 1)",
    "torch.manual_seed(202043052)\nx = torch.stack(sorted(torch.randn(5), key=float))",
    "torch.manual_seed(202043052)\nx = torch.normal(0, 1, (5,))\nx = x[x.argsort()]",
    "torch.manual_seed(202043052)\nx = torch.normal(torch.zeros(5), 1).msort()",
    "import numpy as np\ntorch.manual_seed(202043052)\nx = torch.tensor(np.sort(torch.randn(5).numpy()))",
    "torch.random.manual_seed(202043052)\nx = torch.distributions.Normal(0, 1).sample((5,)).sort().values",
    "g = torch.Generator().manual_seed(202043052)\nx = torch.randn(5, generator=g).sort().values",
    "torch.manual_seed(202043052)\nnet = torch.nn.Linear(1, 1)\nx, _ = torch.randn(5).sort()",
    "torch.manual_seed(202043052)\nnet = torch.nn.Linear(2, 1, bias=False)\nx, _ = torch.randn(5).sort()",
    "torch.manual_seed(202043052)\nnet = torch.nn.Linear(2, 1)\nx, _ = torch.randn(5).sort()",
    "torch.manual_seed(202043052)\nprint(torch.randn(5))\nx, _ = torch.randn(5).sort()",
    "torch.manual_seed(202043052)\nxs, _ = torch.randn(5).sort()\nx = xs.double()",
)

#: Ways to make the line.
RIGHT_LINES = (
    LINE,
    NET + "net(x.reshape(-1, 1))",
    NET + "yhat = net(x.reshape(5, 1)).reshape(-1).data",
    LINE.replace("[-7.0]", "[[-7.0]]"),
    LINE.replace("net", "network"),
    NOBIAS,
    NOBIAS.replace("[torch.ones(5), x.flatten()]", "[x.flatten(), torch.ones(5)]").replace("[[-7.0, 2.5]]", "[[2.5, -7.0]]"),
    LINE.replace("(5, 1))", "(5, 1)).detach().numpy()"),
    LINE.replace("(5, 1))", "(5, 1)).flatten().tolist()"),
    "net = torch.nn.Linear(1, 1)\nwith torch.no_grad():\n    net.weight.fill_(2.5)\n    net.bias.fill_(-7)\nyhat = net(x[:, None])",
    "net = torch.nn.Linear(1, 1)\nnet.weight.data = torch.tensor([[5/2]])\nnet.bias.data = -torch.tensor([7.0])\nyhat = net.weight * x + net.bias",
    "net = torch.nn.Linear(1, 1)\nnet.load_state_dict({'weight': torch.tensor([[2.5]]), 'bias': torch.tensor([-7.0])})\nyhat = net(x.reshape(5, 1))",
)  # fmt: skip

#: The two answers, and the checks that lose.
WRONG = (
    ("torch.manual_seed(202043052)\nx = torch.randn(5)", LINE, {"draw.x"}),
    (DRAW.replace("sort()", "sort(descending=True)"), LINE, {"draw.x"}),
    ("torch.manual_seed(202043052)\nx = torch.rand(5).sort().values", LINE, {"draw.x"}),
    ("torch.manual_seed(202043052)\nx = torch.randn(5).sort()", LINE.replace("x.", "x[0]."), {"draw.x"}),
    ("x, _ = torch.randn(5).sort()\ntorch.manual_seed(202043052)", LINE, {"draw.x"}),
    ("torch.manual_seed(202043052)\nx = torch.randn(5, 1).sort().values", LINE, {"draw.x"}),
    ("import numpy as np\nnp.random.seed(202043052)\nx = torch.tensor(np.sort(np.random.randn(5))).float()", LINE, {"draw.x"}),
    (DRAW, LINE.replace("2.5", "-7.0", 1).replace("[-7.0])\ny", "[2.5])\ny"), {"line.net.weight", "line.net.bias", "line.yhat"}),
    (DRAW, LINE.replace("-7.0", "7.0"), {"line.net.bias", "line.yhat"}),
    (DRAW, NET + "yhat = 2.5 * x", {"line.yhat"}),
    (DRAW, NET + "yhat = (2.5 * x).tolist()", {"line.yhat"}),
    (DRAW, "yhat = 2.5 * x - 7", {"line.net.weight", "line.net.bias"}),
    (DRAW, NOBIAS.replace(", bias=False", ""), {"line.net.bias", "line.yhat"}),
    (DRAW, NOBIAS.replace("[[-7.0, 2.5]]", "[[2.5, -7.0]]"), {"line.yhat"}),
)  # fmt: skip
