import pytest

from grader.assignment_file import load
from grader.assignment_folder import find


@pytest.fixture(scope="session")
def steps():
    """Give the assignment that the repositories answer."""
    return load(find("steps"))
