"""``grader new``: a course that works as it stands, over nobody's work."""

import re
import tomllib

import nbformat
import pytest
from typer.testing import CliRunner

from grader.assignment.file import load
from grader.assignment.references import import_file
from grader.cli import app
from grader.render.messages import LANGUAGES
from grader.validation import validate


@pytest.fixture(scope="module")
def courses(tmp_path_factory):
    """Make a course in each language."""
    folder = tmp_path_factory.mktemp("courses")
    for lang in LANGUAGES:
        made = CliRunner().invoke(app, ["new", str(folder / lang), "--lang", lang])
        assert 0 == made.exit_code, made.output
    return {lang: folder / lang for lang in LANGUAGES}


def test_its_assignment_has_no_hole(courses, kernel):
    """The solution has all points, a blank none, every misconception is caught and named."""
    found = validate(load(courses["ko"] / "assignments/line"), kernel)

    assert [] == list(found.holes)


def test_the_languages_differ_in_words_alone(courses):
    """The answers are the same, and so is all of assignment.toml but titles."""
    code, forms = [], []
    for course in courses.values():
        notebook = nbformat.read(course / "assignments/line/line.ipynb", as_version=4)
        nbformat.validate(notebook)
        code.append([cell.source for cell in notebook.cells if cell.cell_type == "code"])
        form = tomllib.loads((course / "assignments/line/assignment.toml").read_text(encoding="utf-8"))
        forms.append(form | {"title": "", "questions": [q | {"title": ""} for q in form["questions"]]})

    assert [code[0]] * len(LANGUAGES) == code
    assert [forms[0]] * len(LANGUAGES) == forms


def test_its_data_are_what_the_reference_writes(courses):
    """So that the tensors that are judged against follow from the file that students read."""
    line = import_file(courses["ko"] / "reference/line.py")

    assert line.files(1) == {
        "points.csv": (courses["ko"] / "assignments/line/data/points.csv").read_text(encoding="utf-8")
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_the_readme_names_is_there(courses, lang):
    """Its commands are commands, and its files lie where it says."""
    text = (courses[lang] / "README.md").read_text(encoding="utf-8")
    files = re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)

    assert {"validate", "release", "grade", "doctor"} == {*re.findall(r"^grader (\w+)", text, re.MULTILINE)}
    assert len(files) >= 6
    assert ["submissions/"] == [file for file in files if not (courses[lang] / file).exists()]


def test_it_goes_over_nobodys_work(tmp_path):
    """Made anew it is the same; what was changed since is named and stays, and nothing else is written."""
    new = ["new", str(tmp_path), "--lang", "en"]
    toml, gone = tmp_path / "assignments/line/assignment.toml", tmp_path / ".gitignore"
    assert [0, 0] == [CliRunner().invoke(app, new).exit_code for _ in range(2)]
    toml.write_text("mine", encoding="utf-8")
    gone.unlink()
    refused = CliRunner().invoke(app, new)

    assert 2 == refused.exit_code
    assert str(toml) in refused.output
    assert "mine" == toml.read_text(encoding="utf-8")
    assert not gone.exists()
