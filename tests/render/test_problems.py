"""What happened to a cell that did not finish, in words."""

from grader.records import CellError, CellOutcome, CellStatus
from grader.render.problems import problem


def test_no_file_of_ipython_s_is_named():
    """The line of the cell is; where ``eval`` was given a text, the line is that text's."""
    cells = [
        CellError("SyntaxError", f"expected ':' ({where}, line 1)", 6, "for i in x")
        for where in ("40.py", "<string>")
    ]
    said = [problem(CellOutcome(3, CellStatus.RAISED, error), "en").text for error in cells]

    assert [
        "Cell 4, line 6 raised SyntaxError: expected ':'",
        "Cell 4, line 6 raised SyntaxError: expected ':' (<string>, line 1)",
    ] == said
