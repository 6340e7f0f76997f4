"""Each mistake is told by the kit what it is told by the instructor's run: one table."""

from pathlib import Path

import pytest

from grader.assignment.file import load
from grader.judging.gaps import gaps
from grader.judging.judge import judge
from grader.kit import Kit, make

from ..shortened import asking_less  # noqa: TID252 - tests are no package
from .conftest import DATA, START, executed, submission_of, submitted
from .logistic import EPOCHS, WRONG_LOOPS, WRONG_VALUES, notebook
from .named import named
from .together import begins, notebooks
from .wrong import WRONG

ASSIGNMENTS = Path(__file__).parents[2] / "assignments"


def one_of_each(answers):
    """Give an answer for each misconception and each question kind it befalls: the first there is."""
    found = {}
    for answer in answers:
        question = answer.cells[-1][0]
        for code in named(answer):
            found.setdefault((code, question if question in ("data", "sse", "mse") else "net"), answer)
    return list(dict.fromkeys(found.values()))


MISTAKES = one_of_each([answer for answer in WRONG if not answer.but])
#: The mistakes of the course's table that can be made in ``steps``, by the names they are told.
STEPS = {
    "gradient-not-cleared", "gradient-partly-cleared", "wrong-sign", "sum-for-mean", "mean-for-sum",
    "learning-rate", "broadcast-target", "leaf-rebound", "requires-grad-missing", "integer-parameter",
    "forward-outside-loop", "cleared-before-step", "stale-optimizer", "parameters-recreated",
    "bias-not-updated", "bias-doubled", "no-intercept", "columns-swapped", "no-square",
    "square-outside-mean", "half-loss", "wrong-optimizer", "epochs", "float64", "hard-coded",
}  # fmt: skip
LOGISTIC = {
    "sigmoid-missing", "sigmoid-twice", "logits-for-probability", "mse-for-bce", "bce-for-mse",
    "bce-one-term", "bce-sign", "target-is-probability",
}  # fmt: skip


#: One answer of each; a function that never comes back takes two seconds for each of its inputs.
LOOPS = list({answer.form: answer for answer in WRONG_LOOPS if answer.form in LOGISTIC}.values())
VALUES = [answer for answer in WRONG_VALUES if answer.name != "f for ever"][::3]


def told(verdict):
    """Give all that the questions' reports say."""
    return {
        one.report.id: (
            [
                (check.id, check.status, check.points, check.message, check.expected)
                for check in one.report.checks
            ],
            [(it.code, it.step, it.iteration, it.line, it.message) for it in one.report.diagnoses],
        )
        for one in verdict.questions
        if one.report.matched is not None
    }


def released(assignment):
    """Give an assignment, and what a notebook released for it carries of it."""
    return assignment, Kit.read(make(assignment).text).assignment()


@pytest.fixture(scope="module")
def steps(assignment):
    """Release the assignment ``steps``."""
    return released(assignment)


def both(warm, folder, assignments, submission, **rest):
    """Execute once; judge as the instructor does, and by what a released notebook carries."""
    assignment, by_kit = assignments
    calls = {**assignment.calls, **by_kit.calls}
    execution = executed(warm, submission, folder, calls=calls, **rest)
    found = gaps(execution, submission.cells)
    return [told(judge(submission, asked, execution, found)) for asked in assignments]


def met(answers, submission):
    """Give what the answers with which a submission ends are to meet."""
    return begins(answers, len(submission.cells) - sum(len(answer.cells) for answer in answers))


def codes(said):
    return {code for _, diagnoses in said.values() for code, *_ in diagnoses}


def test_the_table_has_the_courses_mistakes():
    """Nothing that students are known to get wrong is left out."""
    assert STEPS <= {code for answer in MISTAKES for code in named(answer)}


@pytest.mark.parametrize("answers", notebooks(MISTAKES), ids=lambda answers: ", ".join(map(str, answers)))
def test_mistakes_of_steps(warm, tmp_path, steps, answers):
    """The same checks fail, with the same words, and the same misconceptions are named."""
    submission = submitted([cell for answer in answers for cell in answer.cells])

    instructor, student = both(warm, tmp_path, steps, submission, afresh=met(answers, submission))

    assert instructor == student
    assert {code for answer in answers for code in named(answer)} <= codes(instructor)


@pytest.mark.parametrize(
    "data",
    [
        DATA[1].replace("df.", "df.sample(frac=1, random_state=3)."),
        f"{DATA[1]}\norder = torch.randperm(100)\nx, y, X = x[order], y[order], X[order]",
    ],
    ids=["frame", "tensors"],
)
def test_rows_in_another_order(warm, tmp_path, steps, data):
    """They are right by the kit as well, and so is the ŷ that follows from them."""
    yhat = "torch.manual_seed(43052)\nnet = torch.nn.Linear(1, 1)\nyhat = net(x)"
    submission = submission_of([*START, ("data", data), ("net-bias", yhat)])

    instructor, student = both(warm, tmp_path, steps, submission)

    assert instructor == student
    assert {"check.passed"} == {message.id for checks, _ in student.values() for *_, message, _ in checks}


@pytest.fixture(scope="module")
def logistic():
    """Release the assignment ``logistic``, with the fewer epochs that its answers train for."""
    return released(asking_less(load(ASSIGNMENTS / "logistic"), int(EPOCHS)))


def test_mistakes_of_logistic(warm, tmp_path, logistic):
    """The same for losses and curves, each on the student's own draw of y."""
    seen = set()
    for answers in notebooks(LOOPS):
        submission = submission_of(notebook(cell for answer in answers for cell in answer.cells))
        instructor, student = both(warm, tmp_path, logistic, submission, afresh=met(answers, submission))
        assert instructor == student, answers
        seen |= codes(student)

    assert LOGISTIC <= seen


def test_wrong_values_of_logistic(warm, tmp_path, logistic):
    """A wrong function, and what follows from it, is charged alike; at which input it fails may differ."""
    for answer in VALUES:
        submission = submission_of(notebook(answer.cells))
        verdicts = both(warm, tmp_path, logistic, submission)
        instructor, student = (
            {
                name: [(check[0], check[1], check[3].id) for check in checks]
                for name, (checks, _) in one.items()
            }
            for one in verdicts
        )
        assert instructor == student, answer
