"""Exceptions in plain words: raised for real by today's libraries, and explained as what they are."""

import pickle
import re

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib import pyplot as plt
from torch import nn

from grader.judging.explanations import EXPLAINED, explain, explained
from grader.records import CellError, CellOutcome, CellStatus, Message
from grader.render.messages import LANGUAGES, catalogue

#: Lines of cells, and the explanation of what they raise here and now.
RAISED = [
    ("loss.data[0]", "explain.zero-dim-index"),
    ("loss[0]", "explain.zero-dim-index"),
    ("iter(torch.utils.data.DataLoader([1])).next()", "explain.next-method"),
    ("torch.gels(x, x)", "explain.torch-removed"),
    ("torch.lstsq(x, x)", "explain.torch-removed"),
    ("np.float(1)", "explain.numpy-alias"),
    ("pd.DataFrame().append({})", "explain.pandas-removed"),
    ("pd.DataFrame().ix[0]", "explain.pandas-removed"),
    ("plt.style.use('seaborn')", "explain.plot-style"),
    ("x.cuda(async=True)", "explain.async-argument"),
    ("print loss", "explain.print-statement"),
    ("xrange(3)", "explain.python2-name"),
    ("del pd; pd.DataFrame()", "explain.no-import"),
    ("torch.load(PICKLED)", "explain.weights-only"),
    ("x.masked_select(torch.ones(3, 1, dtype=torch.uint8))", "explain.bool-mask"),
    ("1 - (x > 0)", "explain.bool-mask"),
    ("<<<<<<< HEAD", "explain.conflict"),
    ("import a_package_nobody_has", "explain.no-module"),
    ("x.to('cuda')", "explain.no-cuda"),
    ("x.to(0)", "explain.no-cuda"),
    ("x.sum().backward()", "explain.no-grad-fn"),
    ("loss.backward(); loss.backward()", "explain.second-backward"),
    ("(w * x).backward()", "explain.not-scalar"),
    ("torch.tensor([1], requires_grad=True)", "explain.integer-parameter"),
    ("w -= 1", "explain.in-place-leaf"),
    ("y = w.exp(); y += 1; y.sum().backward()", "explain.in-place-graph"),
    ("w.numpy()", "explain.numpy-grad"),
    ("plt.plot(w * x)", "explain.numpy-grad"),
    ("w.data - 0.1 * w.grad", "explain.gradient-none"),
    ("w.grad.zero_()", "explain.gradient-none"),
    ("torch.optim.SGD([], lr=0.1)", "explain.empty-parameters"),
    ("torch.optim.SGD([w * 2], lr=0.1)", "explain.non-leaf"),
    ("net.weight = torch.ones(1, 1)", "explain.assign-parameter"),
    ("net(torch.ones(3, 2))", "explain.shapes"),
    ("x + torch.ones(2, 1)", "explain.shapes"),
    ("nn.BCELoss()(torch.sigmoid(x), torch.ones(3))", "explain.shapes"),
    ("net(x.double())", "explain.dtype"),
    ("x.T @ x.double()", "explain.dtype"),
    ("x.int().mean()", "explain.dtype"),
    ("torch.ones(3, 2).T.view(6)", "explain.view"),
    ("bool(x > 0)", "explain.bool-tensor"),
    ("x.item()", "explain.item"),
    ("nn.BCELoss()(3 * x, x)", "explain.probability"),
]

#: What only a kernel raises, or only another build of torch.
TOLD = [
    (
        CellError(
            "RuntimeError", "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU"
        ),
        "explain.no-cuda",
    ),
    (
        CellError("RuntimeError", "PyTorch is not linked with support for mps devices"),
        "explain.no-cuda",
    ),
    (
        CellError("URLError", "<urlopen error there is no network while a notebook is graded>"),
        "explain.no-network",
    ),
    (CellError("ConnectionError", "there is no network while a notebook is graded"), "explain.no-network"),
    (CellError("StdinNotImplementedError", "raw_input was called"), "explain.no-input"),
]


def error_of(line, tmp_path):
    """Run a line as a cell would; give what it raised."""
    pickled = tmp_path / "net.pt"
    pickled.write_bytes(pickle.dumps(nn.Linear(1, 1)))
    torch.save(nn.Linear(1, 1), pickled)
    w = torch.ones(1, requires_grad=True)
    names = {"w": w, "x": torch.ones(3, 1), "loss": (w * w).sum(), "net": nn.Linear(1, 1), "PICKLED": pickled}
    try:
        exec(line, {"torch": torch, "nn": nn, "np": np, "pd": pd, "plt": plt, **names})
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what a student would meet
        return CellError(type(error).__name__, str(error), 1, line)
    return None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("line", "message_id"), RAISED)
def test_what_is_raised_today_is_explained(line, message_id, tmp_path):
    """The libraries' own messages of today lead to the explanation that fits."""
    assert Message(message_id) == explain(error_of(line, tmp_path))


@pytest.mark.parametrize(("error", "message_id"), TOLD)
def test_what_a_kernel_raises_is_explained(error, message_id):
    """So do those of the machine that grades, and of its torch."""
    assert Message(message_id) == explain(error)


def test_every_explanation_is_tried():
    """No row of the table is there for nothing."""
    tried = {message_id for _, message_id in [*RAISED, *TOLD]}

    assert {message_id for _, _, message_id in EXPLAINED} == tried


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_explanation_has_words(lang):
    """And no catalogue explains what nothing leads to."""
    said = {key for key in catalogue(lang) if key.startswith("explain.")}

    assert {message_id for _, _, message_id in EXPLAINED} == said


@pytest.mark.parametrize(
    "error",
    [CellError("ValueError", "something else"), CellError("Custom", "invalid index of a 0-dim tensor")],
)
def test_what_nobody_has_words_for_stays_unexplained(error):
    """An explanation that does not fit would be worse than none."""
    outcome = CellOutcome(3, CellStatus.RAISED, error)

    assert outcome == explained(outcome)


def test_a_long_message_is_read_in_no_time():
    """A student's exception may say anything, at any length."""
    assert explain(CellError("RuntimeError", "deprecated since version " * 10**5, 1, "=" * 10**6)) is None


def test_patterns_stand_for_themselves():
    """None but the one that asks for nothing fits an empty message."""
    empty = [name for name, pattern, _ in EXPLAINED if re.search(pattern, "")]

    assert ["StdinNotImplementedError"] == empty
