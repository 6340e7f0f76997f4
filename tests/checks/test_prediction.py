import pytest
import torch

from grader.checks.prediction import Graph
from grader.recorder.encode import Store
from grader.recorder.graph import encode_graph, leaves_of
from grader.recording import Node, Value

N = 6
X = torch.cat([torch.ones(N, 1), torch.linspace(-1, 1, N).reshape(N, 1)], 1)
Y = (X[:, 1:] > 0).float()
W = torch.tensor([[-1.0], [2.0]], requires_grad=True)
LINEAR = X @ W.detach()
SIGMOID = torch.sigmoid(LINEAR)


def logistic():
    """Compute ŷ anew, as a loop does."""
    return torch.sigmoid(X @ W)


def graph_of(loss, **named):
    """Record the graph of ``loss`` as the kernel does; ``named`` are what the student called its parts."""
    store = Store(1_000_000)
    leaves = leaves_of((loss,))
    nodes = [
        Node(
            op=node["op"],
            inputs=tuple(node["inputs"]),
            names=tuple(node.get("names", ())),
            leaf=node.get("leaf"),
            out=value(node["out"], store) if "out" in node else None,
            saved={key: value(item, store) for key, item in node.get("saved", {}).items()},
        )
        for node in encode_graph(loss, leaves, list(named.items()), store, 1_000)
    ]
    return Graph(nodes, [leaf.detach().double() for leaf in leaves], Y)


def value(item, store):
    """Read an encoded tensor."""
    if "ref" in item:
        tensor = store.tensors[item["ref"]].reshape(item["shape"])
    else:
        tensor = torch.tensor(item["values"]).reshape(item["shape"]) if "values" in item else None
    return Value("tensor", tuple(item["shape"]), item["dtype"], tensor)


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda: torch.mean((Y - X @ W) ** 2), LINEAR),
        (lambda: torch.sum((X @ W - Y) ** 2), LINEAR),
        (lambda: torch.nn.functional.mse_loss(X @ W, Y), LINEAR),
        (lambda: torch.nn.functional.mse_loss(Y, X @ W), LINEAR),
        (lambda: (Y - X @ W).T @ (Y - X @ W) / N, LINEAR),
        (lambda: torch.mean((Y - (W[0] + W[1] * X[:, 1:])) ** 2), LINEAR),
        (lambda: torch.mean((Y - torch.sigmoid(X @ W)) ** 2), SIGMOID),
        (lambda: torch.nn.functional.binary_cross_entropy(torch.sigmoid(X @ W), Y), SIGMOID),
        (lambda: torch.nn.functional.binary_cross_entropy_with_logits(X @ W, Y), SIGMOID),
        (lambda: -torch.sum(Y * torch.log(logistic()) + (1 - Y) * torch.log(1 - logistic())), SIGMOID),
        (lambda: torch.mean((Y - torch.sigmoid(torch.sigmoid(X @ W))) ** 2), torch.sigmoid(SIGMOID)),
    ],
)  # fmt: skip
def test_yhat_is_found_without_a_name(write, expected):
    """ŷ is read off the graph of every loss of the lecture, though the student never gave it a name."""
    found = graph_of(write()).prediction()

    torch.testing.assert_close(found.values, expected.flatten().double(), rtol=1e-6, atol=1e-6)


def test_a_name_helps_where_the_target_leaves_no_trace():
    """``mean(y + yhat)`` keeps nothing of ŷ; the student's name for it does."""
    yhat = X @ W

    found = graph_of(torch.mean(Y + yhat), yhat=yhat).prediction()

    torch.testing.assert_close(found.values, LINEAR.flatten().double())


def test_a_spread_residual_is_seen_by_its_shape():
    """(6, 1) against (6,) leaves a (6, 6) residual in the graph."""
    assert (N, N) == graph_of(((Y.flatten() - X @ W) ** 2).mean()).largest()


def test_a_graph_that_makes_no_sense_has_no_prediction():
    """Indices out of range and shapes that do not fit are no reason to fail."""
    nodes = [Node("SubBackward0", (None, 7)), Node("MmBackward0", (None, 1))]

    found = Graph(nodes, [], None).prediction()

    assert (None, None) == (found.values, found.shape)
