"""Runs are put together from events by value, on recordings made by hand."""

from dataclasses import replace

import pytest

from grader.recording import (
    Backward,
    CellRecord,
    LastLeaves,
    Leaf,
    OptimizerStep,
    Recording,
    Root,
    StepParameter,
    Value,
)
from grader.runs.training_runs import training_runs

RATE = 0.1


def backward(
    seq, value, gradient, *, epoch=0, before=None, number=1, line=(0, 2), cell=0, stream=0, name="w", loss=1.0
):
    """Give one backward of a single leaf of two numbers."""
    leaf = Leaf(name, (2, 1), "float32", number, value, before, gradient)
    root = Root((loss,), (), "float32")
    return Backward(cell, seq, stream, epoch, 1, "backward", line, (root,), (), (leaf,), touched=False)


def path(n, *, start=(-5.0, 10.0), rate=RATE):
    """Give values and gradients of ``n`` epochs of descent on a bowl."""
    value, out = start, []
    for _ in range(n):
        gradient = (2 * value[0] - 4, value[1] - 4)
        out.append((value, gradient))
        value = tuple(v - rate * g for v, g in zip(value, gradient, strict=True))
    return out, value


def loop(n, *, skip=(), seq=0, begin=0, numbers=None, **options):
    """Give the backwards of a loop by hand, thinned of ``skip``."""
    rows, last = path(begin + n, **({"start": options.pop("start")} if "start" in options else {}))
    return [
        backward(seq + i, *rows[i], epoch=i - begin, number=numbers[i] if numbers else 1, **options)
        for i in range(begin, begin + n)
        if i not in skip
    ], last


def record(*cells):
    return Recording(
        tuple(
            CellRecord(i, complete=True, events=tuple(events), values={}, gone=())
            for i, events in enumerate(cells)
        )
    )


def test_a_loop_is_one_run():
    """Epochs that follow from one another are one run; each is followed by the next one's values."""
    events, last = loop(30)
    (run,) = training_runs(record([*events, LastLeaves(0, 99, (("w", 1, last),))]))

    assert (30, (-5.0, 10.0)) == (run.count, run.start)
    assert [e.values for e in run.epochs[1:]] == [e.following for e in run.epochs[:-1]]
    assert last == run.epochs[-1].following


def test_new_tensors_go_on_with_a_run_by_value():
    """A parameter that is bound anew every epoch is followed by its values."""
    events, _ = loop(10, numbers=list(range(10)))

    assert [10] == [run.count for run in training_runs(record(events))]


def test_other_values_begin_a_run():
    """A parameter that is set back to a start begins another run."""
    first, _ = loop(10)
    second, _ = loop(10, seq=100, stream=1, start=(3.0, 3.0), line=(0, 9), numbers=[2] * 10)

    assert [(10, (-5.0, 10.0)), (10, (3.0, 3.0))] == [
        (r.count, r.start) for r in training_runs(record([*first, *second]))
    ]


def test_a_gap_is_not_a_broken_chain():
    """Epochs that were thinned out are counted; what followed the one before them is not known."""
    events, _ = loop(50, skip=range(20, 40))
    (run,) = training_runs(record(events))

    assert (50, 30) == (run.count, len(run.epochs))
    assert [*range(20), *range(40, 50)] == [e.index for e in run.epochs]
    assert run.epochs[19].following is None


def test_a_run_may_go_on_in_another_cell():
    """One epoch by hand in a cell and the rest in a loop below are one run."""
    rows, _ = path(30)
    first = [backward(0, *rows[0], line=(0, 1))]
    rest = [backward(i, *rows[i], epoch=i - 1, cell=1, line=(1, 3)) for i in range(1, 30)]
    (run,) = training_runs(record(first, rest))

    assert (30, (0, 1)) == (run.count, run.cells)


