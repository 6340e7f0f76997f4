"""The kernels that every test shares: confined forks of one warm process."""

import sys

import pytest

from grader.execution.kernels import kernels


@pytest.fixture(scope="session")
def kernel():
    """Give a factory of kernels as ``grader grade`` uses them on this machine."""
    with kernels(confined=sys.platform == "linux") as factory:
        yield factory
