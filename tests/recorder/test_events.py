"""What is recorded of backwards, gradients, steps and seeds."""

# ruff: noqa: E501 - cells and documents are easier to read in one line

import pytest

from grader.recording import LastLeaves, Seed
from tests.recorder.conftest import LOOP


def counts(seen):
    return [(b.epoch, b.backwards) for b in seen.backwards]


def test_a_backward_is_recorded_with_its_loss_and_its_gradient(run):
    """The loss's value and shape, the leaf's name, value and gradient before and after are those torch had."""
    seen = run(
        "loss = torch.mean((y - X @ What) ** 2)\nloss.backward()\nprint(loss.item(), *What.grad.flatten().tolist())"
    )
    (backward,) = seen.backwards
    leaf = backward.leaves[0]
    loss, *gradient = map(float, seen.outputs[0].split())

    assert (loss,) == backward.roots[0].value
    assert ((), "float32") == (backward.roots[0].shape, backward.roots[0].dtype)
    assert ("What", (2, 1), (-5.0, 10.0), None) == (leaf.name, leaf.shape, leaf.value, leaf.before)
    assert tuple(gradient) == backward.leaves[0].after
    assert (1, 2) == backward.line


@pytest.mark.parametrize(
    ("code", "via", "leaves"),
    [
        ("torch.autograd.backward(loss)", "backward", ["What"]),
        ("torch.autograd.backward([loss, 2 * loss])", "backward", ["What"]),
        ("torch.autograd.grad(loss, What)", "grad", ["What"]),
        ("torch.autograd.grad(loss, [What, b], allow_unused=True)", "grad", ["What", "b"]),
        ("loss.backward(inputs=[What])", "backward", ["What"]),
        ("((y - X @ What) ** 2).backward(torch.ones(20, 1))", "backward", ["What"]),
        ("loss.backward(torch.tensor(2.0))", "backward", ["What"]),
        ("loss.backward(create_graph=True); What.grad = None", "backward", ["What"]),
        ("(loss + b).backward()", "backward", ["What", "b"]),
        ("import threading\nt = threading.Thread(target=lambda: loss.backward()); t.start(); t.join()", "backward", ["What"]),
    ],
)  # fmt: skip
def test_every_way_into_the_engine_is_seen(run, code, via, leaves):
    """However a gradient is asked for, one event names the leaves it was taken for."""
    seen = run(f"b = torch.zeros(1, requires_grad=True)\nloss = torch.mean((y - X @ What) ** 2)\n{code}")

    assert [(via, sorted(leaves))] == [
        (b.via, sorted(leaf.name for leaf in b.leaves)) for b in seen.backwards
    ]


def test_weights_other_than_one_are_recorded(run):
    """A loss that is sent back with a factor shows the factor."""
    seen = run("torch.mean(X @ What).backward(torch.tensor(2.0))")

    assert ((2.0,),) == seen.backwards[0].weights


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("loss.backward()\n    What.data -= .1 * What.grad\n    What.grad = None", [(0, 1), (1, 1), (2, 1)]),
        ("loss.backward()\n    What.data -= .1 * What.grad\n    What.grad.zero_()", [(0, 1), (1, 1), (2, 1)]),
        ("loss.backward()\n    What.data -= .1 * What.grad", [(0, 1), (1, 1), (2, 1)]),
        ("loss.backward()", [(0, 1), (1, 1), (2, 1)]),
        ("loss.backward()\n    What = (What - .1 * What.grad).detach().requires_grad_()", [(0, 1), (1, 1), (2, 1)]),
        ("loss.backward(retain_graph=True)\n    loss.backward()\n    What.data -= .1 * What.grad\n    What.grad = None",
         [(0, 2), (0, 2), (1, 2), (1, 2), (2, 2), (2, 2)]),
    ],
)  # fmt: skip
def test_epochs_and_their_backwards_are_counted(run, body, expected):
    """Several backwards that add up are one epoch; a change of the parameters or a loop without update begins another."""
    seen = run(f"for i in range(3):\n    loss = torch.mean((y - X @ What) ** 2)\n    {body}")

    assert expected == counts(seen)


