"""A second run draws other random numbers, wherever a notebook seeds them, and nothing else changes."""

import pytest

from grader.assignment.model import Limits
from grader.execution import execute
from grader.execution.kernel import Reseeded

DRAWS = {
    "torch": "torch.manual_seed(1)\ntorch.rand(3).tolist()",
    "torch.random": "torch.random.manual_seed(1)\ntorch.rand(3).tolist()",
    "a generator": "torch.rand(3, generator=torch.Generator().manual_seed(1)).tolist()",
    "the default generator": "torch.default_generator.manual_seed(1)\ntorch.rand(3).tolist()",
    "numpy": "np.random.seed(1)\nnp.random.rand(3).tolist()",
    "numpy, by name": "np.random.seed(seed=1)\nnp.random.rand(3).tolist()",
    "numpy's new generator": "np.random.default_rng(1).random(3).tolist()",
    "random": "random.seed(1)\n[random.random()]",
    "random, a text": "random.seed('가')\n[random.random()]",
    "none": "torch.rand(3).tolist(), np.random.rand(2).tolist(), random.random()",
}
TWICE = "\n".join(f"torch.manual_seed({seed}); torch.rand(2).tolist()" for seed in (5, 5))
REST = (
    "torch.manual_seed(torch.tensor(3)); np.random.seed(None); random.seed(None); random.seed(2.5)",
    "torch.Generator, type(torch.default_generator), isinstance(torch.Generator(), torch.Generator)",
    "torch.manual_seed(2**63); torch.manual_seed(-1)",
    "torch.manual_seed('a')",
    "with torch.random.fork_rng():\n    torch.manual_seed(1)\nnp.random.RandomState(3).rand(1).tolist()",
)


@pytest.fixture(scope="module")
def shown(submission, printed, kernel):
    """Run cells with shifted seeds; give what each showed, errors by their names."""

    def run(shift, *cells):
        limits = Limits(cell_seconds=30)
        notebook = submission("import random, torch\nimport numpy as np", *cells)
        ran = execute(notebook, limits=limits, files={}, kernel=Reseeded(kernel, shift) if shift else kernel)
        errors = [outcome.error and outcome.error.name for outcome in ran.cells[1:]]
        return [(printed(ran, i), error) for i, error in enumerate(errors, start=1)]

    return run


@pytest.fixture(scope="module")
def draws(shown):
    """Give what each way to draw shows under a shift, twice under the same."""
    return {shift: dict(zip(DRAWS, shown(shift, *DRAWS.values()), strict=True)) for shift in (0, 7, 8)}


@pytest.mark.parametrize("way", DRAWS)
def test_every_seed_is_shifted(draws, way):
    """No two shifts give the same numbers, and none fails."""
    assert {None} == {draws[shift][way][1] for shift in draws}
    assert 3 == len({draws[shift][way] for shift in draws})


def test_all_ways_to_seed_torch_stay_one(draws):
    """Equal seeds give equal numbers, whatever the generator."""
    ways = ("torch", "torch.random", "a generator", "the default generator")

    assert 1 == len({draws[7][way] for way in ways})


def test_the_same_seed_gives_the_same_numbers_again(shown):
    """In one run, and from one run to the next."""
    first, second = shown(7, *TWICE.split("\n"))

    assert first == second == shown(7, TWICE.split("\n")[0])[0]


def test_nothing_else_changes(shown):
    """Whatever may be handed over instead of a number is taken or refused as ever."""
    assert [error for _, error in shown(0, *REST)] == [error for _, error in shown(7, *REST)]
