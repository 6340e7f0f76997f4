"""``grader release`` and ``grader check``: from the kit to what a student reads."""

import json
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from typer.testing import CliRunner

import grader.selfcheck.notebook
from grader.assignment.file import load
from grader.cli import app
from grader.grading import grade
from grader.kit import kit_of, make, stamp_of
from grader.records import CellError, CellOutcome, CellStatus, SourceCell
from grader.selfcheck.notebook import check_notebook, own_kernels
from grader.selfcheck.order import names_made, order_flags
from grader.submission import read

from .working import filled, kit_notebook, with_cells, write

ASSIGNMENTS = Path(__file__).parents[2] / "assignments"


def run(*arguments):
    """Run a command; give its exit code and what it printed, in one line."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return done.exit_code, " ".join(done.output.split())


@pytest.fixture(scope="module")
def homework():
    """Read the assignment ``homework``, the quickest to run."""
    return load(ASSIGNMENTS / "homework")


@pytest.fixture(autouse=True)
def same_kernels(monkeypatch, kernel):
    """Let ``grader check`` take the kernels that all tests share."""
    from contextlib import nullcontext  # noqa: PLC0415

    monkeypatch.setattr(grader.selfcheck.notebook, "own_kernels", lambda: nullcontext(kernel))


# ── release ───────────────────────────────────────────────────────────────────────────────────────────────


def test_release_writes_the_kit(tmp_path):
    """The notebook, the public checks as plain JSON, and the data: the same bytes each time."""
    first, second = tmp_path / "하나", tmp_path / "둘"

    assert [0, 0] == [run("release", ASSIGNMENTS / "steps", folder)[0] for folder in (first, second)]
    assert ["2022-09-22-regression.csv", "steps.ipynb", "steps.kit.json"] == sorted(
        path.name for path in first.iterdir()
    )
    assert [path.read_bytes() for path in sorted(first.iterdir())] == [
        path.read_bytes() for path in sorted(second.iterdir())
    ]
    carried = kit_of(nbformat.read(first / "steps.ipynb", 4))
    assert json.loads((first / "steps.kit.json").read_text()) == json.loads(carried.text)


def test_release_installs_from_where_it_is_told(tmp_path):
    """The address stands in the first cell, as the text it is; without one nothing is installed."""
    address = 'https://example.org/it\'s "here"/grader.whl'
    _, plain = run("release", ASSIGNMENTS / "homework", tmp_path / "plain")
    run("release", ASSIGNMENTS / "homework", tmp_path / "with", "--checker", address)
    cells = [
        nbformat.read(tmp_path / name / "homework.ipynb", 4).cells[2].source for name in ("plain", "with")
    ]

    assert "checker" in plain
    assert "pip" not in cells[0]
    assert json.dumps(address) in cells[1]
    compile(cells[1], "cell", "exec")


def test_release_does_not_write_over_the_assignment():
    """The source notebook, with its solutions, has the same name as the kit's."""
    code, said = run("release", ASSIGNMENTS / "steps", ASSIGNMENTS / "steps")

    assert (2, True) == (code, "과제 폴더 자신입니다." in said)


def test_release_does_not_write_over_anybodys_work(tmp_path):
    """A notebook that somebody filled in stays, and nothing else is written beside it either."""
    out = tmp_path / "handout"
    assert [0, 0] == [run("release", ASSIGNMENTS / "homework", out)[0] for _ in range(2)]
    (out / "homework.kit.json").unlink()
    (out / "homework.ipynb").write_text("filled in", encoding="utf-8")

    code, said = run("release", ASSIGNMENTS / "homework", out, "--lang", "en")

    assert (2, "filled in") == (code, (out / "homework.ipynb").read_text(encoding="utf-8"))
    assert not (out / "homework.kit.json").exists()
    assert ["grader: "] == [line[:8] for line in said.splitlines()]
    assert "homework.ipynb: there already, and other than what would be written" in said


def test_the_kit_asks_whose_it_is(homework):
    """A cell for the student's number, once."""
    steps = kit_notebook(load(ASSIGNMENTS / "steps"))
    numbers = [
        sum("student_id" in cell.source for cell in notebook.cells if cell.cell_type == "code")
        for notebook in (steps, kit_notebook(homework))
    ]

    assert [1, 1] == numbers  # homework asks for it itself


