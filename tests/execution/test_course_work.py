"""What a course asks of a kernel, and what students do besides, runs unhindered in the sandbox."""

import pytest

WORK = {
    "imports": "import torch, numpy as np, pandas as pd, matplotlib.pyplot as plt, os, sys, time, random",
    "data": "df = pd.read_csv('https://example.org/some/2022-09-22-regression.csv'); df.describe()",
    "plot": "plt.plot([1, 2, 3]); plt.title('ŷ'); plt.savefig('plot.png'); plt.show()",
    "animation": (
        "from matplotlib.animation import FuncAnimation\n"
        "from IPython.display import HTML\n"
        "fig, ax = plt.subplots()\nline, = ax.plot([0, 1], [0, 1])\n"
        "ani = FuncAnimation(fig, lambda i: line.set_data([0, 1], [0, i]), frames=3)\n"
        "HTML(ani.to_jshtml())"
    ),
    "save": "torch.save({'a': torch.ones(3)}, 'model.pt'); torch.load('model.pt')['a'].sum()",
    "a module saved": (
        "net = torch.nn.Linear(1, 1); torch.save(net.state_dict(), 'net.pt')\n"
        "net.load_state_dict(torch.load('net.pt'))"
    ),
    "files": "os.makedirs('out/deep', exist_ok=True); df.to_csv('out/deep/d.csv'); pd.read_csv('out/deep/d.csv').shape",
    "temporary files": "import tempfile\nwith tempfile.NamedTemporaryFile('w') as f: f.write('x')",
    "shell": "!ls -l && echo $HOME && python -c 'import torch; print(torch.ones(2))'",
    "shell result": "files = !ls\nfiles",
    "wget": "!wget -q https://example.org/2022-09-22-regression.csv -O again.csv && head -1 again.csv",
    "timeit": "%timeit -n 10 -r 2 torch.ones(10) + 1",
    "time": "%time sum(range(1000))",
    "writefile": "%%writefile helper.py\ndef f(x):\n    return x + 1",
    "own module": "import helper; helper.f(1)",
    "script": "%run helper.py",
    "pip": "!pip --version",
    "threads": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as pool: print(list(pool.map(abs, [-1, -2])))"
    ),
    "processes": (
        "import multiprocessing\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, -2]))"
    ),
    "forked output": "pid = os.fork()\nif pid == 0:\n    print('child', flush=True); os._exit(0)\nos.waitpid(pid, 0)",
    "workers": (
        "dataset = torch.utils.data.TensorDataset(torch.arange(8.))\n"
        "print([b[0].sum() for b in torch.utils.data.DataLoader(dataset, batch_size=4, num_workers=1)])"
    ),
    "sockets on their way": (
        "import socket\nfor _ in range(8):\n"
        "    (ours, theirs), (one, other) = socket.socketpair(), socket.socketpair()\n"
        "    socket.send_fds(ours, [b'.'], [one.fileno()])\n    one.close()\n    time.sleep(.1)\n"
        "    for end in (ours, theirs, other): end.close()"
    ),
    "sqlite": "import sqlite3\nsqlite3.connect('d.db').execute('create table t (x)')",
    "svd": "torch.linalg.svd(torch.rand(200, 200))[1].shape, np.linalg.lstsq(np.eye(3), np.ones(3), rcond=None)[0]",
    "help": "torch.optim.SGD?",
    "await": "import asyncio\nawait asyncio.sleep(0.01)",
    "widgets of progress": "for i in range(3): print(f'\\r{i}', end='')",
    "optimizers": (
        "net = torch.nn.Linear(1, 1)\nfor kind in (torch.optim.SGD, torch.optim.Adam):\n"
        "    optimizer = kind(net.parameters(), lr=0.1)\n    net(torch.ones(2, 1)).sum().backward()\n"
        "    optimizer.step(); optimizer.zero_grad(); optimizer.load_state_dict(optimizer.state_dict())\n"
        "print('torch._dynamo.config' in sys.modules)"
    ),
    "transforms": (
        "print(torch.func.grad(lambda w: (w ** 2).sum())(torch.ones(2)), 'torch._dynamo.config' in sys.modules)"
    ),
    "compiled": (
        "f = torch.compile(lambda x: x + 1)\nprint(f(torch.ones(1)), 'torch._dynamo.config' in sys.modules)"
    ),
    "optimizers afterwards": "net(torch.ones(2, 1)).sum().backward(); optimizer.step(); torch._dynamo.reset()",
    "user": "import getpass; os.path.expanduser('~'), os.cpu_count(), time.localtime()",
}


@pytest.fixture(scope="module")
def work(run, csv):
    """Run all of it in one notebook."""
    return run(*WORK.values(), files={csv.name: csv})


@pytest.mark.parametrize("name", WORK)
def test_course_work_runs(work, name, printed):
    """The cell ends without an error."""
    index = list(WORK).index(name)
    outcome = work.cells[index]

    assert ("ok", None) == (outcome.status.value, outcome.error), printed(work, index)


def test_nothing_of_it_is_told_of(work):
    """No flag is raised by ordinary work."""
    assert () == work.flags


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("wget", "x,y"),
        ("processes", "[1, 2]"),
        ("forked output", "child"),
        ("workers", "tensor(6.)"),
        ("script", ""),
        ("optimizers", "False"),  # nor do they take the second that the compiler's import takes
        ("transforms", "tensor([2., 2.]) False"),
        ("compiled", "tensor([2.]) True"),
    ],
)
def test_what_it_shows(work, name, shown, printed):
    """What other processes print and give back arrives."""
    assert shown in printed(work, list(WORK).index(name))
