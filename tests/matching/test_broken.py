import pytest

from grader.matching.broken import broken_trainings
from grader.matching.units import END, RAISED, Unit
from grader.recording import Value

LOOP = "for epoc in range(30):\n    loss.backwrd()\n    loss.backward()"


def raised(cell):
    """Make the unit of a cell that raised."""
    return Unit((cell, END), (cell, END), values={RAISED: Value("exception", type="NameError")})


@pytest.mark.parametrize(
    ("cells", "missing", "found"),
    [
        ({4: LOOP}, [2], {4: 2}),
        ({4: LOOP}, [0], {}),
        ({4: LOOP}, [2, 3], {}),
        ({4: LOOP, 5: LOOP}, [2, 3], {4: 2, 5: 3}),
        ({4: LOOP, 8: LOOP}, [2, 6], {4: 2, 8: 6}),
        ({4: "loss.backward()"}, [2], {}),
        ({4: "for x in range(3):\n    print(X @ What)"}, [2], {}),
    ],
)
def test_what_raised_in_its_turn_is_the_answer_that_is_missing(cells, missing, found):
    """Between the answers to questions 1 and 4, and 4 and none: as many as are missing there."""
    answered = [(3, 1), (6, 4)]

    assert found == broken_trainings([*map(raised, cells)], cells, missing, answered)
