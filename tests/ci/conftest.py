"""Submission repositories made from scratch: git init, the student's commit, ``grader ci``."""

import os
import subprocess
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from grader.assignment.file import load
from grader.assignment.folder import find
from grader.assignment.source import read_notebook
from grader.cli import app
from grader.kit import kit_of, make
from grader.kit.notebook import notebook_text, released
from grader.kit.payload import packed

GIT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{who}_{what}": "k@k.kr" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def commit(folder):
    """Put everything in a folder under version control."""
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "과제")):
        subprocess.run(["git", *arguments], cwd=folder, env=GIT, check=True)


@dataclass
class Pushed:
    """What one run of ``grader ci`` left behind. ``log`` is what it printed."""

    code: int
    log: str
    folder: Path
    summary: str
    outputs: dict

    @property
    def files(self):
        """Give the written files by name."""
        return {
            path.name: path.read_text(encoding="utf-8") for path in (self.folder / "grader-report").iterdir()
        }

    @property
    def commands(self):
        """Give the lines of the log that a runner reads as annotations."""
        return [line for line in self.log.splitlines() if line.startswith(("::error", "::warning"))]


def outputs(text):
    """Read the file of a step's outputs as a runner does."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        value = []
        while (part := next(lines)) != end:
            value.append(part)
        found[name] = "\n".join(value)
    return found


@pytest.fixture(scope="session")
def steps():
    """Give the assignment."""
    return load(find("steps").resolve())


@pytest.fixture(scope="session")
def few(steps):
    """Give six of its questions, worth 48 points: most pushes show what they show as well with these."""
    asked = ("data", "sse", "mse", "net-bias", "sgd-what", "sgd-scalars")
    return replace(
        steps,
        passing_score=28,
        questions=tuple(question for question in steps.questions if question.id in asked),
    )


@pytest.fixture(scope="session")
def sheet(steps, few):
    """Give a function that fills the released notebook in, with the solutions or what is made of them."""
    solved = {cell.id: cell.source for cell in read_notebook(steps.notebook).cells}

    def fill(answers=None, assignment=few):
        source = read_notebook(assignment.notebook)
        asked = {None, *(question.id for question in assignment.questions)}
        source.cells = [c for c in source.cells if c.metadata.get("grader", {}).get("question") in asked]
        notebook = released(source, make(assignment))
        for cell in notebook.cells:
            question = cell.metadata.get("grader", {}).get("question")
            if question:
                answer = solved[cell.id]
                cell.source = (answers or {}).get(question, lambda source: source)(answer)
        return notebook_text(notebook)

    return fill


@pytest.fixture
def push(tmp_path, monkeypatch, kernel):
    """Give a function that makes a repository of files, commits them and checks the push."""
    monkeypatch.setattr("grader.execution.kernels.kernels", lambda **_: nullcontext(kernel))

    def pushed(files, *arguments):
        folder = tmp_path / "hw4-홍길동"
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        commit(folder)
        told = {"GITHUB_STEP_SUMMARY": tmp_path / "summary.md", "GITHUB_OUTPUT": tmp_path / "outputs"}
        for path in told.values():
            path.write_text("", encoding="utf-8")
        environment = {"GITHUB_ACTIONS": "true", **{name: str(path) for name, path in told.items()}}
        monkeypatch.chdir(folder)
        done = CliRunner(env=environment).invoke(app, ["ci", *arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        summary, said = (path.read_text(encoding="utf-8") for path in told.values())
        return Pushed(done.exit_code, done.output, folder, summary, outputs(said))

    return pushed


def edited(text):
    """Change what a question is worth in the public checks a notebook carries, digest and all."""
    notebook = nbformat.reads(text, as_version=4)
    kit = kit_of(notebook)
    document = deepcopy(dict(kit.document))
    for check in document["questions"][1]["checks"]:
        check["points"] = 0.0
    other = replace(kit, document=document)
    for cell in notebook.cells:
        cell.source = cell.source.replace(packed(kit), packed(other)).replace(kit.digest, other.digest)
    return notebook_text(notebook)
