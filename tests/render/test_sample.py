"""The committed sample pages are what this version makes of the committed results."""

import shutil
from pathlib import Path

import pytest

from grader.results import render_again

SAMPLE = Path(__file__).parents[2] / "reports" / "sample"
MADE = ("index.html", "gradebook.csv", "report.html", "notebook.html")


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """Render the committed results again, elsewhere."""
    folder = tmp_path_factory.mktemp("sample") / "sample"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns(*MADE))
    render_again(folder, None)
    return folder


def test_the_sample_is_current(again):
    """Rendering again gives the same files, byte for byte; if not: make sample, and look at the pages."""
    committed = {file.relative_to(SAMPLE): file.read_bytes() for file in SAMPLE.rglob("*") if file.is_file()}
    made = {file.relative_to(again): file.read_bytes() for file in again.rglob("*") if file.is_file()}

    assert sorted(committed) == sorted(made)
    assert [] == [str(name) for name, content in committed.items() if made[name] != content]


def test_a_students_page_is_light(again):
    """A student's page stays small enough to be mailed."""
    pages = [page.stat().st_size for page in again.glob("*/report.html")]

    assert 14 == len(pages)
    assert max(pages) < 400_000
