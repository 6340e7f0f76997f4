"""Notebooks through the real kernel: the verdicts of the forked shell, and what hangs, dies or floods."""

from __future__ import annotations

import dataclasses
import functools
import re
import shutil

import nbclient
import nbformat
import pytest

from grader.assignment.file import load
from grader.errors import SandboxError
from grader.execution.outputs import settled
from grader.grading import grade
from grader.judging import mended
from grader.records import CellStatus, CheckStatus, MatchedBy, QuestionStatus
from grader.release import blank
from grader.render.messages import translate
from grader.render.result_json import dumps

from . import logistic as curve
from .answers import BY_HAND, LOOPS
from .conftest import CSV, DATA, START
from .right import RIGHT
from .together import ids

RIGHT_FORMS = (
    "as in the lecture",
    "loss: yhat - y",
    "loss: MSELoss",
    "loss: mse_loss, arguments swapped",
    "loss: transposed product",
    "clear: zero_",
    "clear: at the start of the loop",
    "optimizer: zero_grad first",
    "update: no_grad in place",
    "autograd.grad",
    "rebind: detach",
    "closure in the loop",
    "two backwards that add up",
    "one-dimensional throughout",
    "start: bias of shape (1, 1)",
    "start: Module",
    "other names, other order, shape (1,)",
    "function called in a loop",
    "a class",
    "one epoch in cells, then 29",
    "one epoch in cells, then anew and 30",
    "try: seven epochs, then right, two cells",
    "try: right, then wrong loss, two cells",
    "magic: %%time",
)


def packed(answers, forms):
    """Put one answer of each form into as few notebooks as it takes: each has a question once."""
    packs = []
    by_form = {form: [one for one in answers if one.form == form and not one.but] for form in forms}
    for _, found in sorted(by_form.items(), key=lambda item: len(item[1])):
        places = [(pack, one) for pack in packs for one in found if one.cells[0][0] not in pack]
        if not places:
            packs.append({})
            places = [(packs[-1], one) for one in found]
        pack, one = places[0]
        pack[one.cells[0][0]] = one
    return packs


PACKS = packed(RIGHT, RIGHT_FORMS)
PACKED = [pytest.param(i, one, id=str(one)) for i, pack in enumerate(PACKS) for one in pack.values()]


@pytest.fixture(scope="module")
def graded(handed_in, assignment, kernel):
    """Grade cells, or a whole notebook, in a kernel of their own."""

    def grade_cells(cells, **limits):
        limited = dataclasses.replace(assignment, limits=dataclasses.replace(assignment.limits, **limits))
        report, _ = grade(handed_in(cells), limited, kernel=kernel)
        return report

    return grade_cells


@pytest.fixture(scope="module")
def graded_pack(graded):
    """Grade each notebook of answers once."""

    @functools.cache
    def grade_pack(index):
        return graded([*START, DATA, *(cell for one in PACKS[index].values() for cell in one.cells)])

    return grade_pack


def question(report, name):
    """Give the report of one question."""
    return next(one for one in report.questions if one.id == name)


def failed(report):
    """Give the ids of the checks that were judged and lost, of questions that were answered."""
    answered = (one for one in report.questions if one.status is not QuestionStatus.UNANSWERED)
    return ids(answered, CheckStatus.FAILED)


def flags(report):
    """Give the ids of a report's flags."""
    return {flag.id for flag in report.flags}


@pytest.mark.parametrize("form", RIGHT_FORMS)
def test_every_form_is_in_a_notebook(form):
    """None has been renamed away."""
    assert form in {one.values[1].form for one in PACKED}


@pytest.mark.parametrize(("pack", "answer"), PACKED)
def test_an_answer_loses_its_own_steps(graded_pack, pack, answer):
    """Nothing if it is right; the neighbours in the same notebook change nothing."""
    one = question(graded_pack(pack), answer.cells[0][0])

    assert answer.loses == ids([one], CheckStatus.FAILED)
    assert answer.unseen == ids([one], CheckStatus.SKIPPED)


def test_wrong_data_cost_once(graded):
    """With a y of shape (100,) every residual is spread to (100, 100): no training loses for it."""
    flat = (DATA[0], f"{DATA[1]}\ny = y.reshape(-1)")
    report = graded([*START, flat, *((name, loop.source) for name, loop in LOOPS.items())])

    assert {"data.y"} == failed(report)
    assert "flag.own-data" in flags(report)


