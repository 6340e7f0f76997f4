"""Which notebook of a repository is the answer, whose it is, and what is odd about it."""

import json

import nbformat
import pytest

from grader.file_names import unique_slugs
from grader.kit import kit_of
from grader.kit import make as make_kit
from grader.kit.notebook import released
from grader.kit.payload import packed
from grader.release import blank
from grader.repositories import Wanted, clones_among, taken
from grader.submission.files import left_out

from .histories import BEFORE, EARLY
from .making import commit, make, notebook


@pytest.fixture(scope="module")
def sheets(steps):
    """Give notebooks: solved, as released, half done, and without labels."""
    solved = nbformat.read(steps.notebook, as_version=4)
    empty = released(solved, make_kit(steps), lang="ko")
    half = blank(solved)
    half.cells[5].source = solved.cells[5].source
    own = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    notebooks = {"solved": solved, "released": empty, "half": half, "own": own}
    return {name: nbformat.writes(one) for name, one in notebooks.items()}


@pytest.fixture
def take(steps, tmp_path):
    """Take a notebook out of a repository that was made of these commits' files."""

    def one(*versions, name="kim"):
        commits = [
            commit(f"c{at}", EARLY if at == 0 else BEFORE, files=files) for at, files in enumerate(versions)
        ]
        make(tmp_path / name, *commits)
        (ours := tmp_path / "ours").mkdir()
        (found,) = taken([tmp_path / name], Wanted(steps), ours)
        return found

    return one


def flags(one):
    """Give the flags besides the one that tells the commit."""
    return [flag.id for flag in one.flags if not flag.id.startswith("flag.state.")]


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ({"steps.ipynb": "half", "practice.ipynb": "own"}, "steps.ipynb"),
        ({"steps.ipynb": "released", "steps-홍길동.ipynb": "solved"}, "steps-홍길동.ipynb"),
        ({"steps.ipynb": "half", "final.ipynb": "solved"}, "final.ipynb"),
        ({"a.ipynb": "solved", "steps.ipynb": "solved"}, "steps.ipynb"),
        ({"old/steps.ipynb": "solved", "steps.ipynb": "solved"}, "steps.ipynb"),
        ({"steps.ipynb": "released", "mine.ipynb": "own"}, "mine.ipynb"),
    ],
)
def test_the_notebook_with_most_answers(take, sheets, files, chosen):
    """A copy that was worked on counts before the untouched original; the others are named."""
    one = take({path: sheets[name] for path, name in files.items()})

    assert chosen == one.within
    assert ["flag.repository.notebooks"] == flags(one)
    assert set(files) - {chosen} == set(one.flags[-1].params["others"].split(", "))


def test_renamed_notebook(take, sheets):
    """A single notebook is the answer whatever it is called, and nothing is flagged."""
    one = take({"숙제/4주차 과제.ipynb": sheets["solved"], "README.md": "?"})

    assert ("kim/숙제/4주차 과제.ipynb", []) == (one.shown, flags(one))


def test_a_class_in_one_repository(take, sheets):
    """A folder of a whole class under version control is no student's: nobody's notebook is passed over."""
    one = take({"김하늘_steps.ipynb": sheets["half"], "박지훈 - steps.ipynb": sheets["half"]})

    assert ("repository-several", 2) == (one.wrong.code, one.wrong.params["count"])


def test_several_by_one_student(take, sheets):
    """The same name on several notebooks is one student's."""
    one = take({"홍길동_steps.ipynb": sheets["half"], "홍길동_steps_최종.ipynb": sheets["solved"]})

    assert "홍길동_steps_최종.ipynb" == one.within


def test_hidden_copies_are_left_out(take, sheets):
    """Jupyter's checkpoints are no second notebook."""
    one = take({"steps.ipynb": sheets["half"], ".ipynb_checkpoints/steps-checkpoint.ipynb": sheets["solved"]})

    assert ("steps.ipynb", []) == (one.within, flags(one))


def test_no_notebook(take):
    """A repository without one has no score, and says so."""
    assert "repository-no-notebook" == take({"main.py": "print()"}).wrong.code


def test_one_broken_one_whole(take, sheets):
    """A notebook that cannot be read does not keep the other from being graded."""
    one = take({"a.ipynb": "<<<<<<< HEAD", "steps.ipynb": sheets["half"]})

    assert ("steps.ipynb", ["flag.repository.notebooks"]) == (one.within, flags(one))