# ── check ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_right_notebook_passes(homework, tmp_path):
    """Exit code 0, the score, and a page beside the notebook."""
    notebook = write(filled(homework), tmp_path / "내 숙제.ipynb")
    code, said = run("check", notebook)

    assert (0, True) == (code, "100/100" in said)
    assert "40 / 40" in (tmp_path / "내 숙제-check.html").read_text(encoding="utf-8")


def test_a_notebook_below_the_passing_score(homework, tmp_path):
    """Exit code 1, what is wrong, and what to look at."""
    wrong = filled(homework, {"draw": "x = torch.zeros(5)", "line": "net = 1"})
    code, said = run("check", write(wrong, tmp_path / "x.ipynb"), "--out", tmp_path / "page.html")

    assert 1 == code
    assert "net.weight" in said
    assert (tmp_path / "page.html").is_file()


def test_cells_that_raise_are_told(homework, tmp_path):
    """Running all stops there. Nobody answers ``input()``. The terminal says it without a page, too."""
    notebook = filled(homework)
    notebook.cells += [new_code_cell("name = input()"), new_code_cell("'ab' + 'c' * 900 + 1")]
    code, said = run(
        "check", write(notebook, tmp_path / "x.ipynb"), "--out", tmp_path / "no folder" / "x.html"
    )

    number = len(notebook.cells)
    assert f"! 셀 {number - 1}의 1번째 줄에서 StdinNotImplementedError 에러가 났습니다" in said
    assert "`input()`에 답할 사람이 없습니다" in said
    assert f"! 셀 {number}의 1번째 줄에서 TypeError 에러가 났습니다" in said
    assert (2, True) == (
        code,
        "100/100" in said and "no folder/x.html: 그런 파일이나 폴더가 없습니다" in said,
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<<<<<<< HEAD\n", "충돌"),
        (nbformat.writes(nbformat.v4.new_notebook(cells=[new_code_cell("x = 1")])), "준비 셀이 없습니다"),
        (None, "없"),
    ],
)
def test_what_cannot_be_checked(tmp_path, content, words):
    """Exit code 2 and a sentence in Korean, not a traceback."""
    path = tmp_path / "x.ipynb"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    code, said = run("check", path)

    assert 2 == code
    assert words in said
    assert said.startswith("grader: x.ipynb: ")


def test_a_kit_that_was_edited(homework, tmp_path):
    """It is said, and what to do; the notebook is graded all the same."""
    notebook = filled(homework)
    notebook.cells[2].source = notebook.cells[2].source.replace(
        "# grader-kit: homework 1", "# grader-kit: homework 9"
    )
    code, said = run("check", write(notebook, tmp_path / "x.ipynb"))

    assert (2, True) == (code, "준비 셀의 내용이 바뀌었습니다" in said)


def test_without_a_sandbox(homework, monkeypatch, tmp_path):
    """On one's own machine none is needed."""
    from grader.errors import SandboxError  # noqa: PLC0415
    from grader.execution import kernels as making  # noqa: PLC0415
    from grader.execution import protections  # noqa: PLC0415

    def missing():
        raise SandboxError("none")

    monkeypatch.undo()
    monkeypatch.setattr(protections, "require", missing)
    monkeypatch.setattr(making, "WarmKernels", partial(making.WarmKernels, preloaded=()))  # sooner
    submission = read(write(filled(homework), tmp_path / "x.ipynb"))
    with own_kernels() as plain:
        report, _ = check_notebook(submission, kit_of(submission.notebook), kernel=plain)

    assert ("none", 100.0) == (report.environment.sandbox, report.score)


# ── what worked in another order ──────────────────────────────────────────────────────────────────────────


def cells(*sources, counts=(), raised=()):
    """Build code cells with the numbers a file has for them."""
    numbers = dict(enumerate(counts, 0))
    return tuple(
        SourceCell(i, "code", source, None, numbers.get(i), i in raised) for i, source in enumerate(sources)
    )


def name_error(index, name):
    """Build the outcome of a cell that misses a name."""
    return CellOutcome(index, CellStatus.RAISED, CellError("NameError", f"name '{name}' is not defined"))


