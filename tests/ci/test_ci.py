"""``grader ci`` on repositories made from scratch."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from junitparser import JUnitXml

from grader.assignment.file import load
from grader.assignment.folder import find
from grader.ci.earlier import FILES
from grader.kit import make
from grader.records import Visibility

from .conftest import commit, edited, outputs

NO_CELLS = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def plus(source):
    """Let the update go the wrong way."""
    assert "What.data - " in source
    return source.replace("What.data - ", "What.data + ")


def summed(source):
    """Take the sum for the mean."""
    assert "torch.mean(" in source
    return source.replace("torch.mean(", "torch.sum(")


def raising(_):
    """Raise, with what a log could take for commands."""
    return 'raise ValueError("::error::속임 %0A ##[error]x")'


def dying(_):
    """Let the kernel die."""
    return "import os\nos._exit(1)"


def test_right(push, sheet, steps):
    """The whole assignment, all right: 0, full marks, nothing to annotate."""
    done = push({"steps.ipynb": sheet(assignment=steps)})

    assert (0, []) == (done.code, done.commands)
    assert {"status": "graded", "passed": "true", "score": "100"}.items() <= done.outputs.items()
    assert "통과했습니다." in done.log
    assert "100 / 100점" in done.summary


def test_partly_right(push, sheet):
    """One mistake: points are lost, the diagnosis stands beside the student's line of the notebook."""
    done = push({"steps.ipynb": sheet({"mse": plus})}, "--min-score", "100")
    (annotation,) = done.commands
    line = int(re.search(r"file=steps.ipynb,line=(\d+)", annotation)[1])
    raw = (done.folder / "steps.ipynb").read_text(encoding="utf-8").splitlines()

    assert (1, "false", "47") == (done.code, done.outputs["passed"], done.outputs["score"])
    assert "What.data + " in raw[line - 1]
    assert "미분값을 빼지 않고 더했습니다" in annotation
    assert "아직 통과 기준에 못 미칩니다" in done.log


def test_advice_only(push, sheet):
    """With --no-fail the same is no failure."""
    assert 0 == push({"steps.ipynb": sheet({"mse": plus})}, "--min-score", "100", "--no-fail").code


def test_crashing(push, sheet):
    """A cell that raises and one that kills the kernel cost their questions, and are annotated."""
    done = push({"steps.ipynb": sheet({"sse": raising, "sgd-what": dying})}, "--min-score", "100")
    suite = JUnitXml.fromstring(done.files["junit.xml"].encode())

    assert (1, "32") == (done.code, done.outputs["score"])
    assert any("ValueError" in it for it in done.commands)
    assert any("커널이 종료되었습니다" in it for it in done.commands)
    assert (0, True) == (suite.errors, suite.failures > 0)


def test_a_student_commands_no_runner(push, sheet):
    """While a student's words are printed, the runner reads no commands; in annotations they are escaped."""
    done = push({"steps.ipynb": sheet({"sse": raising})})
    lines = done.log.splitlines()
    token = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", lines[0])[1]
    quiet = lines.index(f"::{token}::")
    after = [line for line in lines[quiet + 1 :] if "속임" in line]

    assert any("속임" in line for line in lines[:quiet])
    assert all(line.startswith("::error file=steps.ipynb") and "%250A" in line for line in after)


def test_no_notebook(push, few):
    """A repository without a notebook: 2, said in the student's language; with a kit, also in the report."""
    done = push({"README.md": "?", "steps.kit.json": make(few).text, "grader.toml": 'assignment = "steps"\n'})
    suite = JUnitXml.fromstring(done.files["junit.xml"].encode())

    assert (2, "error", "") == (done.code, done.outputs["status"], done.outputs["score"])
    assert "저장소에 노트북이 없습니다" in done.log
    assert 1 == suite.errors


def test_nothing_at_all(push):
    """Without notebook and kit there is one line, and the same in the summary."""
    done = push({"README.md": "?"})

    assert (2, "error") == (done.code, done.outputs["status"])
    assert "저장소에 노트북이 없습니다" in done.log
    assert "저장소에 노트북이 없습니다" in done.summary


def test_a_notebook_that_is_none(push):
    """A merge conflict is the student's to mend: one line says where."""
    done = push({"steps.ipynb": "<<<<<<< HEAD\n"})

    assert (2, True) == (done.code, "병합 충돌" in done.log)
    assert "Traceback" not in done.log


def test_two_notebooks(push, sheet):
    """The one with the answers is checked, and the report names the other."""
    blank = sheet(dict.fromkeys(("data", "sse", "mse", "sgd-what"), lambda _: "# 문제: x"))
    done = push({"steps.ipynb": blank, "steps-final.ipynb": sheet()})

    assert ("48", True) == (done.outputs["score"], "steps-final.ipynb" in done.summary)
    assert "노트북이 여러 개" in done.log


