import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import grader

from .benchmarks.peers.phases import PHASES

ROOT = Path(__file__).parent.parent


def run(*arguments):
    """Run Python in a fresh process; give its standard output."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    return done.stdout


def test_imports_keep_their_direction():
    """The contracts in pyproject.toml hold: one direction, and nothing of the host in a kernel."""
    report = run("-c", "from importlinter.cli import lint_imports_command as lint; lint()")

    assert "0 broken" in report


def test_importing_grader_is_cheap():
    """``import grader`` brings nothing heavy along."""
    heavy = {"torch", "numpy", "pandas", "IPython", "jinja2", "rich"}
    loaded = run("-c", f"import sys, grader; print({heavy} & set(sys.modules))")

    assert loaded.strip() == "set()"


def test_help_and_pages_need_no_torch():
    """``grader --help`` answers without importing torch, and pages are rendered again without it."""
    code = "import sys, grader.cli, grader.results; print('torch' in sys.modules)"

    assert run("-c", code).strip() == "False"


def test_a_misspelt_assignment_needs_no_torch():
    """The commands say that there is no such assignment before they import what they work with."""
    code = (
        "import sys, contextlib; from grader.cli import app\n"
        "for command in (['grade', 'stepz', '.'], ['validate', 'stepz'], ['release', 'stepz', 'x']):\n"
        "    sys.stderr = sys.stdout\n"
        "    with contextlib.suppress(SystemExit): app(command)\n"
        "print('torch' in sys.modules)"
    )

    assert "False" == run("-c", code).splitlines()[-1]


def test_the_version_is_written_once_and_the_same():
    """The package says the version it was installed as."""
    assert version("grader") == grader.__version__


def test_no_file_is_too_long_to_read():
    """No module of the engine is longer than 400 lines, most are under 300."""
    lengths = {
        path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in ROOT.glob("grader/**/*.py")
    }

    assert {} == {name: length for name, length in lengths.items() if length > 400}


@pytest.mark.parametrize(("owner", "name"), [(owner, name) for owner, name, _ in PHASES])
def test_the_benchmark_times_what_there_is(owner, name):
    """A function that is renamed is renamed there too; nobody runs benchmarks every day."""
    assert callable(getattr(owner, name))
