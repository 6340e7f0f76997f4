"""How long ``import grader`` takes in a fresh Python, beside an empty one: ``python -m tests.benchmarks.bench_import``.

A student's first cell waits for it; it is to stay under .3 s.
"""

import subprocess
import sys
import time

ROUNDS = 9


def seconds(program: str) -> float:
    """Give the shortest time of a few runs of a program."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    empty, full = seconds("pass"), seconds("import grader")
    print(f"Python {empty:.3f} s, with grader {full:.3f} s: {full - empty:.3f} s for the import")  # noqa: T201
