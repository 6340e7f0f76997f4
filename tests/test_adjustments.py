"""Points that an instructor gives or takes: read from a file of theirs, kept by whatever is done again."""

import re
from dataclasses import replace

import pytest

from grader.adjustments import FILE, adjusted, read_adjustments
from grader.errors import GraderError
from grader.output_folder import CLASS, TABLE, class_text, keep_edited
from grader.records import Adjustment
from grader.render.result_json import dumps, loads
from grader.results import render_again
from tests.render.conftest import diverged, failed, perfect

HEAD = "submission,points,reason\n"
PERFECT, BROKEN = "김하늘 [4주차].ipynb", "깨진 파일.ipynb"


@pytest.mark.parametrize("who", [PERFECT, "202043052", '="202043052"', "김하늘", f" {PERFECT} "])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949"])
def test_points_are_given_by_file_number_or_name(tmp_path, who, encoding):
    """Excel writes either encoding; columns have names in either language; a reason may have a comma."""
    cell = who.replace('"', '""')
    (tmp_path / FILE).write_bytes(f'파일,점수,까닭\r\n"{cell}",-2.5,"하루, 늦음"\r\n,,\r\n'.encode(encoding))

    (nan, report), wrong = adjusted(tmp_path, read_adjustments(tmp_path), [diverged(), perfect()])

    assert wrong is None
    assert diverged() == nan
    assert (Adjustment("by-hand", -2.5, "하루, 늦음"),) == report.adjustments
    assert report.score - 2.5 == report.final_score


def test_rendering_again_takes_them_up_and_gives_them_back(tmp_path):
    """The file alone decides: twice is not double, without it the first score counts; others' points stay."""
    own = replace(
        perfect(), adjustments=(Adjustment("late", -1.0, "a day"),), final_score=perfect().score - 1
    )
    (tmp_path / "one").mkdir()
    result = tmp_path / "one" / "result.json"
    result.write_text(dumps(own), encoding="utf-8")
    (tmp_path / FILE).write_text(f"{HEAD}202043052,-4,late\n202043052,+1,bonus\n", encoding="utf-8")

    twice = [render_again(tmp_path, None)[0].report.final_score for _ in range(2)]
    (tmp_path / FILE).unlink()
    render_again(tmp_path, None)

    assert [own.score - 4] * 2 == twice
    assert own == loads(result.read_text(encoding="utf-8"))


def test_a_gradebook_that_was_changed_by_hand_is_kept_aside(tmp_path):
    """What was written into it is in a file of its own; one that nobody touched is written anew."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "result.json").write_text(dumps(perfect()), encoding="utf-8")
    (tmp_path / CLASS).write_text(class_text(["one"]), encoding="utf-8")
    render_again(tmp_path, "en")
    untouched = keep_edited(tmp_path)
    kept = []
    for edit in (b"a", b"b"):
        (tmp_path / TABLE).write_bytes(edit)
        kept.append(keep_edited(tmp_path))
        render_again(tmp_path, None)

    assert untouched is None
    assert [("gradebook-edited.csv", b"a"), ("gradebook-edited-2.csv", b"b")] == [
        (path.name, path.read_bytes()) for path in kept
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("who,1,x", r"line 2: no submission is 'who'; write the file, .* or the student's number"),
        (f"{BROKEN},1,x", r"line 2: .* could not be graded: there is no score to adjust"),
        ("202043052,1,x", r"line 2: 2 submissions are '202043052'; write the file"),
    ],
)
def test_a_line_that_fits_nobody_is_said_once_the_others_count(tmp_path, line, message):
    """An edit is never lost without a word."""
    (tmp_path / FILE).write_text(f"{HEAD}{line}\nnan.ipynb,1,x\n", encoding="utf-8")
    other = replace(perfect(), submission=replace(perfect().submission, path="2.ipynb"))

    reports, wrong = adjusted(tmp_path, read_adjustments(tmp_path), [perfect(), other, failed(), diverged()])

    assert re.search(message, str(wrong))
    assert [0, 0, 0, 1] == [len(report.adjustments) for report in reports]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a,b\n1,2\n",
            r"no column 'submission'; the first line should be submission,points,reason / 파일,점수,까닭",
        ),
        (f"{HEAD}a,nan,x\n", r"line 2: 'nan' is no number of points; write -5 or 2\.5"),
        (f"{HEAD}a,1,x\nb,five,x\n", r"line 3: 'five' is no number of points"),
        (f"{HEAD}a,1\n", r"line 2: there is no reason; the student reads it"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(tmp_path, text, message):
    """A slip of the hand is said before anything is graded."""
    (tmp_path / FILE).write_text(text, encoding="utf-8")

    with pytest.raises(GraderError, match=message):
        read_adjustments(tmp_path)
