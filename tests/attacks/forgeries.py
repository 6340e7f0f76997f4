"""Notebooks that claim what they have not done, from inside their own kernel: they end with no points.

Each is a list of (question, source) cells. Nothing here has trained anything, whatever it pretends.
"""

from .attacks import RECORDING

TYPED = "What = torch.tensor([[2.4290], [4.0144]], requires_grad=True)"
PRETENDED = """What = torch.zeros(2, 1, requires_grad=True)
for epoch in range(30):
    yhat = X @ What
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    What.data = torch.tensor([[2.4290], [4.0144]])
    What.grad = None
"""


def before(source, then=TYPED):
    """Attack, then pretend, in the question's own cell."""
    return [("mse", f"import torch\n{source}\n{then}")]


def after(source):
    """Pretend, then change what was recorded of it from a later cell."""
    return [("mse", f"import torch\n{TYPED}"), (None, RECORDING + source)]


REPLACED = {
    "backward": before("torch.Tensor.backward = lambda self, *args, **kwargs: None", PRETENDED),
    "allclose": before("torch.allclose = torch.equal = lambda *args, **kwargs: True"),
    "len": before("import builtins\nbuiltins.len = lambda x: 30"),
    "isinstance": before("import builtins\nbuiltins.isinstance = lambda *args: True"),
    "open": before("import builtins, io\nbuiltins.open = io.open = None"),
    "import": before("import builtins\nbuiltins.__import__ = None"),
    "json": before("import json\njson.dumps = lambda *args, **kwargs: '{}'\njson.loads = lambda *args: {}"),
    "safetensors": before("import safetensors.torch\nsafetensors.torch.save = lambda *args: b''"),
    "the recorder": before(
        "import sys\nfor name, module in list(sys.modules.items()):\n    if name.startswith('grader'):\n"
        "        for key in list(vars(module)):\n            setattr(module, key, None)"
    ),
    "events": before(
        "events = get_ipython().events\nevents.callbacks = {name: [] for name in events.callbacks}"
    ),
    "stdout": before("import sys\nsys.stdout = None\nsys.stderr = 5"),
    "a display hook": before("shell = get_ipython()\nshell.display_pub = shell.displayhook = None"),
    "the shell": before("shell = get_ipython()\nshell.run_cell_async = shell.run_cell = None"),
    "the kernel": before("get_ipython().kernel.do_execute = None"),
    "engine": before(
        "import torch.autograd.graph as g\ng._engine_run_backward = lambda *a, **k: ()", PRETENDED
    ),
    "hooks of optimizers": before(
        "from torch.optim import optimizer as o\no._global_optimizer_pre_hooks.clear()\no._global_optimizer_post_hooks.clear()"
    ),
}

FORGED = {
    "garbage": after("open(f'{folder}/cell-0000.json', 'w').write('garbage')"),
    "nothing": after("for name in os.listdir(folder):\n    os.remove(f'{folder}/{name}')"),
    "truncated": after(
        "for name in os.listdir(folder):\n    os.truncate(f'{folder}/{name}', os.path.getsize(f'{folder}/{name}') // 2)"
    ),
    "a link": after("path = f'{folder}/cell-0000.json'\nos.remove(path)\nos.symlink('/etc/passwd', path)"),
    "a pipe": after("path = f'{folder}/cell-0000.json'\nos.remove(path)\nos.mkfifo(path)"),
    "a folder": after("path = f'{folder}/cell-0000.json'\nos.remove(path)\nos.mkdir(path)"),
    "no folder": after("import shutil\nshutil.rmtree(folder, ignore_errors=True)"),
    "too much": after("open(f'{folder}/cell-0000.json', 'wb').write(b'[' * (30 << 20))"),
    "deep": after("open(f'{folder}/cell-0000.json', 'w').write('[' * 200_000 + ']' * 200_000)"),
    "absurd shapes": after(
        "import re\npath = f'{folder}/cell-0000.json'\ntext = open(path).read()\n"
        "absurd, count = re.subn(r'\\[2, ?1\\]', '[1152921504606846976, -1]', text)\nassert count\n"
        "open(path, 'w').write(absurd)"
    ),
    "numbers that are none": after(
        "import re\npath = f'{folder}/cell-0000.json'\ntext = open(path).read()\n"
        "open(path, 'w').write(re.sub(r'\\d+', '1e999', text))"
    ),
    "a bomb of tensors": after(
        'import struct\nhead = b\'{"a":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4]}}\'\n'
        "open(f'{folder}/cell-0000.safetensors', 'wb').write(struct.pack('<Q', len(head)) + head + bytes(4))"
    ),
    "a pickle": after(
        "import pickle\nopen(f'{folder}/cell-0000.safetensors', 'wb').write(pickle.dumps(print))"
    ),
    "an early end": before(
        "k = get_ipython().kernel\nfor _ in range(3):\n"
        "    k.session.send(k.iopub_socket, 'status', {'execution_state': 'idle'}, parent=k.get_parent())"
    ),
    "a reply": before(
        "k = get_ipython().kernel\nk.session.send(k.shell_socket, 'execute_reply',"
        " {'status': 'ok', 'execution_count': 10**9, 'payload': [], 'user_expressions': {}},"
        " parent=k.get_parent(), ident=k._parents and None)"
    ),
    "nonsense messages": before(
        "k = get_ipython().kernel\nfor content in ({}, {'text': 5, 'name': []}, {'data': 'x'}, {'data': {'text/html': 7}}):\n"
        "    for kind in ('stream', 'display_data', 'execute_result', 'error', 'update_display_data', 'clear_output'):\n"
        "        k.session.send(k.iopub_socket, kind, content, parent=k.get_parent())"
    ),
    "unsigned bytes": before(
        "k = get_ipython().kernel\nk.iopub_thread.send_multipart([b'kernel', b'<IDS|MSG>', b'', b'{', b'', b'', b''])"
    ),
}

