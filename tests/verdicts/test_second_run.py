"""Second runs through the real kernel, and recordings that were tampered with."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from grader.grading import grade
from grader.judging.learned import is_sampled
from grader.records import CheckStatus, QuestionStatus

from .answers import LOOPS, WHAT
from .conftest import CSV, DATA, START
from .conftest import submitted as submission_of
from .unlearned import NEVER_LEARNED, PATH, RUN

MSE = LOOPS["mse"]
FOLDER = "import pathlib\nfolder = pathlib.Path.home().parent / 'recording'\n"
LOST = {
    "deleted": "for file in folder.glob('cell-*'): file.unlink()",
    "truncated": (
        "for file in folder.glob('cell-*.json'): file.write_bytes(file.read_bytes()[:-40])\n"
        "for file in folder.glob('cell-*.safetensors'): file.write_bytes(file.read_bytes()[:-4])"
    ),
    "garbage": "for file in folder.glob('cell-*'): file.write_bytes(b'\\x80\\x04K\\x01.')",
    "oversized": "for file in folder.glob('cell-*.json'): file.write_bytes(b' ' * 3_000_000)",
    "folders": "for file in folder.glob('cell-*.json'):\n    file.unlink()\n    file.mkdir()",
}
SILENT = {
    "no end of a cell is heard": "get_ipython().events.callbacks['post_run_cell'].clear()",
    "nowhere to write": f"{FOLDER}folder.chmod(0o500)",
}


@pytest.fixture(scope="module")
def graded(handed_in, assignment, kernel):
    """Grade cells; nothing is run twice without a reason, unless ``run_twice`` says so."""

    def grade_cells(*cells, run_twice=0, **limits):
        changed = dataclasses.replace(assignment.limits, **limits)
        changed = dataclasses.replace(assignment, run_twice=run_twice, limits=changed)
        return grade(handed_in([*START, DATA, *cells]), changed, kernel=kernel)[0]

    return grade_cells


def question(report, name):
    """Give the report of one question."""
    return next(one for one in report.questions if one.id == name)


def flags(report):
    """Give the ids of a report's flags."""
    return {flag.id for flag in report.flags}


def adds_up(report):
    """Tell whether the score is the sum of all checks."""
    return report.score == sum(check.points for one in report.questions for check in one.checks)


# ── when ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_right_notebook_is_run_once(graded):
    """Nothing is in doubt, nothing takes longer."""
    report = graded(("mse", MSE.source), ("sgd-bias", LOOPS["sgd-bias"].source))

    assert "second_run" not in report.timing
    assert () == report.flags


def test_a_right_notebook_of_the_sample_keeps_its_points(graded):
    """All forms of training, on data that nobody has seen; a student notices nothing."""
    cells = [(name, loop.source) for name, loop in LOOPS.items()]
    once, twice = graded(*cells), graded(*cells, run_twice=1)

    assert "second_run" in twice.timing
    assert once.questions == twice.questions
    assert () == twice.flags


def test_one_submission_in_so_many_is_in_the_sample(assignment):
    """About as many as the assignment says, chosen by digests."""
    one = submission_of([])
    chosen = [is_sampled(assignment, dataclasses.replace(one, sha256=str(i))) for i in range(2000)]

    assert 60 < sum(chosen) < 140  # 100 expected, four standard deviations


# ── what it costs ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("answer", NEVER_LEARNED[:6], ids=str)
def test_typed_in_trainings_lose_their_points(graded, answer):
    """The second run is called for without the sample, and its words reach the report."""
    report = graded(*answer.cells)
    one = question(report, "mse")

    assert (1.0, {"learned.unmoved"}) == (one.score, {c.message.id for c in one.checks if not c.points})
    assert {"flag.unlearned"} == flags(report) - {"flag.borderline", "flag.unsure"}
    assert adds_up(report)


ENOUGH = (RUN.losses[28] + RUN.losses[29]) / 2
ENDLESS = MSE.but(before=f"{WHAT}\nloss = 1", head=f"while loss > {ENOUGH}:")
RAISES = MSE.but(before=f"assert abs(df.x[0] + 2.4821129) < 1e-6\n{WHAT}")
DIES = MSE.but(before=f"import os\nif abs(df.x[0] + 2.4821129) > 1e-6: os.kill(os.getpid(), 9)\n{WHAT}")


@pytest.mark.parametrize("loop", [ENDLESS, RAISES, DIES], ids=["endless", "raises", "dies"])
def test_a_second_run_that_does_not_come_to_its_end_costs_nothing(graded, loop):
    """It hangs, raises or dies on other data: nobody is accused."""
    report = graded(("mse", loop.source), run_twice=1, cell_seconds=3)

    assert QuestionStatus.PASSED is question(report, "mse").status
    assert () == report.flags


