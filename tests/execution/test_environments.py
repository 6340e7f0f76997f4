"""What notebooks expect of the machines they were written on: magics, programs, Colab, a GPU, packages."""

import ast
import re

import pytest

from grader.execution.child import installers, notes
from grader.execution.child.standins import cuda, packages
from grader.execution.notes import flags, read
from grader.records import CellStatus, Message

CSV = "2022-09-22-regression.csv"
NOT_THERE = "a_package_nobody_has"

#: What a cell says, what is found in its output, and the exception that ends it, with its line.
CELLS = [
    ("%matplotlib inline\nimport os, torch\nimport pandas as pd\nimport matplotlib.pyplot as plt", "", None),
    (
        "%matplotlib widget\n%tensorflow_version 2.x\nprint('on')",
        r"on\n.*건너뛰었습니다.*%tensorflow_version 2\.x",
        None,
    ),
    (
        "%load_ext tensorboard\n%%time\n%load_ext autoreload\n%autoreload 2\nv = %nothing\nprint(v)",
        "None",
        None,
    ),
    ("%%nothing\n1", "Cell magic `%%nothing` not found", ("UsageError", 1)),
    ("torch.optim.SGD?", "", None),
    ("torch.optim.SGD??", "", None),
    ("!pip install -q torch numpy\nprint('quiet')", r"^quiet\n$", None),
    (
        f"!pip install torch {NOT_THERE}",
        rf"already satisfied: torch\s.*설치하지 않았습니다.*: {NOT_THERE}",
        None,
    ),
    (f"%pip install {NOT_THERE}", "설치하지 않았습니다", None),
    (f"!python3 -m pip install {NOT_THERE}", "설치하지 않았습니다", None),
    ("pip install torch==0.4.1", "설치하지 않았습니다.*torch==0.4.1", None),
    (f"%conda install -y -c conda-forge {NOT_THERE}", f"설치하지 않았습니다.*: {NOT_THERE}", None),
    ("!sudo apt-get -qq install -y fonts-nanum\n!mkdir -p data\n!ls", "fonts-nanum.*data", None),
    ("!pip --version", "^pip ", None),
    (
        "from google.colab import drive, files, output, userdata, ai\ndrive.mount('/content/drive')",
        "Mounted",
        None,
    ),
    ("list(files.upload()), output.clear()", CSV, None),
    ("userdata.get('token')", "", ("SecretNotFoundError", 1)),
    ("r = ai.generate_text('?')", "", ("ModuleNotFoundError", 1)),
    (f"%cd /content/drive/MyDrive\npd.read_csv('/content/sample_data/{CSV}').x[0]", "1.5", None),
    ("os.makedirs('/content/out', exist_ok=True)\npd.DataFrame([7]).to_csv('/content/out/a.csv')", "", None),
    ("os.path.exists('/content/out/a.csv'), open('/content/out/a.csv').read()", r"True, .*7", None),
    ("os.chdir('C:/Users/kim/4주차')\nos.chdir('/home/kim/4주차')\nprint('on')", "on", None),
    ("os.chdir('nowhere')", "", ("FileNotFoundError", 1)),
    ("os.stat('/nowhere')", "", ("FileNotFoundError", 1)),
    (
        "torch.cuda.is_available(), torch.ones(1).is_cuda, torch.device('cpu').type == 'cuda'",
        "False, False, False",
        None,
    ),
    ("device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\ndevice", "cpu", None),
    (
        "x = torch.ones(3, 1).cuda()\nnet = torch.nn.Linear(1, 1).cuda().to('cuda')\nnet(x).shape",
        "3, 1",
        None,
    ),
    (
        "device = torch.device('cuda:0')\ny = torch.ones(3, device=device)\ntorch.cuda.synchronize()",
        "",
        None,
    ),
    (
        "assert x.is_cuda and device.type == 'cuda'\nprint('cuda', torch.cuda.is_available())",
        "cuda False",
        None,
    ),
    (
        "torch.save(net.state_dict(), 'n.pt')\nnet.load_state_dict(torch.load('n.pt', map_location='cuda'))",
        "matched",
        None,
    ),
    (
        "torch.cuda.FloatTensor([1.]).type(torch.cuda.FloatTensor).type('torch.cuda.FloatTensor')",
        r"tensor\(\[1\.\]\)",
        None,
    ),
    ("torch.set_default_device('cuda')\ntorch.ones(1, device=f'cuda:{0}').device", "cpu", None),
    (
        "torch.set_default_device(None)\nstart = torch.cuda.Event(enable_timing=True)\nstart.record()",
        "",
        None,
    ),
    ("del plt\nfrom fastai.vision.all import *\nprint(plt.plot, nn.Linear, np.pi)", "3.14", None),
    (
        f"import {NOT_THERE} as sns, torch as t\nsns.set()\nfrom {NOT_THERE} import f, g as h\nt.ones(1)",
        "1.",
        None,
    ),
    ("a = sns.lineplot([1])", "", ("ModuleNotFoundError", 1)),
    ("a = [1]\nb = h(a)", "", ("ModuleNotFoundError", 2)),
    ("class A(h): pass", "", ("ModuleNotFoundError", 1)),
    ("for i in range(3):\n    sns.lineplot([i])\n    print(h(i), sns.f([i]))\ni", "2", None),
    ("def draw():\n    sns.lineplot([1])\n    return 7\ndraw()", "7", None),
    ("try:\n    sns.lineplot([1])\nexcept ImportError:\n    print('their own way')", "their own way", None),
    (f"try:\n    import {NOT_THERE}\nexcept ImportError:\n    print('their own way')", "their own way", None),
    ("from torch import no_such_name", "", ("ImportError", 1)),
    (
        "from tqdm.notebook import tqdm\nfrom tqdm.auto import trange\nlen(list(tqdm(range(30))))",
        "30",
        None,
    ),
    ("from tqdm import tqdm\nfor epoch in tqdm(range(30)): pass\nepoch", "29", None),
    ("get_ipython().ast_node_interactivity = 'all'", "", None),
    ("1 + 1\n2 + 2\nimport warnings; warnings.warn('careful')", r"2\s*4", None),
    ("#@title 학습률 { display-mode: 'form' }\nlr = 0.1 #@param {type:'number'}\nlr", "0.1", None),
    (
        "import ipywidgets, wandb\nfrom torch.utils.tensorboard import SummaryWriter\nw = SummaryWriter()",
        "",
        None,
    ),
    ("with wandb.init() as run:\n    run.log({'loss': 1})\n    w.add_scalar('loss', 1)\n7", "7", None),
    ("bar = ipywidgets.IntProgress()\nbar.value += 1\nbar.style.color = 'red'\n7", "7", None),
    ("0.1 * torch.ones(1) * run.config.lr", "", ("ModuleNotFoundError", 1)),
    (
        "import sys\n[name for name in dir() if 'grader' in name], 'grader' in repr(vars().keys())",
        "False",
        None,
    ),
    (
        "for f in '/content/drive/a/n.pt', 'C:/Users/kim/n.pt':\n    torch.save(f, f)\ntorch.load(f)",
        "kim",
        None,
    ),
    (
        "with open('./models/n.txt', 'w') as f: f.write('kept')\nopen('models/n.txt').read()",
        "kept",
        None,
    ),
]

