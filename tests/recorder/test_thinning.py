"""Long loops are thinned; counts stay exact, and what is out of the ordinary is kept."""

# ruff: noqa: E501 - cells and documents are easier to read in one line

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.recorder.streams import HEAD, MIDDLE, ODD, TAIL, Backward, Leaves, Stream
from tests.recorder.conftest import LOOP

SGD = """
opt = torch.optim.SGD([What], lr=.001)
for i in range({n}):
    torch.mean((y - X @ What) ** 2).backward()
    opt.step()
    opt.zero_grad()
"""
TWICE = """
for i in range({n}):
    loss = torch.mean((y - X @ What) ** 2)
    loss.backward(retain_graph=True)
    loss.backward()
    What.data = What.data - .001 * What.grad
    What.grad = None
"""
SCALAR = """
w = torch.tensor(1.0, requires_grad=True)
for i in range({n}):
    (w * w).backward()
    w.data = w.data - 1e-6 * w.grad
    w.grad = None
"""
MOST = HEAD + MIDDLE + ODD + HEAD + 2 * TAIL
LONG = LOOP.replace("0.1 *", "0.001 *")


@pytest.mark.parametrize("n", [30, 100, 101, 2000])
@pytest.mark.parametrize(("loop", "backwards"), [(LONG, 1), (SGD, 1), (TWICE, 2)])
def test_counts_are_exact(run, n, loop, backwards):
    """However many epochs there were, the last one kept is the last, and its backwards are counted."""
    seen = run(loop.format(n=n))
    kept = [b.epoch for b in seen.backwards]

    assert {backwards} == {b.backwards for b in seen.backwards}
    assert n - 1 == kept[-1]
    assert set(range(min(n, HEAD))) | set(range(max(0, n - TAIL), n)) <= set(kept)
    assert len(set(kept)) <= MOST
    assert len(kept) == len(set(kept)) * backwards
    if loop is SGD:
        assert sorted(set(kept)) == sorted(s.epoch for s in seen.steps)


def test_many_epochs_leave_a_small_file(run):
    """The recording stays small and is counted exactly."""
    seen = run(SCALAR.format(n=20_000))
    size = sum(file.stat().st_size for file in seen.folder.iterdir())

    assert 19_999 == seen.backwards[-1].epoch
    assert size < 400_000


def test_the_middle_is_kept_in_consecutive_pairs(run):
    """Every epoch that is kept has the one before or the one after beside it."""
    kept = {b.epoch for b in run(LONG.format(n=6000)).backwards}

    assert [] == [e for e in kept if e - 1 not in kept and e + 1 not in kept]
    assert len([e for e in kept if HEAD <= e < 5900]) > 50


@pytest.mark.parametrize(
    ("usual", "odd"),
    [
        ("What.data = What.data - 0.001 * What.grad", "What.data = What.data - 0.003 * What.grad"),
        ("What.grad = None", "pass"),
        ("What.grad = None", "What.grad = None; What.data = What.data * float('nan')"),
    ],
)
@pytest.mark.parametrize("at", [1199, 1200, 1201, 1288, 1333])
def test_a_single_odd_epoch_is_kept(run, usual, odd, at):
    """An epoch with another learning rate, a gradient that was not cleared or numbers that are not finite stays."""
    loop = LONG.format(n=1700).replace(usual, f"if epoc == {at}: {odd}\n    else: {usual}")
    kept = {b.epoch for b in run(loop).backwards}

    assert {at, at + 1} <= kept


def test_brief_and_full_backwards_agree(run):
    """What is written of a steady loop is what torch had, epoch for epoch."""
    seen = run(
        "seen = {}\n"
        + LONG.format(n=600).replace(
            "What.data =", "seen[epoc] = (loss.item(), What.tolist(), What.grad.tolist())\n    What.data ="
        )
        + "import json\nprint(json.dumps(seen))"
    )
    real = {int(epoch): row for epoch, row in json.loads(seen.outputs[0]).items()}

    for b in seen.backwards:
        loss, value, after = real[b.epoch]
        assert ((loss,), sum(map(tuple, value), ()), None) == (
            b.roots[0].value,
            b.leaves[0].value,
            b.leaves[0].before,
        )
        assert sum(map(tuple, after), ()) == b.leaves[0].after


def test_a_graph_that_changes_late_is_followed(run):
    """Another set of leaves, after hundreds of steady epochs, is seen as what it is."""
    seen = run(
        LONG.format(n=350)
        + "b = torch.zeros(1, requires_grad=True)\nfor i in range(5):\n    torch.mean((y - X @ What - b) ** 2).backward()\n"
        "    b.data = b.data - .1 * b.grad\n    b.grad = What.grad = None"
    )

    assert [{"What"}] * 100 + [{"What", "b"}] * 5 == [
        {leaf.name for leaf in b.leaves} for b in seen.backwards
    ][-105:]


def test_hundreds_of_megabytes_of_parameters_fit(run):
    """A hundred steps with rebound parameters of forty megabytes take neither the budget nor the memory."""
    seen = run(
        "import resource\nbefore = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "W = torch.ones(10_000_000, requires_grad=True)\n"
        "for i in range(15):\n    W.sum().backward()\n    W = (W - .1 * W.grad).detach().requires_grad_()\n"
        "(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024",
        budget=1_000_000,
    )
    size = sum(file.stat().st_size for file in seen.folder.iterdir())

    assert seen.values["_"].plain < 500  # the cell alone takes 400
    assert size < 2_000_000


def test_the_budget_is_kept(run):
    """Tensors beyond the budget are kept by a sample."""
    seen = run("ts = [torch.rand(1000) + i for i in range(50)]", budget=40_000)

    assert sum(file.stat().st_size for file in seen.folder.glob("*.safetensors")) < 50_000
    assert (1000,) == seen.values["ts[49]"].shape


def backward(seq, value, gradient, before):
    leaves = Leaves((0,), (1,), (1,), tiny=True, single=True)
    roots = [[[1.0], [], "float32"]]
    touched = False
    return Backward(
        seq, "backward", [0, 1], roots, None, leaves, [[value]], [before], touched, None, [[gradient]]
    )


numbers = st.floats(width=32)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(numbers, numbers, st.none() | st.just([0.0]) | st.just([1.0]), st.integers(1, 4)), max_size=40),
       st.integers(1, 60))  # fmt: skip
def test_a_stream_of_anything_is_bounded_and_counts(pattern, times):
    """Whatever the events, the epochs kept are in order, bounded, with both ends and exact counts."""
    stream, made = Stream(0, (0,)), 0
    for value, gradient, before, passes in pattern * times:
        for i in range(passes):
            if stream.steady and passes == 1 and before is None:
                stream.add_brief(made, [1.0, value, gradient])
            else:
                stream.add(backward(made, value, gradient, before), opens=i == 0)
        made += 1
    kept = [epoch.index for epoch in stream.epochs]

    assert sorted(set(kept)) == kept
    assert len(kept) <= MOST
    assert list(range(made))[:HEAD] == kept[:HEAD]
    assert list(range(made))[-TAIL:] == kept[-TAIL:]
    assert all(epoch.backwards == pattern[epoch.index % len(pattern)][3] for epoch in stream.epochs)
