import csv
import io
from dataclasses import replace

import pandas as pd
import pytest

from grader.records import Student
from grader.render.table import digits, gradebook_csv, inert


@pytest.fixture
def rows(reports):
    """Read the gradebook of all reports back, by file."""
    text = gradebook_csv(list(reports.values()), "en").decode("utf-8-sig")
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


def test_korean_columns(reports):
    """In Korean the columns are called in Korean; questions keep the ids that notebooks have."""
    text = gradebook_csv(list(reports.values()), "ko").decode("utf-8-sig")
    columns, *rows = csv.reader(io.StringIO(text, newline=""))

    assert ["파일", "학번", "이름", "상태", "점수", "만점", "최종 점수"] == columns[:7]
    assert ["data", "sse", "mse"] == columns[7:10]
    assert ["알림 수", "채점하지 못한 까닭"] == columns[-2:]
    assert {"채점함", "채점 못 함"} == {row[3] for row in rows}


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        ("0012345", '="0012345"'),
        ("202212345678", '="202212345678"'),
        ("202243052", "202243052"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ('0"&cmd', '0"&cmd'),
        ("٠١٢٣", "٠١٢٣"),
    ],
)
def test_a_students_number_keeps_its_digits(number, cell):
    """A spreadsheet takes no zero from its front and rounds nothing; what is no number is no formula."""
    assert cell == digits(number)


def test_pandas_reads_students_numbers(reports):
    """With the converter that the documentation gives, each number is what it was."""
    report = next(report for report in reports.values() if report.error is None)
    made = [
        replace(report, submission=replace(report.submission, student=Student(number, "")))
        for number in ("0012345", "202243052", "202212345678")
    ]
    read = pd.read_csv(
        io.BytesIO(gradebook_csv(made)), converters={"학번": lambda number: number.strip('="')}
    )

    assert ["0012345", "202243052", "202212345678"] == list(read["학번"])
    assert "float64" == str(read["점수"].dtype)


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
    assert row["error"].startswith("The file could not be read")


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
    assert gradebook_csv([]).decode("utf-8-sig").startswith("파일,학번")
