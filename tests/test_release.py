"""The blank notebook."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.errors import AssignmentError
from grader.release import blank


def notebook(*sources):
    return new_notebook(cells=[new_code_cell(source) for source in sources])


@pytest.mark.parametrize(
    ("source", "released"),
    [
        (
            "# 문제: mse\n### BEGIN SOLUTION\nWhat = 1\n\nx\n### END SOLUTION",
            "# 문제: mse\n# 여기에 코드를 쓰세요",
        ),
        ("### BEGIN SOLUTION\n### END SOLUTION\nplt.plot(x)", "# 여기에 코드를 쓰세요\nplt.plot(x)"),
        (
            "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION  \nf(1)",
            "def f(x):\n    # 여기에 코드를 쓰세요\n    ...\nf(1)",
        ),
        (
            "### BEGIN SOLUTION\na\n### END SOLUTION\nb\n### BEGIN SOLUTION\nc\n### END SOLUTION",
            "# 여기에 코드를 쓰세요\nb\n# 여기에 코드를 쓰세요",
        ),
        ("import torch", "import torch"),
    ],
)
def test_solutions_become_stubs(source, released):
    """Each solution is replaced by the stub, indented where a statement is needed; the rest stays."""
    assert released == blank(notebook(source)).cells[0].source


def test_metadata_stays_and_outputs_go():
    """Question ids, cell ids and prompts survive; outputs and execution counts do not."""
    cell = new_code_cell("x", id="mse-answer", metadata={"grader": {"question": "mse"}}, execution_count=3)
    cell.outputs = [new_output("stream", text="42")]
    source = new_notebook(cells=[new_markdown_cell("풀어 보세요", id="mse-prompt"), cell])

    prompt, answer = blank(source).cells

    assert ("mse-prompt", "풀어 보세요") == (prompt.id, prompt.source)
    assert answer == {**cell, "outputs": [], "execution_count": None}


def test_the_source_is_left_alone():
    """Releasing changes nothing in the notebook it is given."""
    source = notebook("### BEGIN SOLUTION\nx\n### END SOLUTION")

    blank(source)

    assert "x" in source.cells[0].source


@pytest.mark.parametrize(
    "cell",
    [
        new_code_cell("### BEGIN SOLUTION\nx"),
        new_code_cell("x\n### END SOLUTION"),
        new_code_cell("### END SOLUTION\nx\n### BEGIN SOLUTION"),
        new_code_cell("##BEGIN SOLUTION\nx\n### END SOLUTION"),
        new_code_cell("### begin solution\nx\n### end solution"),
        new_markdown_cell("### BEGIN SOLUTION\n답\n### END SOLUTION"),
    ],
)
def test_a_solution_is_never_handed_out(cell):
    """A marker that is misspelt, alone or outside code is an error that names file and cell."""
    with pytest.raises(AssignmentError, match=r"^a\.ipynb: cell 2: '.*' does not belong to a pair"):
        blank(new_notebook(cells=[new_markdown_cell("제목"), cell]), name="a.ipynb")
