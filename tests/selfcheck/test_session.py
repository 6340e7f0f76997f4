"""``%check`` in a student's own shell: what it says, and that it leaves everything as it was."""

import pytest

from .conftest import Cell
from .working import filled, kit_notebook

DATA = "x = torch.linspace(-1, 1, 100).reshape(100, 1)"
INIT = "What = torch.tensor([[-5.0], [10.0]], requires_grad=True)\nalpha = 1/10"
LOOP = """\
for epoc in range(30):
    loss = torch.mean((y - X @ What)**2)
    loss.backward()
    What.data = What.data - alpha * What.grad
    What.grad = None"""
UNCLEARED = LOOP.replace("What.grad = None", "pass")


@pytest.fixture(scope="module")
def begun(steps):
    """Give the cells of a student who has prepared the data: set-up, imports, the file, x, y and X."""
    cells = [cell for cell in filled(steps).cells if cell.cell_type == "code"]
    at = next(i for i, cell in enumerate(cells) if "# 문제: data" in cell.source)
    return [Cell(cell.source, cell.id) for cell in cells[: at + 1]]


def answer(source, cell=None):
    """Give an answer to ``mse``."""
    return Cell(f"# 문제: mse\n{source}", cell)


def test_a_right_answer(at_work, begun):
    """Its steps, its points, and that the cells were run in order."""
    *_, said = at_work(*begun, answer(f"{INIT}\n{LOOP}", "a"), "%check mse")

    assert "✓ 맞음 step1~4: 오차제곱의 평균 8 / 8점" in said
    assert "✓ 셀을 위에서 아래로 차례대로 실행했습니다." in said


def test_a_notebook_released_in_english_is_answered_in_english(at_work, steps):
    """By the language that its first cell tells."""
    first = next(it for it in kit_notebook(steps, lang="en").cells if it.id == "grader-setup")
    ready, said = at_work(Cell(first.source, first.id), "%check mse")

    assert "The checking tool is loaded." in ready
    assert "The cells were run from top to bottom." in said


def test_a_mistake_is_named_with_its_line(at_work, begun):
    """As in the report: which step, since which epoch, what to try."""
    *_, said = at_work(*begun, answer(f"{INIT}\n{UNCLEARED}", "a"), "%check mse")

    assert "7 / 8점" in said
    assert "앞 epoch의 미분값이 지워지지 않고 남아 있습니다. epoch 2부터" in said
    assert "What.grad = None" in said


def test_training_and_check_in_one_cell(at_work, begun):
    """What the running cell has done so far is looked at, and its end is recorded all the same."""
    *_, said, again = at_work(*begun, answer(f"{INIT}\n{LOOP}\n%check mse", "a"), "%check mse")

    assert "8 / 8점" in said
    assert "8 / 8점" in again


def test_parameters_that_were_trained_already(at_work, begun):
    """A loop run again goes on from where it was: it is said which cell to run, nothing is guessed."""
    set_up, loop = answer(INIT, "a"), Cell(LOOP, "b")
    *_, first, _, second = at_work(*begun, set_up, loop, "%check mse", loop, "%check mse")

    assert "8 / 8점" in first
    number = len(begun) + 1
    assert f"계수의 시작값을 정하는 셀 [{number}]부터 다시 실행한 다음" in second
    assert "반복 횟수가" not in second
    assert "✗" not in second


def test_run_again_from_the_start_all_is_well(at_work, begun):
    """The parameters were set anew before the loop."""
    set_up, loop = answer(INIT, "a"), Cell(LOOP, "b")
    *_, said = at_work(*begun, set_up, loop, loop, set_up, loop, "%check mse")

    assert "8 / 8점" in said
    assert "두 번 이상 실행되었거나" in said


