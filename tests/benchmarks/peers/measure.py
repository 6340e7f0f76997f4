"""A batch is run and timed; another, untimed, is watched for the memory of its kernels."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from statistics import median

import psutil

from tests.benchmarks.peers.contenders import Command, Contender, Place
from tests.benchmarks.peers.course import environment
from tests.benchmarks.peers.notebooks import Task

#: Seconds between two looks at the kernels' memory.
INTERVAL = 0.01


@dataclass(frozen=True)
class Timing:
    """What a batch took, in seconds of wall clock: ``start`` once, and ``each`` submission on top."""

    start: float
    each: float

    def of(self, submissions: int) -> float:
        """Give the seconds a submission takes in a batch of so many, all included."""
        return self.start / submissions + self.each


@dataclass(frozen=True)
class Memory:
    """The most that a kernel held, in bytes: with what it shares (RSS), and what is its own (USS)."""

    resident: int
    unique: int


def time_batch(contender: Contender, place: Place, task: Task, copies: int) -> Timing:
    """Grade so many copies. ``each`` is read off the times at which results appear, first to last.

    Raises ``SystemExit`` if a command fails, or a submission has no result or lost a mark.
    """
    commands = contender.prepare(place, task, copies)
    expected = 1 if contender.one_by_one else copies
    timings = [_time(command, expected, contender.at_once) for command in commands]
    if contender.one_by_one:
        return Timing(0.0, sum(timing.start + timing.each for timing in timings) / copies)
    return Timing(sum(timing.start for timing in timings), sum(timing.each for timing in timings))


def _time(command: Command, copies: int, at_once: int) -> Timing:
    began, clock = time.time(), time.perf_counter()
    process = _start(command)
    said, _ = process.communicate()
    seconds = time.perf_counter() - clock
    files = [Path(file) for file in glob(command.results)]  # noqa: PTH207 - absolute
    _require(command, process, said, files, copies)
    written = sorted(file.stat().st_mtime for file in files)
    if written[0] < began - 1:
        raise SystemExit(f"{command.results}: left over from another run")
    each = (written[-1] - written[at_once - 1]) / (copies - at_once) if copies > at_once else 0.0
    return Timing(seconds - copies * each, each)


def watch_memory(contender: Contender, place: Place, task: Task, copies: int) -> Memory:
    """Grade so many copies and look at the kernels all the while."""
    peaks: dict[int, Memory] = {}
    for command in contender.prepare(place, task, copies):
        with _start(command) as process:
            program = psutil.Process(process.pid)
            while process.poll() is None:
                for pid, held in _kernels(program):
                    peak = peaks.get(pid, held)
                    peaks[pid] = Memory(max(peak.resident, held.resident), max(peak.unique, held.unique))
                time.sleep(INTERVAL)
    # What holds far less than the largest is the sandbox's helper, forked from the server as kernels are. The
    # median of the rest: a kernel that outlives its server for a moment has all they shared for its own.
    largest = max(peak.resident for peak in peaks.values())
    kernels = [peak for peak in peaks.values() if peak.resident > largest / 2]
    return Memory(
        int(median(peak.resident for peak in kernels)), int(median(peak.unique for peak in kernels))
    )


def _kernels(program: psutil.Process) -> Iterator[tuple[int, Memory]]:
    """Look at the processes that run cells: started as kernels, or forked and never anything else."""
    with suppress(psutil.Error):
        words = {program.pid: program.cmdline()}
        for process in program.children(recursive=True):
            with suppress(psutil.Error):
                words[process.pid] = command = process.cmdline()
                if _is_kernel(command) or command == words.get(process.ppid()):
                    held = process.memory_full_info()
                    yield process.pid, Memory(held.rss, held.uss)


def _is_kernel(command: Sequence[str]) -> bool:
    return "ipykernel_launcher" in command or "grader.execution.child" in command


def _start(command: Command) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command.argv,
        cwd=command.cwd,
        env=environment(command.programs),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _require(
    command: Command, process: subprocess.Popen[str], said: str, files: Sequence[Path], expected: int
) -> None:
    right = sum(map(command.is_right, files))
    if process.returncode or right != expected:
        what = f"ended with {process.returncode}, {right} of {expected} submissions got full marks"
        raise SystemExit(f"{' '.join(command.argv[:6])} …: {what}\n{said}")