def test_renamed_notebook(push, sheet):
    """What it is called, and in which folder it lies, does not matter."""
    done = push({"숙제 [4주차]/홍길동, 과제: 4.ipynb": sheet({"mse": plus})}, "--lang", "en")

    assert (0, "47") == (done.code, done.outputs["score"])
    assert "file=숙제 [4주차]/홍길동%2C 과제%3A 4.ipynb,line=" in done.commands[0]


@pytest.mark.parametrize("pin", ["file", "option", "toml"])
def test_edited_kit(push, sheet, few, tmp_path, pin):
    """Public checks that were changed, digest and all, are noticed; those that were given out are used."""
    given = tmp_path / "given.kit.json"
    given.write_text(make(few).text, encoding="utf-8")
    extra, arguments = {
        "file": ({"steps.kit.json": make(few).text}, ()),
        "option": ({}, ("--kit", str(given))),
        "toml": ({"grader.toml": f"kit = {json.dumps(str(given))}\n"}, ()),
    }[pin]
    done = push({"steps.ipynb": edited(sheet({"sse": raising})), **extra}, *arguments)

    assert ("40", "48") == (done.outputs["score"], done.outputs["max-score"])
    assert "나누어 준 것과 달라서" in done.log


@pytest.mark.parametrize("known", [True, False])
def test_edited_kit_that_cannot_be_replaced(push, sheet, few, known):
    """Where the released kit cannot be reached, a digest that does not fit is said all the same."""
    settings = 'kit = "https://127.0.0.1:9/steps.kit.json"\n'
    settings += f'digest = "{make(few).digest}"\n' if known else ""
    done = push({"steps.ipynb": edited(sheet({"sse": raising})), "grader.toml": settings})

    assert ("40", "40") == (done.outputs["score"], done.outputs["max-score"])
    assert ("나누어 준 것과 다른데" if known else "같은지 알 수 없었습니다") in done.log


@pytest.mark.parametrize("named", ["option", "toml"])
@pytest.mark.parametrize(
    ("kit", "said"),
    [
        ("nowhere.json", "nowhere.json: the kit cannot be read: there is no such file"),
        (".", ".: the kit cannot be read: this is a folder"),
        ("README.md", "README.md: this is no kit"),
        ("data.json", "data.json: this is no kit"),
    ],
)
def test_a_path_without_a_kit(push, sheet, kit, said, named):
    """Whoever misspelt it is told, in one line and by the exit code: it will not mend itself."""
    files = {"steps.ipynb": sheet(), "README.md": "?", "data.json": "{}"}
    files |= {"grader.toml": f'kit = "{kit}"\n'} if named == "toml" else {}
    done = push(files, "--lang", "en", *(("--kit", kit) if named == "option" else ()))

    assert (2, "error") == (done.code, done.outputs["status"])
    assert said in done.log
    assert said in done.commands[0]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"empty.ipynb": ""}, "empty.ipynb: The file is empty"),
        ({"grader.toml": 'notebook = "x.ipynb"'}, "grader.toml: notebook = 'x.ipynb': The file is not there"),
        ({"no.ipynb": NO_CELLS}, "no.ipynb: The set-up cell, which checking needs, is missing"),
        (
            {"no.ipynb": NO_CELLS, "grader.toml": 'kit = "http://127.0.0.1:9/k"'},
            "no.ipynb carries no kit of its own, and that at http://127.0.0.1:9/k could not be had",
        ),
    ],
)
def test_what_cannot_be_checked_is_named(push, files, said):
    """Which file it is, and whether the student or whoever keeps the kit has to do something."""
    done = push(files, "--lang", "en")

    assert 2 == done.code
    assert said in done.log


@pytest.mark.parametrize("named", ["option", "toml"])
def test_a_kit_of_another_assignment(push, sheet, tmp_path, named):
    """It is no student's fault, who would have nothing: one line names both and what to change."""
    given = tmp_path / "tensors.kit.json"
    given.write_text(make(load(find("tensors"))).text, encoding="utf-8")
    files = {"steps.ipynb": sheet()} | ({"grader.toml": f'kit = "{given}"\n'} if named == "toml" else {})
    done = push(files, "--lang", "en", *(("--kit", str(given)) if named == "option" else ()))

    assert (2, "error") == (done.code, done.outputs["status"])
    assert (
        "tensors.kit.json is the kit of the assignment tensors, and steps.ipynb is a notebook of steps"
        in done.log
    )
    assert "--kit" in done.commands[0]


