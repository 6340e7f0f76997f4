"""Warm kernels give what cold ones give; nothing is lost or left when a server dies or is worn."""

import asyncio
import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbclient
import nbformat
import pytest

from grader.errors import SandboxError
from grader.execution import client, execute, plain
from grader.execution import run as running
from grader.execution.child import server as child
from grader.execution.kernels import kernels
from grader.execution.warm import WarmKernels, provisioner, servers
from grader.execution.warm.server import PRELOADED
from grader.execution.workspace import workspace
from grader.records import CellStatus, Limits

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="warm kernels need Linux")

COURSE_WORK = (
    "import random, sys, torch\nimport numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt",
    "print(random.random(), np.random.rand(), torch.rand(2), hash('a'), torch.get_num_threads())",
    "df = pd.read_csv('https://example.org/2022-09-22-regression.csv')\ndf",
    "plt.plot([1, 2, 4]);",  # shown without any magic
    "%matplotlib inline\nplt.hist([1, 2, 2]); plt.show()",
    """x = torch.linspace(0, 1, 50).reshape(-1, 1)
y = 2 * x + 1
W = torch.tensor([[-5.0]], requires_grad=True)
for epoch in range(30):
    loss = torch.mean((y - x @ W) ** 2)
    loss.backward()
    W.data = W.data - 0.1 * W.grad
    W.grad = None""",
    """torch.manual_seed(1)
net = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(30):
    loss = torch.nn.MSELoss()(net(x), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
net.weight, net.bias""",
    "import warnings\nwarnings.warn('careful')\n1 / 0",
    "open('nofile.txt')",
    "def f(n):\n    return f(n - 1) if n else pd.DataFrame()['a']\nf(2)",
    "!echo shell; wget -q https://example.org/2022-09-22-regression.csv -O c.csv && tail -1 c.csv",
    "sys.argv[1:2], sys.flags.safe_path, type(sys.stdout), sys.modules['__main__'].__dict__ is globals()",
    """import os
def places(shell):
    return shell.home_dir, shell.ipython_dir, shell.profile_dir.location, shell.starting_dir, *_dh
print([os.path.relpath(place) for place in places(get_ipython())], os.environ['TERM'], os.environ['PAGER'])
print(get_ipython().parent is get_ipython().kernel, get_ipython().kernel.shell is get_ipython())
print(get_ipython().config, len(In), list(Out))""",
    "%history -n 2-3\n%who_ls Tensor",
)


#: What a kernel of any notebook imports, without what the course's notebooks do.
FEW = [name for name in PRELOADED if not name.startswith(("torch", "pandas", "matplotlib"))]


@pytest.fixture(scope="module")
def warm():
    """One server for this file, with all of its successors: they import little and so begin soon."""
    with WarmKernels(preloaded=FEW) as kernels:
        yield kernels


@pytest.fixture(scope="module")
def run_warm(warm, submission):
    """Run code cells in a warm kernel."""

    def run_cells(*sources, kernel=warm, files=None, keep=None, **limits):
        limits = Limits(**{"cell_seconds": 30, **limits})
        return execute(submission(*sources), limits=limits, files=files or {}, kernel=kernel, keep=keep)

    return run_cells


def server_of(kernels):
    """Give the process id of the server in charge."""
    return kernels._servers._serving._process.pid


def parent(pid):
    """Give a process's parent and state."""
    state, ppid = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:2]
    return int(ppid), state


def children(pid):
    """List the children of a process."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid):
    """Tell whether a process is there and no zombie."""
    try:
        return parent(pid)[1] != "Z"
    except FileNotFoundError:
        return False


def eventually(condition):
    """Wait a little for something that happens in another process."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


#: Which kernels are compared with a plain one.
OTHERS = {"confined": 1, "confined and cold": 2}


@pytest.fixture(scope="module")
def both(run_warm, kernel, csv, tmp_path_factory):
    """Run the same course work in a plain kernel and in two others at once."""
    keep = tmp_path_factory.mktemp("kept")
    with kernels(cold=True) as cold, ThreadPoolExecutor(3) as pool:
        tasks = [
            pool.submit(run_warm, *COURSE_WORK, kernel=one, files={csv.name: csv}, keep=keep / str(number))
            for number, one in enumerate([plain, kernel, cold])
        ]
        return [task.result() for task in tasks], keep


@pytest.mark.parametrize("number", OTHERS.values(), ids=OTHERS)
def test_every_kernel_gives_what_a_plain_one_gives(both, number):
    """Statuses, errors, outputs and flags are the same."""
    executions, _ = both
    expected, actual = executions[0], executions[number]

    assert expected.cells == actual.cells
    assert expected.notebook == actual.notebook
    assert expected.flags == actual.flags
    assert [CellStatus.RAISED] * 3 == [c.status for c in actual.cells if c.status != CellStatus.OK]