LIARS = {
    "equal to everything": "class A:\n    __eq__ = __ne__ = __le__ = __ge__ = lambda *args: True\n    __hash__ = lambda self: 0",
    "raises": "class A:\n    def __getattribute__(self, name):\n        raise RuntimeError(name)",
    "exits": "class A:\n    def __getattribute__(self, name):\n        import os\n        raise SystemExit",
    "never answers": (
        "import time\ndef loop(*args):\n    while True:\n        time.sleep(0.1)\n"
        "class A:\n    __repr__ = __str__ = __len__ = __iter__ = __eq__ = __array__ = __float__ = __reduce__ = loop\n"
        "    __getattr__ = loop\n    shape = dtype = weight = bias = property(loop)"
    ),
    "huge": "class A:\n    __len__ = lambda self: 2**62\n    __iter__ = lambda self: iter(int, 1)\n    shape = (2**62, 2**62)",
    "another class": "class A:\n    __class__ = torch.Tensor\n    shape = (100, 1)\n    dtype = torch.float32",
    "a tensor that lies": (
        "class B(torch.Tensor):\n    shape = property(lambda self: torch.Size([100, 1]))\n"
        "    __torch_function__ = classmethod(lambda *args, **kwargs: torch.zeros(100, 1))\n"
        "    tolist = numpy = detach = lambda self: 0\n"
        "A = lambda: torch.zeros(1).as_subclass(B)"
    ),
    "a module that lies": (
        "class A(torch.nn.Module):\n    def named_parameters(self, *args, **kwargs):\n        raise KeyboardInterrupt\n"
        "    parameters = state_dict = named_parameters"
    ),
    "meta": "A = lambda: torch.empty(100, 1, device='meta')",
    "sparse": "A = lambda: torch.eye(100).to_sparse()",
    "quantized": "A = lambda: torch.quantize_per_tensor(torch.zeros(100, 1), 0.1, 0, torch.qint8)",
    "complex": "A = lambda: torch.zeros(100, 1, dtype=torch.complex64)",
    "2^60 elements": "A = lambda: torch.zeros(1).expand(2**60)",
    "nested": "A = lambda: torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)])",
    "NaN": "A = lambda: torch.full((100, 1), float('nan'))",
    "infinite": "A = lambda: torch.full((100, 1), float('inf'))",
    "a list within itself": "def A():\n    a = []\n    a.append(a)\n    return a",
}


def answers(source):
    """Give the liar under the names that the values of two questions are looked for."""
    return [
        (question, f"import torch\n{source}\nnet = yhat = x = y = X = A()")
        for question in ("net-bias", "data")
    ]


MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
SHOWN = {
    "an exception": [("mse", f"raise ValueError({MARKUP!r})")],
    "the class of an exception": [("mse", f"raise type({MARKUP!r}, (Exception,), {{}})")],
    "HTML": [
        ("mse", f"from IPython.display import HTML, SVG, Javascript, display\ndisplay(HTML({MARKUP!r}))")
    ],
    "SVG": [
        (
            "mse",
            f"from IPython.display import display\ndisplay({{'image/svg+xml': '<svg>{MARKUP}</svg>'}}, raw=True)",
        )
    ],
    "names": [
        (
            "mse",
            f"import torch\nglobals()[{MARKUP!r}] = torch.ones(2, 1, requires_grad=True)\nraise NameError({MARKUP!r})",
        )
    ],
    "a dtype": [
        (
            "net-bias",
            f"class yhat:\n    dtype = {MARKUP!r}\n    shape = {MARKUP!r}\nyhat.__name__ = {MARKUP!r}\nnet = yhat",
        )
    ],
}

#: Names of files that would do something if anybody took them for markup, a command or a path.
FILE_NAMES = (
    "<img src=x onerror=alert(3)>.ipynb",
    "'\"; touch pwned; #.ipynb",
    "$(touch pwned) `touch pwned`.ipynb",
    "a..\\..\\up.ipynb",
    "a ... .ipynb",
    "%2e%2e%2fup.ipynb",
    "-rf --out.ipynb",
    "{{ 7 * 7 }}.ipynb",
    "new\nline.ipynb",
)

PRETENDING = (
    {f"{name} replaced": cells for name, cells in REPLACED.items()}
    | {
        f"{name} as a recording"
        if name not in ("an early end", "a reply", "nonsense messages", "unsigned bytes")
        else name: cells
        for name, cells in FORGED.items()
    }
    | {
        f"a value that is {name}" if not name.startswith("a ") else name: answers(source)
        for name, source in LIARS.items()
    }
    | {f"markup in {name}": cells for name, cells in SHOWN.items()}
)