WITHOUT_DTYPE = [
    *START,
    (DATA[0], DATA[1].replace(", dtype=torch.float32", "")),
    ("sse", LOOPS["sse"].source),
    ("net-bias-train", LOOPS["net-bias-train"].source),
]


def test_data_that_stop_a_network_cost_their_own_question(graded):
    """The notebook is run again with float32 ones below their cell, and says so."""
    report = graded(WITHOUT_DTYPE)

    assert {"data.x", "data.y", "data.X"} == failed(report)
    assert "flag.mended" in flags(report)


def test_a_run_with_right_data_that_fails_costs_nothing_more(graded, monkeypatch):
    """A machine that cannot run it is no mistake of the student's: the first run stands."""

    async def fail(*_, **__):
        raise SandboxError("the warm-kernel server died")

    monkeypatch.setattr(mended, "execute_async", fail)
    report = graded(WITHOUT_DTYPE)

    assert {"data.x", "data.y", "data.X"} <= failed(report)
    assert "flag.mended-run-failed" in flags(report)


# ── whole notebooks ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def solution(assignment):
    """Read the source notebook, which is solved."""
    return nbformat.read(assignment.notebook, as_version=4)


@pytest.fixture(scope="module")
def solved(graded, solution):
    """Grade the solution."""
    return graded(solution)


def test_the_solution_gets_all_points(solved):
    """A hundred, with nothing to look at."""
    assert (100.0, 100.0) == (solved.score, solved.max_score)
    assert {QuestionStatus.PASSED} == {one.status for one in solved.questions}
    assert () == solved.flags


def test_the_blank_notebook_gets_none(graded, solution):
    """No question counts as answered."""
    report = graded(blank(solution))

    assert 0.0 == report.score
    assert {QuestionStatus.UNANSWERED} == {one.status for one in report.questions}


def test_a_notebook_that_lost_its_metadata_is_matched_by_its_marker_lines(graded, solution):
    """The visible first line of each answer is enough."""
    bare = nbformat.from_dict(solution)
    bare.cells = [nbformat.from_dict({**cell, "metadata": {}}) for cell in bare.cells]
    report = graded(bare)

    assert 100.0 == report.score
    assert {MatchedBy.MARKER} == {one.matched.by for one in report.questions}


def test_grading_twice_gives_the_same_result(graded, solved, solution):
    """All of result.json but the times."""
    again = graded(solution)

    assert dumps(dataclasses.replace(solved, timing={})) == dumps(dataclasses.replace(again, timing={}))


SHOWING = (
    "torch.manual_seed(43052)\nnet = torch.nn.Linear(1, 1)\nnet.bias, net.weight, net(x)[:3]",
    BY_HAND["mse"].but(after="loss, What, What.grad").source,
    LOOPS["sgd-bias"].but(clear="optimizr.zero_grad()\nprint(loss.item(), net.bias.grad)").source,
    (
        "What = torch.tensor([[-5.0], [10.0]], requires_grad=True)\nloss = torch.mean((y - X @ What) ** 2)\n"
        "loss.backward()\nloss.backward()"
    ),
    "torch.tensor([[-5.0], [10.0]]).sum().backward()",
    "(X @ What).backward()",
    "torch.nn.Linear(1, 1)(x.reshape(-1))",
    "torch.autograd.grad(loss, x)",
    "torch.optim.SGD(iter([]), lr=0.1)",
    "import warnings\nwarnings.warn('조심')\nprint(loss.grad, loss.backward.__name__)",
    "sorted(name for name in globals() if 'rec' in name.lower() or 'grader' in name)",
    "torch.manual_seed(1)\ntorch.rand(3), torch.nn.Linear(2, 2)(torch.rand(1, 2))",
)


