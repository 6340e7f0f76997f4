"""What is handed in: three notebooks, the same bytes for every contender."""

from __future__ import annotations

from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

IMPORTS = "import pandas as pd\nimport torch"
READ = 'df = pd.read_csv("2022-09-22-regression.csv")\ndf.head()'
DATA = """x = torch.tensor(df.x, dtype=torch.float32).reshape(100, 1)
y = torch.tensor(df.y, dtype=torch.float32).reshape(100, 1)
X = torch.concat([torch.ones(100, 1), x], dim=1)"""
BY_HAND = """alpha = 1 / 10
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(30):
    # step1
    yhat = X @ What
    # step2
    loss = torch.mean((y - yhat) ** 2)
    # step3
    loss.backward()
    # step4
    What.data = What.data - alpha * What.grad
    What.grad = None
What"""
SGD = """net = torch.nn.Linear(1, 1)
net.bias.data = torch.tensor([-5.0])
net.weight.data = torch.tensor([[10.0]])
optimizer = torch.optim.SGD(net.parameters(), lr=1 / 10)
for epoc in range(30):
    # step1
    yhat = net(x)
    # step2
    loss = torch.mean((y - yhat) ** 2)
    # step3
    loss.backward()
    # step4
    optimizer.step()
    optimizer.zero_grad()
net.bias, net.weight"""
LOGISTIC_DATA = """x = torch.linspace(-1, 1, 2000).reshape(2000, 1)
v = torch.exp(-1 + 5 * x) / (1 + torch.exp(-1 + 5 * x))
torch.manual_seed(43052)
y = torch.bernoulli(v)"""
LOGISTIC = """l1 = torch.nn.Linear(1, 1)
a1 = torch.nn.Sigmoid()
l1.bias.data = torch.tensor([-1.0])
l1.weight.data = torch.tensor([[1.0]])
for epoc in range(6000):
    # step1
    yhat = a1(l1(x))
    # step2
    loss = torch.mean((y - yhat) ** 2)
    # step3
    loss.backward()
    # step4
    l1.bias.data = l1.bias.data - 0.1 * l1.bias.grad
    l1.weight.data = l1.weight.data - 0.1 * l1.weight.grad
    l1.bias.grad = None
    l1.weight.grad = None
l1.bias, l1.weight"""

#: Stands where an autograder's tests go; nbgrader puts them there when it grades.
TESTS_GO_HERE = "# tests"


@dataclass(frozen=True)
class Cell:
    """A code cell. With a ``question`` it is an answer, and ``tests`` are what the peers assert."""

    source: str
    question: str | None = None
    tests: str = ""


@dataclass(frozen=True)
class Task:
    """A notebook and what it is graded against."""

    id: str
    title: str
    #: grader's assignment, below ``course/assignments``
    assignment: str
    cells: tuple[Cell, ...]

    def submission(self) -> NotebookNode:
        """Give the notebook as a student hands it in, with the metadata that nbgrader asks for."""
        return _notebook(self.cells, TESTS_GO_HERE)

    def source(self) -> NotebookNode:
        """Give the instructor's notebook, with the tests."""
        return _notebook(self.cells, None)

    @property
    def tests(self) -> dict[str, str]:
        """The assertions of each question."""
        return {cell.question: cell.tests for cell in self.cells if cell.question is not None}


def _notebook(cells: tuple[Cell, ...], tests: str | None) -> NotebookNode:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for cell in cells:
        if cell.question is None:
            notebook.cells.append(nbformat.v4.new_code_cell(cell.source))
            continue
        metadata = {"nbgrader": _nbgrader(cell.question, solution=True)}
        metadata["grader"] = {"question": cell.question}
        answer = f"# 문제: {cell.question}\n### BEGIN SOLUTION\n{cell.source}\n### END SOLUTION"
        notebook.cells.append(nbformat.v4.new_code_cell(answer, metadata=metadata))
        metadata = {"nbgrader": _nbgrader(f"test-{cell.question}", solution=False)}
        notebook.cells.append(nbformat.v4.new_code_cell(tests or cell.tests, metadata=metadata))
    for number, made in enumerate(notebook.cells):
        made.id = f"cell-{number}"
    return notebook


def _nbgrader(name: str, *, solution: bool) -> dict[str, object]:
    """Give nbgrader's metadata, schema 3, of an answer's cell or of a cell of tests."""
    graded = {} if solution else {"points": 1}
    return graded | {
        "grade": not solution,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }


def _near(value: str, expected: str) -> str:
    return f"assert torch.allclose({value}.detach().reshape(-1), torch.tensor({expected}), atol=1e-3)"


_DATA = Cell(
    DATA, "data", "assert x.shape == (100, 1)\nassert y.shape == (100, 1)\nassert X.shape == (100, 2)"
)
_BY_HAND = Cell(BY_HAND, "mse", _near("What", "[2.4290, 4.0144]"))
_SGD = Cell(SGD, "sgd", f"{_near('net.bias', '[2.4290]')}\n{_near('net.weight', '[4.0144]')}")
_TRAIN = Cell(LOGISTIC, "train-mse", f"{_near('l1.bias', '[-0.9296]')}\n{_near('l1.weight', '[4.3854]')}")
_LINE = 'plt.plot(x, y, "o")\nplt.plot(x, {line}, "--")'

TASKS = (
    Task("loops", "30 epochs", "loops", (Cell(IMPORTS), Cell(READ), _DATA, _BY_HAND, _SGD)),
    Task(
        "plots",
        "30 epochs, three plots",
        "loops",
        (
            Cell(f"{IMPORTS}\nimport matplotlib.pyplot as plt"),
            Cell(READ),
            _DATA,
            Cell('plt.plot(x, y, "o")'),
            _BY_HAND,
            Cell(_LINE.format(line="(X @ What).data")),
            _SGD,
            Cell(_LINE.format(line="net(x).data")),
        ),
    ),
    Task("logistic", "6000 epochs", "logistic", (Cell(IMPORTS), Cell(LOGISTIC_DATA), _TRAIN)),
)