def test_a_failed_backward_opens_no_epoch(run):
    """An exception in the engine leaves the counts as they were."""
    seen = run(
        "for i in range(4):\n    loss = torch.mean((y - X @ What) ** 2)\n    loss.backward()\n"
        "    try: loss.backward()\n    except RuntimeError: pass\n    What.data -= .1 * What.grad\n    What.grad = None"
    )

    assert [(i, 1) for i in range(4)] == counts(seen)


def test_a_backward_within_a_backward_is_part_of_it(run):
    """Checkpointing runs the forward pass and a backward within the outer one; one event remains, and no other run."""
    seen = run(
        "from torch.utils.checkpoint import checkpoint\n"
        "calls = []\n"
        "def forward(w):\n    calls.append(1)\n    return X @ w\n"
        "for reentrant in (True, False):\n"
        "    torch.mean(checkpoint(forward, What, use_reentrant=reentrant)).backward()\n    What.grad = None\n"
        "len(calls)"
    )

    assert 2 == len(seen.backwards)
    assert 4 == seen.values["_"].plain


def test_a_saved_tensor_is_not_unpacked_by_us(run):
    """Hooks on saved tensors run as often as without the recorder."""
    code = (
        "with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: (print('unpacked'), t)[1]):\n"
        "    loss = torch.mean((y - X @ What) ** 2)\nloss.backward()"
    )

    assert run(code, recorded=False).outputs == run(code).outputs


def test_one_torch_func_grad_is_a_backward(run):
    """Of the tensor it was called on, with graph and gradient; nothing is accumulated."""
    seen = run(
        "f = torch.func.grad_and_value(lambda w: torch.mean((y - X @ w) ** 2))\n"
        "g, loss = f(What)\ntorch.mean((y - X @ What) ** 2).backward()\nWhat.grad, g"
    )
    within, plain = seen.backwards

    assert ("grad", "backward") == (within.via, plain.via)
    assert ["What", "What"] == [event.leaves[0].name for event in seen.backwards]
    assert within.roots[0].value == plain.roots[0].value
    assert within.leaves[0].after == plain.leaves[0].after
    assert {node.op for node in within.graph} == {node.op for node in plain.graph}


def test_other_transforms_are_left_alone(run):
    """``torch.func.vmap`` gives its values and no event; the rest of the cell is recorded."""
    seen = run(
        "h = torch.func.hessian(lambda w: torch.mean((y - X @ w) ** 2))(What.detach())\n"
        "v = torch.func.vmap(torch.func.grad(lambda w: (w ** 2).sum()))(torch.ones(3, 2))\ntorch.mean(X @ What).backward()"
    )

    assert [""] == seen.outputs
    assert ["What"] == [leaf.name for b in seen.backwards for leaf in b.leaves]
    assert [[2.0, 2.0]] * 3 == seen.values["v"].tensor.tolist()


@pytest.mark.parametrize(
    ("make", "name"),
    [
        ("torch.optim.SGD([What], lr=.1)", "SGD"),
        ("torch.optim.Adam([What], lr=.1)", "Adam"),
        ("torch.optim.LBFGS([What], lr=.1)", "LBFGS"),
        ("Mine([What], lr=.1)", "Mine"),
        ("Bare([What])", "Bare"),
    ],
)
def test_the_step_of_any_optimizer_is_one_event(run, make, name):
    """Before, gradient and after are seen once a step, also where ``step`` is overridden or calls ``super().step``."""
    seen = run(
        "class Mine(torch.optim.SGD):\n    def step(self, closure=None):\n        return super().step(closure)\n"
        "class Bare(torch.optim.Optimizer):\n    def __init__(self, p): super().__init__(p, {})\n"
        "    def step(self, closure=None):\n        for p in self.param_groups[0]['params']: p.data -= .1 * p.grad\n"
        f"torch.optim.SGD([What], lr=.1)\nopt = {make}\n"
        "def closure():\n    opt.zero_grad()\n    loss = torch.mean((y - X @ What) ** 2)\n    loss.backward()\n    return loss\n"
        "for i in range(3):\n    closure()\n    opt.step(closure)\nWhat.data"
    )

    assert [name] * 3 == [s.optimizer for s in seen.steps]
    assert (-5.0, 10.0) == seen.steps[0].parameters[0].before
    assert tuple(seen.values["_"].tensor.flatten().tolist()) == seen.steps[-1].parameters[0].after