@pytest.mark.parametrize("number", OTHERS.values(), ids=OTHERS)
def test_the_recording_is_the_same_byte_for_byte(both, number):
    """What the recorder saw does not depend on the kind of kernel."""
    _, keep = both
    names = sorted(path.name for path in (keep / "0").iterdir())

    assert names == sorted(path.name for path in (keep / str(number)).iterdir())
    assert [] == [
        name for name in names if (keep / "0" / name).read_bytes() != (keep / str(number) / name).read_bytes()
    ]


def test_plots_are_shown_without_any_magic(both):
    """matplotlib, imported by the server, still finds the shell of the kernel."""
    executions, _ = both

    assert "image/png" in executions[1].notebook.cells[3].outputs[0].data


def test_nothing_of_the_server_reaches_a_kernel(run_warm, printed, monkeypatch):
    """No socket of the server is open in it, no variable of the grader is set, no host's module loaded."""
    monkeypatch.setenv("SECRET_TOKEN", "42")
    execution = run_warm(
        """import os
def sockets(pid):
    names = (f'/proc/{pid}/fd/{name}' for name in os.listdir(f'/proc/{pid}/fd'))
    return {os.readlink(name) for name in names if os.path.exists(name) or os.path.islink(name)}
{name for name in sockets(os.getpid()) & sockets(os.getppid()) if name.startswith('socket')}""",
        "[name for name in os.environ if name in ('SECRET_TOKEN', 'JPY_PARENT_PID')]",
        "import sys\n{'.'.join(name.split('.')[:3]) for name in sys.modules if name.startswith('grader.')}"
        " - {'grader.execution', 'grader.execution.child'}",
        "os.getpid() == os.getpgid(0) == os.getsid(0)",
    )
    shown = [printed(execution, index) for index in range(4)]

    assert ["set()", "[]", "True"] == [shown[0], shown[1], shown[3]]
    assert "execution" not in shown[2]


def test_cells_that_hang_or_kill_cost_themselves(run_warm, printed):
    """As with a cold kernel, what does not depend on them is run."""
    grace, client.GRACE = client.GRACE, 0.5
    try:
        execution = run_warm(
            "import os, time\na = 1",
            "while True:\n    a += 0",
            "while True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass",
            "os.kill(os.getpid(), 9)",
            "a += 1\nprint(a)",
            cell_seconds=0.5,
        )
    finally:
        client.GRACE = grace

    assert ["ok", "timed-out", "timed-out", "killed", "ok"] == [c.status.value for c in execution.cells]
    assert "KeyboardInterrupt" == execution.cells[1].error.name
    assert "2\n" == printed(execution, 4)


def test_daemons_die_with_their_notebook(run_warm, printed):
    """Neither a new session, nor a parent that exits, nor deafness to SIGTERM helps."""
    execution = run_warm(
        "import os, signal, time, warnings\nwarnings.simplefilter('ignore')",  # Python 3.12 warns of a fork
        """read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.write(write, str(os.getpid()).encode())
        time.sleep(1000)
    os._exit(0)
print(os.read(read, 100).decode())""",
        "!nohup sleep 1000 > /dev/null 2>&1 & echo $!",
    )

    assert [False, False] == [is_alive(int(printed(execution, index))) for index in (1, 2)]


def test_fifty_submissions_leave_nothing(run_warm, warm):
    """No zombie, no kernel, no descriptor here or in the server, no folder."""

    def state():
        server = server_of(warm)
        descriptors = [len([*Path(f"/proc/{pid}/fd").iterdir()]) for pid in (os.getpid(), server)]
        return descriptors, {*children(os.getpid())}, children(server), left_folders(warm)

    run_warm("1")
    before = state()
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda number: run_warm(f"print({number})"), range(50)))
    after = state()

    assert {CellStatus.OK} == {execution.cells[0].status for execution in results}
    assert all(new <= old for new, old in zip(after[0], before[0], strict=True))
    assert after[1] <= before[1]
    assert ([], []) == after[2:]


def left_folders(kernels):
    """List the guarded folders that are still there."""
    return [folder for folder in kernels._servers._folders if folder.exists()]


