import pytest

from grader.assignment.file import load
from grader.assignment.folder import find


@pytest.fixture(scope="session")
def steps():
    """Give the assignment that the repositories answer."""
    return load(find("steps"))
