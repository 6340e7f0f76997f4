from dataclasses import replace

import pytest

from grader.records import Diagnosis, Message, Step
from grader.render.explanation import explained_and_rest
from grader.render.messages import localize_question


@pytest.fixture
def explained(reports):
    """Take the question apart whose gradient is never cleared, told in a language."""

    def take_apart(lang):
        found = Diagnosis(
            "wrong-sign", Step.CLEAR, 2, 11, 7, "    a()\n", {}, Message("diagnosis.wrong-sign")
        )
        question = replace(reports["partial"].questions[2], diagnoses=(found,))
        return explained_and_rest(localize_question(question, lang))

    return take_apart


def test_a_diagnosis_has_its_parts(explained):
    """What happened, why it matters, what to try, what it is not; the line without its indentation."""
    (it,), _ = explained("ko")

    assert "update에서 미분값을 빼지 않고 더했습니다." == it.title
    assert ["why", "try", "not"] == [part.kind for part in it.parts]
    assert "loss와 미분값은 맞습니다." == it.parts[-1].text
    assert "a()" == it.source


def test_english_parts_begin_as_sentences_do(explained):
    """After a colon the docstring goes on in lower case; on a line of its own it begins with a capital."""
    (it,), _ = explained("en")

    assert ("Why it matters", "The gradient points") == (it.parts[0].label, it.parts[0].text[:19])


def test_what_a_diagnosis_explains_is_not_said_again(explained):
    """The finding of the diagnosed step stands with it, not beside it."""
    (it,), rest = explained("ko")

    assert [(Step.CLEAR,)] == [finding.steps for finding in it.evidence]
    assert [] == list(rest)
