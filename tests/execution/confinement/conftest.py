"""Confined processes, and a neighbour that is not; nothing is imported where there is no sandbox."""

import os
import subprocess

import pytest


def pytest_generate_tests(metafunc):
    """Try everything as each kind of submission."""
    if "child" in metafunc.fixturenames:
        from .confining import WAYS

        metafunc.parametrize("child", WAYS, indirect=True, scope="module")


@pytest.fixture(scope="module")
def child(request):
    """Give a function that calls another one in a confined process."""
    from grader.execution.workspace import workspace

    from .confining import SMALL, Child

    with workspace({}, SMALL) as space:
        yield Child(request.param, space)


@pytest.fixture(scope="module")
def neighbour():
    """Start a process of another submission of the same kind: the same user, not confined."""
    from .confining import NOBODY, ROOT

    def change():
        if ROOT:
            os.setresuid(NOBODY, NOBODY, NOBODY)

    with subprocess.Popen(["sleep", "100"], preexec_fn=change) as process:
        yield process.pid
        process.kill()