def test_a_server_that_dies_during_a_submission_costs_it_nothing(run_warm, warm, printed, tmp_path):
    """It is run again from the start; the cell that ran is not taken for one that kills."""
    marks = [tmp_path / "first", tmp_path / "second"]
    source = f"""import pathlib, time
first, second = {[str(mark) for mark in marks]}
if pathlib.Path(first).exists():
    print('again')
else:
    pathlib.Path(first).touch()
    time.sleep(100)"""

    with ThreadPoolExecutor(1) as pool:
        task = pool.submit(run_warm, "a = 1", source, "print(a)")
        assert eventually(marks[0].exists)
        os.kill(server_of(warm), signal.SIGKILL)
        execution = task.result()

    assert [CellStatus.OK] * 3 == [cell.status for cell in execution.cells]
    assert ["again\n", "1\n"] == [printed(execution, index) for index in (1, 2)]


def test_a_server_that_does_not_stop_dying_is_our_failure(run_warm, monkeypatch):
    """A submission that is lost again and again is an error and no zero; the next one gets a new server."""
    monkeypatch.setattr(running, "MOST_ATTEMPTS", 2)

    with pytest.raises(SandboxError, match="the warm-kernel server died 2 times while this notebook ran"):
        run_warm("import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(100)")

    assert CellStatus.OK == run_warm("1").cells[0].status


def test_a_worn_server_is_renewed(run_warm, warm, monkeypatch):
    """It serves while its successor imports, and ends with its last kernel."""
    run_warm("1")
    worn = server_of(warm)
    with monkeypatch.context() as patch:
        patch.setattr(servers, "MOST_FORKS", 1)

        assert eventually(lambda: run_warm("1") and worn != server_of(warm))

    assert eventually(lambda: not is_alive(worn))


def test_a_kernel_that_cannot_be_made_is_our_failure(submission, warm):
    """The reason is told; the server goes on."""

    def broken(workspace):
        manager = warm(workspace)
        workspace.config.write_text("{}")
        return manager

    with pytest.raises(SandboxError, match=r"no kernel could be started: TypeError: .*recording"):
        execute(submission("1"), limits=Limits(), files={}, kernel=broken)


def test_a_server_that_cannot_start_is_our_failure(submission, monkeypatch):
    """One line with what it said last."""
    monkeypatch.setattr("grader.execution.warm.server.MODULE", "no.such.module")

    with (
        WarmKernels() as some,
        pytest.raises(SandboxError, match=r"could not be started: .*No module named"),
    ):
        execute(submission("1"), limits=Limits(), files={}, kernel=some)


def test_elsewhere_than_on_linux_there_are_no_warm_kernels(monkeypatch):
    """The caller is told, and takes cold ones."""
    monkeypatch.setattr("sys.platform", "darwin")

    with pytest.raises(SandboxError, match="warm kernels need Linux"):
        WarmKernels()


def test_a_cancelled_submission_leaves_no_kernel(warm, run_warm, submission):
    """Ctrl-C cancels what runs; the kernel is killed before the cancellation goes on."""
    run_warm("1")
    before = children(server_of(warm))
    started = threading.Event()

    async def interrupted():
        work = asyncio.create_task(client_run(warm, submission("import time\ntime.sleep(100)"), started))
        await asyncio.to_thread(started.wait)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(interrupted())

    assert [] == before == children(server_of(warm))


async def client_run(kernels, handed_in, started):
    """Run a submission as ``execute`` does, in a task that can be cancelled."""
    with workspace({}, Limits()) as space:
        one = client.Client(handed_in.notebook, kernels(space), Limits())
        one.on_cell_execute = lambda **_: started.set()
        await one.run(space)


def test_plain_nbclient_uses_the_provisioner_by_its_entry_point(warm, tmp_path, monkeypatch):
    """Whoever starts kernels through jupyter_client may have warm ones, with nothing of grading in them."""
    specification = {
        "argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "warm",
        "language": "python",
        "metadata": {"kernel_provisioner": {"provisioner_name": "grader-warm"}},
    }
    (tmp_path / "kernels" / "warm").mkdir(parents=True)
    (tmp_path / "kernels" / "warm" / "kernel.json").write_text(json.dumps(specification))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setattr(provisioner, "_servers_of_this_process", lambda: warm._servers)
    cells = [nbformat.v4.new_code_cell(source) for source in ("import torch\ntorch.ones(2)", "1 / 0")]
    notebook = nbformat.v4.new_notebook(cells=cells)

    nbclient.NotebookClient(notebook, kernel_name="warm", allow_errors=True).execute()

    assert "tensor([1., 1.])" == notebook.cells[0].outputs[0].data["text/plain"]
    assert "ZeroDivisionError" == notebook.cells[1].outputs[0].ename
    assert [] == children(server_of(warm))


def test_a_server_with_threads_refuses_to_fork(monkeypatch):
    """A forked copy of a process with several could hang; it is our failure and no student's."""
    monkeypatch.setattr("os.listdir", lambda _: ["1", "2"])

    with pytest.raises(RuntimeError, match="the warm-kernel server has 2 threads"):
        child._require_one_thread()
