"""A grader that is interrupted or killed leaves no process and no folder."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="warm kernels need Linux")

#: Imports once and forks a grader for each folder, which holds its temporary files; tells their numbers, and
#: in files beside the folders how they ended. Their servers import no more than they must.
GRADERS = '''
import os, signal, sys, tempfile
from functools import partial
from pathlib import Path

import nbformat
from grader.records import Limits
from grader.execution import execute
from grader.execution import kernels
from grader.execution.kernel import temporary_folder
from grader.records import Student, Submission

kernels.WarmKernels = partial(kernels.WarmKernels, preloaded=())
source = """import os, subprocess, time
os.makedirs("locked/deep")
os.chmod("locked", 0)
daemon = subprocess.Popen(["sleep", "1000"], start_new_session=True)
open("pids", "w").write(f"{os.getpid()} {os.getppid()} {daemon.pid}\\\\n")
time.sleep(1000)"""
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
submission = Submission("hw.ipynb", "hw", "", Student(), (), notebook)
folders = {}
for folder in map(Path, sys.argv[1:]):
    if pid := os.fork():
        folders[pid] = folder
        continue
    os.setsid()
    tempfile.tempdir = str(folder)
    with kernels.kernels() as kernel:
        if folder.name == "hasty":  # killed before the server has imported anything
            os.kill(os.getpid(), signal.SIGKILL)
        with temporary_folder(kernel):
            execute(submission, limits=Limits(), files={}, kernel=kernel)
    sys.exit()
print(*folders, flush=True)
for _ in folders:
    pid, status = os.wait()
    folders[pid].with_suffix(".ended").write_text(str(os.waitstatus_to_exitcode(status)) + "\\n")
'''


def is_alive(pid):
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition):
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + 30
    while not (result := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return result


def told(folder, pattern):
    """Give the numbers that another process has written to a file, once its line is whole."""
    try:
        texts = [path.read_text() for path in folder.glob(pattern)]
    except FileNotFoundError:  # a folder that was tried out went away while it was looked into
        return []
    return [int(word) for text in texts if text.endswith("\n") for word in text.split()]


SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]


@pytest.fixture(scope="module")
def graders():
    """Start a grader for each signal and a hasty one, all at once; give their numbers and folders."""
    names = [*(number.name for number in SIGNALS), "hasty"]
    with tempfile.TemporaryDirectory() as root:
        folders = [Path(root, name) for name in names]
        for folder in folders:
            folder.mkdir()
        command = [sys.executable, "-c", GRADERS, *folders]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
            pids = [int(word) for word in parent.stdout.readline().split()]
            yield dict(zip(names, zip(pids, folders, strict=True), strict=True))
            for pid in filter(is_alive, pids):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", SIGNALS)
def test_nothing_outlives_the_grader(graders, number):
    """Kernel, server and daemon are dead, temporary folders gone."""
    grader, folder = graders[number.name]
    pids = wait_for(lambda: told(folder, "grader-*/*/pids"))
    alive = [is_alive(pid) for pid in pids]
    os.kill(grader, number)
    ended = wait_for(lambda: told(folder.parent, f"{folder.name}.ended"))

    assert [True] * 3 == alive
    assert ended
    assert [0] != ended
    assert wait_for(lambda: not any(map(is_alive, pids)))
    assert wait_for(lambda: [] == list(folder.iterdir()))


def test_a_grader_that_is_killed_at_once_leaves_no_folder(graders):
    """Its server learns of it when it has imported everything, and has another parent by then."""
    _, folder = graders["hasty"]

    assert [-signal.SIGKILL] == wait_for(lambda: told(folder.parent, f"{folder.name}.ended"))
    assert wait_for(lambda: [] == list(folder.iterdir()))
