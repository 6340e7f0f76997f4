"""The pages in a real browser: what they load, how they lie, how they print, who can read them."""

import functools
import json
from contextlib import ExitStack
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.render.card import question_card
from grader.render.html import ClassEntry, class_page, student_page
from grader.render.messages import LANGUAGES
from grader.render.notebook_page import notebook_page
from grader.render.result_json import loads

from ..browser import MISSING, browser, opened, program  # noqa: TID252 - tests are no package

pytestmark = [pytest.mark.elsewhere, pytest.mark.skipif(program() is None, reason=MISSING)]

SAMPLE = Path(__file__).parents[2] / "reports" / "sample"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # all that the dark changes
COLOURLESS = {
    name: {"enabled": False} for name in COLOURS["values"]
}  # for a language the colours are the same
A4 = 688  # pixels between the margins

HOSTILE_HTML = (
    "<script>alert('output')</script><img src='https://example.org/x.png' onerror=alert(1)>"
    "<div style='position:fixed;inset:0;z-index:99;background:red'>over</div><style>*{display:none}</style>"
    "<iframe src='https://example.org'></iframe><a href='javascript:alert(2)'>link</a>"
    "<svg><script>alert(3)</script></svg><form action='https://example.org'><input></form>"
    "<table onmouseover=alert(4)><tr><td>kept</td></tr></table><base href='https://example.org'>"
    "<meta http-equiv=refresh content='0;url=https://example.org'><link rel=stylesheet href=//example.org/x>"
)
SVG = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(5)'><image href='https://example.org/y.png'/></svg>"


@pytest.fixture(scope="module")
def started():
    """Start one browser for all tests here."""
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def class_reports():
    """Give the sample class, as its results say."""
    files = sorted(SAMPLE.glob("*/result.json"))
    return {file.parent.name: loads(file.read_text(encoding="utf-8")) for file in files}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, class_reports):
    """Write the pages of the sample class in every language, and one student's."""
    made = tmp_path_factory.mktemp("pages")
    entries = [ClassEntry(report, f"{slug}/report.html") for slug, report in class_reports.items()]
    executed = next(SAMPLE.glob("*/executed.ipynb"))
    report = class_reports[executed.parent.name]
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    for lang in LANGUAGES:
        _write(made / f"class-{lang}.html", class_page(entries, lang))
        _write(made / f"student-{lang}.html", student_page(report, lang, notebook="notebook.html"))
        _write(made / f"notebook-{lang}.html", notebook_page(notebook, report, lang))
    return made


@pytest.fixture(scope="module")
def shown(started, folder):
    """Give a page of the sample class, opened once: to open one takes as long as to look at it."""
    with ExitStack() as stack:
        yield functools.cache(lambda name: stack.enter_context(opened(started, folder / f"{name}.html")))


def _write(file, text):
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["student", "class", "notebook"])
def test_everyone_can_read_it(shown, folder, kind, lang):
    """axe-core finds nothing to complain of by WCAG 2.2 AA; the page loads and says nothing by itself."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - beside the browser

    page, seen = shown(f"{kind}-{lang}")
    requests = list(seen.requests)
    page.set_viewport_size({"width": 1280, "height": 900})
    for closed in page.locator("details:not([open]) > summary").all()[:2]:
        closed.click()
    rules = {} if lang == "ko" else COLOURLESS
    light = Axe().run(page, options={"runOnly": WCAG, "rules": rules, "resultTypes": ["violations"]})

    assert [(folder / f"{kind}-{lang}.html").as_uri()] == requests
    assert ([], [], []) == (seen.console, seen.errors, seen.dialogs)
    assert "" == light.generate_snapshot(), light.generate_report()


@pytest.mark.parametrize("kind", ["student", "class", "notebook"])
def test_everyone_can_read_it_in_the_dark(shown, kind):
    """The dark colours have as much contrast."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - beside the browser

    page, _ = shown(f"{kind}-ko")
    page.emulate_media(color_scheme="dark")
    dark = Axe().run(page, options={"runOnly": COLOURS, "resultTypes": ["violations"]})
    page.emulate_media(color_scheme="light")

    assert "" == dark.generate_snapshot(), dark.generate_report()


@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("kind", ["student", "class", "notebook"])
def test_it_fits_the_window(shown, kind, width):
    """Nothing makes the page itself scroll sideways, and nothing is cut off but what scrolls on its own."""
    page, _ = shown(f"{kind}-ko")
    page.set_viewport_size({"width": width, "height": 900})

    assert width >= page.evaluate("document.scrollingElement.scrollWidth")
    assert [] == page.evaluate(OUTSIDE, width)


OUTSIDE = """(width) => [...document.querySelectorAll("main *, header *")].filter((it) => {
    const box = it.getBoundingClientRect();
    const hidden = box.width <= 1 || it.closest(".scroll, pre, .prose, svg, .hidden, .marks");
    return !hidden && (box.right > width + 1 || box.left < -1);
}).map((it) => it.tagName + "." + it.className)"""


