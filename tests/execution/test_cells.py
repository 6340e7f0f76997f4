"""One notebook of everything that ends a cell early, through a real kernel."""

import pytest

from grader.records import CellError, CellOutcome, CellStatus

OK = CellStatus.OK

#: What a cell says, what it prints and, if it raises, the exception's name, line and source.
CELLS = [
    ("x = 1", "", None),
    ("print(x)\n\n1 / 0", "1\n", ("ZeroDivisionError", 3, "1 / 0")),
    ("\n\nx += 1\nundefined", "", ("NameError", 4, "undefined")),
    ("def f():\n    return 1 / 0\n\n[\n    f()\n]", "", ("ZeroDivisionError", 2, "return 1 / 0")),
    ("f()", "", ("ZeroDivisionError", 1, "f()")),
    ("y = = 2", "", ("SyntaxError", 1, "y = = 2")),
    ("%%time\n\nx += 1\n1 / 0", None, ("ZeroDivisionError", 4, "1 / 0")),
    ("import sys\nsys.exit('bye')", None, ("SystemExit", 2, "sys.exit('bye')")),
    ("quit()", None, ("SystemExit", 1, "quit()")),
    ("exit", None, ("SystemExit", 1, "exit")),
    ("input('? ')", None, ("StdinNotImplementedError", 1, "input('? ')")),
    ("print(x)", "3\n", None),
    ("", "", None),
    ("# nothing", "", None),
    ("open('nofile.txt')", None, ("FileNotFoundError", 1, "open('nofile.txt')")),
    ("!echo $((40 + 2))", "42\r\n", None),
    ("len?", "", None),
    ("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1]); plt.show()", None, None),
    ("await __import__('asyncio').sleep(0)\nx", "3", None),
    ("%timeit -n1 -r1 x", None, None),
    ("import warnings\nwarnings.warn('careful')", None, None),
    ("[name for name in dir() if name not in known and not name.startswith('_')]", "[]", None),
]

KNOWN = "known = {*dir(), 'known', 'x', 'f', 'sys', 'plt', 'warnings'}"


@pytest.fixture(scope="module")
def execution(run):
    """Run the notebook once."""
    return run(KNOWN, *(source for source, _, _ in CELLS))


@pytest.mark.parametrize("number", range(len(CELLS)))
def test_every_cell_is_run_and_its_exception_told(execution, printed, number):
    """A cell that raises on purpose stops nothing; the line is the one in the cell's own source."""
    index = number + 1
    _, text, error = CELLS[number]
    outcome = execution.cells[index]

    if error is None:
        assert CellOutcome(index, OK) == outcome
    else:
        name, line, source = error
        assert CellStatus.RAISED == outcome.status
        assert CellError(name, outcome.error.value, line, source) == outcome.error
    if text is not None:
        assert text == printed(execution, index)


def test_a_failed_open_shows_no_frame_of_ours(execution):
    """The traceback of an ordinary mistake looks as it does at home."""
    index = [source for source, _, _ in CELLS].index("open('nofile.txt')") + 1
    traceback = "".join(execution.notebook.cells[index].outputs[0].traceback)

    assert "grader" not in traceback


def test_plots_are_drawn(execution):
    """The inline backend works."""
    index = next(number for number, cell in enumerate(CELLS) if "matplotlib" in cell[0]) + 1

    assert "image/png" in execution.notebook.cells[index].outputs[0].data
