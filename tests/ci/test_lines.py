import nbformat
import pytest

from grader.ci.lines import lines_of
from grader.submission import read

SOURCES = ["import torch", "x = 1\n\nprint('x = 1')", 'y = "가\\n"', "x = 1\n\nprint('x = 1')\nz = 2"]


@pytest.mark.parametrize("ascii_only", [False, True])
def test_each_line_is_found(tmp_path, ascii_only):
    """Of lines that occur more than once each has its own place, also beside outputs that look like them."""
    cells = [nbformat.v4.new_code_cell(source) for source in SOURCES]
    cells[1].outputs = [nbformat.v4.new_output("stream", text="x = 1\n")]
    path = tmp_path / "a.ipynb"
    raw = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    raw = raw.replace("가", "\\uac00") if ascii_only else raw
    path.write_text(raw, encoding="utf-8")
    found, lines = lines_of(read(path), raw), raw.splitlines()

    assert '"z = 2"' in lines[found[3, 4] - 1]
    assert "print" in lines[found[1, 3] - 1]
    assert found[1, 3] < found[2, 1] < found[3, 1] < found[3, 3]
    assert "y = " in lines[found[2, 1] - 1]


def test_a_notebook_on_one_line(tmp_path):
    """Where all of it stands on one line, that line is the place."""
    path = tmp_path / "a.ipynb"
    raw = (
        '{"cells":[{"cell_type":"code","source":"a\\nb","metadata":{},"outputs":[],"execution_count":null}],'
    )
    raw += '"metadata":{},"nbformat":4,"nbformat_minor":4}'
    path.write_text(raw, encoding="utf-8")

    assert {(0, 1): 1, (0, 2): 1} == lines_of(read(path), raw)
