"""The wheel in environments of its own: beside torch alone, and beside what Colab has.

Slow: pip fills an environment for each. torch's files are linked from the environment that runs the tests.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from grader.assignment_file import load

from .working import filled, kit_notebook, write

ROOT = Path(__file__).parents[2]
LINKED = ("torch", "torchgen", "functorch")
#: What torch itself needs.
FOR_TORCH = ("filelock", "typing-extensions", "sympy", "networkx", "jinja2", "fsspec")
COLAB = (
    "ipython==7.34.0", "ipykernel==6.17.1", "jupyter-client==7.4.9", "traitlets==5.7.1", "tornado==6.3.3",
    "pyzmq<26", "nbclient", "numpy", "pandas", "matplotlib",
)  # fmt: skip
RUN = """
import json, sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], 4)
NotebookClient(notebook, timeout=300, resources={"metadata": {"path": sys.argv[2]}}).execute()
shown = [o.get("data", {}).get("text/plain", "") + o.get("text", "") for o in notebook.cells[-1].outputs]
print(json.dumps(shown))
"""


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
    """Under a megabyte; no assignment, no reference, no test."""
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {"grader", f"grader-{wheel.name.split('-')[1]}.dist-info"} == tops
    assert wheel.stat().st_size < 1_000_000


def test_importing_grader_imports_nothing_heavy():
    """Neither torch nor IPython."""
    program = "import sys, grader; print(sorted({'torch', 'IPython', 'numpy', 'rich', 'jinja2'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert "[]\n" == done.stdout


def environment(folder, *requirements):
    """Make an environment with torch in it, and what else is required; give its Python."""
    venv.create(folder, with_pip=True, symlinks=True)
    python = folder / "bin" / "python"
    here, there = Path(sysconfig.get_path("purelib")), next((folder / "lib").glob("python*/site-packages"))
    for path in [*(here / name for name in LINKED), *here.glob("torch-*.dist-info")]:
        if path.exists():
            shutil.copytree(path, there / path.name, copy_function=os.link)
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*command, *FOR_TORCH, *requirements], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"NO PACKAGES TO BE HAD HERE: {done.stderr.strip().splitlines()[-1]}")
    return python


def versions(python):
    """Give what is installed."""
    done = subprocess.run([python, "-m", "pip", "list", "--format=json"], check=True, capture_output=True)
    return {one["name"].lower(): one["version"] for one in json.loads(done.stdout)}


def checked(python, notebook, folder):
    """Run a notebook in an environment's own kernel; give what its last cell shows."""
    folder.mkdir()
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    clean |= {"HOME": str(folder), "PATH": f"{python.parent}{os.pathsep}{clean['PATH']}"}
    command = [python, "-c", RUN, notebook, folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=clean)
    return "\n".join(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="NOT ON WINDOWS: torch's files are linked")
def test_beside_torch_alone(wheel, tmp_path):
    """pip takes what it needs; %check and grader check work."""
    python = environment(tmp_path / "env", f"grader @ {wheel.as_uri()}")
    notebook = write(filled(load(ROOT / "assignments/homework")), tmp_path / "homework.ipynb")
    said = checked(python, notebook, tmp_path / "at work")
    command = [python.parent / "grader", "check", notebook]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)

    assert "pandas" not in versions(python)
    assert "100/100" in said
    assert "셀을 위에서 아래로 차례대로 실행했습니다." in said
    assert (0, True) == (done.returncode, "100/100" in done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="NOT ON WINDOWS: torch's files are linked")
def test_beside_what_colab_has(wheel, tmp_path):
    """The first cell installs the checker; nothing that was there changes; every kit has all its points."""
    python = environment(tmp_path / "env", *COLAB)
    before = versions(python)
    assert "grader" not in before
    said = {}
    for name in ("steps", "logistic", "tensors", "homework"):
        assignment = load(ROOT / "assignments" / name)
        notebook = filled(assignment, notebook=kit_notebook(assignment, checker=str(wheel)))
        said[name] = checked(python, write(notebook, tmp_path / f"{name}.ipynb"), tmp_path / name)

    assert ["100/100" in text for text in said.values()] == [True] * 4
    assert before.items() <= versions(python).items()
