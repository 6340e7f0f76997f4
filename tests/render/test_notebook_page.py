import re
from dataclasses import replace
from functools import partial

import pytest

from grader.records import CellOutcome, CellStatus, Match, MatchedBy
from grader.render.messages import LANGUAGES
from grader.render.notebook_page import Room, notebook_page
from grader.render.sanitise import image_source, safe_html, safe_markdown

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg=="


def code(source, *outputs):
    """Build a code cell."""
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs)}


def shown(data):
    """Build what a cell shows."""
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_cells_have_anchors_and_say_what_they_answer(reports, lang):
    """Cells are counted from 1; those that answer a question lead back to its card."""
    question = replace(reports["partial"].questions[2], matched=Match(MatchedBy.MARKER, 1.0, (1,)))
    report = replace(reports["partial"], questions=(question,))
    page = notebook_page({"cells": [code("a"), code("b")]}, report, lang)

    assert ['id="cell-1"', 'id="cell-2"'] == re.findall(r'id="cell-\d+"', page)
    assert ["report.html#q1"] == re.findall(r'href="(report.html#q\d+)"', page)


def test_the_line_of_a_diagnosis_is_marked(reports):
    """The line that the card shows stands out among its neighbours."""
    lines = "\n".join(f"x{n} = {n}" for n in range(1, 9))
    page = notebook_page({"cells": [code("")] * 11 + [code(lines)]}, reports["partial"])
    marked = re.findall(r'<span class="line named">(.*?)\n</span>', page)

    assert ["x7 = 7"] == [re.sub("<.*?>", "", line) for line in marked]


def test_outputs_are_shown_in_their_richest_safe_form(reports):
    """A table stays a table, a drawing an image; an error keeps its words without its colours."""
    outputs = [
        shown({"text/html": "<table><tr><td>1.5</td></tr></table>", "text/plain": "plain table"}),
        shown({"image/png": PNG, "text/plain": "<Figure size 640x480>"}),
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["\x1b[31mNameError\x1b[0m: w0"]},
    ]
    page = notebook_page({"cells": [code("x", *outputs)]}, reports["perfect"])

    assert "<td>1.5</td>" in page
    assert "plain table" not in page
    assert f'src="data:image/png;base64,{PNG}"' in page
    assert "NameError: w0" in page


@pytest.mark.parametrize(
    "cell",
    [
        code("x" * 101),
        {"cell_type": "markdown", "source": "x" * 101},
        code("x", {"output_type": "stream", "name": "stdout", "text": "x" * 101}),
        code("x", shown({"image/png": PNG})),
    ],
)
def test_a_page_has_room_for_so_much_and_says_where_the_rest_is(reports, monkeypatch, cell):
    """A hundred megabytes would take minutes, and no browser shows them; what is usual is whole."""
    usual = notebook_page({"cells": [cell]}, reports["perfect"])
    monkeypatch.setattr("grader.render.notebook_page.Room", partial(Room, rich=100, plain=100))
    whole, cut = (notebook_page({"cells": [one]}, reports["perfect"]) for one in (code("x"), cell))

    assert [False, False, True] == ["executed.ipynb" in page for page in (usual, whole, cut)]
    assert not any(much in cut for much in ("x" * 101, PNG))


def test_a_cell_that_did_not_finish_says_so(reports):
    """What became of a cell stands beneath it."""
    report = replace(reports["perfect"], cells=(CellOutcome(0, CellStatus.KILLED),))

    assert "커널이 종료되었습니다" in notebook_page({"cells": [code("boom()")]}, report)


@pytest.mark.parametrize(
    "cells", [None, [], [{}], [code("x", {})], [code("x", shown({"text/plain": {"a": 1}}))]]
)
def test_odd_notebooks_have_pages(reports, cells):
    """Whatever the tree lacks, there is a page."""
    notebook = {} if cells is None else {"cells": cells}

    assert "<main" in notebook_page(notebook, reports["perfect"])


@pytest.mark.parametrize(
    ("hostile", "left"),
    [
        ("<script>x</script>a", "a"),
        ("<img src=x onerror=y>a", "a"),
        ("<style>*{display:none}</style>a", "a"),
        ("<p style='position:fixed' class=x id=main onclick=y>a</p>", "<p>a</p>"),
        ("<a href='javascript:x'>a</a>", '<a rel="noopener noreferrer nofollow">a</a>'),
        ("<svg><script>x</script></svg>a", "a"),
        (
            "<math><annotation-xml encoding='text/html'><style><img src=x></style></annotation-xml></math>a",
            "<math></math>a",
        ),
        ("<iframe srcdoc='<script>x</script>'></iframe>a", "a"),
    ],
)
def test_html_is_harmless(hostile, left):
    """Of what runs, loads or moves nothing is left."""
    assert left == safe_html(hostile)


def test_markdown_keeps_what_is_harmless():
    """Emphasis, tables and formulas are rendered, raw HTML and images are told as text."""
    made = safe_markdown(
        "**b** $\\hat{y}$ <b onclick=x>raw</b> ![alt](https://example.org/x.png)\n\n|a|\n|-|\n|1|"
    )

    assert "<strong>b</strong>" in made
    assert "<math" in made
    assert "&lt;b onclick=x&gt;raw" in made
    assert "[alt]" in made
    assert "<img" not in made
    assert "<td>1</td>" in made


@pytest.mark.parametrize("formula", ["\\frac{1}", "{" * 3000, "\\begin{matrix}", "<script>alert(1)</script>"])
def test_formulas_that_are_none_stay_text(formula):
    """A formula that cannot be understood costs nothing but its looks."""
    assert "<script>" not in safe_markdown(f"a ${formula}$ b")


def test_an_image_is_what_it_says():
    """Bytes that are no image of their kind are not shown as one; drawings are images as well."""
    assert None is image_source("image/png", "PHNjcmlwdD4=")
    assert None is image_source("image/png", "no base64!")
    assert str(image_source("image/png", PNG)).startswith("data:image/png;base64,iVBOR")
    assert str(image_source("image/svg+xml", "<svg/>")).startswith("data:image/svg+xml;base64,")
