"""What the recorder fails to do is counted, and never reaches the student."""

import pytest

LOOP = "loss = torch.mean((y - X @ What) ** 2)\nloss.backward()\nprint(What.grad is not None)"


def broken(place):
    """Give a cell that breaks a part of the recorder from within, as a bug of ours would."""
    return f"import grader.recorder.tape\ngrader.recorder.tape.{place} = None"


@pytest.mark.parametrize("place", ["Tape._look", "Tape._finish", "numbers"])
def test_faults_are_counted_in_their_cell(run, place):
    """The student's cell runs on, and the next cell's count begins anew."""
    seen = run(broken(place), LOOP, "1")

    assert "True\n" == seen.outputs[1]
    assert [0, 0] == [seen.recording.cells[i].faults for i in (0, 3)]
    assert seen.recording.cells[2].faults > 0


def test_there_are_none_where_nothing_fails(run):
    """Exceptions of the student's own, odd seeds and odd tensors are no faults."""
    seen = run(
        LOOP,
        "torch.manual_seed(3.0); torch.manual_seed(torch.tensor(4))",
        "torch.manual_seed('a')",
        "torch.tensor(1.).backward()",
        "torch.autograd.grad((What * 2).sum(), What)",
        "(torch.ones(3, dtype=torch.cfloat, requires_grad=True).abs()).sum().backward()",
        "raise ValueError",
        "x ===",
    )

    assert {0} == {cell.faults for cell in seen.recording.cells}