def test_an_error_leaves_no_earlier_result(push, sheet, few, tmp_path):
    """Files of the run before would pass for this one's; those of others stay."""
    before = push({"steps.ipynb": sheet(assignment=few)})
    (before.folder / "grader-report" / "mine.txt").write_text("")
    found = set(before.files)
    after = push({"grader.toml": "notebook"})

    assert ({*FILES, "mine.txt"}, 2, {"mine.txt"}) == (found, after.code, set(after.files))


def test_an_error_leaves_what_is_not_ours(push):
    """Pages of others may have the same names."""
    done = push({"grader.toml": "notebook", "grader-report/summary.md": "mine"})

    assert (2, {"summary.md": "mine"}) == (done.code, done.files)


def test_the_workflows_kit_comes_before_the_students_word(push, sheet, few, tmp_path):
    """A digest in grader.toml, which students can edit, does not keep --kit from being used."""
    given = tmp_path / "given.kit.json"
    given.write_text(make(few).text, encoding="utf-8")
    forged = edited(sheet({"sse": raising}))
    digest = re.search(r"# grader-kit: steps 1 ([0-9a-f]{64})", forged)[1]
    done = push({"steps.ipynb": forged, "grader.toml": f'digest = "{digest}"\n'}, "--kit", str(given))

    assert "48" == done.outputs["max-score"]


def test_a_repository_below_the_job(push, sheet, tmp_path):
    """Annotations name files from where the job works, not from where the notebook's folder begins."""
    done = push({"hw4/steps.ipynb": sheet({"mse": plus})}, "hw4")

    assert "file=hw4/steps.ipynb,line=" in done.commands[0]


def test_no_kit(push, sheet):
    """A notebook that lost its first cells says which, and that handing it in is not lost."""
    notebook = json.loads(sheet())
    notebook["cells"] = [cell for cell in notebook["cells"] if not str(cell.get("id")).startswith("grader-")]
    done = push({"steps.ipynb": json.dumps(notebook)})

    assert (2, True) == (done.code, "steps.ipynb: 이 노트북에는 스스로 확인하는 데" in done.log)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("notbook = 'x.ipynb'", "grader.toml: there is no key notbook; there are assignment, notebook, "),
        ("notebook = 3", "grader.toml: notebook should be a text in quotes"),
        ("notebook", "grader.toml: "),
        ("assignment = 'logistic'", "steps.ipynb is of the assignment steps; grader.toml says logistic"),
        ("notebook = 'y.ipynb'", "The file is not there"),
        ("notebook = '../other/steps.ipynb'", "grader.toml: "),
    ],
)
def test_settings(push, sheet, settings, said):
    """What is wrong in grader.toml is said in a line; it is not the student's failure."""
    done = push({"steps.ipynb": sheet(), "grader.toml": settings}, "--lang", "en")

    assert (2, True) == (done.code, said in done.log)


def test_nothing_that_must_not_be_shown(push, sheet, steps):
    """No path of the runner, no expected value, no hidden check's word in log, files, summary, outputs."""
    hidden = replace(
        steps,
        show_expected="never",
        questions=tuple(
            replace(it, checks=tuple(replace(c, visibility=Visibility.HIDDEN) for c in it.checks))
            if it.id == "net-bias"
            else it
            for it in steps.questions
        ),
    )
    answers = {"mse": summed, "data": lambda source: source + "\ny = y + 1\nopen('/nowhere/x')"}
    done = push({"steps.ipynb": sheet(answers, hidden)})
    everything = "\n".join((done.log, done.summary, str(done.outputs), *done.files.values()))
    report = json.loads(done.files["result.json"])

    assert "step2" in everything
    assert [] == [number for number in ("85.87", "-0.8470", "2.4290", "13.42") if number in everything]
    assert [] == [
        path for path in (str(done.folder), str(Path.home()), "/tmp/", sys.prefix) if path in everything
    ]
    assert "net-bias" not in {question["id"] for question in report["questions"]}
    assert "확인하지 않는 항목이 더 있습니다" in done.log


def test_plain_log(sheet, tmp_path):
    """On a CI that is not GitHub's the log is plain text: no colours, no commands, no blank ends of lines."""
    (tmp_path / "steps.ipynb").write_text(sheet({"mse": plus}), encoding="utf-8")
    commit(tmp_path)
    done = subprocess.run(
        [Path(sys.executable).with_name("grader"), "ci", "--lang", "ko"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()

    assert (0, "") == (done.returncode, done.stderr)
    assert [] == [line for line in lines if "\x1b" in line or line.startswith("::") or line != line.rstrip()]
    assert "통과했습니다." == lines[-2]
    assert "grader-report/report.html" == lines[-1]
    assert any("✗ step4 update" in line for line in lines)


def test_outputs_cannot_be_forged():
    """A value that looks like the end of a value and another output stays a value."""
    assert {"a": "x\nb<<y\n1\ny"} == outputs("a<<end_1\nx\nb<<y\n1\ny\nend_1\n")
