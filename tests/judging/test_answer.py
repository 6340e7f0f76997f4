"""What a question's cells did: how they ended, in the words that checks go by."""

import pytest

from grader.checks.stopped import unreadable
from grader.judging.answer import Answer
from grader.recording import Part, Recording
from grader.records import CellError, CellOutcome, CellStatus


def ended(source, status, error):
    """Give what ended an answer of one cell."""
    return Answer((Part(0),), Recording(()), {}, {}, (CellOutcome(0, status, error),), {0: source}).error


def test_a_text_that_is_no_python_is_said_with_the_cell_s_own_line():
    """IPython drops the empty lines that a cell begins with, and counts from there."""
    error = CellError("SyntaxError", "'(' was never closed (4026375739.py, line 2)", 4, "net = f(")
    said = ended("\n\nx = 1\nnet = f(", CellStatus.RAISED, error)

    assert "SyntaxError: '(' was never closed (4026375739.py, line 4)" == said
    assert 4 == unreadable(said).message.params["line"]


def test_a_text_that_a_cell_evaluates_keeps_its_line():
    """The cell is Python; what it gave to ``eval`` is not."""
    error = CellError("SyntaxError", "invalid syntax (<string>, line 1)", 2, "eval('1 +')")
    said = ended("x = 1\neval('1 +')", CellStatus.RAISED, error)

    assert ("SyntaxError: invalid syntax (<string>, line 1)", None) == (said, unreadable(said))


@pytest.mark.parametrize("error", [None, CellError("KeyboardInterrupt", "", 1, "while True: pass")])
def test_a_cell_that_was_stopped_is_no_exception_of_its_author_s(error):
    """What interrupts an endless loop is ours."""
    assert "timed-out" == ended("while True: pass", CellStatus.TIMED_OUT, error)