def test_all_broken(take):
    """The reason is the notebook's own."""
    assert "conflict" == take({"steps.ipynb": "<<<<<<< HEAD\n"}).wrong.code


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("hw4-202243052-홍길동", ("202243052", "홍길동")),
        ("hw4-202243052", ("202243052", "hw4-202243052")),
        ("hw4-gildong", (None, "hw4-gildong")),
    ],
)
def test_student_is_named_by_the_repository(take, sheets, name, student):
    """Id and name are read from the repository's name; what cannot be read is named as it is."""
    one = take({"steps.ipynb": sheets["half"]}, name=name)
    read = one.read("slug")

    assert student == (one.student.id, one.student.name) == (read.student.id, read.student.name)
    assert f"{name}/steps.ipynb" == read.path


def edited(sheet):
    """Change what a first mark is worth in the public checks that a notebook carries."""
    notebook = nbformat.reads(sheet, as_version=4)
    kit = kit_of(notebook)
    document = json.loads(kit.text)
    document["questions"][0]["points"] = 90.0
    other = type(kit)(document)
    for cell in notebook.cells:
        cell.source = cell.source.replace(packed(kit), packed(other)).replace(kit.digest, other.digest)
    return nbformat.writes(notebook)


def test_edited_kit(take, sheets):
    """Public checks that were changed are flagged, also where their own digest fits."""
    one = take({"steps.ipynb": edited(sheets["released"])})

    assert ["flag.repository.kit"] == flags(one)


def test_untouched_kit(take, sheets):
    """What was released is not flagged."""
    assert [] == flags(take({"steps.ipynb": sheets["released"]}))


def test_one_name_in_two_organisations(steps, sheets, tmp_path):
    """Repositories of one name are told apart by the folders they lie in, whatever their order."""
    for group in ("class-a", "class-b"):
        make(tmp_path / group / "kim", commit("c", BEFORE, files={"steps.ipynb": sheets["half"]}))
    clones, _ = clones_among([tmp_path / "class-a", tmp_path / "class-b"])
    slugs = []
    for number, given in enumerate((clones, clones[::-1])):
        (ours := tmp_path / str(number)).mkdir()
        slugs.append(set(unique_slugs([one.called for one in taken(given, Wanted(steps), ours)])))

    assert [{"class-a-kim", "class-b-kim"}] * 2 == slugs


WORKFLOW = ".github/workflows/grader.yml"


def test_edited_workflow(take, sheets):
    """A workflow that is not what it was in the first commit is flagged; work on the notebook is not."""
    first = {"steps.ipynb": sheets["released"], WORKFLOW: "on: push", "grader.toml": 'assignment = "steps"'}
    one = take(first, {**first, "steps.ipynb": sheets["half"], WORKFLOW: "on: never"})

    assert ["flag.repository.workflow"] == flags(one)
    assert WORKFLOW == one.flags[-1].params["files"]


def test_workflow_that_the_class_does_not_have(steps, sheets, tmp_path):
    """In a class, what most have is what was given out: a history that was rewritten hides nothing."""
    given = {"steps.ipynb": sheets["half"], WORKFLOW: "on: push"}
    odd = {"b": {**given, WORKFLOW: "on: never"}, "d": {"steps.ipynb": sheets["half"]}}
    for name in "abcde":
        make(tmp_path / "class" / name, commit("c", BEFORE, files=odd.get(name, given)))
    (ours := tmp_path / "ours").mkdir()
    found = taken(clones_among([tmp_path / "class"])[0], Wanted(steps), ours)

    assert {"b", "d"} == {one.repository for one in found if flags(one)}


def test_clones_are_never_named_as_left_out(tmp_path):
    """Bare ones, empty ones and those whose notebook was deleted are graded; a folder beside them is not."""
    for name in ("bare.git", "deleted", "empty"):
        make(tmp_path / name, options=["--bare"] if name == "bare.git" else [])
    (tmp_path / "kim").mkdir()
    clones, _ = clones_among([tmp_path])

    assert 3 == len(clones)
    assert ["kim/"] == left_out([tmp_path, tmp_path / "bare.git"], [*clones, tmp_path / "bare.git"])


def test_notebooks_beside_clones(tmp_path):
    """A folder may hold clones and notebooks: none of them is lost."""
    make(tmp_path / "kim", commit("c", BEFORE))
    (tmp_path / "lee.ipynb").write_text(notebook("x"), encoding="utf-8")
    (tmp_path / "README.md").write_text("?", encoding="utf-8")

    assert ([tmp_path / "kim"], [tmp_path / "lee.ipynb"]) == clones_among([tmp_path])
