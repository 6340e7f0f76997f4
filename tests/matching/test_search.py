import pytest

from grader.matching.search import COMPLETE_TRY, EXACT, Choice, Option, search

RUN, FIT = Option(worth=COMPLETE_TRY), Option(worth=EXACT)
FAR = Option(cost=2.0, worth=COMPLETE_TRY)


def labels(*choices, wanted=(None, None, None)):
    """Search with three training questions."""
    return search([Choice(options, none=1.5) for options in choices], wanted).labels


def test_in_order_what_is_alike_goes_by_its_turn():
    """Three runs that could be any question's are one question's each, in order."""
    anyones = {0: RUN, 1: RUN, 2: RUN}

    assert (0, 1, 2) == labels(anyones, anyones, anyones)


def test_an_exact_fit_is_worth_going_back():
    """In another order, exact answers go to their questions."""
    assert (2, 0, 1) == labels({2: FIT}, {0: FIT}, {1: FIT})


def test_a_pitfall_after_the_right_way_stays_a_try():
    """A run that is as much like an earlier question without an answer is one more try of the last."""
    assert (1, 1) == labels({1: FIT}, {0: RUN, 1: RUN})


def test_a_value_that_two_ask_for_goes_where_all_are():
    """With every value of one question there, another that shares some of them has no answer."""
    wanted = ({"net.w": 4.0, "yhat": 2.0}, {"yhat": 3.0, "extra": 3.0}, None)
    net = {0: Option(names=frozenset({"net.w"}))}
    yhat = {0: Option(names=frozenset({"yhat"})), 1: Option(names=frozenset({"yhat"}))}
    extra = {1: Option(names=frozenset({"extra"}))}
    found = search([Choice(net), Choice(yhat), Choice(extra)], wanted)

    assert (None, 1, 1) == found.labels


@pytest.mark.parametrize(("other", "least", "most"), [(RUN, 0.0, 0.2), (FAR, 1.5, 9.0)])
def test_the_margin_is_the_distance_to_another_answer(other, least, most):
    """A run that could as well be the next question's has hardly any."""
    found = search([Choice({0: RUN, 1: other}, none=4.0)], (None, None))

    assert (0,) == found.labels
    assert least <= found.margins[0] <= most