def test_recording_changes_no_output(handed_in, assignment, kernel, tmp_path):
    """A plain kernel shows the same numbers, the same errors and the same tracebacks, but for folders."""
    shutil.copy(assignment.files[CSV], tmp_path / CSV)
    rest = [DATA, *((None, source) for source in SHOWING)]
    seen = grade(handed_in([*START, *rest]), assignment, kernel=kernel)[1].notebook
    plain = handed_in([START[0], (None, f"df = pd.read_csv({CSV!r})"), *rest]).notebook
    nbclient.NotebookClient(
        plain, allow_errors=True, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()

    for one, other in zip(plain.cells, seen.cells, strict=True):
        assert _without_process(settled(one.outputs)) == _without_process(other.outputs)


def _without_process(outputs):
    """Leave out what tells a process id: the name that a warning gives to the cell's file."""
    return [
        {**output, "text": re.sub(r"/\S*ipykernel\S*\.py", "cell.py", output["text"])}
        if "text" in output
        else output
        for output in outputs
    ]


# ── what hangs, dies or floods ────────────────────────────────────────────────────────────────────────────

AFTER = f"\nalpha = 1/10\n{BY_HAND['mse'].source}"
DISASTERS = {
    "exception": ("raise ValueError('여기까지')", CellStatus.RAISED, None),
    "sys.exit()": ("import sys\nsys.exit()", CellStatus.RAISED, None),
    "quit()": ("quit()", CellStatus.RAISED, None),
    "endless loop": ("while True:\n    pass", CellStatus.TIMED_OUT, "flag.limit.cell-time"),
    "killed kernel": ("import os\nos.kill(os.getpid(), 9)", CellStatus.KILLED, "flag.cell-killed"),
}
DEPENDENT = LOOPS["sgd-what"].source.replace("lr=1/10", "lr=alpha")


@pytest.mark.parametrize("name", DISASTERS)
def test_a_disaster_costs_only_what_it_touches(graded, name):
    """What ran before counts, so does what does not depend on it; the report names the cell."""
    source, status, flag = DISASTERS[name]
    report = graded(
        [
            *START,
            DATA,
            ("sse", LOOPS["sse"].source),
            ("mse", source + AFTER),
            ("net-bias-train", LOOPS["net-bias-train"].source),
            ("sgd-what", DEPENDENT),
        ],
        cell_seconds=2.0,
    )
    scores = {one.id: one.score for one in report.questions if one.matched is not None}

    assert {"data": 10.0, "sse": 8.0, "mse": 0.0, "net-bias-train": 8.0, "sgd-what": 1.0} == scores
    assert [(4, status), (6, CellStatus.RAISED)] == [
        (cell.index, cell.status) for cell in report.cells if cell.status is not CellStatus.OK
    ]
    assert flag is None or 5 == next(one for one in report.flags if one.id == flag).params["cell"]


def test_two_hundred_megabytes_of_output_cost_nothing(graded):
    """The output is cut, the cell goes on."""
    flood = "for _ in range(200):\n    print('x' * 1_000_000)"
    report = graded(
        [*START, DATA, ("mse", f"{flood}\n{LOOPS['mse'].source}"), ("sgd-what", LOOPS["sgd-what"].source)]
    )

    assert {"flag.output-cut"} == flags(report)
    assert set() == failed(report)


def test_a_training_cut_off_in_the_middle_keeps_what_it_did(graded):
    """An exception in epoch 8 costs the epochs, not the steps before it."""
    cut = LOOPS["mse"].but(clear="What.grad = None\nif epoc == 7:\n    raise KeyboardInterrupt")
    report = graded([*START, DATA, ("mse", cut.source)])

    assert set() == failed(report)
    assert {"mse.epochs"} == ids([question(report, "mse")], CheckStatus.SKIPPED)


PACKAGE = "no_such_package"
DRAWN = LOOPS["mse"].but(clear="What.grad = None\ntool.lineplot([epoc], [loss.item()])")
NEEDED = {  # what needs a package: what comes of the question
    "tool.set_theme()\n" + DRAWN.source: QuestionStatus.PASSED,
    "x_ = tool.scaled(x)\n" + LOOPS["mse"].source: QuestionStatus.ERROR,
    LOOPS["mse"].but(loss="loss = tool.mse(y, yhat)").source: QuestionStatus.ERROR,
    LOOPS["mse"].but(after="tool.fit(x, y).coef_").source: QuestionStatus.PASSED,
    LOOPS["mse"].but(yhat="yhat = X @ What + tool").source: QuestionStatus.ERROR,
}


@pytest.mark.parametrize("source", NEEDED)
def test_a_package_that_is_not_here_is_nobodys_mistake(graded, source):
    """What only draws goes on without it; what cannot is not judged, and the instructor is told."""
    report = graded([*START, DATA, ("mse", f"import {PACKAGE} as tool\n{source}")])
    one = question(report, "mse")
    needed = {"flag.package-needed"} if NEEDED[source] is QuestionStatus.ERROR else set()

    assert NEEDED[source] is one.status
    assert set() == ids([one], CheckStatus.FAILED)
    assert {"flag.package-missing", *needed} == flags(report)


def test_nobody_answers_while_a_notebook_is_graded(graded):
    """What ``input()`` keeps from being seen is not judged, and the instructor is told."""
    report = graded([*START, DATA, ("mse", f"alpha = float(input('학습률: '))\n{LOOPS['mse'].source}")])

    assert QuestionStatus.ERROR is question(report, "mse").status
    assert set() == failed(report)
    assert {"flag.input-needed"} == flags(report)


def test_a_training_of_a_students_own_class_of_tensors_is_no_zero(graded):
    """Their numbers may be anything, so they are not read; that is the grader's gap."""
    mine = "class Mine(torch.Tensor):\n    pass"
    made = f"{mine}\nWhat = torch.tensor([[-5.0], [10.0]]).as_subclass(Mine).requires_grad_()"
    report = graded([*START, DATA, ("mse", LOOPS["mse"].but(before=made).source)])

    assert QuestionStatus.ERROR is question(report, "mse").status
    assert "flag.recorder-faults" in flags(report)


# ── a residual of rows times rows ─────────────────────────────────────────────────────────────────────────

FLAT = "y.reshape(-1)"
CROSS = curve.CROSS.replace("y *", "y_ *").replace("- y)", "- y_)")
SPREAD = {  # the loop with its broadcast, the rows
    "mean of squares": ("mse", LOOPS["mse"].but(loss=f"loss = torch.mean(({FLAT} - yhat) ** 2)"), 100),
    "MSELoss": ("sgd-bias", LOOPS["sgd-bias"].but(loss=f"loss = torch.nn.MSELoss()(yhat, {FLAT})"), 100),
    "of a curve": ("train-mse", curve.MSE.but(loss=f"loss = torch.mean(({FLAT} - yhat) ** 2)"), 2000),
    "of a cross entropy": ("train-bce", curve.BCE.but(loss=f"y_ = {FLAT}\n" + CROSS), 2000),
}


@pytest.mark.parametrize("name", SPREAD)
def test_a_broadcast_is_named_with_both_shapes_and_the_fix(kernel, handed_in, assignment, name):
    """A loop of 6000 epochs of four million residuals runs out of time, not of memory, and is told why."""
    asked, loop, rows = SPREAD[name]
    curved = rows == 2000
    chosen = load(assignment.folder.parent / "logistic") if curved else assignment
    limits = dataclasses.replace(chosen.limits, cell_seconds=2.0 if curved else 60.0)
    given = [(None, "import torch"), ("data", curve.DATA)] if curved else [*START, DATA]
    whole = loop.but(epochs="6000") if curved else loop
    report, _ = grade(
        handed_in([*given, (asked, whole.source)]), dataclasses.replace(chosen, limits=limits), kernel=kernel
    )
    (diagnosis,) = question(report, asked).diagnoses
    shapes = {"left": [rows], "right": [rows, 1], "result": [rows, rows]}

    assert {f"{asked}.step2"} == failed(report)
    assert ("broadcast-target", shapes) == (diagnosis.code, diagnosis.evidence)
    assert "y.reshape(-1,1)" in translate(diagnosis.message, "ko")
    assert curved == ("flag.broadcast-slow" in flags(report))
    assert curved == ("flag.limit.cell-time" in flags(report))


def test_a_target_that_is_flat_costs_once_however_long_it_takes(kernel, handed_in, assignment):
    """With a y of shape (2000,) the training is right on it, as far as it came."""
    chosen = load(assignment.folder.parent / "logistic")
    limits = dataclasses.replace(chosen.limits, cell_seconds=2.0)
    flat = curve.DATA.replace("torch.bernoulli(v)", "torch.bernoulli(v).reshape(-1)")
    cells = [(None, "import torch"), ("data", flat), ("train-mse", curve.MSE.but(epochs="6000").source)]
    report, _ = grade(
        handed_in(cells), dataclasses.replace(chosen, limits=limits, run_twice=0), kernel=kernel
    )

    assert {"data.y"} == failed(report)
    assert {"flag.own-data", "flag.broadcast-slow"} <= flags(report)
    assert [{"left": [2000], "right": [2000, 1], "result": [2000, 2000]}] == [
        diagnosis.evidence for one in report.questions for diagnosis in one.diagnoses
    ]
