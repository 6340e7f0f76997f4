"""The texts that put right what stopped an answer: what was written stays, line by line."""

import pytest

from grader.judging.repairs import with_backward, with_leaf

LEAF = "; W = W.detach().requires_grad_()"
MADE = {
    "by a method": ("W = torch.tensor([1.], requires_grad=True).reshape(1, 1)", LEAF),
    "by two": ("W = torch.tensor([1.], requires_grad=True).float().reshape(1, 1)", LEAF),
    "after asking": ("W = torch.ones(2).requires_grad_().reshape(2, 1)", LEAF),
    "in lines": ("W = (\n    torch.ones(2, requires_grad=True)\n    .reshape(2, 1)\n)", LEAF),
    "transposed": ("W = torch.ones(1, 2, requires_grad=True).T", LEAF),
}
OTHERS = (
    "W = torch.ones(2, 1, requires_grad=True)",
    "W = torch.ones(2).reshape(2, 1).requires_grad_()",
    "W = torch.ones(2, 1, requires_grad=True)\nstart = W.data.clone()\nnumbers = W.detach().numpy()",
    "optimizr = torch.optim.SGD([torch.ones(2, 1, requires_grad=True)], lr=0.1)",
    "W = torch.ones(2, 1, requires_grad=True)\noptimizr = torch.optim.SGD([W], lr=0.1)\nyhat = X @ W",
    "for i in range(3):\n    W = torch.ones(2, requires_grad=True).reshape(2, 1)",
    "W = torch.ones(2, requires_grad=True).reshape(",
)


@pytest.mark.parametrize(("source", "added"), MADE.values(), ids=MADE)
def test_what_is_made_of_a_parameter_becomes_one(source, added):
    """In its own line, in front of what stands there besides."""
    assert f"{source}{added}  # 시작\nX @ W" == with_leaf(f"{source}  # 시작\nX @ W")


def test_a_name_made_anew_of_itself_becomes_one():
    """The first of two lines made it a parameter."""
    first = "W = torch.ones(2, requires_grad=True)"

    assert f"{first}\nW = W.reshape(2, 1){LEAF}" == with_leaf(f"{first}\nW = W.reshape(2, 1)")


@pytest.mark.parametrize("source", OTHERS)
def test_all_else_stays(source):
    """What is a parameter, only looks at one, or is made anew in each epoch."""
    assert source == with_leaf(source)


def test_a_backward_is_called_once():
    """With its brackets where it was named; of the loss where none was."""
    assert "for i in r:\n    loss.backward()" == with_backward("for i in r:\n    loss.backward")
    assert "for i in r:\n    l = f(W); l.backward()\n    W.data -= W.grad" == with_backward(
        "for i in r:\n    l = f(W)\n    W.data -= W.grad"
    )
