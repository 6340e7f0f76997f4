import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from grader import render
from grader.records import Student, SubmissionRef
from grader.render.html import ClassEntry, class_page, student_page
from grader.render.messages import LANGUAGES

VOID = {"meta", "link", "br", "hr", "img", "input", "col", "wbr"}


class Page(HTMLParser):
    """A page taken apart; raises where a tag is closed that is not open."""

    def __init__(self, text):
        super().__init__()
        self.stack, self.tags, self.text = [], [], []
        self.feed(text)
        self.close()
        assert [] == self.stack

    def handle_starttag(self, tag, attrs):
        """Open a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Note a tag that is closed at once."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """Close the tag opened last."""
        assert tag == self.stack.pop()

    def handle_data(self, data):
        """Keep the text people see."""
        if self.stack[-1:] not in (["style"], ["script"]):
            self.text.append(data)

    def all(self, name):
        """Give the values of attribute ``name``."""
        return [attrs[name] for _, attrs in self.tags if name in attrs]

    def headings(self):
        """Give the levels of the headings in order."""
        return [int(tag[1]) for tag, _ in self.tags if re.fullmatch("h[1-6]", tag)]


@pytest.fixture(params=["student", "class"])
def page(request, reports):
    """Give both pages in turn, each over everything there is."""

    def made(lang="ko"):
        if request.param == "student":
            return student_page(reports["partial"], lang)
        return class_page([ClassEntry(it, f"{name} 1/report.html") for name, it in reports.items()], lang)

    return made


def test_a_file_that_could_not_be_read_has_no_digest(reports):
    """The page does not end in a label with nothing after it."""
    report = reports["error"]
    unread = replace(report, submission=replace(report.submission, sha256=""))

    assert [True, False] == ["파일 지문" in student_page(one) for one in (report, unread)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_student_page_is_well_formed(any_report, lang):
    """Every report makes a page whose tags match, in the language it says it is in."""
    tags = dict(Page(student_page(any_report, lang)).tags)

    assert {"lang": lang} == tags["html"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_structure(page, lang):
    """A page has one h1, one main, no heading level left out, and no id twice."""
    seen = Page(page(lang))
    levels = seen.headings()

    assert 1 == levels.count(1)
    assert 1 == [tag for tag, _ in seen.tags].count("main")
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert sorted(set(seen.all("id"))) == sorted(seen.all("id"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_references_within_the_page_hold(page, lang):
    """Labels, links and icons point at something that is there."""
    seen = Page(page(lang))
    wanted = {href[1:] for href in seen.all("href") if href.startswith("#")}
    wanted |= {name for names in seen.all("aria-labelledby") for name in names.split()}

    assert set() == wanted - set(seen.all("id"))


def test_nothing_leaves_the_page(page):
    """A page asks the network for nothing and runs nothing but what its policy knows by heart."""
    text = page()
    seen = Page(text)

    assert [] == [url for url in (*seen.all("src"), *seen.all("href")) if re.match(r"[a-z]+:|//", url)]
    assert [] == [tag for tag, _ in seen.tags if tag in {"link", "iframe", "object", "img"}]
    assert not re.search(r"url\(|@import", text)
    for script in re.findall(r"<script>(.*?)</script>", text, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"script-src 'sha256-{digest}';" in text


def test_hostile_text_stays_text(page):
    """Markup, template syntax and handlers in a student's strings are shown, not obeyed."""
    text = page()
    seen = Page(text)

    assert "<script>alert(1)</script> {{7*7}} {param.__class__}" in "".join(seen.text)
    assert [] == [name for _, attrs in seen.tags for name in attrs if name.startswith("on")]
    assert "49" not in re.findall(r"\{\{.*?\}\}|\b49\b", "".join(seen.text))


def test_no_control_characters(page):
    """Nothing on a page reorders its text or cannot be encoded."""
    text = page()

    assert [] == re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    assert text == text.encode().decode()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_size(page, lang):
    """A page stays small enough to be mailed."""
    assert len(page(lang).encode()) < 400_000


def test_long_run_stays_small(reports, build):
    """A run of very many recorded epochs does not make a heavy page."""
    losses = [100.0 / (1 + n % 977) for n in range(20_000)]
    question = replace(reports["perfect"].questions[2], run=build.run(losses))

    assert len(student_page(build.report([question]))) < 400_000