@pytest.mark.parametrize("kind", ["student", "class"])
def test_it_prints_whole(started, folder, tmp_path, kind):
    """On A4 no table is wider than the paper, and what stands last in a row is in the PDF."""
    from pypdf import PdfReader  # noqa: PLC0415 - beside the browser

    with opened(started, folder / f"{kind}-ko.html", width=A4) as (page, _):
        page.emulate_media(media="print", color_scheme="dark")
        wide = page.evaluate(
            "(a4) => [...document.querySelectorAll('td, th')]"
            ".filter((it) => it.getBoundingClientRect().right > a4 + 1).map((it) => it.textContent)",
            A4,
        )
        last = page.locator("tr td:last-child").evaluate_all(
            "all => all.filter(it => it.checkVisibility()).map(it => it.innerText)"
        )
        page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    printed = "".join(sheet.extract_text() for sheet in PdfReader(tmp_path / "page.pdf").pages)

    assert [] == wide
    assert [] == [text for text in map(_squeezed, filter(None, last)) if text not in _squeezed(printed)]


def test_a_notebook_prints_whole(started, class_reports, tmp_path):
    """On paper nothing scrolls and nothing is cut: long lines wrap, under the beginning of their code."""
    wide = "".join(f"<td>{n}.2345678</td>" for n in range(20))
    notebook = new_notebook(
        cells=[
            new_markdown_cell(
                f"```\n{'x' * 200}\n```\n\n{'|a_long_heading' * 12}|\n{'|---' * 12}|\n{'|1' * 12}|"
            ),
            new_code_cell(
                f"print('{'a long line ' * 20}')\n{'very_long_name_' * 15} = 1",
                outputs=[
                    new_output("stream", text=f"{'0.1234, ' * 60}\n{'y' * 300}\n" + "epoch\n" * 90),
                    new_output("execute_result", data={"text/html": f"<table><tr>{wide}</tr></table>"}),
                    new_output("error", ename="E", evalue="", traceback=["-" * 200, "z" * 200]),
                ],
            ),
        ]
    )
    file = _write(tmp_path / "notebook.html", notebook_page(notebook, next(iter(class_reports.values()))))
    with opened(started, file, width=A4) as (page, _):
        page.emulate_media(media="print")

        assert [] == page.evaluate(CUT, A4)
        assert [] == page.evaluate(UNDER_THE_NUMBERS)


#: What reaches beyond the paper, and what has more in it than it shows.
CUT = """(a4) => [...document.querySelectorAll("main, main *")].filter((it) => {
    const style = getComputedStyle(it), hidden = (overflow) => overflow !== "visible";
    return it.getBoundingClientRect().right > a4 + 1
        || hidden(style.overflowX) && it.scrollWidth > it.clientWidth + 1
        || hidden(style.overflowY) && it.scrollHeight > it.clientHeight + 1;
}).map((it) => it.tagName + "." + it.className)"""
#: Pieces of code that begin left of where their line begins, where its number stands.
UNDER_THE_NUMBERS = """() => [...document.querySelectorAll(".line span")].filter((it) => {
    const line = it.closest(".line").getBoundingClientRect(), boxes = [...it.getClientRects()];
    return boxes.some((box) => box.width && box.left < line.left + 30);
}).map((it) => it.textContent.slice(0, 20))"""


def _squeezed(text):
    return "".join(text.split())


def test_the_table_sorts(shown, class_reports):
    """A heading sorts by its column, the other way round when it is pressed again, by keyboard as well."""
    scores = [f"{report.score:g}" for report in class_reports.values()]
    cells = ".submissions tbody tr td:nth-child(2)"
    page, _ = shown("class-ko")
    heading = page.locator(".submissions th", has=page.get_by_role("button", name="점수 순서로 정렬"))
    heading.get_by_role("button").click()
    best_first = page.locator(cells).all_inner_texts()
    assert "descending" == heading.get_attribute("aria-sort")
    heading.get_by_role("button").press("Enter")
    worst_first = page.locator(cells).all_inner_texts()
    assert "ascending" == heading.get_attribute("aria-sort")
    page.get_by_role("button", name="학생 순서로 정렬").press("Space")
    names = page.locator(".submissions tbody th a").all_inner_texts()

    assert sorted(scores, key=float, reverse=True) == best_first
    assert sorted(scores, key=float) == worst_first
    assert sorted(names) == names


def test_the_table_is_searched(shown, class_reports):
    """Words narrow the table down to those who have them all: names, numbers, files, misconceptions."""
    page, _ = shown("class-ko")
    search, rows = page.get_by_label("학생 찾기"), page.locator(".submissions tbody tr:visible")
    search.fill("초기화하지")
    forgot = rows.locator("th a").all_inner_texts()
    told = page.locator(".search output").inner_text()
    search.fill("지훈 2020")
    one = rows.locator("th a").all_inner_texts()
    search.fill("")
    everyone = rows.count()

    assert ["박지훈", "임서준"] == sorted(forgot)
    assert f"{len(class_reports)}명 가운데 2명" == told
    assert ["박지훈"] == one
    assert len(class_reports) == everyone


