import pytest

from grader.assignment_file import find, load


@pytest.fixture(scope="session")
def steps():
    """Give the assignment that the repositories answer."""
    return load(find("steps"))
