import pytest

from grader.render.particles import josa


@pytest.mark.parametrize(
    ("word", "follows"),
    [
        ("학습률", "은"),
        ("파라미터", "는"),
        ("3", "은"),
        ("(100, 2)", "는"),
        ("net.weight", "는"),
        ("net.bias", "는"),
        ("What", "은"),
        ("SGD", "는"),
        ("torch.optim.Adam", "은"),
        ("ŵ0", "은"),
        ("x", "는"),
        ("optimizr", "는"),
        ("theta", "는"),
        ("lr", "은"),
        ("grocer", "은(는)"),
        ("", "은(는)"),
        ("이서연", "은"),
        ("박지수", "는"),
        ("10%", "는"),
        ("∞", "는"),
        ("NaN", "은"),
        ("2 GiB", "는"),
        ("2.5", "는"),
        ("1000", "은"),
        ("(100,)", "은"),
        ("What[1]", "은"),
        ("`backward()`", "는"),
    ],
)
def test_particles_follow_the_reading(word, follows):
    """A particle fits how the word is read; where that is a guess, both are written."""
    assert follows == josa(word, "은", "는")


@pytest.mark.parametrize(
    ("word", "follows"),
    [
        ("UTF-8", "로"),
        ("EUC-KR", "로"),
        ("cp949", "로"),
        ("1", "로"),
        ("3", "으로"),
        ("4", "로"),
        ("서울", "로"),
        ("부산", "으로"),
        ("(100, 100)", "으로"),
    ],
)
def test_the_direction_follows_a_final_rieul(word, follows):
    """로, not 으로, stands after ㄹ as after a vowel: 서울로, 8로."""
    assert follows == josa(word, "으로", "로")


@pytest.mark.parametrize(
    ("consonant", "vowel", "both"),
    [("은", "는", "은(는)"), ("으로", "로", "(으)로"), ("이라는", "라는", "(이)라는")],
)
def test_where_nobody_can_tell_both_are_written_as_people_write_them(consonant, vowel, both):
    """The syllable that only one of them has stands in brackets, else the shorter one does."""
    assert both == josa("grocer", consonant, vowel)
