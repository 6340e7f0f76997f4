"""Recording changes nothing a student can see."""

# ruff: noqa: E501 - cells and documents are easier to read in one line

import re

import pytest

from tests.recorder.conftest import LOOP

MISTAKES = {
    "backward twice": "loss = torch.mean((y - X @ What) ** 2)\nloss.backward()\nloss.backward()",
    "not a scalar": "(X @ What).backward()",
    "no gradient": "torch.ones(1).backward()",
    "unused": "torch.autograd.grad(What.sum(), torch.ones(1, requires_grad=True))",
    "seed": "torch.manual_seed('a')",
    "within a step": "opt = torch.optim.SGD([What], lr=.1)\ndef bad(): raise ValueError('no')\nopt.step(bad)",
    "within backward": (
        "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, t): return t * 1\n"
        "    @staticmethod\n    def backward(ctx, g): raise ValueError('no')\nF.apply(What).sum().backward()"
    ),
    "nested": (
        "from torch.utils.checkpoint import checkpoint\ndef f(w):\n    if torch._C._current_graph_task_id() != -1: 1 / 0\n"
        "    return X @ w\ncheckpoint(f, What, use_reentrant=True).sum().backward()"
    ),
    "interrupted": "def hook(g): raise KeyboardInterrupt\nWhat.register_hook(hook)\n(X @ What).sum().backward()",
    "create_graph": "torch.mean((X @ What) ** 2).backward(create_graph=True)",
    "grad of an inner tensor": "yhat = X @ What\nyhat.sum().backward(inputs=[yhat])\nyhat.grad.sum()",
    "grad with respect to an inner tensor": "yhat = X @ What\ntorch.autograd.grad(yhat.sum(), yhat)[0].sum()",
}


def shown(seen):
    """Give the outputs without the lines around a traceback's own: which of them IPython picks varies by itself."""
    return [re.sub(r"(?m)^ +\d+ .*\n", "", output) for output in seen.outputs]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_shown_is_the_same(run, mistake):
    """Exceptions, their messages, whole tracebacks, warnings and values are those of a kernel without recorder."""
    cells = [MISTAKES[mistake], "torch.ones(3)"]

    assert shown(run(*cells, recorded=False)) == shown(run(*cells))


@pytest.mark.parametrize("n", [3, 700])
def test_numbers_are_the_same_bit_for_bit(run, n):
    """Losses, parameters and the random stream do not depend on the recorder."""
    cells = [
        (
            "torch.manual_seed(1)\nnet = torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))\n"
            "opt = torch.optim.Adam(net.parameters(), lr=.01)\nlosses = []\n"
            f"for i in range({n}):\n    loss = torch.mean((y - net(x + .1 * torch.randn(20, 1))) ** 2)\n    loss.backward()\n"
            "    opt.step(); opt.zero_grad(); losses.append(loss.item().hex())\nprint(losses, torch.rand(2).tolist())"
        ),
        LOOP.format(n=n) + "print(What.data.tolist(), What.grad, What._version, torch.get_rng_state().sum())",
    ]

    assert run(*cells, recorded=False).outputs == run(*cells).outputs


def test_the_namespace_and_signatures_are_the_same(run):
    """No names appear, and what is wrapped looks as it did."""
    cells = [
        LOOP.format(n=2) + "print(sorted(globals()))",
        "import inspect\nprint(inspect.signature(torch.manual_seed), torch.manual_seed.__name__, torch.manual_seed.__doc__)",
        "print(inspect.signature(torch.Tensor.backward), inspect.signature(torch.optim.SGD.step))\nprint(torch.manual_seed(1))",
    ]

    assert run(*cells, recorded=False).outputs == run(*cells).outputs


def test_a_students_modes_see_nothing_of_us(run):
    """A mode that prints every function or operation prints as much as without the recorder."""
    cells = [
        (
            "from torch.overrides import TorchFunctionMode\nfrom torch.utils._python_dispatch import TorchDispatchMode\n"
            "class F(TorchFunctionMode):\n    def __torch_function__(self, f, types, args=(), kwargs=None):\n"
            "        print(f); return f(*args, **(kwargs or {}))\n"
            "class D(TorchDispatchMode):\n    def __torch_dispatch__(self, f, types, args=(), kwargs=None):\n"
            "        print(f); return f(*args, **(kwargs or {}))"
        ),
        "with F():" + LOOP.format(n=2).replace("\n", "\n  "),
        "opt = torch.optim.SGD([What], lr=.1)\nwith D():\n  torch.mean(X @ What).backward()\n  opt.step()",
    ]

    assert run(*cells, recorded=False).outputs == run(*cells).outputs


def test_tensors_die_as_they_did(run):
    """What the student deletes is gone by the end of the next cell; parameters can be copied and saved as before."""
    seen = run(
        "import weakref, gc, io, copy, pickle\nnet = torch.nn.Linear(1, 1)\nopt = torch.optim.SGD(net.parameters(), lr=.1)\n"
        "for i in range(150):\n    loss = torch.mean((y - net(x)) ** 2)\n    loss.backward(); opt.step(); opt.zero_grad()\n"
        "refs = [weakref.ref(o) for o in (net, net.weight, loss, opt)]\nbuffer = io.BytesIO(); torch.save(net, buffer)\n"
        "other = pickle.loads(pickle.dumps(copy.deepcopy(net)))\nprint(torch.equal(other.weight, net.weight))\ndel net, loss, opt",
        "gc.collect()",
        "print([r() for r in refs])",
    )

    assert ["True\n", "[None, None, None, None]\n"] == [seen.outputs[0], seen.outputs[2]]


def test_a_forked_child_writes_nothing(run):
    """A child process of the student's that trains does not touch the recording."""
    seen = run(
        "import os, time\nif os.fork() == 0:\n    get_ipython().run_cell('a = 1')\n    get_ipython().events.trigger('post_run_cell', None)\n"
        "    os._exit(0)\nos.wait()\nb = 2"
    )

    assert ("a" in seen.values, 2) == (False, seen.values["b"].plain)
