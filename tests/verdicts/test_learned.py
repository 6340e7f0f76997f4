"""A second run on other data: what was typed in loses its points, what was learned loses nothing."""

import pytest

from grader.records import CheckStatus

from .answers import steps, thinned
from .conftest import submitted
from .right import RIGHT
from .together import begins, notebooks
from .unlearned import CARRIED, DATA, LEARNED, NAMED, NEVER_LEARNED, OWN, REFERENCES, wrong_but_honest
from .wrong import WRONG

# The whole tables take minutes twice over; all of them passed when this was written.
SOME_RIGHT = [one for one in thinned(RIGHT, of_each=1)[::5] if not one.but]
SOME_WRONG = [*thinned(WRONG, of_each=1)[::5], *wrong_but_honest()]
NOTEBOOKS = [*notebooks(SOME_RIGHT), *notebooks(SOME_WRONG)]
EARNING = (CheckStatus.PASSED, CheckStatus.BORDERLINE)


@pytest.fixture(scope="module")
def among_others(graded_twice):
    """Execute an answer in the notebook that it shares with others: what is said of it and of the data."""
    notebook_of = {id(answer): notebook for notebook in NOTEBOOKS for answer in notebook}

    def grade(answer):
        notebook = notebook_of[id(answer)]
        cells = [cell for one in notebook for cell in one.cells]
        first = len(submitted(cells).cells) - len(cells)
        twice = graded_twice(cells, afresh=begins(notebook, first))
        return twice.of({"data", *(name for name, _ in answer.cells)})

    return grade


def lost(judged):
    """Give the ids of the checks that earned nothing, of questions that have cells."""
    reports = [one.report for one in judged.values() if one.report.matched is not None]
    return {check.id for one in reports for check in one.checks if check.status not in EARNING}


def adds_up(judged):
    """Tell whether each score is the sum of its checks."""
    return all(one.report.score == sum(c.points for c in one.report.checks) for one in judged.values())


@pytest.mark.parametrize("answer", NEVER_LEARNED, ids=str)
def test_what_was_not_learned_earns_no_training(graded_twice, answer):
    """Whoever types in weights, gradients or a path loses their points, in the first run or the second."""
    twice = graded_twice(answer.cells)

    assert answer.loses == lost(twice.settled)
    assert adds_up(twice.settled)


@pytest.mark.parametrize("answer", NEVER_LEARNED, ids=str)
def test_what_was_not_learned_is_in_doubt(graded_twice, answer):
    """Nothing of that has to wait for the sample: where points were earned, the second run is called for."""
    twice = graded_twice(answer.cells)
    unlearned = ("mse", "flag.unlearned") in twice.flags

    assert not unlearned or "mse" in twice.doubt.questions


@pytest.mark.parametrize("answer", NEVER_LEARNED, ids=str)
def test_what_was_typed_in_is_called_that(graded_twice, answer):
    """Where the second run took the points it names what was done, and blames no step any more."""
    twice = graded_twice(answer.cells)
    said = {check.message.id for check in twice.settled["mse"].report.checks}
    codes = [diagnosis.code for diagnosis in twice.settled["mse"].report.diagnoses]

    assert NAMED.get(answer.form, ["hard-coded"]) == codes
    assert "learned.unmoved" not in said or "hard-coded" in codes


@pytest.mark.parametrize("answer", [*CARRIED, *LEARNED], ids=str)
def test_what_was_learned_is_never_called_typed_in(graded_twice, answer):
    """Nor is what was computed from a copy of the data, though it does not move."""
    twice = graded_twice(answer.cells)

    assert "hard-coded" not in [diagnosis.code for diagnosis in twice.settled["mse"].report.diagnoses]


def test_the_words_are_those_of_the_course(graded_twice):
    """The checks say that a person has to look, and the instructor is told."""
    twice = graded_twice(NEVER_LEARNED[0].cells)
    said = {check.message.id for check in twice.settled["mse"].report.checks if not check.points}

    assert {"learned.unmoved"} == said
    assert {("mse", "flag.unlearned")} == twice.flags


