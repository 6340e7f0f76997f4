"""Every bundled solution without what labels its cells; whole ones through the real kernel."""

import re
from pathlib import Path

import nbformat
import pytest

from grader.assignment.file import load
from grader.grading import grade
from grader.release import blank
from grader.submission import read

from ..shortened import EPOCHS, asking_less  # noqa: TID252 - tests are no package

FOLDER = Path(__file__).parents[2] / "assignments"
ASSIGNMENTS = ("steps", "tensors", "logistic", "homework")
TITLES = (  # texts on top of a notebook that say words of the title of one question, or of several
    ("logistic", "# 로지스틱 회귀"),
    ("logistic", "# 딥러닝 4주차 - 로지스틱 회귀"),
    ("logistic", "# 학습: 옵티마이저"),
    ("tensors", "# 텐서의 모양과 자료형"),
    ("tensors", "# 브로드캐스팅"),
    ("tensors", "# 과제\n\n모양, 자료형, 행렬곱, 브로드캐스팅을 연습한다."),
    ("tensors", "# 목차\n1. 모양\n2. 자료형"),
    ("tensors", "# 과제 (shapes)"),
)


def unlabelled(notebook, *, text):
    """Take away metadata and markers, and all that is no code unless ``text`` is to stay."""
    for cell in notebook.cells:
        cell.metadata = {}
        cell.source = re.sub(
            r"^ *# 문제:.*\n?|^ *### (BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.MULTILINE
        ).replace("range(6000)", f"range({EPOCHS})")
    notebook.cells = [cell for cell in notebook.cells if text or cell.cell_type == "code"]
    return notebook


@pytest.mark.parametrize("text", [True, False], ids=["with its text", "code alone"])
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_an_unlabelled_solution_has_full_marks_and_a_blank_none(name, text, kernel, tmp_path):
    """Answers are found by what they are."""
    assignment = asking_less(load(FOLDER / name))
    solution = nbformat.read(assignment.notebook, as_version=4)
    found = []
    for notebook in (solution, blank(solution)):
        path = tmp_path / "notebook.ipynb"
        nbformat.write(unlabelled(notebook, text=text), path)
        report, _ = grade(read(path), assignment, kernel=kernel)
        found.append(report.score)

    assert [assignment.max_score, 0.0] == found


@pytest.fixture
def report_of(reported, tmp_path):
    """Give a function that judges a notebook of such cells."""

    def report_of(cells, assignment):
        path = tmp_path / "notebook.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return reported(assignment, read(path))

    return report_of


def solution_of(assignment):
    """Give the code cells of a solution by question, without labels; what prepares them by ``None``."""
    notebook = nbformat.read(assignment.notebook, as_version=4)
    questions = [
        c.metadata.get("grader", {}).get("question") for c in notebook.cells if c.cell_type == "code"
    ]
    code = [cell.source for cell in unlabelled(notebook, text=False).cells]
    return list(zip(questions, code, strict=True))


@pytest.mark.parametrize("shared", [False, True], ids=["cells", "one cell"])
@pytest.mark.parametrize(("name", "title"), TITLES)
def test_a_title_takes_nothing_from_the_answers_below_it(name, title, shared, report_of):
    """As a text on top of all cells, or as the comment that begins the only one."""
    assignment = asking_less(load(FOLDER / name))
    code = [source for _, source in solution_of(assignment)]
    if shared:
        comment = "\n".join(f"# {line}" for line in title.splitlines())
        cells = [nbformat.v4.new_code_cell("\n".join([comment, *code]))]
    else:
        cells = [nbformat.v4.new_markdown_cell(title), *map(nbformat.v4.new_code_cell, code)]

    assert assignment.max_score == report_of(cells, assignment).score


@pytest.mark.parametrize("name", ["tensors", "logistic"])
def test_comments_in_one_cell_take_nothing_from_its_answers(name, report_of):
    """The title of each question above its part of the cell."""
    assignment = asking_less(load(FOLDER / name))
    titles = {question.id: f"# {question.title}\n" for question in assignment.questions}
    code = [titles.get(question, "") + source for question, source in solution_of(assignment)]
    cells = [nbformat.v4.new_code_cell("\n".join(code))]

    assert assignment.max_score == report_of(cells, assignment).score


def test_a_heading_that_names_two_questions_decides_between_none(report_of):
    """Both answers below it are found by what they are."""
    assignment = load(FOLDER / "tensors")
    code = [source for question, source in solution_of(assignment) if question in {None, "shapes", "dtypes"}]
    cells = list(map(nbformat.v4.new_code_cell, code))
    cells.insert(len(code) - 2, nbformat.v4.new_markdown_cell("## 1. 모양, 2. 자료형"))
    report = report_of(cells, assignment)

    assert sum(q.max_score for q in report.questions if q.id in {"shapes", "dtypes"}) == report.score


@pytest.mark.parametrize("wrong", ["t1 = torch.tensor([9.5])", "raise ValueError"])
def test_a_wrong_answer_is_its_headings_whatever_the_title_says(wrong, report_of):
    """Neither the title's cells, which import, nor its neighbours' are taken for it."""
    assignment = load(FOLDER / "tensors")
    titles = {question.id: question.title for question in assignment.questions}
    cells = [nbformat.v4.new_markdown_cell("# 자료형"), nbformat.v4.new_code_cell("import torch")]
    for question, source in solution_of(assignment):
        if question:
            cells.append(nbformat.v4.new_markdown_cell(f"## {titles[question]}"))
        cells.append(nbformat.v4.new_code_cell(wrong if question == "dtypes" else source))
    report = report_of(cells, assignment)
    mine = next(question for question in report.questions if question.id == "dtypes")

    assert assignment.max_score - mine.max_score == report.score
    assert [wrong] == [cells[cell].source for cell in mine.matched.cells]
