"""The mark of record, made on the instructor's machine from the same repositories."""

import json
import subprocess

import pytest
from typer.testing import CliRunner

from grader.cli import app

from .conftest import commit, edited
from .test_ci import plus


@pytest.fixture
def grade(push, tmp_path):
    """Give a function that grades the repositories in a folder; it gives the results by folder."""

    def graded(*arguments):
        out = tmp_path / "out"
        done = CliRunner().invoke(app, ["grade", *map(str, arguments), "--out", str(out)])
        results = {
            path.parent.name: json.loads(path.read_text(encoding="utf-8"))
            for path in out.glob("*/result.json")
        }
        return done, results

    return graded


def flags(result):
    """Give the ids of what is flagged besides the commit."""
    return [flag["id"] for flag in result["flags"] if not flag["id"].startswith("flag.state.")]


def test_an_edited_kit_changes_no_mark(push, sheet, steps, grade):
    """What a push is told by an edited kit is not what is graded; the instructor hears of the kit."""
    told = push({"steps.ipynb": edited(sheet({"sse": plus}, steps))})
    done, results = grade(steps.folder, told.folder)
    (result,) = results.values()

    assert ("92", "92") == (told.outputs["score"], told.outputs["max-score"])
    assert (0, 99.0, 100.0) == (done.exit_code, result["score"], result["max_score"])
    assert ["flag.repository.kit"] == flags(result)


def test_a_class_of_clones_at_a_deadline(push, sheet, steps, grade, tmp_path):
    """Students are called after their repositories; one without a notebook has no score, and 2 is the end."""
    told = push({"steps.ipynb": sheet({"mse": plus}), "grader-report/.keep": ""})
    (tmp_path / "class").mkdir()
    told.folder.rename(tmp_path / "class" / "hw4-홍길동")
    lee = push({"README.md": "?"}).folder
    lee.rename(tmp_path / "class" / "hw4-lee")

    done, results = grade(steps.folder, tmp_path / "class", "--at", "2099-10-05 23:59 +09:00")
    right, missing = results["hw4-홍길동"], results["hw4-lee"]

    assert 2 == done.exit_code
    assert (47.0, None) == (right["score"], missing["score"])
    assert ({"id": None, "name": "홍길동"}, "hw4-홍길동/steps.ipynb") == (
        right["submission"]["student"],
        right["submission"]["path"],
    )
    assert ("hw4-lee", "flag.state.by-commit") == (
        missing["submission"]["student"]["name"],
        missing["flags"][0]["id"],
    )
    assert str(tmp_path) not in json.dumps(results)


def test_resume_tells_the_commit_of_today(push, sheet, steps, grade):
    """A notebook that has not changed is not run again; what is said of its repository is said anew."""
    told = push({"steps.ipynb": sheet({"sse": plus})})
    grade(steps.folder, told.folder)
    (told.folder / "README.md").write_text("?", encoding="utf-8")
    commit(told.folder)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=told.folder, capture_output=True, text=True, check=True
    )
    _, results = grade(steps.folder, told.folder, "--resume")
    (result,) = results.values()
    state = [flag["params"]["commit"] for flag in result["flags"] if flag["id"].startswith("flag.state.")]

    assert ([head.stdout[:12]], 47.0) == (state, result["score"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--at", "2026-10-05 23:59"), "no offset from UTC"),
        (("--pushes", "pushes.csv"), "say which count with --at"),
        (("--at", "2026-10-05 23:59 +09:00"), "--at needs repositories"),
    ],
)
def test_what_cannot_be_meant(steps, grade, tmp_path, arguments, said):
    """A time without its offset, push times without a deadline, a deadline for files."""
    done, _ = grade(steps.folder, steps.folder / "sample-class", *arguments, "--lang", "en")

    assert (2, True) == (done.exit_code, said in done.output)
