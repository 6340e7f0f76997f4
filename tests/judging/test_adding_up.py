"""What a report says of a submission as a whole, before any question of it."""

from functools import cache
from pathlib import Path

import pytest
from nbformat import from_dict

from grader.assignment.file import load
from grader.judging.adding_up import add_up
from grader.recording import Recording
from grader.records import Execution, SourceCell, Student, Submission

steps = cache(load)
STEPS = Path(__file__).parents[2] / "assignments" / "steps"


@pytest.mark.parametrize(
    ("sources", "language", "flags"),
    [
        (["# 문제: mse\nx = 1"], "python", []),
        ([], "python", ["flag.no-code"]),
        (["x <- 1"], "R", ["flag.other-language"]),
        (
            ["# 문제: sigmoid\nf = 1", "# 문제: data\nx = 1", "# 문제: guess\ny = 1"],
            "python",
            ["flag.questions-other"],
        ),
        (["# 문제: data\nx = 1", "# 문제: msee\ny = 1"], "python", []),
    ],
)
def test_what_is_said_of_a_file(sources, language, flags):
    """The wrong file is seen by what it holds; one misspelt label is not yet another assignment's."""
    cells = tuple(SourceCell(index, "code", source) for index, source in enumerate(sources))
    notebook = from_dict({"metadata": {"language_info": {"name": language}}, "cells": []})
    submission = Submission("a.ipynb", "a", "", Student(), cells, notebook)

    report = add_up(submission, steps(STEPS), Execution((), Recording(()), notebook), (), ())

    assert flags == [flag.id for flag in report.flags]
