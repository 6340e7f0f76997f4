"""What a confined process does unhindered."""

import os
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

if sys.platform != "linux":
    pytest.skip("the sandbox is Linux's", allow_module_level=True)

ORDINARY = {
    "torch": "import torch\nw = torch.zeros(2, requires_grad=True)\n((w - 1) ** 2).sum().backward()\nassert w.grad.sum() == -4",
    "optimizer": "import torch\nw = torch.zeros(2, requires_grad=True)\no = torch.optim.SGD([w], lr=.1)\nw.sum().backward()\no.step()",
    "save": "import torch\ntorch.save(torch.ones(3), 'w.pt')\nassert torch.load('w.pt').sum() == 3",
    "plot": "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('x')\nplt.savefig('p.png')",
    "csv": "import pandas as pd\npd.DataFrame({'x': [1, 2]}).to_csv('d.csv')\nassert pd.read_csv('d.csv').x.sum() == 3",
    "programs": "import subprocess\nassert 'made' in subprocess.check_output('touch made; ls', shell=True, text=True)",
    "python": "import subprocess, sys\nassert subprocess.check_output([sys.executable, '-c', 'import numpy; print(1)']) == b'1\\n'",
    "threads": "import concurrent.futures as c\nwith c.ThreadPoolExecutor(4) as p:\n    assert sum(p.map(abs, range(9))) == 36",
    "temporary": "import tempfile\nwith tempfile.NamedTemporaryFile('w+') as f:\n    f.write('x')",
    "asyncio": "import asyncio\nassert asyncio.run(asyncio.sleep(0.01, 5)) == 5",
    "copy": "import shutil, pathlib\npathlib.Path('a').write_text('x')\nshutil.copy2('a', 'b')\nshutil.move('b', 'c')",
    "an empty file": "import pathlib\npathlib.Path('new').touch()\npathlib.Path('new').touch()\nassert pathlib.Path('new').exists()",
    "zip": "import zipfile\nwith zipfile.ZipFile('z.zip', 'w') as z:\n    z.writestr('a', 'b')",
    "sqlite": "import sqlite3\nsqlite3.connect('d.db').execute('create table t (x)')",
    "about itself": "import os, pathlib\nos.cpu_count()\npathlib.Path('/proc/self/status').read_text()\nos.listdir('/proc/self/fd')",
    "psutil": "import psutil\npsutil.Process().memory_info()\npsutil.virtual_memory()\npsutil.cpu_count()",
    "time zone": "import time, datetime\ntime.tzset()\ndatetime.datetime.now().astimezone()",
    "types": "import mimetypes\nmimetypes.init()\nassert mimetypes.guess_type('a.png')[0] == 'image/png'",
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_work_goes_on(child, name):
    """What notebooks of a course do."""
    child(lambda: exec(ORDINARY[name], {}))


def test_workers_of_a_data_loader(child):
    """They hand tensors over by sockets and shared memory, for which there has to be a view."""
    if not child.policy["view"]:
        pytest.skip("connecting is refused where others' sockets are in sight")
    code = """
        import torch
        data = torch.utils.data.TensorDataset(torch.arange(20.0))
        loader = torch.utils.data.DataLoader(data, batch_size=5, num_workers=2)
        assert sum(x.sum() for x, in loader) == 190
    """
    child(lambda: exec(textwrap.dedent(code), {}))


def test_a_pseudo_terminal_can_be_had(child):
    """IPython's ``!ls`` asks for one."""
    if child.policy["uid"] is None and not child.policy["view"]:
        pytest.skip("others' terminals would be in sight")

    assert child(lambda: len(os.openpty())) == 2


def test_the_host_can_talk_to_a_confined_kernel(child):
    """ZMQ's sockets in the kernel's folder are bound inside and connected to from outside."""
    import zmq

    address = f"ipc://{child.space.kernel}/socket"

    def answer():
        with zmq.Context() as context, context.socket(zmq.REP) as replier:
            replier.bind(address)
            replier.send(replier.recv()[::-1])
            replier.poll(200)  # so that it is sent
        return "answered"

    with zmq.Context() as context, context.socket(zmq.REQ) as asker, ThreadPoolExecutor(1) as pool:
        served = pool.submit(child, answer)
        asker.linger = 0
        asker.connect(address)
        asker.send(b"abc")
        asker.poll(10_000)
        answered = asker.recv(zmq.NOBLOCK)

        assert "answered" == served.result(10)
    assert b"cba" == answered
