"""The same notebook twice at once, and what is left of it."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.execution import execute
from grader.records import Limits

SOURCES = (
    "import os, random, torch\nimport numpy as np",
    "print(random.random(), np.random.rand(), torch.rand(2))",
    "print({'a', 'b', 'c'}, hash('a'), torch.get_num_threads())",
    "import sys, warnings\nprint('out')\nwarnings.warn('hm')\nprint('more')",
    "w = torch.tensor([1.0], requires_grad=True)\n(w * w).backward()\nw.grad",
    "print(sorted(os.environ))",
    "print(os.getcwd() == os.path.expanduser('~'), os.listdir())",
    "type(sys.stdout)",
    """ours = [name.split('.') for name in sys.modules if name.startswith(('grader', 'nbclient'))]
print(*{'.'.join(name[:3]) for name in ours})""",
    "open(os.path.expanduser('~/../recording/cell-0099.json'), 'wb').truncate(200 << 20)",
)


@pytest.fixture(scope="module")
def twice(run, tmp_path_factory):
    """Two executions at the same time, in a temporary folder of their own."""
    run("1")  # the server, which outlives them, has its folder elsewhere
    keep = tmp_path_factory.mktemp("kept")
    with (
        tempfile.TemporaryDirectory() as temporary,
        pytest.MonkeyPatch.context() as patch,
        ThreadPoolExecutor(2) as pool,
    ):
        folder = Path(temporary)
        patch.setattr(tempfile, "tempdir", temporary)
        patch.setenv("SECRET_TOKEN", "42")
        tasks = [pool.submit(run, *SOURCES, keep=keep / str(number)) for number in range(2)]
        yield [task.result() for task in tasks], folder, keep


def test_the_same_notebook_gives_the_same_outputs(twice):
    """Generators are seeded, hashes fixed, torch runs on one thread, and timing shows nowhere."""
    (first, second), _, _ = twice

    assert first.notebook == second.notebook
    assert first.cells == second.cells


def test_nothing_is_left_in_the_temporary_folder(twice):
    """Folder, sockets and connection file go with the kernel."""
    _, folder, _ = twice

    assert [] == list(folder.iterdir())


def test_only_recordings_are_kept(twice):
    """Not what else lies in their folder, which may be as large as files with holes are."""
    _, _, keep = twice
    written = {path.stem for path in keep.glob("0/*")}

    assert {f"cell-{cell:04d}" for cell in range(len(SOURCES))} == written


def test_a_temporary_folder_may_be_too_deep_for_sockets(run, tmp_path, monkeypatch):
    """Kernels then have their folder in the usual place."""
    folder = tmp_path / ("deep" * 20)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    assert ["ok"] == [cell.status for cell in run("1").cells]


def test_the_graders_environment_is_not_passed_on(twice, printed):
    """A student sees no variable of the process that grades."""
    (execution, _), _, _ = twice

    assert "SECRET_TOKEN" not in printed(execution, 5)
    assert "'HOME'" in printed(execution, 5)


def test_a_notebook_is_at_home_in_an_empty_folder(twice, printed):
    """Working directory and home are the same, and hold nothing but the data."""
    (execution, _), _, _ = twice

    assert "True []\n" == printed(execution, 6)


def test_standard_output_is_ipykernels_own(twice, printed):
    """Nothing stands between a print and the kernel."""
    (execution, _), _, _ = twice

    assert "ipykernel.iostream.OutStream" == printed(execution, 7)


def test_nothing_of_the_host_is_in_the_students_process(twice, printed):
    """Of grader there is the child's part and the recorder; above all no reference and no expected value."""
    (execution, _), _, _ = twice
    loaded = set(printed(execution, 8).split())

    assert {"grader", "grader.execution", "grader.execution.child", "grader.imports"} == {
        name for name in loaded if not name.startswith("grader.recorder")
    }


def test_streams_are_settled(twice):
    """All of stdout, then all of stderr, whatever the pace at which they came."""
    (execution, _), _, _ = twice

    assert ["stdout", "stderr"] == [output.name for output in execution.notebook.cells[3].outputs]
    assert "out\nmore\n" == execution.notebook.cells[3].outputs[0].text


def test_the_recording_is_kept_where_asked(twice):
    """The recorder's files are copied before their folder goes."""
    _, _, keep = twice

    assert (keep / "0" / "cell-0004.json").is_file()


def test_the_submission_is_not_changed(submission, kernel):
    """Its outputs stay as handed in, the executed notebook has its own; tags do not spare a cell."""
    handed_in = submission("print(1)")
    handed_in.notebook.cells[0].metadata["tags"] = ["skip-execution"]

    execution = execute(handed_in, limits=Limits(), files={}, kernel=kernel)

    assert "handed in" == handed_in.notebook.cells[0].outputs[0].text
    assert "1\n" == execution.notebook.cells[0].outputs[0].text
