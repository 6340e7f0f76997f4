"""Functions are called on the host's inputs where they are made, and nothing of it is seen."""

# ruff: noqa: E501 - cells are easier to read in one line

import time

import pytest
import torch

from grader.recorder import functions

INPUTS = {"some": torch.tensor([-80.0, -1.0, 0.0, 2.0, 80.0]), "others": torch.tensor([[0.5], [1.5]])}
SIGMOID = torch.sigmoid(INPUTS["some"])


def result(seen, name="f", key="some"):
    """Give what a function returned."""
    return seen.values[name].plain[key]


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return torch.exp(x) / (1 + torch.exp(x))",
        "f = lambda x: torch.exp(x) / (1 + torch.exp(x))",
        "f = torch.sigmoid",
        "f = torch.nn.Sigmoid()",
        "f = torch.nn.Sequential(torch.nn.Sigmoid())",
        "f = torch.nn.functional.sigmoid",
        "from torch import *\nimport torch\nf = lambda x: sigmoid(x)",
        "import functools\nf = functools.partial(lambda k, x: torch.sigmoid(k * x), 1)",
        "def f(x, w=1, *, b=0):\n    return torch.sigmoid(w * x + b)",
        "def f(*xs):\n    return torch.sigmoid(xs[0])",
        "class F:\n    def __call__(self, x):\n        return torch.sigmoid(x)\nf = F()",
        "class F:\n    def g(self, x):\n        return torch.sigmoid(x)\nf = F().g",
        "class F:\n    @staticmethod\n    def g(x):\n        return torch.sigmoid(x)\nf = F.g",
        "class F(torch.nn.Module):\n    def forward(self, x):\n        return torch.sigmoid(x)\nf = F()",
        "@torch.no_grad()\ndef f(x):\n    return torch.sigmoid(x)",
        "def f(x):\n    return torch.sigmoid(x).numpy()",
        "def f(x):\n    return torch.sigmoid(x * torch.ones(1, requires_grad=True))",
        "def f(x):\n    x.sigmoid_()\n    return x",
    ],
)
def test_functions_of_every_kind_are_called(run, source):
    """Made in any way, each is called on each of the inputs."""
    seen = run(source, inputs=INPUTS)

    assert "function" == seen.values["f"].kind
    assert torch.allclose(SIGMOID, result(seen).tensor)
    assert (2, 1) == result(seen, key="others").shape


@pytest.mark.parametrize(
    ("source", "kind", "name"),
    [
        ("f = lambda x: 1 / 0", "exception", "ZeroDivisionError"),
        ("import sys\ndef f(x):\n    sys.exit()", "exception", "SystemExit"),
        ("def f(x):\n    raise KeyboardInterrupt", "exception", "KeyboardInterrupt"),
        ("def f(x):\n    return f(x)", "exception", "RecursionError"),
        ("import os\ndef f(x):\n    os._exit(1)", "exception", "TimeoutError"),
        (
            "import os, signal\ndef f(x):\n    os.kill(os.getpid(), signal.SIGKILL)",
            "exception",
            "TimeoutError",
        ),
        ("def f(a, b):\n    return a", "exception", "TypeError"),
        ("def f():\n    return 1", "exception", "TypeError"),
        ("f = lambda x: 1.5", "number", "float"),
        ("f = lambda x: None", "none", ""),
        ("f = lambda x: x.tolist()", "sequence", "list"),
        ("f = lambda x: 'sigmoid'", "text", ""),
        ("f = lambda x: torch.zeros(1).expand(10**12)", "tensor", ""),
        ("f = lambda x: torch.empty(3, 4).to_sparse()", "tensor", ""),
        (
            "class E(Exception):\n    def __str__(self):\n        while True: pass\ndef f(x):\n    raise E(f)",
            "exception",
            "E",
        ),
    ],
)
def test_whatever_comes_back_is_recorded(run, source, kind, name):
    """What a function raises or returns is a value like any other; one that ends its process gives none."""
    found = result(run(source, inputs=INPUTS))

    assert (kind, name) == (found.kind, found.type)


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    while True:\n        pass",
        "def f(x):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
        "import time\nf = lambda x: time.sleep(100)",
        "import signal\ndef f(x):\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    while True: pass",
    ],
)
def test_one_that_does_not_return_is_ended(run, monkeypatch, source):
    """When its time is up, with its process; the cells go on."""
    monkeypatch.setattr(functions, "SECONDS", 0.3)
    started = time.monotonic()
    seen = run(source, "after = 1", inputs=INPUTS)

    assert "TimeoutError" == result(seen).type
    assert 1 == seen.values["after"].plain
    assert 10 > time.monotonic() - started


