"""What was handed in: which files, whose they are, and what is wrong with those that cannot be read."""

import copy
import json
import os
import re
import unicodedata
from pathlib import Path

import nbformat
import pytest

from grader.errors import SubmissionError
from grader.file_names import slug_of, student_of, unique_slugs
from grader.records import Message, SourceCell, Student
from grader.render.messages import LANGUAGES, PLACEHOLDER, catalogue
from grader.submission import collect, read
from grader.submission.alike import with_alike_flagged
from grader.submission.damage import WORDS
from grader.submission.handed_in import handed_in as all_in

CODE = {"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": [], "execution_count": None}


def notebook(*cells, **top):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **top}


@pytest.fixture
def handed_in(tmp_path):
    """Write a notebook (a tree, a text or bytes) and give its path."""

    def write(content, name="a.ipynb"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, str | bytes):
            content = json.dumps(content, ensure_ascii=False)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_notebook_is_read(handed_in):
    """Cells with their numbers, sources and question ids; whose it is; the digest of its bytes."""
    prompt = {"cell_type": "markdown", "source": ["# 과제\n", "풀이"], "metadata": {}, "id": "prompt"}
    answer = {**CODE, "id": "answer", "metadata": {"grader": {"question": "mse"}}, "outputs": [{"bad": 1}]}
    path = handed_in(notebook(prompt, answer), "202243052_홍길동.ipynb")

    submission = read(path)

    assert (path.name, "202243052_홍길동") == (submission.path, submission.slug)
    assert Student("202243052", "홍길동") == submission.student
    assert 64 == len(submission.sha256)
    assert (
        SourceCell(0, "markdown", "# 과제\n풀이"),
        SourceCell(1, "code", "x = 1", "mse"),
    ) == submission.cells
    assert ["prompt", "answer"] == [cell.id for cell in submission.notebook.cells]
    assert [] == submission.notebook.cells[1].outputs


def test_a_batch_may_choose_the_slug(handed_in):
    """A slug found for the whole batch takes the place of the file's own."""
    assert "kim-a" == read(handed_in(notebook()), slug="kim-a").slug


@pytest.mark.parametrize(
    ("encoding", "flags"),
    [
        ("utf-8", ()),
        ("utf-8-sig", ()),
        ("utf-16", (Message("flag.encoding", {"encoding": "UTF-16"}),)),
        ("utf-16-le", (Message("flag.encoding", {"encoding": "UTF-16-LE"}),)),
        ("utf-16-be", (Message("flag.encoding", {"encoding": "UTF-16-BE"}),)),
        ("utf-32", (Message("flag.encoding", {"encoding": "UTF-32"}),)),
        ("cp949", (Message("flag.encoding", {"encoding": "CP949"}),)),
    ],
)
def test_every_encoding_that_editors_write_is_read(handed_in, encoding, flags):
    """Windows editors put a byte order mark in front, write UTF-16 or Korean cp949: said, not refused."""
    content = json.dumps(notebook({**CODE, "source": "# 한글"}), ensure_ascii=False)

    submission = read(handed_in(content.encode(encoding)))

    assert ("# 한글", flags) == (submission.cells[0].source, submission.flags)


def test_bytes_that_are_no_letters_cost_themselves(handed_in):
    """A notebook with a few broken bytes in a comment is read, with a flag."""
    content = json.dumps(notebook({**CODE, "source": "x = 1 # ?"})).encode().replace(b"?", b"\xff\xed\x95")

    submission = read(handed_in(content))

    assert submission.cells[0].source.startswith("x = 1 # \ufffd")
    assert ("flag.letters-lost",) == tuple(flag.id for flag in submission.flags)


@pytest.mark.parametrize(
    "metadata",
    [
        '"deep": ' + "[" * 400 + "]" * 400,
        '"huge": ' + "9" * 10_000,
        '"nan": NaN, "infinite": -Infinity',
        '"twice": 1, "twice": 2',
        '"half": "\\ud800"',
    ],
)
def test_odd_metadata_are_read_and_can_be_written_and_copied(handed_in, metadata):
    """Deep, huge, not finite, doubled or half a character: nothing that copies or writes them stumbles."""
    cell = '{"cell_type": "code", "source": "x", "metadata": {%s}}' % metadata  # noqa: UP031 - braces
    path = handed_in('{"nbformat": 4, "metadata": {%s}, "cells": [%s]}' % (metadata, cell))  # noqa: UP031

    written = nbformat.writes(copy.deepcopy(read(path).notebook))

    json.loads(written.encode(), parse_constant=pytest.fail)


