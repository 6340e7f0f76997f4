"""The measurements as Markdown: a table for each notebook, the targets, and where grader's time goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.peers.contenders import (
    CONTENDERS,
    FLOOR,
    NBCLIENT,
    NBGRADER,
    ONE_JOB,
    PEERS,
    TWO_JOBS,
    Contender,
)
from tests.benchmarks.peers.measure import Memory, Timing
from tests.benchmarks.peers.notebooks import TASKS, Task

#: The size of the batch that every contender's figures are given for.
BATCH = 40

HEADER = (
    "contender",
    "copies × rounds",
    "s a submission (spread)",
    "of it: start",
    "÷ floor",
    *(f"× {peer.name}" for peer in PEERS),
    "peak MiB a kernel",
    "unique MiB",
)


@dataclass(frozen=True)
class Row:
    """All that was measured of a contender on a task."""

    copies: int
    timings: Sequence[Timing]
    memory: Memory

    @property
    def seconds(self) -> list[float]:
        """Seconds a submission in a batch of ``BATCH``, one a round."""
        return [timing.of(BATCH) for timing in self.timings]

    @property
    def median(self) -> float:
        """Their median."""
        return median(self.seconds)


#: By the task's id and the contender's name.
Rows = Mapping[tuple[str, str], Row]


def measured(rows: Rows, phases: Mapping[str, Mapping[str, float]]) -> str:
    """Give the generated part of the page.

    ``phases`` has, by the task's id, the seconds a submission of each phase and, as ``total``, of all.
    """
    parts = [part for task in TASKS for part in (f"## {task.title}", _task(task, rows))]
    return "\n\n".join([*parts, "## Targets", _targets(rows), "## Where the time goes", _phases(phases)])


def _task(task: Task, rows: Rows) -> str:
    return _table(HEADER, [_row(task, contender, rows) for contender in CONTENDERS])


def _row(task: Task, contender: Contender, rows: Rows) -> list[str]:
    row = rows[task.id, contender.name]
    start = median(timing.start for timing in row.timings) / BATCH
    return [
        contender.name,
        f"{row.copies} × {len(row.timings)}",
        f"{row.median:.3f} ({min(row.seconds):.3f}–{max(row.seconds):.3f})",
        f"{start:.3f}",
        f"{row.median / _floor(task, rows):.1f}",
        *(f"{rows[task.id, peer.name].median / row.median:.1f}" for peer in PEERS),
        *(f"{size / 2**20:.0f}" for size in (row.memory.resident, row.memory.unique)),
    ]


def _floor(task: Task, rows: Rows) -> float:
    """Give what a further fork takes: the imports before the first are not part of the floor."""
    return median(timing.each for timing in rows[task.id, FLOOR.name].timings)


def _targets(rows: Rows) -> str:
    loops, logistic = TASKS[0], TASKS[-1]
    ours = rows[loops.id, TWO_JOBS.name].median
    lines = []
    for peer, wanted in ((NBGRADER, 50), (NBCLIENT, 30)):
        times = rows[loops.id, peer.name].median / ours
        alone = rows[loops.id, peer.name].timings
        single = median(timing.of(1) for timing in alone) / ours
        what = f"{loops.title}, 2 jobs, batch of {BATCH}: throughput of {peer.name}"
        found = f"{times:.1f} × ({single:.1f} × {peer.name} called for one submission)"
        lines.append([what, f"≥ {wanted} ×", found, _met(times >= wanted)])
    allowed = 1.25 * _floor(logistic, rows) + 0.15
    long = rows[logistic.id, ONE_JOB.name]
    further = median(timing.each for timing in long.timings)
    lines.append(
        [
            f"{logistic.title}, 1 job: seconds a submission, a batch of {BATCH} with its start",
            f"≤ 1.25 × floor + 0.15 = {allowed:.2f} s",
            f"{long.median:.2f} s ({further:.2f} s without the start)",
            _met(long.median <= allowed),
        ]
    )
    return _table(("target", "wanted", "measured", ""), lines)


def _met(met: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return "met" if met else "**not met**"


def _phases(phases: Mapping[str, Mapping[str, float]]) -> str:
    tasks = [task for task in TASKS if task.id in phases]
    names = [name for name in phases[tasks[0].id] if name != "total"]
    lines = [[name, *(f"{phases[task.id][name]:.3f}" for task in tasks)] for name in names]
    rest = [phases[task.id]["total"] - sum(phases[task.id][name] for name in names) for task in tasks]
    lines.append(["the rest", *(f"{seconds:.3f}" for seconds in rest)])
    lines.append(["**all**", *(f"**{phases[task.id]['total']:.3f}**" for task in tasks)])
    return _table(("seconds a submission, 1 job, without the start", *(task.title for task in tasks)), lines)


def _table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(_lines(header, lines))


def _lines(header: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[str]:
    for line in (header, ["---", *["---:"] * (len(header) - 1)], *lines):
        yield f"| {' | '.join(line)} |"