CURIOUS = """
import random, sys
import numpy as np
counted, kept = [], {}
What.grad = None
def f(x):
    global y
    print("called"); sys.stderr.write("called"); display(x)
    counted.append(1); kept["x"] = x; y = 0
    torch.manual_seed(1); random.seed(1); np.random.seed(1); torch.rand(3)
    torch.set_grad_enabled(False); torch.set_default_dtype(torch.float64)
    sys.stdout = None
    with torch.enable_grad(): (X.double() @ What.double()).sum().backward()
    return torch.sigmoid(x)
"""
LOOK = """
print(counted, kept, y.sum(), What.grad, torch.rand(2), random.random(), np.random.rand())
print(torch.is_grad_enabled(), torch.get_default_dtype(), sys.stdout is not None, sorted(n for n in dir() if not n.startswith("_")))
torch.mean((y - X @ What) ** 2).backward(); print(What.grad)
"""


def test_nothing_of_a_call_is_seen(run):
    """Prints, pictures, seeds, names, gradients, modes: all is as if nobody had called."""
    start = "import random, numpy as np\ntorch.manual_seed(5); random.seed(5); np.random.seed(5)"
    cells = [start, CURIOUS, LOOK]

    called, alone = run(*cells, inputs=INPUTS), run(*cells, recorded=False)

    assert alone.outputs == called.outputs
    assert 1 == len(called.backwards)


def test_each_is_called_once_where_it_is_made(run):
    """A function stands in the values of the cell that made it, and again where it is made anew."""
    seen = run("f = torch.sigmoid", "g = 1", "f = torch.tanh", "f", inputs=INPUTS)

    assert [[], ["f"], [], ["f"], []] == [
        [name for name, value in cell.values.items() if value.kind == "function"]
        for cell in seen.recording.cells
    ]
    assert torch.allclose(torch.tanh(INPUTS["some"]), result(seen).tensor)


def test_what_torch_has_is_called_once_for_all_cells(run):
    """A module made anew has the results of its like; one with other settings, a hook or a method has its own."""
    count = "import os\ncopies, fork = 0, os.fork\ndef counted():\n    global copies\n    copies += 1\n    return fork()\nos.fork = counted"
    anew = "f = torch.nn.Sigmoid()"
    others = (
        "f = torch.nn.LeakyReLU(.1)",
        "f = torch.nn.LeakyReLU(.2)",
        "f = torch.nn.Sigmoid()\nf.register_forward_hook(lambda *_: torch.tensor(1.0))",
        "f = torch.nn.Sigmoid()\nf.forward = lambda x: torch.tensor(2.0)",
    )
    seen = run(count, anew, "copies", anew, "copies", *others, "copies", inputs=INPUTS)
    made = [cell.values["f"].plain["some"].tensor for cell in seen.recording.cells if "f" in cell.values]

    assert ["Out[4]: 2\n", "Out[6]: 2\n", "Out[11]: 6\n"] == [seen.outputs[i] for i in (2, 4, -1)]
    assert [torch.allclose(SIGMOID, one) for one in made] == [True, True, False, False, False, False]
    assert [1.0, 2.0] == [one.item() for one in made[-2:]]


@pytest.mark.parametrize(
    "source",
    [
        "f = torch.sigmoid\nf = None",
        "import numpy as np\nf = lambda x: torch.sigmoid(x)\ng = np.exp\ndel f",
        "def f(x):\n    return g(x)\ng = torch.sigmoid",
        "w = None\ndef f(x):\n    return torch.sigmoid(w * x)\nw = 1",
        "from torch import *\nfrom torch.nn.functional import *\nimport torch\nf = lambda x: sigmoid(x)\nf = 1",
    ],
)
def test_each_is_called_within_its_cell(run, source):
    """Whatever becomes of its name further down the cell; what it needs may be made there too."""
    seen = run(source, "after = 1", inputs=INPUTS)
    events = seen.recording.cells[1].statements
    made = next(event.values["f"] for event in events if "f" in event.values)

    assert torch.allclose(SIGMOID, made.plain["some"].tensor)
    assert 0 == seen.recording.cells[1].faults


@pytest.mark.parametrize(
    "source",
    [
        "net = torch.nn.Linear(1, 1)",
        "class C:\n    pass",
        "import math",
        "t = torch.ones(3)",
        "from IPython.display import clear_output",
    ],
)
def test_what_is_no_function_of_numbers_is_not_called(run, source):
    """Networks with parameters, classes, modules, tensors, functions that do other things."""
    seen = run(source, inputs=INPUTS)

    assert [] == [name for name, value in seen.values.items() if value.kind == "function"]


def test_no_inputs_no_calls(run):
    """Where the assignment asks for no function, none is called."""
    assert "object" == run("f = torch.sigmoid").values["f"].kind