def test_a_notebook_that_lost_its_format_is_read(handed_in):
    """Cells that are cells are enough."""
    assert "x = 1" == read(handed_in(json.dumps({"cells": [CODE]}))).cells[0].source


def test_outputs_of_any_size_are_dropped(handed_in):
    """Fifty megabytes of stored output are read in a moment and not kept."""
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 50_000_000}

    submission = read(handed_in(notebook({**CODE, "outputs": [output]})))

    assert [] == submission.notebook.cells[0].outputs


def test_too_many_cells_are_said_to_be_too_many(handed_in):
    """Two hundred thousand cells are nobody's homework."""
    with pytest.raises(SubmissionError, match=r"a\.ipynb: has 200,000 cells, more than 10,000$"):
        read(handed_in(notebook(*[{}] * 200_000)))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ({"cell_type": "heading", "level": 2, "source": ["제목\n"]}, ("markdown", "## 제목")),
        ({"cell_type": "heading", "level": 10**30}, ("markdown", "# ")),
        ({"cell_type": "html", "source": "<b>"}, ("markdown", "<b>")),
        (
            {"cell_type": "code", "input": ["a\n", 3, "b"], "outputs": 7, "prompt_number": "x"},
            ("code", "a\nb"),
        ),
        ({"cell_type": "code"}, ("code", "")),
        ({"cell_type": "plaintext", "source": "x"}, ("raw", "x")),
        (None, ("raw", "")),
    ],
)
def test_damaged_cells_of_old_formats_are_upgraded(handed_in, cell, expected):
    """What a cell of format 3 lacks does not cost the notebook."""
    path = handed_in({"nbformat": 3, "worksheets": [{"cells": [cell]}, {"cells": [CODE]}, 5]})

    first, second = read(path).cells

    assert (expected, "x = 1") == ((first.kind, first.source), second.source)


def test_a_name_that_korean_windows_wrote_is_read(tmp_path):
    """An archive unpacked elsewhere leaves names in cp949."""
    name = os.fsdecode("홍길동_202243052.ipynb".encode("cp949"))
    (tmp_path / name).write_text(json.dumps(notebook()))

    submission = read(tmp_path / name)

    assert ("홍길동_202243052", Student("202243052", "홍길동")) == (submission.slug, submission.student)
    assert ["홍길동_202243052"] == unique_slugs([tmp_path / name])


def test_every_kind_of_damage_is_said_in_both_languages():
    """Each code has its message, whose placeholders the code fills."""
    for lang in LANGUAGES:
        for code, words in WORDS.items():
            message = catalogue(lang)[f"error.submission.{code}"]
            assert {match[1] for match in PLACEHOLDER.finditer(message)} <= set(re.findall(r"{(\w+)", words))


@pytest.mark.parametrize(
    ("old", "source"),
    [
        (
            {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": [
                {"cell_type": "code", "input": ["x = 1\n", "x"], "language": "python", "outputs": [],
                 "collapsed": False, "metadata": {}}]}]},
            "x = 1\nx",
        ),
        (
            {"nbformat": 2, "metadata": {"name": ""}, "worksheets": [{"cells": [
                {"cell_type": "code", "input": "x = 2", "language": "python", "outputs": [],
                 "collapsed": False}]}]},
            "x = 2",
        ),
        ({"nbformat": 1, "cells": [{"cell_type": "code", "code": "x = 3", "prompt_number": 1}]}, "x = 3"),
        (notebook({**CODE, "source": "x = 4"}, nbformat_minor=0), "x = 4"),
        (notebook({**CODE, "source": "x = 5"}, nbformat_minor=9), "x = 5"),
    ],
)  # fmt: skip
def test_other_formats_are_upgraded(handed_in, old, source):
    """Formats 1 to 4, whatever their minor version, become a valid notebook 4.5."""
    path = handed_in(old)
    submission = read(path)

    nbformat.validate(submission.notebook)
    assert (4, 5) == (submission.notebook.nbformat, submission.notebook.nbformat_minor)
    assert [source] == [cell.source for cell in submission.cells]
    assert read(path).notebook == submission.notebook


