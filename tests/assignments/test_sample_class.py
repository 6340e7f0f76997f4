"""The bundled class that the demonstration grades: who loses which points, told in a forked shell."""

import json
from pathlib import Path

import nbformat
import pytest

from grader.file_names import unique_slugs
from grader.records import Student
from grader.submission import collect, read

FOLDER = Path(__file__).parents[2] / "assignments/steps/sample-class"
NOTEBOOKS = {path.stem: path for path in collect([FOLDER])}
#: By file name: whose it is, the mark, the checks without points; ``mse.*`` stands for all of a question's.
CLASS = {
    "202011111_김하늘_4주차": (Student("202011111", "김하늘"), 100, ""),
    "202043019 박도윤 - 딥러닝 4주차 과제": (Student("202043019", "박도윤"), 100, ""),
    "202098765 최민준": (Student("202098765", "최민준"), 98, "sse.step4 mse.step4"),
    "강도윤 202055555": (Student("202055555", "강도윤"), 98, "mse.step4 sgd-what.step4"),
    "박지훈_202012345": (Student("202012345", "박지훈"), 99, "mse.clear"),
    "오시우 - 4주차 과제의 사본": (Student(None, "오시우"), 0, "*"),
    "윤지우 (202077777)": (
        Student("202077777", "윤지우"),
        95,
        "net-nobias.net.bias net-nobias.yhat net-nobias-train.step1",
    ),
    "이서연 - week4": (Student(None, "이서연"), 100, ""),
    "임서준 202044444 4주차": (Student("202044444", "임서준"), 98, "mse.epochs sgd-scalars.clear"),
    "장하준-202066666": (Student("202066666", "장하준"), 99, "sgd-bias.step4"),
    "정예은_steps": (Student(None, "정예은"), 99, "mse.step2"),
    "조수아_202033333_과제4": (Student("202033333", "조수아"), 97, "data.y"),
    "한지민_202022222": (
        Student("202022222", "한지민"),
        52,
        "net-bias-train.* sgd-bias.* sgd-nobias.* parameters.* sgd-what.* sgd-scalars.*",
    ),
    "홍길동 (202243052) [4주차] 과제": (Student("202243052", "홍길동"), 100, ""),
}


def without_points(reports, asked):
    """Name the checks that got no points; a question, or a notebook, that lost all of them in one word."""
    lost = []
    for question in asked:
        checks = reports[question].checks
        bare = [check.id for check in checks if check.points < check.max_points]
        lost += [f"{question}.*"] if len(bare) == len(checks) else bare
    return {"*"} if all(name.endswith(".*") for name in lost) and len(lost) == len(asked) else set(lost)


def test_the_table_is_of_the_class():
    """Every notebook has its row, whatever folder it is unpacked in."""
    assert set(CLASS) == set(NOTEBOOKS)


@pytest.mark.parametrize("stem", CLASS)
def test_marks(judged, assignment, stem):
    """Each loses what its mistakes cost, and nothing around them."""
    _, mark, lost = CLASS[stem]
    reports = judged(read(NOTEBOOKS[stem]))

    assert mark == sum(report.score for report in reports.values())
    assert set(lost.split()) == without_points(reports, [question.id for question in assignment.questions])


@pytest.mark.parametrize("stem", CLASS)
def test_students_are_read_from_the_names_of_files(stem):
    """As learning platforms, drives and students name them."""
    assert CLASS[stem][0] == read(NOTEBOOKS[stem]).student


def test_each_has_a_folder_of_its_own():
    """Slugs differ, and hold neither spaces nor brackets."""
    slugs = unique_slugs(list(NOTEBOOKS.values()))

    assert len(NOTEBOOKS) == len({slug.casefold() for slug in slugs})
    assert not any(set(slug) & set(" ()[]") for slug in slugs)


@pytest.mark.parametrize("stem", CLASS)
def test_files_are_valid_and_small(stem):
    """Notebooks as nbformat has them, with nothing of the machine they were made on."""
    text = NOTEBOOKS[stem].read_text(encoding="utf-8")
    nbformat.validate(json.loads(text))

    assert len(text.encode()) < 50_000
    assert not any(word in text for word in ("/home/", "/root/", "/tmp/", "/Users/"))
