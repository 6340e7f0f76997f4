"""What students read about a misconception, in both languages."""

import re

import pytest

from grader.diagnosis import MISCONCEPTIONS
from grader.records import Step
from grader.render.messages import PLACEHOLDER, catalogue

CODES = sorted({one.code for one in MISCONCEPTIONS})


@pytest.mark.parametrize("code", CODES)
def test_every_misconception_has_its_words(code):
    """English from the docstring, Korean from the catalogue, filled from the same evidence."""
    ko, en = (catalogue(lang)[f"diagnosis.{code}"] for lang in ("ko", "en"))

    assert "Why it matters: " in en
    assert "Try: " in en
    assert en.count("\n") == ko.count("\n")
    assert {match[1] for match in PLACEHOLDER.finditer(en)} == {
        match[1] for match in PLACEHOLDER.finditer(ko)
    }


def test_no_words_without_a_misconception():
    """What left the table has left the catalogue."""
    said = {key.partition(".")[2] for key in catalogue("ko") if key.startswith("diagnosis.")}

    assert set(CODES) == said


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_students_read_no_codes(lang):
    """A misconception's code is for instructors."""
    texts = [text for key, text in catalogue(lang).items() if key.startswith("diagnosis.")]
    codes = [code for code in CODES if "-" in code]

    assert [] == [code for code in codes for text in texts if re.search(rf"\b{code}\b", text)]


def test_a_step_has_no_code_twice():
    """One row for a code within a step."""
    rows = [(one.step, one.code) for one in MISCONCEPTIONS]

    assert len(set(rows)) == len(rows)
    assert {step for step, _ in rows} == set(Step)
