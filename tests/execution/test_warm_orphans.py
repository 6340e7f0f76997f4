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

GRADER = """
import nbformat
from grader.records import Limits
from grader.execution import execute
from grader.execution.kernels import kernels
from grader.records import Student, Submission

source = '''import os, subprocess, time
os.makedirs("locked/deep")
os.chmod("locked", 0)
daemon = subprocess.Popen(["sleep", "1000"], start_new_session=True)
open("pids", "w").write(f"{os.getpid()} {os.getppid()} {daemon.pid}\\\\n")
time.sleep(1000)'''
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
with kernels() as kernel:
    submission = Submission("hw.ipynb", "hw", "", Student(), (), notebook)
    execute(submission, limits=Limits(), files={}, kernel=kernel)
"""


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


def told(folder):
    """Give the line that the notebook has written, once it is whole."""
    texts = [path.read_text() for path in folder.glob("grader-*/*/pids")]
    return next((text for text in texts if text.endswith("\n")), "")


SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]


@pytest.fixture(scope="module")
def graders():
    """Start a grader for each signal, all at once; give each with its temporary folder."""
    found = {}
    for number in SIGNALS:
        folder = Path(tempfile.mkdtemp())
        grader = subprocess.Popen(
            [sys.executable, "-c", GRADER],
            env={**os.environ, "TMPDIR": str(folder)},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        found[number] = grader, folder
    yield found
    for grader, folder in found.values():
        grader.kill()
        grader.wait()
        folder.rmdir()


@pytest.mark.parametrize("number", SIGNALS)
def test_nothing_outlives_the_grader(graders, number):
    """Kernel, server and daemon are dead, temporary folders gone."""
    grader, folder = graders[number]
    pids = [int(word) for word in wait_for(lambda: told(folder)).split()]
    alive = [is_alive(pid) for pid in pids]
    grader.send_signal(number)

    assert 0 != grader.wait(30)
    assert [True] * 3 == alive
    assert wait_for(lambda: not any(map(is_alive, pids)))
    assert wait_for(lambda: [] == list(folder.iterdir()))