def test_the_gradient_of_a_closure_is_the_one_it_computed(run):
    """Also in a long steady loop a step with a closure shows the gradient of the closure's own backward."""
    seen = run(
        "opt = torch.optim.SGD([What], lr=.001)\n"
        "def closure():\n    opt.zero_grad()\n    loss = torch.mean((y - X @ What) ** 2)\n    loss.backward()\n    return loss\n"
        "for i in range(1500):\n    opt.step(closure)"
    )
    gradients = {b.epoch: b.leaves[0].after for b in seen.backwards}

    assert 1500 == 1 + max(gradients)
    assert set(gradients) == {s.epoch for s in seen.steps}
    assert all(gradients[s.epoch] == s.parameters[0].gradient for s in seen.steps)
    assert {0} == {cell.faults for cell in seen.recording.cells}


@pytest.mark.parametrize("make", ["SGD([What], lr=.001)", "LBFGS([What], lr=.001)"])
def test_a_loop_may_have_a_closure_now_and_then(run, make):
    """Every backward is an epoch; no step is lost or breaks the recorder, be it steady or not."""
    seen = run(
        f"opt, calls = torch.optim.{make}, 0\n"
        "def closure():\n    global calls\n    calls += 1\n    opt.zero_grad()\n"
        "    loss = torch.mean((y - X @ What) ** 2)\n    loss.backward()\n    return loss\n"
        "for i in range(40):\n    opt.step(closure)\n"
        "opt = torch.optim.SGD([What], lr=.001)\n"
        "for i in range(600):\n    opt.step(closure) if i % 150 == 149 else (closure(), opt.step())"
    )

    assert seen.values["calls"].plain == 1 + seen.backwards[-1].epoch
    assert {0} == {cell.faults for cell in seen.recording.cells}


def test_a_step_that_failed_is_forgotten(run):
    """After an exception within a step the next one is recorded as itself."""
    seen = run(
        "opt = torch.optim.SGD([What], lr=.1)\ntorch.mean(X @ What).backward()\ndef bad(): raise ValueError('no')\n"
        "try: opt.step(bad)\nexcept ValueError: pass\nopt.step()"
    )

    assert 1 == len(seen.steps)


def test_two_optimizers_are_two_steps(run):
    """Each step shows the parameters of its own optimizer."""
    seen = run(
        "b = torch.zeros(1, requires_grad=True)\none, two = torch.optim.SGD([What], lr=.1), torch.optim.Adam([b], lr=.2)\n"
        "for i in range(2):\n    torch.mean((y - X @ What - b) ** 2).backward()\n    one.step(); two.step()\n"
        "    one.zero_grad(); two.zero_grad()"
    )

    assert [("SGD", (0.1,), "What"), ("Adam", (0.2,), "b")] * 2 == [
        (s.optimizer, s.lr, s.parameters[0].name) for s in seen.steps
    ]


@pytest.mark.parametrize(
    ("define", "leaf", "name"),
    [
        ("W = torch.ones(2, 1, requires_grad=True)", "W", "W"),
        ("net = torch.nn.Linear(2, 1, bias=False)", "net.weight", "net.weight"),
        ("net = torch.nn.Sequential(torch.nn.Linear(2, 1, bias=False))", "net[0].weight", "net.0.weight"),
        ("ps = [torch.ones(2, 1, requires_grad=True)]", "ps[0]", "ps[0]"),
        ("ps = {'w': torch.ones(2, 1, requires_grad=True)}", "ps['w']", "ps['w']"),
        ("class A: pass\na = A(); a.w = torch.ones(2, 1, requires_grad=True)", "a.w", "a.w"),
        ("class N(torch.nn.Module): pass\nn = N(); n.w = torch.ones(2, 1, requires_grad=True)", "n.w", "n.w"),
    ],
)
def test_a_parameter_has_the_name_the_student_gave_it(run, define, leaf, name):
    """Names, modules, lists, dicts and attributes are all looked into."""
    seen = run(f"{define}\ntorch.mean(X @ {leaf}.reshape(2, 1)).backward()")

    assert name == seen.backwards[0].leaves[0].name