@pytest.mark.parametrize(
    ("given", "outcomes", "said"),
    [
        (cells("a = 1", "b = a", counts=(1, 2)), (), []),
        (cells("a = 1", "b = a", counts=(None, None)), (), []),
        (cells("a = 1", "b = a", counts=(7, 3)), (), [("flag.run-order", {"cell": 2, "other": 1})]),
        (cells("b = a", counts=(2,)), (name_error(0, "a"),), [("flag.name-gone", {"cell": 1, "name": "a"})]),
        (cells("b = a"), (name_error(0, "a"),), []),
        (cells("b = a", counts=(2,), raised=(0,)), (name_error(0, "a"),), []),
        (
            cells("b = a", "a = 1", counts=(3, 4)),
            (name_error(0, "a"),),
            [("flag.name-later", {"cell": 1, "name": "a", "other": 2})],
        ),
        (cells("from x import *", "b = a", counts=(1, 2)), (name_error(1, "a"),), []),
        (cells("a = 1\ndel a", "b = a", counts=(1, 2)), (name_error(1, "a"),), []),
    ],
)
def test_what_is_said_of_the_order(given, outcomes, said):
    """Only what the file and the fresh run show together."""
    assert said == [(flag.id, flag.params) for flag in order_flags(given, outcomes)]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a, (b, *c) = 1, (2, 3)", {"a", "b", "c"}),
        ("import os.path as p, re\nfrom x import y as z, w", {"p", "re", "z", "w"}),
        ("def f(x):\n    inner = 1\nclass C:\n    field = 1", {"f", "C"}),
        ("for i in range(3):\n    j = i\nwith open('x') as h:\n    pass", {"i", "j", "h"}),
        ("[k for k in x]\n(n := 3)", {"n"}),
        ("%matplotlib inline\n!pip install x\na = 1", {"a"}),
        ("def broken(:", set()),
    ],
)
def test_names_that_a_cell_makes(source, names):
    """Those that other cells see."""
    assert names == names_made(source) - {"get_ipython"}


def test_a_name_from_a_deleted_cell_is_said_in_so_many_words(homework, tmp_path):
    """The notebook showed a result; from top to bottom it has none."""
    notebook = with_cells(filled(homework), "print(alpha)")
    for number, cell in enumerate([cell for cell in notebook.cells if cell.cell_type == "code"], 1):
        cell.execution_count = 20 - number
        cell.outputs = [new_output("stream", text="0.1")]
    code, said = run("check", write(notebook, tmp_path / "x.ipynb"))

    assert 0 == code
    assert re.search(r"셀 \d+에서 쓰는 alpha[은는(].* 이 노트북의 어느 셀에서도 만들지 않습니다", said)
    assert "셀을 위에서 아래로 실행한 것이 아닙니다" in said


# ── grading what was handed in ────────────────────────────────────────────────────────────────────────────


def as_colab_saves(notebook):
    """Give a notebook as Colab writes it: no ids, its own metadata, `cellView` and outputs kept."""
    notebook = json.loads(nbformat.writes(notebook))
    notebook["nbformat_minor"] = 0
    notebook["metadata"] = {
        "colab": {"provenance": [], "name": "steps.ipynb"},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "accelerator": "GPU",
    }
    for number, cell in enumerate(notebook["cells"]):
        cell.pop("id", None)
        kept = {"cellView": "form"} if "cellView" in cell["metadata"] else {}
        cell["metadata"] = {"id": f"x{number:011d}", **kept, "executionInfo": {"status": "ok", "elapsed": 12}}
        if cell["cell_type"] == "code":
            cell["metadata"]["outputId"] = "3f0c"
            cell["execution_count"] = number + 1
    return json.dumps(notebook, ensure_ascii=False)


def test_colabs_notebook_loses_nothing(kernel, tmp_path):
    """Released, worked on in Colab, handed in alone, checked and graded: all points, no flag."""
    assignment = load(ASSIGNMENTS / "steps")
    worked = filled(assignment)
    worked.cells.insert(3, new_code_cell("from google.colab import drive\ndrive.mount('/content/drive')"))
    path = tmp_path / "홍길동 - steps의 사본.ipynb"
    path.write_text(as_colab_saves(worked), encoding="utf-8")
    submission = read(path)
    checked, _ = check_notebook(submission, kit_of(submission.notebook), kernel=kernel)
    graded, _ = grade(submission, replace(assignment, run_twice=0), kernel=kernel)

    assert (100.0, 100.0) == (checked.score, graded.score)
    assert [] == [flag for flag in graded.flags if not flag.id.startswith("flag.colab")]
    assert ("steps", "1") == (stamp_of(submission.notebook).id, stamp_of(submission.notebook).version)