def test_missing_and_doubled_ids_are_replaced(handed_in):
    """Every cell has an id of its own afterwards, the same at each reading."""
    ids = [None, "a", "a", "not legal!", 7, "cell-0", "cell-3"]
    cells = [{**CODE, "id": given} if given else CODE for given in ids]

    submission = read(handed_in(notebook(*cells)))

    nbformat.validate(submission.notebook)
    expected = ["cell-0", "a", "cell-2", "cell-3", "cell-4", "cell-5", "cell-6"]
    assert expected == [cell.id for cell in submission.notebook.cells]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ({**CODE, "source": ["a\n", "b"]}, SourceCell(0, "code", "a\nb")),
        ({**CODE, "source": None}, SourceCell(0, "code", "")),
        ({**CODE, "source": ["a", 3, None]}, SourceCell(0, "code", "a")),
        ({**CODE, "metadata": None}, SourceCell(0, "code", "x = 1")),
        ({**CODE, "metadata": {"grader": "mse"}}, SourceCell(0, "code", "x = 1")),
        ({**CODE, "metadata": {"grader": {"question": ["mse"]}}}, SourceCell(0, "code", "x = 1")),
        ({**CODE, "metadata": {"tags": 5, "collapsed": "no"}}, SourceCell(0, "code", "x = 1")),
        ({"cell_type": "markdown", "source": "a", "attachments": {"a": 5}}, SourceCell(0, "markdown", "a")),
        ({"cell_type": "raw", "source": "a", "attachments": [1]}, SourceCell(0, "raw", "a")),
        ({"cell_type": "code", "source": "x"}, SourceCell(0, "code", "x")),
        ({"cell_type": "sql", "source": "x"}, SourceCell(0, "raw", "x")),
        ({"cell_type": ["code"], "source": "x"}, SourceCell(0, "raw", "x")),
        ({}, SourceCell(0, "raw", "")),
        ("x = 1", SourceCell(0, "raw", "")),
        ({**CODE, "source": "# \ud800"}, SourceCell(0, "code", "# ?")),
    ],
)
def test_damaged_cells_are_made_whole(handed_in, cell, expected):
    """Damage in a cell costs at most that cell, and what is left can be written again."""
    submission = read(handed_in(json.dumps(notebook(cell))))

    assert (expected,) == submission.cells
    nbformat.writes(submission.notebook).encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \n\t\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        ("# 한글".encode("cp949"), r"is not JSON: .* \(line 1\)"),
        ("# 한글\nimport torch".encode("cp949"), "is plain Python, not a notebook"),
        (b"\xff\xfe\x00\xd8", "is not text, so no notebook"),
        (b"\x00\x01\x02\xff", "is not text, so no notebook"),
        (b"PK\x03\x04\x14\xff", "is a ZIP file, not a notebook"),
        (b"%PDF-1.4\n", "is a PDF file, not a notebook"),
        (b"\x89PNG\r\n", "is a PNG file, not a notebook"),
        ('{"nbformat": 4,\n "cells": [{"source": "x', r"ends in the middle \(line 2\)"),
        ('{"nbformat": 4, "cells": [', r"ends in the middle \(line 1\)"),
        ("x = 1\nprint(x)\n", "is plain Python, not a notebook"),
        ('{"cells": [}', r"is not JSON: .* \(line 1\)"),
        ("hello", r"is not JSON: .* \(line 1\)"),
        ("[" * 100_000, "is nested too deeply to be a notebook"),
        ('{"nbformat": ' + "1" * 10_000 + "}", "is JSON, but not a notebook"),
        (
            '{\n"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> main\n]}',
            r"has unresolved merge-conflict markers \(line 3\)",
        ),
        ("import torch\n\nx = torch.ones(3)\n", "is plain Python, not a notebook"),
        ("#!/usr/bin/env python\nprint(1)\n", "is plain Python, not a notebook"),
        ("<!DOCTYPE html>\n<html></html>", r"is a web page, not a notebook"),
        ("[]", "is JSON, but not a notebook"),
        ("null", "is JSON, but not a notebook"),
        ('{"a": 1}', "is JSON, but not a notebook"),
        ('{"nbformat": "4"}', "is JSON, but not a notebook"),
        ('{"nbformat": true, "cells": []}', "is JSON, but not a notebook"),
        ('{"nbformat": 4}', r"is JSON, but not a notebook \(it has no list of cells\)"),
        ('{"nbformat": 4, "cells": {}}', r"is JSON, but not a notebook \(it has no list of cells\)"),
        ('{"nbformat": 5, "cells": []}', "is of notebook format 5, newer than 4"),
        ('{"nbformat": 3, "worksheets": 7}', "is a damaged notebook of format 3"),
        ('{"nbformat": 0, "cells": []}', "is a damaged notebook of format 0"),
        ('{"nbformat": -1}', "is a damaged notebook of format -1"),
    ],
)
def test_what_is_no_notebook_is_said_in_one_line(handed_in, content, message):
    """The file's name and what it is instead."""
    path = handed_in(content)

    with pytest.raises(SubmissionError, match=rf"a\.ipynb: {message}") as raised:
        read(path)
    assert "\n" not in str(raised.value)


