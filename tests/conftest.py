"""The kernels that every test shares: confined forks of one warm process."""

import gc
import os
import signal
import sys

import pytest

import grader.cli  # noqa: F401 - before nbformat: it spares the compiling of grammars
from grader.execution.kernels import kernels

from .forked import HUGE_PAGES, warm_process

# Before torch is imported. Threads of several workers would wait for one another; the grader has one, too.
os.environ["OMP_NUM_THREADS"] = "1"

#: The files that take longest, by what their names have, the longest first.
LONGEST = (
    "test_attacks", "test_verdicts", "selfcheck/test_environments", "through_kernel", "test_warm.py",
    "verdicts/test_logistic", "test_cli", "test_browser", "test_learned", "test_lecture", "test_ci.py",
    "logistic_draws", "whole_notebooks", "test_confusion", "jupyterlab", "test_mistakes", "unlabelled",
    "warm_orphans", "test_models", "test_limits", "thinning", "second_run", "session", "by_kit",
    "test_events", "summaries", "recorder/test_functions", "test_check.py", "any_notebook", "confinement",
)  # fmt: skip


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

    def place(item):
        file = item.nodeid.partition("::")[0]
        return next((i for i, name in enumerate(LONGEST) if name in file), len(LONGEST))

    items.sort(key=place)


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
