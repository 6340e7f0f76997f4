import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from grader.records import Message
from grader.render.messages import LANGUAGES, catalogue
from grader.render.result_json import loads
from grader.render.terminal import detail, summary


@pytest.fixture
def printed():
    """Print to a string, as wide as a terminal on a laptop."""

    def text(renderable):
        console = Console(width=120, record=True, file=None, quiet=False, color_system=None)
        with console.capture() as capture:
            console.print(renderable)
        return capture.get()

    return text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_summary_lists_everyone(printed, reports, lang):
    """A class is a table with everyone in it."""
    text = printed(summary(list(reports.values()), lang))

    assert all(name in text for name in ("김하늘", "blank.ipynb", "박무한", "이오류"))
    assert "435/435" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_detail(printed, any_report, lang):
    """Every report can be shown in a terminal."""
    assert any_report.assignment.title in printed(detail(any_report, lang))


def test_markup_and_control_characters(printed, reports):
    """A student's text neither styles the terminal nor moves its cursor."""
    text = printed(detail(reports["partial"])) + printed(summary([reports["partial"]]))

    assert "[bold]x[/bold]" in text
    assert [] == re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)


def test_error_is_not_zero(printed, reports):
    """A failure of ours shows its reason where the score would be."""
    text = printed(summary([reports["error"]]))

    assert "점수 없음" in text
    assert "0/" not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_fits_80_columns(any_report, reports, lang):
    """On a narrow terminal nothing is cut off and no mark is torn from its name."""
    console = Console(width=80, record=True, color_system=None)
    with console.capture() as capture:
        console.print(summary(list(reports.values()), lang), detail(any_report, lang))
    lines = capture.get().splitlines()

    assert 80 >= max(map(cell_len, lines))
    assert "…" not in "".join(line for line in lines if "✓" in line)


def test_who_has_no_score_comes_first(printed, reports):
    """Of a long list of whom to look at a terminal shows the beginning."""
    flag = Message("flag.no-code")
    many = [replace(reports["perfect"], flags=(flag,)) for _ in range(21)]
    told = printed(summary([*many, reports["error"]])).partition("확인이 필요한 제출\n")[2].splitlines()

    assert "이오류" in told[0]
    assert 19 == sum("실행할 코드가 없습니다" in line for line in told)
    assert "그 밖의 2건은 반 전체 페이지에 있습니다." == told[-1].strip()


def test_a_diagnosis_is_shown_in_its_parts(printed):
    """The student's own line, why it matters and what to try, as on the page."""
    sample = Path(__file__).parents[2] / "reports" / "sample"
    (file,) = sample.glob("박지훈*/result.json")
    text = printed(detail(loads(file.read_text(encoding="utf-8"))))

    assert "셀 10의 10번째 줄  loss.backward()" in text
    assert "왜 문제인가요  `backward()`는 `.grad`에 더합니다." in text
    assert "이렇게 해 보세요" in text


def test_the_class_is_summed_up(printed):
    """What to teach again, who lost which step, what needs a look: as on the class page."""
    sample = Path(__file__).parents[2] / "reports" / "sample"
    reports = [loads(file.read_text(encoding="utf-8")) for file in sorted(sample.glob("*/result.json"))]
    text = printed(summary(reports))

    assert "평균 88.2  중앙값 98.5  최저 0  최고 100" in text
    assert re.search(r"2명  미분을 초기화하지 않음 +문제 3, 13", text)
    assert re.search(r" 3  7.07/8 +step4 update 2 +미분 초기화 1 +반복 횟수 1 +step2 loss 1", text)
    assert re.search(r"조수아  문제 2, 3, 7, 8, 9, 10, 12, 13: 답안의 데이터가", text)


def test_files_tell_submissions_apart(printed, reports):
    """Two of one name are told by their files, in the table and where they need a look."""
    twice = [reports["partial"], replace(reports["partial"], flags=(Message("flag.class.doubled"),))]
    again = replace(twice[1].submission, path="again.ipynb")
    text = printed(summary([twice[0], replace(twice[1], submission=again)]))

    assert 1 < text.count("(again.ipynb)")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_questions_without_an_answer_take_a_line_each(printed, reports, lang):
    """That there is no answer is said once a question, by the word beside its sign."""
    said = printed(detail(reports["unanswered"], lang))

    assert catalogue(lang)["check.unanswered"] not in said
    assert catalogue(lang)["question.unanswered"] in said
