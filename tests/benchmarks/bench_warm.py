"""What a confined warm kernel costs, phase by phase, and what a thousand of them leave.

Run as ``python tests/benchmarks/bench_warm.py``. The floor is the same cells ``exec``-ed in a forked
interpreter that has imported everything, without Jupyter.
"""

# ruff: noqa: T201 - a program for the terminal

import argparse
import gc
import os
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nbformat

from grader.execution import client, execute
from grader.execution.child import server
from grader.execution.kernel import PromptClient
from grader.execution.kernels import kernels
from grader.execution.sandbox import USERS
from grader.execution.warm.server import PRELOADED
from grader.execution.warm.servers import Servers
from grader.records import Limits, Student, Submission

LOOPS = (
    "import torch",
    "torch.manual_seed(43052)\nx = torch.randn(100).sort().values\nepsilon = torch.randn(100) / 2",
    "X = torch.stack([torch.ones(100), x], dim=1)\ny = (2.5 + 4 * x + epsilon).reshape(100, 1)",
    """What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoch in range(30):
    yhat = X @ What
    loss = torch.sum((y - yhat) ** 2)
    loss.backward()
    What.data = What.data - 0.001 * What.grad
    What.grad = None
What""",
    """net = torch.nn.Linear(2, 1, bias=False)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(30):
    loss = torch.nn.MSELoss()(net(X), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
net.weight""",
)

PHASES = [
    (Servers, "fork", "fork, initialize, ready"),
    (PromptClient, "wait_for_ready", "first answer"),
    (client.Client, "_run_cell", "cells"),
    (client.Client, "_stop", "stop"),
]


def submission(sources):
    """Make a submission of code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    return Submission("hw.ipynb", "hw", "", Student(), (), notebook)


@contextmanager
def measured(spent):
    """Add up the seconds of each phase."""

    def timed(function, label):
        async def wrapper(*args, **kwargs):
            started = time.perf_counter()
            try:
                return await function(*args, **kwargs)
            finally:
                spent[label] += time.perf_counter() - started

        return wrapper

    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in PHASES]
    for owner, name, label in PHASES:
        setattr(owner, name, timed(getattr(owner, name), label))
    yield
    for owner, name, original in originals:
        setattr(owner, name, original)


def floor(sources):
    """Time the cells alone, in a fork that needs no kernel."""
    started = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        namespace = {}
        for source in sources:
            exec(source, namespace)
        os._exit(0)
    os.waitpid(pid, 0)
    return time.perf_counter() - started


def held(factory):
    """Give what this process and the server have open, their children, submissions' processes and folders."""
    gc.collect()  # event loops and sockets of clients go in cycles
    pids = [os.getpid(), factory._servers._serving._process.pid]
    files = [len([*Path(f"/proc/{pid}/fd").iterdir()]) for pid in pids]
    children = [len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()) for pid in pids]
    users = [entry.stat().st_uid for entry in Path("/proc").glob("[0-9]*")]
    strays = sum(uid in USERS for uid in users)
    folders = len([*Path(tempfile.gettempdir()).glob("grader-*")])
    return f"descriptors {files}, children {children}, processes of submissions {strays}, folders {folders}"


def main():
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1000)
    count = parser.parse_args().count
    handed_in = submission(LOOPS)
    server._preload(PRELOADED)
    with kernels() as kernel:

        def grade(_=None):
            return execute(handed_in, limits=Limits(), files={}, kernel=kernel).seconds

        grade()
        spent, bare, one = Counter(), [], []
        with measured(spent):
            for _ in range(20):  # in alternation: absolute times drift
                bare.append(floor(LOOPS))
                one.append(grade())
        print(f"floor {median(bare):.3f} s, one at a time {median(one):.3f} s")
        for label, seconds in spent.items():
            print(f"  {label}: {seconds / len(one):.3f} s")
        print("before:", held(kernel))
        started = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(grade, range(count)))
        print(f"two at a time: {(time.perf_counter() - started) / count:.3f} s a submission, {count} of them")
        print("after:", held(kernel))


def median(values):
    """Give the middle one."""
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()
