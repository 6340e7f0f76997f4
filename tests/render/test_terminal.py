import re

import pytest
from rich.console import Console

from grader.render.messages import LANGUAGES
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
