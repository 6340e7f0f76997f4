import html
import re

import cmarkgfm
import pytest
from bs4 import BeautifulSoup
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.records import CellOutcome, CellStatus, Diagnosis, Message, Step, Student, SubmissionRef
from grader.render.markdown import code, escaped, markdown
from grader.render.messages import LANGUAGES
from grader.render.remarks import one_line

HOSTILE = (
    "a|b <script>alert(1)</script> **굵게** _기울임_ ~~지움~~ `코드` [글](javascript:x) "
    "![그림](http://x.test/a.png) @everyone @org/team #12 GH-7 http://x.test www.x.test me@x.test $x^2$ "
    "&amp; \\ | --- | # 제목 - [ ] 할일 <!-- 숨김 --> \x1b[31m\x00 \ud800 \u202e.ipynb"
)


def github(text):
    """Render as GitHub's own library does, with raw HTML let through, so that what is not escaped shows."""
    return BeautifulSoup(
        cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE), "html.parser"
    )


def plain(text):
    """Give text without what was put in to keep forges from seeing references."""
    return " ".join(text.replace("\N{ZERO WIDTH SPACE}", "").split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_report_renders(any_report, lang):
    """Two public renderers find a heading with the title, and everything within known elements."""
    written = markdown([any_report], lang)
    known = {"h2", "h3", "p", "strong", "ul", "li", "br", "code", "table", "thead", "tbody", "tr", "th", "td"}

    assert any_report.assignment.title in plain(github(written).h2.text)
    assert known >= {tag.name for tag in github(written).find_all()}
    common = MarkdownIt("commonmark").enable("table").render(written)
    assert github(written).h2.text == BeautifulSoup(common, "html.parser").h2.text


@pytest.mark.parametrize(
    "place", ["{}", "- {}", "| a | {} |\n| --- | --- |", "**x**: {}", "x\\\n  {}", "## {}"]
)
@pytest.mark.parametrize(
    "text", [HOSTILE, "- a", "1. a", "12) a", "+ a", "# a", "=== a", "> a", "--- a", ": a", "    a"]
)
def test_a_strangers_text_stays_text(text, place):
    """Wherever it stands it is read as it was written, and makes no element of its own."""
    ours = {tag.name for tag in github(place.format("x")).find_all()}
    rendered = github(place.format(escaped(text)))

    assert plain(one_line(text)) in plain(rendered.text)
    assert ours == {tag.name for tag in rendered.find_all()}


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40))
def test_any_text_stays_text(text):
    """As above, with whatever a generator comes up with."""
    rendered = github(f"- x {escaped(text)}")

    assert {"ul", "li"} == {tag.name for tag in rendered.find_all()}
    assert plain(f"x {one_line(text)}") == plain(rendered.text)


@given(st.text("`a |\\<", max_size=12).filter(str.strip))
def test_code_is_code(text):
    """A line of code is shown as it is, whatever backticks it holds."""
    (span,) = github(f"x {code(text)} y").find_all("code")

    assert one_line(text) == span.text.strip()


@pytest.mark.parametrize("reference", ["@everyone", "@org/team", "#12", "GH-7", "org/repo#3"])
def test_nobody_is_called(reference):
    """What forges look for in the finished page is not there: neither mention nor issue."""
    seen = html.unescape(github(escaped(f"x {reference} y")).text)

    assert reference not in seen
    assert reference in plain(seen)


def test_what_a_report_says(reports):
    """Score, sentence, flags, cells, questions, diagnosis with the line, values: as on the page."""
    page = github(markdown([reports["partial"]]))
    text = plain(page.text)

    assert "390 / 460점" in text
    assert "셀 18" in text
    assert "◐ MSE로 step1~4" in [plain(it.text) for it in page.find_all("h3")]
    assert "What.data = What.data - alpha*What.grad" in [it.text for it in page.find_all("code")]
    assert "기대한 값 [[-10.7, 9.5]], 나온 값 [[-24.122, 21.4]]" in text
    assert 13 == len(page.table.tbody.find_all("tr"))


def test_right_answers_take_no_room(reports):
    """Where everything is right there is the table and nothing below it."""
    assert [] == github(markdown([reports["perfect"]])).find_all("h3")


def test_code_in_advice(build):
    """Code in a diagnosis is code, and the spaces around it stay."""
    advice = Message(
        "", text="미분을 지우지 않았습니다.\n이렇게 해 보세요: `What.grad = None` 또는 `|x|`로 쓰세요."
    )
    found = Diagnosis("x", Step.CLEAR, 2, 11, 7, "f(`a`)", {}, advice)
    question = build.question("mse", [build.check("clear", "failed")], "partial", diagnoses=(found,))
    page = github(markdown([build.report([question])]))

    assert ["What.grad = None", "|x|", "f(`a`)"] == [it.text for it in page.find_all("code")]
    assert "이렇게 해 보세요: What.grad = None 또는 |x|로" in page.text


def test_a_list_has_one_level(reports, build):
    """The sign of what was skipped begins no list within the list."""
    skipped = build.check("step1", "skipped")
    page = github(markdown([build.report([build.question("mse", [skipped], "failed")])]))

    assert ["ul"] == [tag.name for tag in page.find_all("ul")]
    assert page.li.text.startswith("- step1 ŷ")


def test_no_score_is_not_zero(reports):
    """Where grading failed the reason stands where the score would be."""
    text = github(markdown([reports["error"]])).text

    assert "점수 없음" in text
    assert not re.search(r"\b0 /", text)


def test_a_class_is_a_table(reports):
    """A row a submission, hostile names and all."""
    table = github(markdown(list(reports.values()))).table
    rows = [[plain(cell.text) for cell in row.find_all("td")] for row in table.tbody.find_all("tr")]

    assert (len(reports), {5}) == (len(rows), set(map(len, rows)))
    assert "<b>이 름</b> [2] (최종).ipynb" == rows[1][1]


def test_names_of_files_and_students(build):
    """A name that would be a link, an image or a person is a name."""
    ref = SubmissionRef(f"{HOSTILE}.ipynb", "0" * 64, Student("1", HOSTILE))
    page = github(markdown([build.report(submission=ref, cells=(CellOutcome(1, CellStatus.KILLED),))]))

    assert [] == page.find_all(["a", "img", "script", "input", "del", "em"])