def test_the_class_page_is_whole_without_its_script(started, folder, class_reports):
    """Everyone is there and nothing is offered that would not work."""
    with opened(started, folder / "class-ko.html", javascript=False) as (page, _):
        assert len(class_reports) == page.locator(".submissions tbody tr:visible").count()
        assert 0 == page.locator(".search:visible, .submissions button").count()


def test_the_keyboard_reaches_everything(started, folder):
    """The first key leads past the head, and every link, fold and scrolling part can be stepped to."""
    with opened(started, folder / "student-ko.html") as (page, _):
        page.keyboard.press("Tab")
        first = page.evaluate("document.activeElement.getAttribute('href')")
        wanted = page.locator("a[href], summary, [tabindex='0']").evaluate_all(
            "all => all.filter(it => it.checkVisibility()).length"
        )
        reached = {page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)")}
        for _ in range(wanted - 1):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))

    assert "#main" == first
    assert wanted == len(reached)


def test_hostile_reports_do_nothing(started, reports, tmp_path):
    """Markup and scripts in names, titles, errors and values stay text, on both pages."""
    entries = [ClassEntry(report, "x/report.html") for report in reports.values()]
    pages = {"student": student_page(reports["partial"]), "class": class_page(entries)}
    for name, text in pages.items():
        file = _write(tmp_path / f"{name}.html", text)
        with opened(started, file) as (page, seen):
            assert [file.as_uri()] == seen.requests
            assert ([], [], []) == (seen.console, seen.errors, seen.dialogs)
            assert "<script>alert(1)</script>" in page.inner_text("body")


def test_hostile_outputs_do_nothing(started, reports, tmp_path):
    """What a notebook shows neither runs, nor loads, nor lies over the page; what is harmless stays."""
    data = [{"text/html": HOSTILE_HTML}, {"image/svg+xml": SVG}, {"image/png": "bm8gcGljdHVyZQ=="}]
    outputs = [{"output_type": "display_data", "metadata": {}, "data": it} for it in data]
    outputs.append(
        {"output_type": "stream", "name": "stdout", "text": "</pre><script>alert(6)</script>\x1b[31m"}
    )
    prose = "![x](https://example.org/z.png) <img src=x onerror=alert(7)> [l](javascript:alert(8)) $\\hat{y}$"
    cells = [
        {
            "cell_type": "code",
            "metadata": {},
            "source": "# </code><script>alert(9)</script>",
            "outputs": outputs,
        },
        {"cell_type": "markdown", "metadata": {}, "source": prose},
    ]
    file = _write(tmp_path / "notebook.html", notebook_page({"cells": cells}, reports["perfect"]))
    with opened(started, file) as (page, seen):
        page.mouse.move(400, 400)
        fixed = page.locator("main *").evaluate_all(
            "all => all.filter(it => getComputedStyle(it).position == 'fixed').length"
        )
        sources = page.locator("[src], form, iframe, base, link, main style").evaluate_all(
            "all => all.map(it => it.src ?? it.tagName)"
        )

        assert [file.as_uri()] == [url for url in seen.requests if not url.startswith("data:")]
        assert ([], [], []) == (seen.console, seen.errors, seen.dialogs)
        assert 0 == fixed
        assert ["data:image/svg+xml"] == [source.split(";")[0] for source in sources]
        assert "kept" in page.inner_text("td")
        assert 1 == page.locator("math").count()
        assert "<script>alert(9)</script>" in page.inner_text("body")


@pytest.mark.parametrize(
    ("theme", "dark"),
    [
        ('<html theme="dark"><body>', True),
        ('<html><body data-jp-theme-light="false">', True),
        ('<html><body class="vscode-dark">', True),
        ('<html><body data-jp-theme-light="true">', False),
    ],
)
def test_a_card_follows_the_notebooks_theme(started, class_reports, tmp_path, theme, dark):
    """In a cell's output the notebook's theme counts, whatever the machine's; two cards get along."""
    question = next(it for report in class_reports.values() for it in report.questions if it.diagnoses)
    card = question_card(question)
    rules = "<style>p { color: red; margin: 9rem } table td { padding: 9rem }</style>"
    file = _write(tmp_path / "output.html", f"<!doctype html>{theme}<meta charset=utf-8>{rules}{card}{card}")
    with opened(started, file, width=390, scheme="light" if dark else "dark") as (page, seen):
        cards = page.locator(".card")
        grounds = cards.evaluate_all("all => all.map(it => getComputedStyle(it).backgroundColor)")
        margins = cards.locator("p").evaluate_all("all => all.map(it => getComputedStyle(it).marginLeft)")

        assert ["rgb(28, 30, 33)" if dark else "rgb(255, 255, 255)"] * 2 == grounds
        assert {"0px"} == set(margins)
        assert 390 >= page.evaluate("document.scrollingElement.scrollWidth")
        assert [file.as_uri()] == seen.requests
