"""A kit in a real JupyterLab, in a browser: run from top to bottom, checked, looked at.

That every kit is right where students run it is seen beside what Colab has, without a browser.
"""

import os
from pathlib import Path

import pytest

from grader.assignment.file import load

from ..browser import MISSING, browser, program  # noqa: TID252 - tests are no package
from .jupyterlab import PATIENCE, run_all, server
from .working import filled, with_cells, write

ASSIGNMENTS = Path(__file__).parents[2] / "assignments"
UNCLEARED = """\
alpha = 1 / 10
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(30):
    yhat = X @ What
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    What.data = What.data - alpha * What.grad"""


@pytest.mark.elsewhere
@pytest.mark.skipif(program() is None, reason=MISSING)
def test_in_jupyterlab(tmp_path):
    """All points of the public part but one, whose mistake is named, also on a narrow screen."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    mistaken = filled(load(ASSIGNMENTS / "steps"), {"mse": UNCLEARED})
    write(with_cells(mistaken, "%check", "%check mse"), notebooks / "steps.ipynb")
    with server(notebooks, tmp_path / "home") as address, browser() as started:
        page = started.new_page(viewport={"width": 1100, "height": 1300})
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(f"{address}/lab")
        last = run_all(page, address, "steps.ipynb")
        last.locator(".gr").wait_for()
        *_, every, one = page.locator(".gr").all_inner_texts()
        page.set_viewport_size({"width": 1100, "height": 2400})
        picture = last.screenshot()
        page.set_viewport_size({"width": 420, "height": 900})
        page.keyboard.press("Control+b")  # the file browser makes room
        wide = last.locator(".gr").evaluate("e => e.scrollWidth - e.clientWidth")
    if folder := os.environ.get("GRADER_SCREENSHOTS"):
        Path(folder, "selfcheck.png").write_bytes(picture)

    assert "지금까지 99 / 100점" in every
    assert "지금까지 7 / 8점" in one
    for said in (every, one):
        assert "셀을 위에서 아래로 차례대로 실행했습니다." in said
        assert "앞 epoch의 미분값이 지워지지 않고 남아 있습니다." in said
    assert wide <= 1
