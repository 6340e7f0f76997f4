"""A notebook is run once more, on other data, and its answers are held against those of the first run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grader.assignment.model import Assignment, Variation
from grader.ending import in_thread
from grader.execution import execute_async
from grader.execution.kernel import KernelFactory, Reseeded, temporary_folder
from grader.judging.gaps import gaps
from grader.judging.judge import REFERENCES, judge
from grader.judging.learned import Doubt, seed_of, settle
from grader.judging.questions import Judged
from grader.records import Execution, Submission

PATIENCE = 5.0  # seconds, and times as long as the first run


async def second_run(  # noqa: PLR0913 - the first run's arguments and its outcome
    submission: Submission,
    assignment: Assignment,
    judged: tuple[Judged, ...],
    why: Doubt,
    *,
    kernel: KernelFactory,
    seconds: float,
) -> tuple[Judged, ...]:
    """Give what the answers are worth after a second run.

    Args:
        submission: the notebook.
        assignment: what the first run was judged against.
        judged: the first run's answers.
        why: what is in doubt.
        kernel: how a kernel is started.
        seconds: what the first run took; a loop that goes on for ever on other data may not take all day.

    Raises:
        SandboxError: it could not be made.
    """
    variation = assignment.varied(seed_of(assignment, submission))
    longest = assignment.limits.notebook_seconds
    with temporary_folder(kernel) as folder:
        execution = await execute_async(
            submission,
            limits=replace(assignment.limits, notebook_seconds=min(longest, PATIENCE + PATIENCE * seconds)),
            files={**assignment.files, **written(variation, folder)},
            calls=assignment.calls,
            kernel=Reseeded(kernel, variation.seed_shift) if variation.seed_shift else kernel,
        )
    return await in_thread(compare, submission, assignment, judged, why, (variation, execution))


def written(variation: Variation, folder: Path) -> dict[str, Path]:
    """Write the changed files; give their paths by name."""
    paths = {name: folder / str(number) for number, name in enumerate(variation.contents)}
    for name, path in paths.items():
        path.write_text(variation.contents[name], encoding="utf-8")
    return paths


def compare(
    submission: Submission,
    assignment: Assignment,
    judged: tuple[Judged, ...],
    why: Doubt,
    again: tuple[Variation, Execution],
) -> tuple[Judged, ...]:
    """Judge the second run by its own data, and settle what the first run's answers are worth."""
    variation, execution = again
    second = judge(submission, variation.assignment, execution, gaps(execution, submission.cells)).questions
    with REFERENCES:
        data = assignment.data(), variation.assignment.data()
        return settle(why, assignment.questions, (judged, second), data)