def test_an_answer_in_doubt_that_cannot_be_compared_is_flagged(graded):
    """A typed-in training that raises on other data keeps its points until a person has looked."""
    fake = NEVER_LEARNED[0].cells[0][1]
    report = graded(("mse", f"assert abs(df.x[0] + 2.4821129) < 1e-6\n{fake}"))

    assert QuestionStatus.PASSED is question(report, "mse").status
    assert {"flag.second-run-unclear"} == flags(report)


# ── recordings that were tampered with ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", LOST)
def test_a_recording_that_is_gone_is_an_error_and_no_verdict(graded, name):
    """No points that rest on nothing, no zero for want of a recording: the instructor is told."""
    report = graded(("mse", MSE.source), (None, FOLDER + LOST[name]), recording_bytes=2_000_000)
    one = question(report, "mse")

    assert (QuestionStatus.ERROR, 0.0) == (one.status, one.score)
    assert {CheckStatus.ERROR} == {check.status for check in one.checks}
    assert "flag.not-recorded" in flags(report)
    assert "second_run" in report.timing
    assert adds_up(report)


@pytest.mark.parametrize("name", SILENT)
def test_a_recorder_that_was_silenced_is_an_error_and_no_verdict(graded, name):
    """What ran before is judged, what came after is not."""
    report = graded(("sse", LOOPS["sse"].source), (None, SILENT[name]), ("mse", MSE.source))

    assert (QuestionStatus.ERROR, 0.0) == (question(report, "mse").status, question(report, "mse").score)
    assert "flag.not-recorded" in flags(report)
    assert adds_up(report)


def test_a_first_run_that_was_not_recorded_is_made_up_for_by_the_second(graded):
    """Where the second run is recorded, its answers count, judged by its own data."""
    lines = "if abs(df.x[0] + 2.4821129) < 1e-6:\n    for file in folder.glob('cell-0003*'): file.unlink()"
    report = graded(("mse", MSE.source), (None, FOLDER + lines))

    assert (QuestionStatus.PASSED, 8.0) == (question(report, "mse").status, question(report, "mse").score)
    assert {"flag.not-recorded", "flag.judged-on-second-run"} == flags(report)
    assert adds_up(report)


def forged(*, graph):
    """Write the recording of a right training that never was, with or without a graph."""
    slots = [["What", [2, 1], "float32"]]
    events = []
    for t, loss in enumerate(RUN.losses):
        gradient = [(a - b) / MSE_RATE for a, b in zip(PATH[t], PATH[t + 1], strict=True)]
        events.append(
            {
                "kind": "backward", "seq": t + 1, "via": "backward", "line": [3, 4],
                "roots": [[[loss], [], "float32"]], "leaves": [[0, 1, PATH[t], None, gradient]],
                "touched": False, "stream": 0, "epoch": t, "backwards": 1,
            }
        )  # fmt: skip
    if graph:
        column = {"kind": "tensor", "shape": [100, 1], "dtype": "float32", "sample": [0.0]}
        events[0]["graph"] = [
            {"op": "MeanBackward0", "inputs": [1], "saved": {"self": column}},
            {"op": "AccumulateGrad", "inputs": [], "leaf": 0},
        ]
    what = {"kind": "tensor", "shape": [2, 1], "dtype": "float32", "values": PATH[-1], "requires_grad": True}
    return {
        "format": 1, "cell": 3, "complete": True, "faults": 0, "slots": slots, "optimizers": [],
        "events": events, "values": {"What": what}, "gone": [],
    }  # fmt: skip


MSE_RATE = 0.1


@pytest.mark.parametrize("graph", [False, True])
def test_a_forged_recording_does_not_stand_the_second_run(graded, graph):
    """The numbers of a right training, written past the recorder, are those of the course's data alone."""
    text = json.dumps(forged(graph=graph)).encode().hex()
    forging = f"{FOLDER}(folder / 'cell-0003.json').write_bytes(bytes.fromhex({text!r}))"
    report = graded(("mse", "epochs = 30"), (None, forging), run_twice=1)
    one = question(report, "mse")

    assert 1.0 >= one.score
    assert "learned.unmoved" in {check.message.id for check in one.checks}
    assert "flag.unlearned" in flags(report)
    assert adds_up(report)


def test_the_changed_file_has_the_name_and_the_columns_of_the_course(assignment):
    """A notebook cannot tell the second run's data by their looks."""
    other = assignment.varied(1).contents
    own = Path(assignment.files[CSV]).read_text()

    assert {CSV} == set(other)
    assert own.split()[0] == other[CSV].split()[0]
    assert len(own.split()) == len(other[CSV].split())