def test_a_local_of_a_function_has_its_name(run):
    """A parameter that only a running function knows is called as it is there."""
    seen = run(
        "def f():\n    inner = torch.ones(2, 1, requires_grad=True)\n    torch.mean(X @ inner).backward()\nf()"
    )

    assert "inner" == seen.backwards[0].leaves[0].name


def test_large_parameters_are_sampled(run):
    """Of a large leaf sixteen numbers are kept, of the value and of the gradient, and its shape."""
    seen = run("W = torch.arange(1e6).requires_grad_()\n(W * W).sum().backward()")
    leaf = seen.backwards[0].leaves[0]

    assert ((1_000_000,), 16) == (leaf.shape, len(leaf.value))
    assert tuple(2 * v for v in leaf.value) == leaf.after


def test_the_graph_and_what_is_in_sight_are_kept_at_sampled_epochs(run):
    """Epochs 1, 2, 3, 10 and 30 show the graph with the student's names and the tensors in sight."""
    seen = run(LOOP.format(n=30).replace("X @ What)", "(yhat := X @ What))"))
    shown = [b for b in seen.backwards if b.graph is not None]

    assert [0, 1, 2, 9, 29] == [b.epoch for b in shown]
    assert "loss" in shown[0].graph[0].names
    assert any("yhat" in node.names for node in shown[0].graph)
    assert {"X", "x", "y", "What", "yhat", "loss"} <= set(shown[0].variables)


def test_a_return_to_the_start_begins_another_stream(run):
    """A loop over learning rates is one stream each, also where epochs are taken briefly."""
    seen = run(
        "for lr in (.1, .05):\n    What.data = torch.tensor([[-5.0], [10.0]])\n    for i in range(250):\n"
        "        torch.mean((y - X @ What) ** 2).backward()\n        What.data = What.data - .01 * lr * What.grad\n"
        "        What.grad = None"
    )

    assert {0: 249, 1: 249} == {b.stream: b.epoch for b in seen.backwards}


def test_seeds_and_last_leaves_are_recorded(run):
    """``torch.manual_seed`` with any integer, and what the leaves are at the cell's end."""
    seen = run(
        "import numpy as np\ntorch.manual_seed(43052)\ntorch.manual_seed(np.int64(3))\n"
        + LOOP.format(n=1)
        + "What.data"
    )
    events = seen.recording.cells[1].events

    assert [43052, 3] == [e.seed for e in events if isinstance(e, Seed)]
    assert [tuple(seen.values["_"].tensor.flatten().tolist())] == [
        e.leaves[0][2] for e in events if isinstance(e, LastLeaves)
    ]


def test_threads_at_the_same_time_do_no_harm(run):
    """Backwards in several threads all give their gradients, and the recording can be read."""
    seen = run(
        "import threading\nWs = [torch.ones(2, 1, requires_grad=True) for _ in range(4)]\n"
        "def work(W):\n    for i in range(200): W.grad = None; torch.mean(X @ W).backward()\n"
        "ts = [threading.Thread(target=work, args=(W,)) for W in Ws]\n[t.start() for t in ts]\n[t.join() for t in ts]\n"
        "all(W.grad is not None for W in Ws)"
    )

    assert seen.values["_"].plain is True
    assert seen.backwards


def test_a_cell_within_a_cell_belongs_to_it(run):
    """``run_cell`` within a cell makes no file of its own; a cell that cannot be compiled makes one."""
    seen = run("get_ipython().run_cell('a = 1')", "def (", "b = 2")

    assert [0, 1, 2, 3] == [cell.cell for cell in seen.recording.cells]
    assert (1, 2) == (seen.recording.cells[1].values["a"].plain, seen.recording.cells[3].values["b"].plain)


def test_an_interrupted_loop_keeps_what_ran(run):
    """A KeyboardInterrupt in the middle leaves the epochs before it, and the cell is complete."""
    seen = run(
        "for i in range(1000):\n    if i == 57: raise KeyboardInterrupt\n    "
        + "\n    ".join(LOOP.format(n=0).split("\n    ")[1:])
    )

    assert 56 == seen.backwards[-1].epoch
    assert seen.recording.cells[1].complete
