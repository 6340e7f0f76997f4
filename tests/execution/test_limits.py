"""Cells that hang, kill and flood cost themselves and nothing else."""

import os
import sys
from pathlib import Path

import pytest
import zmq

from grader.errors import SandboxError
from grader.execution import client, execute, plain
from grader.execution.workspace import workspace
from grader.records import CellStatus, Limits, Message

DEADLY = {
    "start": "import os, subprocess, time\na = 1",
    "endless": "while True:\n    a += 0",
    "swallows": "while True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass",
    "exits": "print('last words', flush=True)\ntime.sleep(0.3)\nos._exit(1)",
    "between": "a += 1\nprint(a)",
    "killed": "os.kill(os.getpid(), 9)",
    "child": "subprocess.Popen(['sleep', '4321.1'])",
    "daemon": """if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp('sleep', ['sleep', '4321.2'])
    os._exit(0)
""",
    "end": "a += 1\nprint(a)",
}


def processes(word):
    """Find living processes by a word of their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command, state = (
                (entry / "cmdline").read_text(),
                (entry / "stat").read_text().rsplit(")", 1)[1].split(),
            )
        except OSError:
            continue
        if word in command and state[0] != "Z":
            found.append(command)
    return found


@pytest.fixture(scope="module")
def deadly(run):
    """Run a notebook whose kernel dies three times, once: four kernels."""
    grace, client.GRACE = client.GRACE, 2.0  # a busy machine has taken half a second for a traceback
    yield run(*DEADLY.values(), cell_seconds=1.0)
    client.GRACE = grace


def test_each_cell_has_its_own_fate(deadly):
    """The killers are named, and what does not depend on them is run."""
    statuses = {name: cell.status.value for name, cell in zip(DEADLY, deadly.cells, strict=True)}

    assert {
        "start": "ok",
        "endless": "timed-out",
        "swallows": "timed-out",
        "exits": "killed",
        "between": "ok",
        "killed": "killed",
        "child": "ok",
        "daemon": "ok",
        "end": "ok",
    } == statuses


def test_the_state_is_that_of_a_run_without_the_killers(deadly, printed):
    """Each counted cell was run once in the last kernel; a killer keeps what it had shown."""
    shown = [printed(deadly, list(DEADLY).index(name)) for name in ("exits", "between", "end")]

    assert ["last words\n", "2\n", "3\n"] == shown


def test_a_timed_out_cell_tells_where_it_was(deadly):
    """The interrupt's traceback names a line of the loop."""
    error = deadly.cells[1].error

    assert "KeyboardInterrupt" == error.name
    assert error.line in (1, 2)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="daemons are found by /proc")
def test_no_process_outlives_the_notebook(deadly):
    """Neither a child nor a daemon that fled the process group."""
    assert [] == processes("4321.")


def test_recording_is_of_the_last_run(deadly):
    """Its cells are notebook indices, without the killers."""
    assert [0, 1, 4, 6, 7, 8] == [cell.cell for cell in deadly.recording.cells]


OFFSPRING = """import os, subprocess, time
child = subprocess.Popen(["sleep", "60"]).pid
for _ in range(100):
    time.sleep(0.05)
    if os.getpriority(os.PRIO_PROCESS, child) != os.getpriority(os.PRIO_PROCESS, os.getpid()):
        break
print(os.getpriority(os.PRIO_PROCESS, child), os.getpriority(os.PRIO_PROCESS, os.getpid()))
os.kill(child, 9)"""


@pytest.mark.skipif(sys.platform != "linux", reason="descendants are found by /proc")
def test_what_a_kernel_starts_waits_for_other_kernels(run, printed):
    """However many processes it starts, they have the time that nobody else wants."""
    assert f"19 {os.getpriority(os.PRIO_PROCESS, 0)}\n" == printed(run(OFFSPRING), 0)


def test_what_comes_after_the_notebooks_limit_is_not_reached(run):
    """The cell that uses up the time is timed out, the rest is not begun."""
    execution = run("import time\ntime.sleep(60)", "1", notebook_seconds=1.0)

    assert [CellStatus.TIMED_OUT, CellStatus.NOT_REACHED] == [cell.status for cell in execution.cells]


@pytest.fixture(scope="module")
def flood(run):
    """Two hundred megabytes, in pieces and at once, as print, as a value, as an exception and as displays."""
    return run(
        "for _ in range(200_000):\n    print('x' * 1000)",
        "print('x' * 200_000_000)",
        "'x' * 50_000_000",
        "raise ValueError('x' * 50_000_000)",
        "from IPython.display import HTML, clear_output, display\n"
        "for _ in range(1000):\n    display(HTML('x' * 10_000))",
        "for i in range(40):\n    clear_output(wait=True)\n    display(HTML(f'{i}' * 10_000))",
        "import os\nos.system('head -c 5000000 /dev/zero | base64')",
        "print('after')",
        output_bytes=100_000,
    )


def test_a_flood_is_cut_and_flagged(flood):
    """Each of those cells is finished, small, and flagged; an animation and the cell after them are whole."""
    expected = tuple(Message("flag.output-cut", {"cell": cell}) for cell in (1, 2, 3, 4, 5, 7))

    assert expected == flood.flags
    assert all(len(str(cell.outputs)) < 120_000 for cell in flood.notebook.cells)
    assert [CellStatus.RAISED] == [cell.status for cell in flood.cells if cell.status != CellStatus.OK]


def test_a_cut_output_says_so(flood):
    """One line at the end of the cell's output."""
    outputs = flood.notebook.cells[0].outputs

    assert ["stdout", "stderr"] == [output.name for output in outputs]
    assert 100_000 == len(outputs[0].text)
    assert (
        "[grader] 출력이 100,000바이트를 넘어 나머지는 생략했습니다 (too much output).\n" == outputs[1].text
    )


def test_an_animation_keeps_its_last_picture(flood):
    """What was cleared does not count."""
    assert ["39" * 10_000] == [output.data["text/html"] for output in flood.notebook.cells[5].outputs]


def test_a_huge_message_of_an_exception_is_cut(flood):
    """The record stays small."""
    assert client.LONGEST_MESSAGE == len(flood.cells[3].error.value)


def test_the_host_takes_in_no_more_than_a_kernel_may_send():
    """A message that is longer, or a thousand that wait, fill the submission's memory and not the host's."""
    with workspace({}, Limits(output_bytes=100_000)) as space:
        context = plain(space).client().context

        assert (1 << 20) + 3_200_000 == context.getsockopt(zmq.MAXMSGSIZE)
        assert 10 == context.getsockopt(zmq.RCVHWM)
        context.term()


def test_a_kernel_that_cannot_start_is_our_failure(submission):
    """One line with what the process said last."""

    def broken(workspace):
        manager = plain(workspace)
        manager.kernel_spec_manager._argv = ["python", "-c", "import no_such_module"]
        return manager

    with pytest.raises(
        SandboxError, match="no kernel could be started: ModuleNotFoundError: No module named"
    ):
        execute(submission("1"), limits=Limits(), files={}, kernel=broken)
