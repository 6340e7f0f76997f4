from types import SimpleNamespace

import pytest
import torch

from grader.assignment.model import CheckSpec, Question
from grader.checks.values import check_values, compare
from grader.recording import Value
from grader.records import CheckStatus, Step

COLUMN = torch.tensor([[1.0], [2.0], [3.0]])


def tensor(value, *, dtype=None, kind="tensor", type_=""):
    """Make the record of a tensor or array."""
    value = torch.as_tensor(value) if dtype is None else torch.as_tensor(value, dtype=dtype)
    return Value(kind, tuple(value.shape), str(value.dtype)[6:], value, None, type_)


def spec(name="x", **options):
    """Make a check worth a point."""
    return CheckSpec(name, Step.VALUE, 1.0, **options)


@pytest.mark.parametrize(
    ("expected", "given", "message"),
    [
        (COLUMN, tensor(COLUMN), "check.passed"),
        (COLUMN, tensor(COLUMN + 1e-7), "check.passed"),
        (COLUMN, tensor(COLUMN.flatten()), "value.shape"),
        (COLUMN, tensor(COLUMN.T), "value.shape"),
        (COLUMN, tensor(COLUMN - COLUMN.flatten()), "value.shape"),
        (COLUMN, tensor(COLUMN.double()), "value.dtype"),
        (COLUMN, tensor(COLUMN.long()), "value.dtype"),
        (COLUMN, tensor(COLUMN + 0.01), "value.differs"),
        (COLUMN, tensor(COLUMN * torch.nan), "value.differs"),
        (COLUMN, tensor(COLUMN.flip(0)), "value.order"),
        (COLUMN, tensor(COLUMN, kind="array", type_="ndarray"), "value.kind"),
        (COLUMN, Value("sequence", (3,), plain=(), type="list"), "value.kind"),
        (COLUMN, Value("tensor", (3, 1), "float32"), "value.kind"),
        (0.25, Value("number", plain=0.25, type="float"), "check.passed"),
        (0.25, tensor([0.25]), "check.passed"),
        (0.25, Value("number", plain=0.3, type="float"), "value.wrong"),
        (0.25, Value("text", plain="0.25", type="str"), "value.kind"),
        (3, Value("number", plain=3, type="int"), "check.passed"),
        (3, Value("number", plain=4, type="int"), "value.wrong"),
        (True, Value("number", plain=True, type="bool"), "check.passed"),
        (False, Value("sequence", (0,), plain=(), type="set"), "check.passed"),
        (True, Value("sequence", (1,), plain=(), type="set"), "check.passed"),
        (True, Value("number", plain=False, type="bool"), "value.wrong"),
        (True, Value("none"), "value.kind"),
        ("StopIteration", Value("text", plain="StopIteration()", type="str"), "check.passed"),
        ("StopIteration", Value("exception", plain="", type="StopIteration"), "check.passed"),
        ("StopIteration", Value("text", plain="ValueError", type="str"), "value.wrong"),
        ("StopIteration", Value("object", type="generator"), "value.wrong"),
    ],
)
def test_values_are_compared_with_what_was_asked(expected, given, message):
    """Kind, shape, dtype and numbers are each told apart; other ways to say the same are right."""
    assert message == compare(spec(), expected, given).message.id


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        (3, Value("number", plain=4, type="int")),
        (True, Value("number", plain=False, type="bool")),
        ("ReLU", Value("text", plain="tanh", type="str")),
    ],
)
def test_a_wrong_value_of_the_right_kind_is_not_said_to_be_of_another(expected, given):
    """What was expected and what came are called alike: the page shows both."""
    check = compare(spec(), expected, given)

    assert check.expected.kind == check.actual.kind


def test_a_typed_line_is_within_its_bound():
    """Numbers typed from four printed decimals pass where the assignment allows for it, and not elsewhere."""
    typed = tensor(COLUMN + 6e-5)

    allowed, strict = compare(spec(atol=2e-4), COLUMN, typed), compare(spec(), COLUMN, typed)

    assert (CheckStatus.PASSED, CheckStatus.FAILED) == (allowed.status, strict.status)


def points(expected, namespace, changed=None, error=None):
    """Give the points of each check of a question that expects ``expected``."""
    checks = tuple(spec(name) for name in expected)
    question = Question("q", "Q", float(len(checks)), checks, values=lambda: expected)
    results = check_values(question, namespace, namespace if changed is None else changed, error)
    return [result.points for result in results]


def test_another_name_is_found_among_what_the_cells_made():
    """A right value under another name earns its points; one that stood there before does not."""
    right = tensor(COLUMN)

    assert [1.0] == points({"x": COLUMN}, {"xx": right})
    assert [0.0] == points({"x": COLUMN}, {"xx": right}, changed={})


def test_a_module_may_have_another_name():
    """``net.bias`` is looked for in the module the cells made, also one that must not be there."""
    expected = {"net.weight": torch.ones(1, 2), "net.bias": None}
    network = {"model": Value("object", type="Linear"), "model.weight": tensor(torch.ones(1, 2))}

    assert [1.0, 1.0] == points(expected, network)
    assert [1.0, 0.0] == points(expected, network | {"model.bias": tensor(torch.ones(1))})


def test_a_layer_within_the_module_is_the_module():
    """``net.fc.weight``, of a class or a ``Sequential``, is ``net.weight``: a wrong one is not missing."""
    question = Question(
        "q",
        "Q",
        2.0,
        (spec("net.weight"), spec("net.bias")),
        values=lambda: {"net.weight": COLUMN, "net.bias": None},
    )
    net = {"net.fc.weight": tensor(COLUMN + 1), "net.fc.bias": tensor(COLUMN)}

    said = [check.message.id for check in check_values(question, {"net": Value("object"), **net}, net, None)]

    assert ["value.differs", "value.present"] == said


def test_data_that_a_reference_cannot_take_are_the_assignments():
    """Of a student's own data of another length or dtype nothing follows; that is no fault of ours."""
    question = Question("q", "Q", 1.0, (spec("yhat"),), values=lambda data: {"yhat": data.x.reshape(3, 1)})
    own, nominal = SimpleNamespace(x=torch.ones(2)), SimpleNamespace(x=COLUMN)
    given = {"yhat": tensor(COLUMN)}

    assert check_values(question, given, given, None, data=own, nominal=nominal)[0].points == 1.0


def test_what_an_exception_prevented_is_said_so():
    """A value that is missing because its cell raised names the exception, whatever an earlier cell left."""
    question = Question("q", "Q", 1.0, (spec(),), values=lambda: {"x": COLUMN})
    error, earlier = "NameError: name 'df' is not defined", {"x": tensor(COLUMN + 1)}
    said = [
        check_values(question, there, made, error)[0].message.id
        for there, made in (({}, {}), (earlier, {}), (earlier, earlier))
    ]

    assert ["value.raised", "value.raised", "value.differs"] == said
