"""The wheel in environments of its own: beside torch alone, and beside what Colab has."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from grader.assignment.file import load

from ..shortened import asking_less, with_short_loops  # noqa: TID252 - tests are no package
from .environments import environment, versions
from .working import filled, kit_notebook, write

ROOT = Path(__file__).parents[2]
#: What Colab has in other versions than the environment that runs the tests; pip finds the nbclient for them.
COLAB = (
    "ipython==7.34.0", "ipykernel==6.17.1", "jupyter-client==7.4.9", "traitlets==5.7.1", "tornado==6.3.3",
    "pyzmq<26", "nbclient",
)  # fmt: skip
RUN = """
import json, pathlib, sys, nbformat
from nbclient import NotebookClient
said = {}
for path in map(pathlib.Path, sys.argv[1:]):
    notebook = nbformat.read(path, 4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    outputs = notebook.cells[-1].outputs
    said[path.stem] = [o.get("data", {}).get("text/plain", "") + o.get("text", "") for o in outputs]
print(json.dumps(said))
"""
PIP = ("-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel."""
    out, source = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("grader", "reference", "assignments", "tests"):
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, source]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = out.glob("*.whl")
    return path


def test_the_wheel_is_small_and_holds_the_engine_alone(wheel):
    """Under a megabyte; no assignment, no reference, no test; the course that `grader new` makes is whole."""
    names = zipfile.ZipFile(wheel).namelist()
    course = [
        path for path in (ROOT / "grader/scaffold").rglob("*") if path.is_file() and path.suffix != ".pyc"
    ]

    assert {"grader", f"grader-{wheel.name.split('-')[1]}.dist-info"} == {
        name.partition("/")[0] for name in names
    }
    assert wheel.stat().st_size < 1_000_000
    assert {path.relative_to(ROOT).as_posix() for path in course} <= {*names}


ELSEWHERE = """
import os, socket, sys
for name in ("resource", "fcntl", "pwd", "grp", "termios", "pty"):
    sys.modules[name] = None
del os.fork, os.pidfd_open, socket.AF_UNIX
import grader.selfcheck.extension
print({"nbformat", "nbclient"} & sys.modules.keys())
from grader.selfcheck.notebook import own_kernels
sys.platform = "win32"
with own_kernels() as kernel:
    print(kernel.sandbox)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="takes away what Linux has")
def test_without_what_linux_alone_has():
    """As far as can be tried here: everything is imported, and kernels are plain ones.

    What reads or runs notebooks is not imported before it is needed: beside JupyterLab nbformat's own imports
    take seconds, and a student's first cell would wait for them.
    """
    done = subprocess.run([sys.executable, "-c", ELSEWHERE], check=False, capture_output=True, text=True)

    assert (0, "set()\nnone\n") == (done.returncode, done.stdout), done.stderr


def pip(python, *arguments):
    """Install; give what pip complains of, nothing where it does not."""
    done = subprocess.run([python, *PIP, *arguments], check=False, capture_output=True, text=True)
    return done.stderr if done.returncode else ""


def checked(python, folder, notebooks):
    """Run notebooks, each in a folder and a kernel of its own; give what the last cell of each shows."""
    folder.mkdir()
    paths = []
    for name, notebook in notebooks.items():
        (folder / name).mkdir()
        paths.append(write(notebook, folder / name / f"{name}.ipynb"))
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    clean |= {"HOME": str(folder), "PATH": f"{python.parent}{os.pathsep}{clean['PATH']}"}
    command = [python, "-c", RUN, *paths]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=clean)
    assert done.returncode == 0, done.stderr[-2000:]
    return {name: "\n".join(said) for name, said in json.loads(done.stdout.splitlines()[-1]).items()}


@pytest.mark.elsewhere
@pytest.mark.skipif(sys.platform == "win32", reason="NOT ON WINDOWS: torch's files are linked")
def test_beside_torch_alone(wheel, tmp_path):
    """What the wheel's metadata require is all that pip takes, and enough: %check and grader check work."""
    (grader,) = metadata.distributions(path=[str(wheel)])
    python = environment(tmp_path / "env", ["torch", *grader.requires])
    complaint = pip(python, "--no-index", wheel)
    assert "" == complaint
    homework = filled(load(ROOT / "assignments/homework"))
    said = checked(python, tmp_path / "at work", {"homework": homework})["homework"]
    command = [python.parent / "grader", "check", tmp_path / "at work/homework/homework.ipynb"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)

    assert "pandas" not in versions(tmp_path / "env")
    assert "100/100" in said
    assert "셀을 위에서 아래로 차례대로 실행했습니다." in said
    assert (0, True) == (done.returncode, "100/100" in done.stdout)


@pytest.mark.elsewhere
@pytest.mark.skipif(sys.platform == "win32", reason="NOT ON WINDOWS: torch's files are linked")
def test_beside_what_colab_has(wheel, tmp_path):
    """The first cell installs the checker; nothing that was there changes; kits have all their points.

    The two are one of trainings, and one of values, functions and errors; each takes a kernel of its own.
    """
    others = [Requirement(one).name for one in COLAB]
    both = ["torch", "numpy", "pandas", "matplotlib"]
    python = environment(tmp_path / "env", [*both, *others], without=others)
    if complaint := pip(python, *COLAB):
        pytest.skip(f"NO PACKAGES TO BE HAD HERE: {complaint.strip().splitlines()[-1]}")
    before = versions(tmp_path / "env")
    assert "grader" not in before
    notebooks = {}
    for name in ("steps", "tensors"):
        assignment = asking_less(load(ROOT / "assignments" / name))
        notebook = filled(assignment, notebook=kit_notebook(assignment, checker=str(wheel)))
        notebooks[name] = with_short_loops(notebook)
    said = checked(python, tmp_path / "at work", notebooks)

    assert ["100/100" in text for text in said.values()] == [True, True]
    assert before.items() <= versions(tmp_path / "env").items()