def test_paths_that_are_no_files_are_said_in_one_line(tmp_path):
    """A folder, a link to nothing, to itself or to a solution, a pipe and nothing at all."""
    (tmp_path / "folder.ipynb").mkdir()
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "gone")
    (tmp_path / "solved.ipynb").symlink_to(Path(__file__).parents[1] / "assignments/steps/steps.ipynb")
    (tmp_path / "loop.ipynb").symlink_to("loop.ipynb")
    os.mkfifo(tmp_path / "pipe.ipynb")

    for name, message in [
        ("folder", "is a folder, not a notebook"),
        ("link", "is a link to a file that is not there"),
        ("solved", "is a link into a course"),
        ("loop", "cannot be read"),
        ("pipe", "is not a regular file"),
        ("nothing", "there is no such file"),
    ]:
        with pytest.raises(SubmissionError, match=rf"{name}\.ipynb: {message}"):
            read(tmp_path / f"{name}.ipynb")


def test_a_file_without_permission_is_said_to_be_one(handed_in, monkeypatch):
    """No permission is told apart from no file."""
    path = handed_in(notebook())

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", refuse)  # the tests may run as root, who may read all
    with pytest.raises(SubmissionError, match=r"a\.ipynb: may not be read \(no permission\)"):
        read(path)


def test_a_file_that_is_too_large_is_not_read(handed_in, monkeypatch):
    """A limit on bytes, said with both numbers."""
    monkeypatch.setattr("grader.submission.files.MAX_BYTES", 1_000_000)

    with pytest.raises(SubmissionError, match=r"a\.ipynb: has 1\.1 MB, more than 1;"):
        read(handed_in("x" * 1_000_001))


# ── collecting ────────────────────────────────────────────────────────────────────────────────────────────


def test_folders_are_searched_and_files_taken_as_they_are(handed_in, tmp_path):
    """Every notebook below a folder, sorted, without checkpoints and hidden files; each once."""
    for name in ["b/z.ipynb", "b/a.IPYNB", "c.ipynb", "b/.ipynb_checkpoints/z-checkpoint.ipynb"]:
        handed_in(notebook(), name)
    for name in ["._c.ipynb", ".git/x.ipynb", "b/notes.txt", "answer.txt"]:
        handed_in(notebook(), name)
    (tmp_path / "folder.ipynb").mkdir()
    handed_in(notebook(), "folder.ipynb/inside.ipynb")

    found = collect([tmp_path / "c.ipynb", tmp_path / "answer.txt", tmp_path])

    expected = ["c.ipynb", "answer.txt", "b/a.IPYNB", "b/z.ipynb", "folder.ipynb"]
    assert expected == [path.relative_to(tmp_path).as_posix() for path in found]


def test_order_does_not_depend_on_how_hangul_is_stored(handed_in, tmp_path):
    """Names that macOS has decomposed are sorted as they read."""
    names = ["가.ipynb", unicodedata.normalize("NFD", "나.ipynb"), "다.ipynb"]
    for name in names:
        handed_in(notebook(), name)

    assert names == [path.name for path in collect([tmp_path])]