FLAGGED = [
    Message("flag.magic-skipped", {"cell": 2, "name": "%tensorflow_version"}),
    Message("flag.magic-skipped", {"cell": 3, "name": "%load_ext tensorboard"}),
    Message("flag.magic-not-first", {"cell": 3, "name": "%%time"}),
    Message("flag.magic-skipped", {"cell": 3, "name": "%nothing"}),
    Message("flag.not-installed", {"cell": 8, "name": NOT_THERE}),
    Message("flag.not-installed", {"cell": 11, "name": "torch==0.4.1"}),
    Message("flag.not-installed", {"cell": 13, "name": "fonts-nanum"}),
    Message("flag.package-missing", {"cell": 15, "name": "google.colab.ai"}),
    Message("flag.folder", {"cell": 22, "name": "C:/Users/kim/4주차"}),
    Message("flag.folder", {"cell": 22, "name": "/home/kim/4주차"}),
    Message("flag.cuda", {"cell": 27, "name": ""}),
    Message("flag.package-missing", {"cell": 34, "name": "fastai"}),
    Message("flag.package-missing", {"cell": 35, "name": NOT_THERE}),
    Message("flag.package-missing", {"cell": 49, "name": "ipywidgets"}),
    Message("flag.package-missing", {"cell": 49, "name": "wandb"}),
    Message("flag.package-missing", {"cell": 49, "name": "tensorboard"}),
]

LOOP = """\
torch.manual_seed(1)
x = torch.linspace(0, 1, 9).reshape(9, 1){0}
net = torch.nn.Linear(1, 1){0}
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(5):
    loss = ((net(x) - 2 * x) ** 2).mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
"""


@pytest.fixture(scope="module")
def execution(run, csv):
    """Run all cells in one kernel."""
    return run(*(source for source, _, _ in CELLS), files={CSV: csv})


