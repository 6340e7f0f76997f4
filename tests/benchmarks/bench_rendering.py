"""What pages cost a submission on top of grading: ``python tests/benchmarks/bench_rendering.py``.

From the committed sample class: the student's page, the executed notebook's page, a submission's share of the
class page and the table; and what is computed for the pictures while judging, for every training question of
two assignments. Milliseconds of the processor, the median of several rounds, everything imported before.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median

import torch

from grader.assignment.file import load
from grader.checks.alignment import Alignment
from grader.judging.landscape import landscape
from grader.records import ParameterSummary, ReferenceSummary, RunSummary
from grader.render.html import ClassEntry, class_page, student_page
from grader.render.notebook_page import notebook_page
from grader.render.result_json import loads
from grader.render.table import gradebook_csv
from grader.training import run

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "reports/sample"
ROUNDS = 9
LIMIT = 60  # milliseconds a submission


def main() -> None:
    """Print a row a page, their sum, and a row an assignment for what judging computes."""
    torch.set_num_threads(1)
    reports = [loads(file.read_text(encoding="utf-8")) for file in sorted(SAMPLE.glob("*/result.json"))]
    entries = [ClassEntry(report, "x/report.html") for report in reports]
    executed = next(SAMPLE.glob("*/executed.ipynb"))
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    rows = {
        "student's page, three pictures a training": lambda: [student_page(it) for it in reports],
        "executed notebook's page": lambda: [notebook_page(notebook, it) for it in reports],
        "share of the class page": lambda: class_page(entries),
        "share of the table": lambda: gradebook_csv(reports),
    }
    times = {name: _milliseconds(made) / len(reports) for name, made in rows.items()}
    times |= {
        f"for the pictures of {name}, while judging": _landscapes(name) for name in ("steps", "logistic")
    }
    for name, spent in times.items():
        print(f"{name:44} {spent:6.1f} ms")  # noqa: T201 - what the script is for
    pages = sum(times[name] for name in rows)
    for name in ("steps", "logistic"):  # whose pages have three trainings, not eight: an upper bound
        whole = pages + times[f"for the pictures of {name}, while judging"]
        print(f"{'all of it, ' + name:44} {whole:6.1f} ms, of {LIMIT}")  # noqa: T201


def _landscapes(name):
    """Give the milliseconds for all training questions of an assignment, as in a run without mistakes."""
    assignment = load(ROOT / "assignments" / name)
    given = []
    for question in assignment.questions:
        if question.training is not None:
            data = assignment.data()
            path = run(question.training, data, epochs=30).path
            flat = [tuple(torch.cat([v.flatten() for v in p.values()]).tolist()) for p in path]
            points = tuple(enumerate(flat, 1))
            numbers = ParameterSummary(flat[0], flat[-1], (2,), "float32")
            summary = RunSummary(30, (), points, {"What": numbers}, "by-hand", None)
            reference = ReferenceSummary((), points)
            start = question.training.init()
            shapes = tuple(value.shape for value in start.values())
            places = tuple(range(sum(shape.numel() for shape in shapes)))
            alignment = Alignment(tuple(start), shapes, places, (), same_shapes=True)
            given.append((question.training, data, alignment, summary, reference))
    return _milliseconds(lambda: [landscape(*it) for it in given])


def _milliseconds(made):
    made()
    rounds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        made()
        rounds.append((time.process_time() - begin) * 1000)
    return median(rounds)


if __name__ == "__main__":
    main()