def test_a_folder_that_may_not_be_opened_is_given_to_be_reported(handed_in, tmp_path, monkeypatch):
    """One student's closed folder does not stop the others from being graded."""
    open_one = handed_in(notebook(), "kim/a.ipynb")
    closed = handed_in(notebook(), "lee/a.ipynb").parent
    scandir = os.scandir

    def refuse(path):  # the tests may run as root, who may open all
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert [open_one, closed] == collect([tmp_path])
    with pytest.raises(SubmissionError, match=r"lee: is a folder that may not be opened"):
        read(closed)


def test_what_is_not_there_cannot_be_collected(tmp_path):
    """A misspelt path is an error, a dangling link is handed on to be reported."""
    link = tmp_path / "link.ipynb"
    link.symlink_to(tmp_path / "gone")

    assert [link] == collect([tmp_path])
    with pytest.raises(SubmissionError, match=r"gone: there is no such file or folder"):
        collect([tmp_path / "gone"])


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("202243052_홍길동", "202243052_홍길동"),
        (unicodedata.normalize("NFD", "홍길동"), "홍길동"),
        ("홍길동 - week4 (1)", "홍길동-week4-1"),
        ("[최종] 과제/4주차", "최종-과제-4주차"),
        ("a..b.", "a-b"),
        ('a<b>c:d"e|f?g*h\\i', "a-b-c-d-e-f-g-h-i"),
        ("100% & #1", "100-1"),
        ("", "submission"),
        ("...", "submission"),
        ("🙂", "submission"),
        ("-rf", "rf"),
        ("CON", "CON-notebook"),
        ("lpt1", "lpt1-notebook"),
        ("COM¹", "COM¹-notebook"),
        ("context", "context"),
        ("가" * 200, "가" * 60),
        ("tab\there\nand\0there", "tab-here-and-there"),
    ],
)
def test_slugs_are_safe_names(stem, slug):
    """Good for a folder on every system and for a URL; Hangul stays, composed."""
    assert slug == slug_of(stem)
    assert 255 > len(slug.encode())


@pytest.mark.parametrize(
    ("paths", "slugs"),
    [
        (["a.ipynb", "b.ipynb"], ["a", "b"]),
        (["kim/steps.ipynb", "lee/steps.ipynb"], ["kim-steps", "lee-steps"]),
        (["kim/Steps.ipynb", "lee/steps.ipynb"], ["kim-Steps", "lee-steps"]),
        (["x/kim/a.ipynb", "y/kim/a.ipynb"], ["kim-a", "kim-a-2"]),
        (["y/kim/a.ipynb", "x/kim/a.ipynb"], ["kim-a-2", "kim-a"]),
        (["d/a b.ipynb", "d/a-b.ipynb", "d/a-b-2.ipynb"], ["d-a-b", "d-a-b-2", "a-b-2"]),
        (["d/a.ipynb", "e/a.ipynb", "d-a.ipynb"], ["d-a-2", "e-a", "d-a"]),
        (["가.ipynb", unicodedata.normalize("NFD", "나.ipynb")], ["가", "나"]),
    ],
)
def test_slugs_of_a_batch_are_distinct(tmp_path, paths, slugs):
    """By folder, then by number; the order on the command line changes nothing."""
    batch = [tmp_path / path for path in paths]

    assert slugs == unique_slugs(batch)
    assert slugs[::-1] == unique_slugs(batch[::-1])


@pytest.mark.parametrize(
    ("stem", "student"),
    [
        ("202243052_홍길동", Student("202243052", "홍길동")),
        ("홍길동 - week4", Student(None, "홍길동")),
        ("steps_202243052", Student("202243052")),
        ("202243052", Student("202243052")),
        ("과제_김철수_202243052(1)", Student("202243052", "김철수")),
        ("4주차과제 제출 박서연", Student(None, "박서연")),
        ("이준 최종", Student(None, "이준")),
        ("남궁민수 숙제", Student(None, "남궁민수")),
        ("독고은하 숙제", Student(None, "독고은하")),
        ("홍길동 - week4의 사본", Student(None, "홍길동")),
        ("홍길동_1234567_assignsubmission_file_", Student(None, "홍길동")),
        ("steps의 사본", Student()),
        (unicodedata.normalize("NFD", "홍길동_12345678"), Student("12345678", "홍길동")),
        ("20220928_202243052", Student("202243052")),
        ("과제 제출 최종 사본", Student()),
        ("딥러닝의 기초 회귀분석", Student()),
        ("2022-09-28 기계학습 특강", Student()),
        ("steps", Student()),
        ("1234567890123", Student()),
        ("", Student()),
    ],
)
def test_students_are_read_from_file_names(stem, student):
    """An id of 6 to 12 digits, a name in Hangul; what is not sure to be one is left open."""
    assert student == student_of(stem)