@pytest.mark.parametrize("apart", [False, True])
def test_an_optimizers_step_belongs_to_the_backward_before_it(apart):
    """A step gives its epoch gradient and following values, also from a cell of its own."""
    rows, last = path(1)
    step = OptimizerStep(
        int(apart), 2, 2, None, None, "SGD", {}, (RATE,), (StepParameter("w", 1, *rows[0], last),)
    )
    (run,) = training_runs(
        record([backward(1, *rows[0])], [step]) if apart else record([backward(1, *rows[0]), step])
    )

    assert (("SGD",), rows[0][1], last) == (run.optimizers, run.epochs[0].found, run.epochs[0].following)


def test_the_gradient_of_an_epoch_is_what_it_added():
    """With a gradient left over, an epoch's own is after minus before."""
    (run,) = training_runs(record([backward(1, (1.0, 2.0), (5.0, 7.0), before=(2.0, 3.0))]))

    assert ((3.0, 4.0), True) == (run.epochs[0].gradient, run.epochs[0].had_gradient)


def test_parameters_made_anew_in_the_loop_are_one_run_of_restarts():
    """A loop that makes its parameters anew every epoch is one run, and says so."""
    row = path(1)[0][0]
    events = [backward(i, *row, epoch=i, number=i) for i in range(5)]
    (run,) = training_runs(record(events))

    assert (5, 4) == (run.count, run.restarts)


def test_the_end_of_the_last_epoch_is_the_namespace():
    """What the name stands for at the cell's end follows the last epoch, before the tensor's own values."""
    import torch  # noqa: PLC0415 - for this value alone

    events, last = loop(2)
    value = Value("tensor", (2, 1), "float32", torch.tensor([[7.0], [8.0]]))
    cell = CellRecord(
        0, complete=True, events=(*events, LastLeaves(0, 9, (("w", 1, last),))), values={"w": value}, gone=()
    )
    (run,) = training_runs(Recording((cell,)))

    assert (7.0, 8.0) == run.epochs[-1].following


def test_values_that_are_not_finite_do_no_harm():
    """A run that explodes to NaN is still counted."""
    nan = float("nan")
    events = [
        *loop(3)[0],
        backward(5, (nan, nan), (nan, nan), epoch=3),
        backward(6, (nan, nan), (nan, nan), epoch=4),
    ]

    assert 5 == sum(run.count for run in training_runs(record(events)))


def test_nothing_recorded_is_no_run():
    """Cells without a backward, and backwards whose values could not be read, give none."""
    assert () == training_runs(record([], [backward(1, None, None)]))


def test_a_run_goes_on_after_very_many_others(monkeypatch):
    """Those with its own tensors are never forgotten; of more than a notebook can hold, the middle is."""
    monkeypatch.setattr("grader.runs.training_runs.MOST", 40)
    monkeypatch.setattr("grader.runs.training_runs.KEPT", 30)
    first, _ = loop(3)
    others = [
        backward(10 + i, (20.0 + i, 1.0), (1.0, 1.0), number=10 + i, line=(0, 5 + i % 2), stream=1 + i)
        for i in range(60)
    ]
    more, _ = loop(3, seq=100, begin=3, cell=1, line=(1, 2))
    found = training_runs(record([*first, *others], more))

    assert (6, 30, (79.0, 1.0)) == (found[0].count, len(found), found[-1].start)


def test_what_no_recorder_has_written_does_no_harm():
    """An epoch of other leaves, one that leads back, an optimizer's numbers of another shape."""
    events, _ = loop(4)
    other = replace(events[1], seq=11, leaves=events[1].leaves * 2)
    back = [replace(events[2], seq=12, epoch=3), replace(events[3], seq=13, epoch=1, stream=0)]
    held = StepParameter("w", 1, (1.0,), (1.0,), (1.0,))
    step = OptimizerStep(0, 14, 14, None, None, "SGD", {}, (RATE,), (held,))
    found = training_runs(record([*events[:2], other, *back, step]))

    assert all(epoch.index >= 0 and len(epoch.gradient) == 2 for run in found for epoch in run.epochs)
    assert {None, 2} >= {epoch.following and len(epoch.following) for run in found for epoch in run.epochs}