@pytest.mark.parametrize("answer", SOME_RIGHT, ids=str)
def test_a_right_answer_loses_nothing_to_a_second_run(among_others, answer):
    """Neither points nor a word, however it is written; and nobody would have made one but for the sample."""
    twice = among_others(answer)

    assert {name: one.report for name, one in twice.first.items()} == {
        name: one.report for name, one in twice.settled.items()
    }
    assert set() == twice.flags
    assert set() == twice.doubt.questions or "one cell" in answer.form  # where what stood between is not seen


@pytest.mark.parametrize("answer", LEARNED, ids=str)
@pytest.mark.parametrize("seed", [1, 2, 2**31])
def test_a_training_loses_nothing_on_any_data(graded_twice, answer, seed):
    """Loops that end when they are good enough, or that raise on other data, are not held against anyone."""
    twice = graded_twice(answer.cells, seed)

    assert lost(twice.first) == lost(twice.settled)
    assert ("mse", "flag.unlearned") not in twice.flags


@pytest.mark.parametrize("answer", CARRIED, ids=str)
def test_data_that_stand_in_the_notebook_are_told_from_answers_that_do(graded_twice, answer):
    """Who trains on a pasted copy has learned, though nothing moves."""
    twice = graded_twice(answer.cells)

    assert set() == lost(twice.settled)
    assert set() == twice.flags


def test_typed_numbers_beside_pasted_data_are_for_a_person(graded_twice):
    """Where neither the data nor the answer moves and no graph tells them apart, nobody is accused."""
    source = f"{OWN['two lists']}\n{NEVER_LEARNED[0].cells[0][1]}"
    twice = graded_twice([("mse", source)])

    assert set() == lost(twice.settled)
    assert {("mse", "flag.data-in-notebook")} == twice.flags


@pytest.mark.parametrize("answer", SOME_WRONG, ids=str)
def test_a_wrong_answer_loses_nothing_more(among_others, answer):
    """A mistake is no fraud: only numbers typed over the end of a training are called unlearned."""
    twice = among_others(answer)

    assert lost(twice.first) == lost(twice.settled)
    assert all(flag != "flag.unlearned" or "typed over" in str(answer) for _, flag in twice.flags)


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────

SEEDED = "torch.manual_seed(43052)\nnet = torch.nn.Linear(1, 1)\nyhat = net(x)"
LINE = REFERENCES.function("steps_values.net_bias")(DATA)
TYPED_LINE = f"{SEEDED}\nyhat = torch.tensor({LINE['yhat'].flatten().tolist()}).reshape(100, 1)"
TYPED_NET = (
    "other = torch.rand(3)\nnet = torch.nn.Linear(1, 1)\n"
    f"net.bias.data = torch.tensor({LINE['net.bias'].tolist()})\n"
    f"net.weight.data = torch.tensor({LINE['net.weight'].tolist()})\nyhat = net(x)"
)
VALUES = {
    "a line typed in": (TYPED_LINE, {"csv"}, "yhat"),
    "a line computed": (SEEDED, {"csv"}, ""),
    "a network drawn": (SEEDED, {"csv", "seed"}, ""),
    "a network typed in": (TYPED_NET, {"seed"}, "net.bias net.weight"),
    "a network typed in, of a question that says nothing": (TYPED_NET, set(), ""),
    "a network typed in, where seeds do not matter": (TYPED_NET, {"csv"}, ""),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_lose_points_where_they_should_move_and_do_not(graded_twice, name):
    """Only what the question says should move, and only the values that do not."""
    source, varies_with, loses = VALUES[name]
    twice = graded_twice([("net-bias", source)], varying={"net-bias": varies_with})

    assert set() == lost(twice.first) - lost(twice.settled)
    assert steps("net-bias", loses) == lost(twice.settled)
    assert bool(loses) is (("net-bias", "flag.unlearned") in twice.flags)
    assert adds_up(twice.settled)


def test_values_that_no_run_ends_at_are_in_doubt(graded_twice):
    """A line is no parameter of any run: whoever asks for it to vary has everybody run twice."""
    twice = graded_twice([("net-bias", SEEDED)], varying={"net-bias": {"csv"}})

    assert {"net-bias"} == twice.doubt.questions


def test_honest_mistakes_keep_the_words_for_them():
    """The table names the checks of its question."""
    assert steps("mse", "step4") == wrong_but_honest()[0].loses
