import csv
import io

import pytest

from grader.render.table import gradebook_csv, inert


@pytest.fixture
def rows(reports):
    """Read the gradebook of all reports back, by file."""
    text = gradebook_csv(list(reports.values())).decode("utf-8-sig")
    return {row["submission"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def test_excel_reads_it_as_utf8(reports):
    """The file begins with the mark Excel looks for."""
    assert b"\xef\xbb\xbf" == gradebook_csv(list(reports.values()))[:3]


def test_columns(rows):
    """Who, how much, every question, what else to know."""
    columns = list(rows["nan.ipynb"])

    assert [
        "submission",
        "student_id",
        "student_name",
        "status",
        "score",
        "max_score",
        "final_score",
    ] == columns[:7]
    assert ["data", "sse", "mse"] == columns[7:10]
    assert ["flags", "error"] == columns[-2:]


def test_numbers_stay_numbers(rows):
    """Scores are numbers, also after an adjustment."""
    row = rows["<b>이 름</b> [2] (최종).ipynb"]

    assert ["385.0", "460.0", "390.0", "2"] == [
        row[k] for k in ("score", "max_score", "final_score", "flags")
    ]


def test_no_score_is_not_zero(rows):
    """Where grading failed the cells stay empty and the reason stands at the end."""
    row = rows["깨진 파일.ipynb"]

    assert ["error", "", "", ""] == [row[k] for k in ("status", "score", "final_score", "mse")]
    assert row["error"].startswith("파일을 읽지 못했습니다")


def test_formulas_are_text(rows):
    """A student's id cannot be a formula."""
    assert "'=1+1" == rows["<b>이 름</b> [2] (최종).ipynb"]["student_id"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "\x1b[0m=", "\u202e="])
def test_inert(start):
    """Whatever a spreadsheet would run is kept from running."""
    assert inert(start + "cmd|' /C calc'!A0").startswith("'")


def test_ordinary_text_is_untouched():
    """Names and file names are left as they are."""
    assert "김하늘 [4주차] a-b.ipynb" == inert("김하늘 [4주차] a-b.ipynb")


def test_empty_class():
    """A class without submissions has a header."""
    assert gradebook_csv([]).decode("utf-8-sig").startswith("submission,student_id")