@pytest.mark.parametrize("ids", [True, False])
def test_the_latest_version_of_an_answer_counts(at_work, begun, ids):
    """A mistake put right is right, an answer broken afterwards is wrong; also where cells have no ids."""
    cell = "a" if ids else None
    begun = begun if ids else [Cell(one.source) for one in begun]
    right, wrong = answer(f"{INIT}\n{LOOP}", cell), answer(f"{INIT}\n{UNCLEARED}", cell)
    *_, corrected = at_work(*begun, wrong, right, "%check mse")
    *_, broken = at_work(*begun, right, wrong, "%check mse")

    assert "8 / 8점" in corrected
    assert "7 / 8점" in broken or not ids


def test_cells_that_ran_before_the_checker_was_there(at_work, begun):
    """Their training was not seen: run them again, it is said, not that they are wrong."""
    setup, *rest = begun
    *_, said = at_work(*rest, answer(f"{INIT}\n{LOOP}", "a"), setup, "%check mse")

    assert f"셀 [{len(rest) + 1}]의 코드는 확인 도구를 불러오기 전에 실행되어서" in said
    assert "확인 도구를 불러오기 전에 실행한 셀이 있습니다." in said
    assert "✗" not in said


def test_a_question_that_was_not_run(at_work, begun):
    """It is not called wrong."""
    *_, said = at_work(*begun, "%check mse")

    assert "이 문제의 셀은 아직 실행하지 않았습니다." in said


def test_a_second_attempt_below_the_next_question_is_in_order(at_work, begun):
    """It may have the label, too: that is no cell that came too late."""
    sse = f"# 문제: sse\n{INIT}\n{LOOP.replace('1/10', '1/1000').replace('mean', 'sum')}"
    cells = Cell(sse, "a"), answer(f"{INIT}\n{LOOP}", "b"), Cell(sse.replace("30", "3"), "c")
    *_, said = at_work(*begun, *cells, "%check")

    assert "셀을 위에서 아래로 차례대로 실행했습니다." in said


def test_questions_in_another_order(at_work, begun):
    """It is said which cell came too late."""
    sse = "# 문제: sse\n" + f"{INIT}\n{LOOP}".replace("1/10", "1/1000").replace("mean", "sum")
    *_, said = at_work(*begun, answer(f"{INIT}\n{LOOP}", "b"), Cell(sse, "a"), "%check")

    assert (
        f"셀 [{len(begun) + 2}]의 코드가 아래에 있는 셀 [{len(begun) + 1}]의 코드보다 나중에 실행되었습니다"
        in said
    )
    assert said.count("8 / 8점") == 2


def test_a_scratch_cell_does_not_spoil_an_answer(at_work, begun):
    """A cell after it, without a label, may go with the answer, or not: the better counts."""
    *_, said = at_work(
        *begun, answer(f"{INIT}\n{LOOP}", "a"), Cell("What = torch.zeros(2, 1)", "b"), "%check mse"
    )

    assert "8 / 8점" in said


LEAVE_NO_TRACE = """
import random, numpy, torch, warnings
def state():
    return (
        torch.get_rng_state().tolist(), random.getstate(), numpy.random.get_state()[1].tolist(),
        torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled(), list(warnings.filters),
        sorted(name for name in globals() if not name.startswith("_")),
    )
before = None
before = state()
"""


def test_nothing_of_the_students_changes(at_work, begun):
    """Neither random streams nor settings nor names, and a %check amid draws changes no draw."""
    *_, said, compared = at_work(
        *begun,
        answer(f"{INIT}\n{LOOP}", "a"),
        "torch.set_default_dtype(torch.float64); torch.manual_seed(1); a = torch.rand(2)",
        LEAVE_NO_TRACE,
        "%check",
        "print([i for i, (a, b) in enumerate(zip(before, state())) if a != b])",
    )

    assert "8 / 8점" in said
    assert "[]" == compared