def test_the_second_run_has_the_other_data(kernel, tmp_path):
    """The first cell does not put the course's data where other data lie: nobody is flagged."""
    assignment = replace(load(ASSIGNMENTS / "steps"), run_twice=1)
    report, _ = grade(read(write(filled(assignment), tmp_path / "x.ipynb")), assignment, kernel=kernel)

    assert 100.0 == report.score
    assert () == report.flags


@pytest.mark.parametrize(
    ("old", "new", "flag"),
    [
        ("homework 1 ", "homework 2023 ", ("flag.kit-version", {"kit": "2023", "assignment": "1"})),
        ("homework 1 ", "steps 1 ", ("flag.kit-other", {"kit": "steps", "assignment": "homework"})),
    ],
)
def test_a_notebook_from_another_version_is_flagged(  # noqa: PLR0917 - a row of the table
    homework, kernel, tmp_path, old, new, flag
):
    """By the visible stamp; it costs nothing."""
    notebook = filled(homework)
    notebook.cells[2].source = notebook.cells[2].source.replace(
        f"# grader-kit: {old}", f"# grader-kit: {new}"
    )
    report, _ = grade(read(write(notebook, tmp_path / "x.ipynb")), homework, kernel=kernel)

    assert flag in [(one.id, one.params) for one in report.flags]
    assert 100.0 == report.score


def test_a_blank_kit_is_not_answered(kernel, tmp_path):
    """Neither the first cells nor the last, nor a %check below a stub, are taken for an answer."""
    assignment = load(ASSIGNMENTS / "steps")
    notebook = kit_notebook(assignment)
    notebook.cells.insert(-2, new_code_cell("%check sgd-scalars"))
    report, _ = grade(read(write(notebook, tmp_path / "x.ipynb")), assignment, kernel=kernel)

    assert {"unanswered"} == {str(question.status) for question in report.questions}


# ── without expected values ───────────────────────────────────────────────────────────────────────────────


def test_values_that_are_judged_later_cost_nothing_here(kernel, tmp_path):
    """With forms alone the public part is what forms and trainings can tell, and that is all right."""
    assignment = replace(load(ASSIGNMENTS / "steps"), show_expected="never")
    submission = read(write(filled(assignment), tmp_path / "x.ipynb"))
    report, _ = check_notebook(submission, make(assignment), kernel=kernel)
    later = [check for q in report.questions for check in q.checks if check.message.id == "value.form"]

    assert report.max_score == report.score < 100
    assert {"passed"} == {str(question.status) for question in report.questions}
    assert {0.0} == {check.max_points for check in later}
    assert "net-bias.yhat" in {check.id for check in later}


def test_a_wrong_form_is_wrong_here_too(kernel, tmp_path):
    """A shape that is not the one asked for loses its points, whatever the numbers are."""
    assignment = replace(load(ASSIGNMENTS / "tensors"), show_expected="never")
    wrong = "a = torch.tensor([[1, 2, 3]])\ncol1 = a.T\ncol2 = a.T\nrow1 = a\nrow2 = [1, 2, 3]"
    submission = read(write(filled(assignment, {"shapes": wrong}), tmp_path / "x.ipynb"))
    report, _ = check_notebook(submission, make(assignment), kernel=kernel)
    shapes = next(question for question in report.questions if question.id == "shapes")

    assert {"shapes.a": "value.shape", "shapes.row2": "value.kind"} == {
        check.id: check.message.id for check in shapes.checks if str(check.status) == "failed"
    }
    assert "failed" == shapes.status


def test_a_page_is_not_written_over_the_notebook(tmp_path):
    """Whoever names it as where the page goes keeps his work."""
    path = tmp_path / "steps.ipynb"
    path.write_text("{}", encoding="utf-8")
    code, said = run("check", path, "--out", path)

    assert (2, "{}") == (code, path.read_text(encoding="utf-8"))
    assert "확인하려는 노트북 자신입니다. --out에 다른 파일을 써 주세요." in said
