import ast

import pytest

from grader.checks import source
from grader.checks.flow import clears_before_update
from grader.checks.source import clears, typed_numbers

BY_HAND = """
for epoc in range(30):
    loss = torch.mean((y - X @ What) ** 2)
    loss.backward()
    {first}
    {second}
"""


@pytest.mark.parametrize("clear", ["What.grad.zero_()", "What.grad = None", "net.zero_grad()"])
@pytest.mark.parametrize(
    "update", ["What.data = What.data - 0.1 * What.grad", "What.data -= 0.1 * What.grad"]
)
def test_the_order_of_clearing_and_updating_is_read(clear, update):
    """Clearing between backward and update is told from clearing after it, however either is written."""
    before = clears_before_update(BY_HAND.format(first=clear, second=update))
    after = clears_before_update(BY_HAND.format(first=update, second=clear))

    assert (True, False) == (before, after)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("optimizr.zero_grad()", True),
        ("optimizr.zero_grad", False),
        ("What.grad == None", False),
        ("What.grad = None", True),
        ("%matplotlib inline\nWhat.grad.zero_()", True),
        ("for (", False),
        ("x.zero_()", False),
    ],
)
def test_only_what_clears_counts(source, expected):
    """A call without parentheses and a comparison clear nothing; broken text and magics are no obstacle."""
    assert expected == clears(source)


def test_typed_numbers_are_those_that_a_tensor_can_have():
    """An integer of four hundred digits, a student's factorial, is no float; the numbers beside it are."""
    assert [[2.5, -4.0]] == typed_numbers(f"print({'9' * 400})\nWhat = torch.tensor([[2.5], [-4]])")


def test_one_text_is_parsed_at_a_time(monkeypatch):
    """Where two submissions are judged at once, Python 3.11.2 fails in one of two threads that parse."""
    alone = []
    monkeypatch.setattr(
        ast, "parse", lambda _: alone.append(source._ONE_AT_A_TIME.locked()) or ast.Module([], [])
    )

    source.parsed("nobody_else_parses_this")

    assert [True] == alone


def test_what_is_nested_too_deep_is_no_python():
    """Python's parser has no memory left for it; the submission is judged all the same."""
    assert [] == source.parsed("-" * 100_000 + "1").body