@pytest.mark.parametrize(
    "line",
    [
        "%check mse sse",
        "%check 'mse' \"sse\"",
        "%check sse,mse",
        "%check “mse” SSE # 다시",
        "grader.check('mse', 'sse')",
    ],
)
def test_two_questions_at_once(at_work, begun, line):
    """Both are looked at, in the order of the assignment, whatever stands around their names."""
    *_, said = at_work(*begun, answer(f"{INIT}\n{LOOP}", "a"), f"import grader\n{line}")

    assert "8 / 8점" in said
    assert "· step1~4: 오차제곱의 합 이 문제의 셀은 아직 실행하지 않았습니다." in said
    assert "자료 준비" not in said


@pytest.mark.parametrize("line", ['%check "mse"', "%check 'mse'", "%check  mse ", "%check ‘mse’"])
def test_quotes_after_check(at_work, begun, line):
    """Quotes around a name are no part of it."""
    *_, said = at_work(*begun, answer(f"{INIT}\n{LOOP}", "a"), line)

    assert "8 / 8점" in said


def test_one_of_two_is_not_there(at_work, begun):
    """The other is looked at all the same."""
    *_, said = at_work(*begun, answer(f"{INIT}\n{LOOP}", "a"), "%check mse ssse")

    assert "8 / 8점" in said
    assert "ssse: 그런 문제는 없습니다. 이 과제의 문제: sse, " in said


def test_asking_for_what_is_not_there(at_work, begun):
    """A sentence, with the nearest question; never a traceback."""
    *_, number, said = at_work(*begun, "import grader; grader.check(3)", "%check msee")

    assert "3: 그런 문제는 없습니다." in number
    assert "msee" in said
    assert "mse" in said.split("문제:")[1]
    assert "Traceback" not in said


def test_without_the_set_up_cell(at_work):
    """%load_ext alone knows of no assignment, and says what to run."""
    said = at_work("%load_ext grader", "%check mse", "import grader; grader.check()")

    assert ["준비 셀을 먼저 실행하세요." in text for text in said] == [False, True, True]


def test_a_fault_of_ours_is_a_sentence(at_work, begun):
    """The notebook goes on, without a traceback, and nothing it does is lost."""
    broken = "import grader.selfcheck.session as s\ns.judge = None"
    *_, said, after = at_work(
        *begun, answer(f"{INIT}\n{LOOP}", "a"), broken, "%check mse", "print(What.shape)"
    )

    assert "확인 도구에 문제가 생겨" in said
    assert "Traceback" not in said
    assert "torch.Size([2, 1])" == after


def test_an_answer_that_raises(at_work, begun):
    """The error is explained, with the student's own line, in the words of the report."""
    *_, said = at_work(
        *begun, answer(f"{INIT.replace(', requires_grad=True', '')}\n{LOOP}", "a"), "%check mse"
    )

    assert "requires_grad=True" in said
    assert "What = torch.tensor([[-5.0], [10.0]])" in said or "loss.backward()" in said
    assert "Traceback" not in said


def test_the_set_up_cell_twice(at_work, begun):
    """Run again it goes on with what it has seen."""
    *_, said = at_work(*begun, answer(f"{INIT}\n{LOOP}", "a"), begun[0], "%check mse")

    assert "8 / 8점" in said


def test_what_may_not_be_shown_is_not(at_work, steps):
    """With show_expected = "never" neither numbers that are expected nor those of the reference are said."""
    from dataclasses import replace  # noqa: PLC0415

    notebook = kit_notebook(replace(steps, show_expected="never"))
    cells = [Cell(c.source, c.id) for c in filled(steps, notebook=notebook).cells if c.cell_type == "code"]
    at = next(i for i, cell in enumerate(cells) if "# 문제: data" in cell.source)
    net = "# 문제: net-bias\nnet = torch.nn.Linear(1, 1)\nyhat = net(x)"
    half = answer(f"{INIT}\n{LOOP}".replace("**2)", "**2)*0.7"), "a")
    *_, said = at_work(*cells[: at + 1], half, Cell(net, "b"), "%check")

    assert "epoch 1의 loss가 다릅니다." in said
    assert "기대한 값" not in said
    assert "모양과 자료형은 맞습니다. 값은 제출한 뒤에 채점합니다." in said
