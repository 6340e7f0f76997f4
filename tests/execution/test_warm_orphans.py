"""A grader that is interrupted or killed leaves no process and no folder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="warm kernels need Linux")

GRADER = """
import pathlib, sys, nbformat
from grader.assignment import Limits
from grader.execution import execute
from grader.execution.warm import WarmKernels
from grader.records import Student, Submission

source = f'''import os, subprocess, time
daemon = subprocess.Popen(["sleep", "1000"], start_new_session=True)
open({sys.argv[1]!r}, "w").write(f"{{os.getpid()}} {{os.getppid()}} {{daemon.pid}}\\\\n")
time.sleep(1000)'''
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
with WarmKernels() as kernels:
    submission = Submission("hw.ipynb", "hw", "", Student(), (), notebook)
    execute(submission, limits=Limits(), files={}, kernel=kernels)
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


SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]


@pytest.fixture(scope="module")
def graders(tmp_path_factory):
    """Start a grader for each signal, all at once; give each with what it has started and its folder."""
    found = {}
    for number in SIGNALS:
        mark, folder = tmp_path_factory.mktemp("mark") / "pids", tmp_path_factory.mktemp("tmp")
        grader = subprocess.Popen(
            [sys.executable, "-c", GRADER, str(mark)],
            env={**os.environ, "TMPDIR": str(folder)},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        found[number] = grader, mark, folder
    yield found
    for grader, _, _ in found.values():
        grader.kill()
        grader.wait()


@pytest.mark.parametrize("number", SIGNALS)
def test_nothing_outlives_the_grader(graders, number):
    """Kernel, server and daemon are dead, temporary folders gone."""
    grader, mark, folder = graders[number]
    text = wait_for(lambda: mark.exists() and mark.read_text().endswith("\n") and mark.read_text())
    pids = [int(word) for word in text.split()]
    alive = [is_alive(pid) for pid in pids]
    grader.send_signal(number)

    assert 0 != grader.wait(30)
    assert [True] * 3 == alive
    assert wait_for(lambda: not any(map(is_alive, pids)))
    assert wait_for(lambda: [] == list(folder.iterdir()))