def test_score_and_sentence(reports):
    """The top says the score and one sentence."""
    text = "".join(Page(student_page(reports["partial"])).text)

    assert "390" in text
    assert "13문제 가운데 8문제를 모두 맞혔습니다." in text


def test_error_has_no_score(reports):
    """Where grading failed the page says why, and shows no number that could be taken for a score."""
    text = "".join(Page(student_page(reports["error"])).text)

    assert "점수 없음" in text
    assert "파일을 읽지 못했습니다" in text
    assert not re.search(r"\b0\s*/", text)


def test_unanswered_is_said_once_a_question(reports):
    """A blank question says so once, not once a check."""
    assert 13 == student_page(reports["unanswered"]).count("아직 답을 쓰지 않은 문제입니다.")


def test_thinned_values_say_so(reports):
    """A value of which the record holds a part ends in an ellipsis."""
    text = "".join(Page(student_page(reports["partial"])).text)

    assert "[1, -1.9973], …]" in text
    assert "[[-10.7, 9.5]]" in text


def test_hidden_checks_say_that_they_are(reports):
    """A check that students were not told of is marked as one."""
    assert "공개하지 않는 항목" in student_page(reports["partial"])


def test_cells_are_counted_from_one(reports):
    """The records count cells from 0, people from 1."""
    text = "".join(Page(student_page(reports["partial"])).text)

    assert "셀 21의 2번째 줄에서 NameError 에러가 났습니다" in text
    assert "답안 셀 4, 5, 7" in " ".join(text.split())


def test_known_exceptions_are_explained(reports):
    """An exception's name is followed by what it means."""
    assert "정의하지 않은 이름을 사용했습니다." in student_page(reports["partial"])


def test_a_cell_is_reported_once_on_top(reports):
    """A cell that a flag already tells of is not listed again."""
    text = student_page(reports["partial"])

    assert 1 == text.count("셀 18이")


def test_class_page_lists_everyone(reports):
    """Everyone is on the class page, linked; one without a score has a reason in its place."""
    entries = [ClassEntry(it, f"{name} 1/report.html") for name, it in reports.items()]
    seen = Page(class_page(entries))
    links = [href for href in seen.all("href") if href.endswith("report.html")]

    assert {f"{name}%201/report.html" for name in reports} == set(links)
    assert "gradebook.csv" in seen.all("href")
    assert "파일을 읽지 못했습니다" in "".join(seen.text)


def test_href_is_a_path(reports):
    """A folder's name cannot become another kind of link."""
    page = Page(class_page([ClassEntry(reports["perfect"], 'javascript:alert(1)#"?x')]))

    assert "javascript%3Aalert%281%29%23%22%3Fx" in page.all("href")


def test_class_of_nobody():
    """A class page can be made before anybody has handed in."""
    assert "아직 점수가 없습니다." in class_page([])


def test_student_without_a_name(reports):
    """A file that does not say whose it is has an entry nonetheless."""
    anonymous = replace(reports["perfect"], submission=SubmissionRef("a.ipynb", "0" * 64, Student()))

    page = class_page([ClassEntry(anonymous, "a/report.html")])
    assert '<a href="a/report.html"><bdi>a.ipynb</bdi></a>' in page


def _schemes():
    css = (Path(render.__file__).parent / "templates/_colours.css").read_text(encoding="utf-8")
    blocks = re.findall(r"macro (\w+).*?%\}(.*?)\{%", css, re.DOTALL)
    return {name: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block)) for name, block in blocks}


def _luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize(
    ("ink", "grounds", "least"),
    [
        ("ink", "paper card wash good-wash bad-wash warn-wash", 7),
        ("soft", "paper card wash good-wash bad-wash warn-wash", 4.5),
        ("link", "paper card", 4.5),
        ("good", "paper card good-wash", 4.5),
        ("bad", "paper card bad-wash", 4.5),
        ("warn", "paper card warn-wash", 4.5),
        ("yours", "card", 3),
        ("reference", "card", 3),
    ],
)
def test_contrast(scheme, ink, grounds, least):
    """Every ink is readable on every ground it is used on, by WCAG's measure."""
    colours = _schemes()[scheme]
    for ground in grounds.split():
        dark, light = sorted((_luminance(colours[ink]), _luminance(colours[ground])))

        assert (light + 0.05) / (dark + 0.05) >= least, ground