def test_folders_of_a_learning_platform_tell_whose_a_notebook_is(handed_in, tmp_path):
    """The folder's name stands in for what the file's lacks, and before it; a class's folder is nobody's."""
    files = {
        "김철수_1234567_assignsubmission_file_/week4.ipynb": Student(None, "김철수"),
        "이영희_1234568_assignsubmission_file_/week4.ipynb": Student(None, "이영희"),
        "한지민 202022222/4주차/과제.ipynb": Student("202022222", "한지민"),
        "박지훈/steps_202012345.ipynb": Student("202012345", "박지훈"),
        "강의실/steps_202011111.ipynb": Student("202011111"),
        "정민우/steps_202011112.ipynb": Student("202011112"),
        "정민우/steps_202011113.ipynb": Student("202011113"),
        "홍길동.ipynb": Student(None, "홍길동"),
    }
    for name in files:
        handed_in(notebook(), name)

    assert files == {one.shown: one.student for one in all_in([tmp_path])}


@pytest.mark.parametrize(
    ("name", "source", "student"),
    [
        ("week4.ipynb", 'student_id = "0202243052"  # your number', Student("0202243052")),
        ("홍길동.ipynb", "student_id = 202243052", Student("202243052", "홍길동")),
        ("202012345.ipynb", 'student_id = "202243052"', Student("202012345")),
        ("week4.ipynb", 'student_id = ""', Student()),
    ],
)
def test_a_number_in_the_notebook_stands_in_for_one_in_its_name(handed_in, name, source, student):
    """Released notebooks ask for it; the file's name, which may be the instructor's work, comes first."""
    (one,) = all_in([handed_in(notebook({**CODE, "source": source}), name)])

    assert student == one.read("slug").student


def test_notebooks_of_one_name_that_were_given_themselves_are_told_by_their_folders(handed_in):
    """``grader grade steps */week4.ipynb`` knows the students as well; a file alone has its name alone."""
    given = [
        handed_in(notebook(), name) for name in ("김철수/week4.ipynb", "이영희/week4.ipynb", "박/a.ipynb")
    ]
    told = [("김철수/week4.ipynb", "김철수"), ("이영희/week4.ipynb", "이영희"), ("a.ipynb", None)]

    assert told == [(one.shown, one.student.name) for one in all_in(given)]


def test_the_same_code_and_none_are_told(tmp_path):
    """Whoever wrote it, and nothing of what was handed out; comments, spaces and the number do not matter."""
    asked = ["# grader-kit: steps", "df = read('https://x.kr/a.csv')", "# 문제: mse\n# 여기에", "%check"]
    long = "x = 3\n" * 150
    answers = {
        "김철수_202100007": long,
        "이영희_202100008": long.replace(" = ", "=") + "  # 내 것",
        "이영희_202100008 (1)": long,
        "박지훈_202100009": long.replace("3", "4"),
        "강지민_202100014": "x = 3",
        "정우진_202100015": "x = 3",
        "윤하준_202100010": "",
        "한지민_202100011": "# 모름",
    }
    for number, (name, source) in enumerate(answers.items()):
        sources = [f"student_id = '{number}'", "df = read('a.csv')", *asked, source]
        cells = list(map(nbformat.v4.new_code_cell, sources))
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / f"{name}.ipynb")
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "없음_202100012.ipynb")
    (tmp_path / "비었음_202100013.ipynb").write_text("")
    flagged = with_alike_flagged(all_in([tmp_path]), asked)

    assert {
        "김철수": [Message("flag.class.same-code", {"others": "이영희"})],
        "이영희": [Message("flag.class.same-code", {"others": "김철수"})],
        "윤하준": [Message("flag.class.as-released")],
        "한지민": [Message("flag.class.as-released")],
    } == {one.student.name: list(one.flags) for one in flagged if one.flags}
