"""What each statement of a cell left in the namespace."""

import pytest

from grader.recording import Part


def names(seen, cell=1):
    """Give the names that each statement of a cell made or changed, dotted ones left aside."""
    return [sorted(n for n in s.values if "." not in n) for s in seen.recording.cells[cell].statements]


@pytest.mark.parametrize(
    ("cell", "changed"),
    [
        ("a = 1\nb = 'x'\na = 2", [["a"], ["b"], ["a"]]),
        ("a = 1\nprint()\na = 1", [["a"]]),
        ("What.data = What.data + 1\nWhat.grad = None", [["What"]]),
        ("What.data += 1", [["What"]]),
        ("net = torch.nn.Linear(1, 1)\nnet.weight.data = torch.ones(1, 1)", [["net"], ["net"]]),
        ("nets = {1: torch.nn.Linear(1, 1)}\nnets[1].weight.data += 1", [["nets"], ["nets"]]),
        ("ws = [torch.ones(1)]\nws[0] *= 2\nlen(ws)", [["ws", "ws[0]"], ["ws", "ws[0]"]]),
        ("v = torch.ones(3)\nv = torch.ones(3)", [["v"], ["v"]]),
        ("for i in range(3):\n    v = torch.ones(i)", [["i", "v"]]),
        ("a = 1\n1 / 0\nb = 1", [["a"]]),
        ("%%time\na = 1\nb = 2", [["a", "b"]]),
    ],
)
def test_names_that_stand_for_something_else(run, cell, changed):
    """Whatever is made, rebound or written in place is noted where it happens, once."""
    assert changed == names(run(cell))


def test_values_that_the_cell_overwrites_are_seen(run):
    """The values after each statement, with the line it begins in; a parameter that is no more is gone."""
    seen = run(
        "net = torch.nn.Linear(1, 1)\nnet.bias.data = torch.tensor([7.0])\n"
        "net = torch.nn.Linear(2, 1, bias=False)"
    )
    first, second, third = seen.recording.cells[1].statements

    assert [1, 2, 3] == [s.line[1] for s in (first, second, third)]
    assert [7.0] == second.values["net.bias"].tensor.tolist()
    assert ("net.bias",) == third.gone
    assert "net.bias" in seen.recording.namespace(1, second.seq)
    assert "net.bias" not in seen.recording.namespace(1, third.seq)


def test_a_part_of_a_cell_is_like_a_cell_of_its_own(run):
    """Its values are those at its own end."""
    seen = run("a = 1\na = 2\nb = 3")
    first, second, _ = seen.recording.cells[1].statements
    early = seen.recording.within([Part(1, -1, first.seq)]).cells[0]
    late = seen.recording.within([Part(1, second.seq, None)]).cells[0]

    assert {"a": 1} == {name: value.plain for name, value in early.values.items()}
    assert {"b": 3} == {name: value.plain for name, value in late.values.items()}


def test_very_many_statements(run):
    """Of a cell with thousands of statements the first few hundred are noted."""
    seen = run("\n".join(f"a = {i}" for i in range(2000)))

    assert 400 == len(seen.recording.cells[1].statements)
    assert 1999 == seen.values["a"].plain
