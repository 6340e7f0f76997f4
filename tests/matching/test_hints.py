from types import SimpleNamespace

import pytest

from grader.matching.content import Offer
from grader.matching.headings import Text
from grader.matching.hints import hints, named_code
from grader.matching.units import Unit

WANTED = {
    name: SimpleNamespace(telling=dict.fromkeys((f"{name}1", f"{name}2", f"{name}3"), 1.0)) for name in "abc"
}


def values(cell, **found):
    """Make a unit that has the first few values of some questions."""
    there = {name: {f"{name}{i + 1}": None for i in range(count)} for name, count in found.items()}
    return Offer(Unit((cell, 0), (cell, 0)), {}, values=there)


def run(cell, exact, **wrong):
    """Make a run that answers one question exactly, with what contradicts others."""
    return Offer(Unit((cell, 0), (cell, 0), run=SimpleNamespace()), {}, frozenset({exact}), wrong)


A, TRAINED = {"a": 1.0}, {"t": 1.0}


@pytest.mark.parametrize(
    ("text", "below", "labels", "units", "cells"),
    [
        pytest.param(A, [values(1, a=3)], "a", [A], [1], id="its own answer"),
        pytest.param(A, [values(1, a=1)], [None], [A], [1], id="a wrong answer"),
        pytest.param(A, [values(1, a=1, b=1)], "b", [A], [1], id="as much the one as the other"),
        pytest.param(A, [values(1, b=1)], "b", [A], [1], id="little of another's"),
        pytest.param(A, [values(1, b=3), values(1, a=1)], ["b", None], [{}, A], [], id="another's answer"),
        pytest.param(A, [values(1, b=1), values(2, c=1), values(3)], "bca", [{}] * 3, [], id="a title"),
        pytest.param(
            A, [values(1, a=2, b=2), values(1, a=3)], ["b", None], [A, A], [1], id="all of its own, too"
        ),
        pytest.param(TRAINED, [run(1, "u", t=1, u=0)], "u", [TRAINED], [1], id="one mistake"),
        pytest.param(TRAINED, [run(1, "u", t=2, u=0)], "u", [{}], [], id="another's run"),
    ],
)
def test_what_a_text_says_of_the_content_below_it(text, below, labels, units, cells):
    """Nothing of what is plainly another question's; nothing at all above the answers of several others."""
    texts = {offer.unit.first[0]: Text(0, text) for offer in below}
    found = hints(texts, below, labels, WANTED)

    assert units == list(found.units)
    assert cells == list(found.cells)


def test_which_code_a_text_claims():
    """What stands below the text that names a question best; imports answer nothing."""
    weak, strong = {"a": 0.7}, {"a": 1.0}
    sources = {1: "import torch\n%matplotlib inline", 2: "f = 1", 4: "import numpy as np", 5: "wrong"}

    assert {"a": [5]} == named_code({1: weak, 2: weak, 4: strong, 5: strong}, sources)
