"""``python -m tests.benchmarks.peers PROGRAMS``: measure grader and its peers, write ``docs/benchmarks.md``.

PROGRAMS is the ``bin`` folder of the environment the peers are installed in; ``make bench`` makes it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from tests.benchmarks.peers.contenders import CONTENDERS, HERE, Contender, Place
from tests.benchmarks.peers.course import set_up
from tests.benchmarks.peers.measure import time_batch, watch_memory
from tests.benchmarks.peers.notebooks import TASKS, Task
from tests.benchmarks.peers.page import BATCH, Row, Rows, measured

PAGE = HERE.parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured by make bench -->", "<!-- end of what was measured -->"

#: Copies of each task that the quick contenders get: a batch for short notebooks, enough for long ones.
COPIES = {"loops": BATCH, "plots": BATCH // 2, "logistic": 6}
SLOW_COPIES = {False: 2, True: 1}  # by whether the contender takes its submissions one by one


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers", description=main.__doc__)
    parser.add_argument("programs", type=Path)
    parser.add_argument("--rounds", type=int, default=2, help="how often every batch is timed (default: 2)")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Place(Path(folder), options.programs.absolute())
        set_up(place.folder, BATCH, place.peers)
        rows = measure(place, options.rounds)
        where = {task.id: phases(place, task) for task in TASKS}
    took = f"{(time.monotonic() - began) / 60:.0f} minutes"
    write(f"{machine(place.peers)}, {options.rounds} rounds in {took}.", measured(rows, where))
    say(f"written to {PAGE}")


def measure(place: Place, rounds: int) -> Rows:
    """Time all contenders on all tasks, round by round, each round beginning with another of them.

    A first round is not timed: it warms the file cache and is watched for memory.
    """
    pairs = [(task, contender) for task in TASKS for contender in CONTENDERS]
    memory, timings = {}, {(task.id, contender.name): [] for task, contender in pairs}
    for task, contender in pairs:
        say(f"memory: {task.title}, {contender.name}")
        memory[task.id, contender.name] = watch_memory(contender, place, task, 1 if contender.slow else 4)
    for number in range(rounds):
        for task in TASKS:
            turn = number % len(CONTENDERS)
            for contender in CONTENDERS[turn:] + CONTENDERS[:turn]:
                timing = time_batch(contender, place, task, copies(contender, task))
                timings[task.id, contender.name].append(timing)
                say(f"round {number + 1}: {task.title}, {contender.name}: {timing.of(BATCH):.3f} s")
    return {
        (task.id, contender.name): Row(
            copies(contender, task), timings[task.id, contender.name], memory[task.id, contender.name]
        )
        for task, contender in pairs
    }


def copies(contender: Contender, task: Task) -> int:
    """Say how many submissions a batch has."""
    return SLOW_COPIES[contender.one_by_one] if contender.slow else COPIES[task.id]


def phases(place: Place, task: Task) -> Mapping[str, float]:
    """Take grader's own time apart."""
    assignment = place.folder / "course" / "assignments" / task.assignment
    notebooks = place.notebooks(task, COPIES[task.id])
    command = [sys.executable, HERE / "phases.py", assignment, *notebooks]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {**said["seconds"], "total": said["total"]}


def machine(peers: Path) -> str:
    """Say what was measured where: processor, cores, memory, system, versions, date."""
    cores, memory = os.cpu_count(), psutil.virtual_memory().total / 2**30
    listed = subprocess.run(
        [peers / "python", "-m", "pip", "list", "--format=json"], check=True, capture_output=True, text=True
    )
    found = {package["name"]: package["version"] for package in json.loads(listed.stdout)}
    names = ("nbclient", "nbgrader", "otter-grader", "ipykernel")
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {processor()}, {cores} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"torch {version('torch').split('+')[0]}, " + ", ".join(f"{name} {found[name]}" for name in names)
    )


def processor() -> str:
    """Give the processor's name where Linux tells it."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def write(where: str, tables: str) -> None:
    """Put what was measured in its place on the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{where}\n\n{tables}\n\n{END}{after}", encoding="utf-8")


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, flush=True)  # noqa: T201 - what this script is for


if __name__ == "__main__":
    main()