@pytest.mark.parametrize(
    "number", range(len(CELLS)), ids=[source.split("\n")[0][:40] for source, _, _ in CELLS]
)
def test_a_cell_goes_on_where_its_environment_is_missing(execution, printed, number):
    """What has nothing to do with the answer does not end the cell; what is really missing does, by name."""
    _, shown, error = CELLS[number]
    outcome = execution.cells[number]

    assert (error is None) == (CellStatus.OK == outcome.status), outcome
    if error is not None:
        assert error == (outcome.error.name, outcome.error.line)
    assert re.search(shown, printed(execution, number), re.DOTALL)


def test_what_was_done_instead_is_flagged_once(execution):
    """Every replacement is told with the first cell that asked for it."""
    assert FLAGGED == list(execution.flags)


def test_tracebacks_show_no_frame_of_ours_and_no_folder(execution):
    """An ordinary mistake looks as it does at home; where packages lie here is nothing to anybody."""
    outputs = [output for cell in execution.notebook.cells for output in cell.outputs]
    shown = "".join(line for output in outputs for line in output.get("traceback", ()))

    assert "site-packages/" in shown
    assert "grader/execution" not in shown
    assert "/site-packages" not in shown


def test_a_loop_on_the_gpu_is_recorded_as_on_the_cpu(run):
    """Numbers, graph, names: all but the flag."""
    plain, moved = (run("import torch", LOOP.format(device)) for device in ("", ".to('cuda')"))

    assert plain.recording.cells[1].events
    assert str(plain.recording.cells[1].events) == str(moved.recording.cells[1].events)
    assert ((), ("flag.cuda",)) == (plain.flags, tuple(flag.id for flag in moved.flags))


@pytest.mark.parametrize(
    ("source", "rewritten"),
    [
        ("x.to('cuda')", True),
        ("d = 'cuda:1'", True),
        ("d = {'device': 'cuda'}", True),
        ("f(device=f'cuda:{i}')", True),
        ("def f(d='cuda'): pass", True),
        ("x.is_cuda", True),
        ("print('cuda')", False),
        ("'cuda'", False),
        ("x['cuda']", False),
        ("x = 'no cuda here'", False),
        ("f'{x:cuda}'", False),
        ("torch.autocast('cuda')", False),
        ("torch.autocast(device_type='cuda')", False),
        ("match d:\n    case 'cuda': pass", False),
        ("x.is_cuda = 1", False),
        ("torch.cuda.is_available()", False),
    ],
)
def test_devices_are_rewritten_where_they_can_be_used(source, rewritten):
    """A text that names a GPU becomes the CPU's; whatever else a cell says stays."""
    tree = ast.parse(source)
    before = ast.dump(tree)

    after = cuda._OnCPU().visit(tree)

    assert rewritten == (before != ast.dump(after))
    compile(ast.fix_missing_locations(after), "cell", "exec")


@pytest.mark.parametrize(
    "source",
    [
        "import torch\nfrom os import path",
        "from .local import x",
        "if x:\n    import nothing_there",
        "x = 1\nx.set()",
    ],
)
def test_imports_of_what_is_there_are_left_alone(source):
    """A cell whose packages are installed is compiled as it was written."""
    tree = ast.parse(source)
    before = ast.dump(tree)

    assert before == ast.dump(packages._SkipMissing({}).visit(tree))


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        ("install torch", []),
        ("install -q torch>=1.0 numpy[extra]", []),
        ("install --upgrade pip torch", []),
        ("install git+https://github.com/x/y", ["git+https://github.com/x/y"]),
        ("install -r requirements.txt", ["requirements.txt"]),
        ("install --index-url https://e.org torch", []),
        ("install torch==9.9", ["torch==9.9"]),
    ],
)  # fmt: skip
def test_only_what_is_not_there_is_refused(tmp_path, arguments, refused):
    """The exit code is pip's: 0 where nothing was missing."""
    config = tmp_path / "config.json"
    notes.file_of(config).parent.mkdir()
    notes.listen(notes.file_of(config))

    code = installers.main([str(config), "pip", *arguments.split()])

    assert (int(bool(refused)), [["install", name] for name in refused]) == (code, notes.take())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([["cuda", ""], ["package", "x"]], (("cuda", ""), ("package", "x"))),
        ([["cuda", "y" * 1000]], (("cuda", "y" * 100),)),
        ([["rm -rf", ""], ["cuda"], ["cuda", 1], "cuda", None, {}], ()),
        ({"cuda": ""}, ()),
        (None, ()),
        ([["cuda", ""]] * 10**5, (("cuda", ""),) * 100),
    ],
)
def test_notes_are_read_as_hostile(given, expected):
    """Known kinds, short texts, not too many."""
    assert expected == read(given)


def test_a_flood_of_notes_is_a_few_flags():
    """A cell that asks for a thousand packages does not fill the page."""
    assert 10 == len(flags({0: [("package", str(number)) for number in range(100)]}))
