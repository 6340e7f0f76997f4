"""The kernels that every test shares: confined forks of one warm process."""

import gc
import os
import re
import signal
import sys

import pytest

import grader.cli  # noqa: F401 - before nbformat: it spares the compiling of grammars
from grader.execution.kernels import kernels

from .forked import HUGE_PAGES, warm_process

# Before torch is imported. Threads of several workers would wait for one another; the grader has one, too.
os.environ["OMP_NUM_THREADS"] = "1"

#: The files that take longest, by what their names have.
LONGEST = re.compile(
    "attacks|jupyterlab|selfcheck/test_environments|test_verdicts|browser|test_cli|warm|through_kernel|logistic|"
    "learned|confusion|test_ci.py|confine|lecture|mistakes"
)


def pytest_configure():
    """Heed Ctrl-C: what a shell starts in the background ignores it, and so would all that tests start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()  # until all tests are collected
    for name in HUGE_PAGES:  # a worker has them; what it starts is as it would be anywhere
        os.environ.pop(name, None)


def pytest_xdist_setupnodes():
    """Have the workers, which fork a thousand times, ask for huge pages."""
    os.environ.update(HUGE_PAGES)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with the longest files, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: not LONGEST.search(item.nodeid.partition("::")[0]))


def pytest_collection_finish():
    """Keep the garbage collector from going through modules and tests again and again: they stay."""
    import grader.execution.child.compiler  # noqa: F401, PLC0415 - the first optimizer would import torch's

    gc.freeze()
    gc.set_threshold(100_000)  # it took a twentieth of the time
    gc.enable()


@pytest.fixture(scope="session")
def warm():
    """Give a process that executes cells without a kernel, in forked shells."""
    with warm_process() as process:
        yield process


@pytest.fixture(scope="session")
def kernel():
    """Give a factory of kernels as ``grader grade`` uses them on this machine."""
    with kernels(confined=sys.platform == "linux") as factory:
        yield factory
