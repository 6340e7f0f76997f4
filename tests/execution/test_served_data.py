"""The assignment's data, by every route a notebook takes."""

import pytest

from grader.execution.child import fetch
from grader.execution.child.config import Config
from grader.execution.child.files import ServedFiles
from grader.records import CellStatus

CSV = "2022-09-22-regression.csv"

PREPARE = (
    "import numpy as np, pandas as pd\nimport ssl, urllib.request\ncontext = ssl.create_default_context()"
)

ROUTES = [
    f"print(pd.read_csv('https://raw.example.org/a/main/{CSV}').x[0])",
    f"print(pd.read_csv('http://example.org/{CSV}?raw=true').x[0])",
    f"print(pd.read_csv('{CSV}').x[0])",
    f"print(pd.read_csv('/content/drive/MyDrive/{CSV}').x[0])",
    f"print(np.loadtxt('/content/drive/MyDrive/{CSV}', delimiter=',', skiprows=1).flat[0])",
    f"print(np.genfromtxt('/content/{CSV}', delimiter=',', skip_header=1).flat[0])",
    f"print(open('../data/{CSV}').read().split()[1].split(',')[0])",
    f"print(urllib.request.urlopen('https://e.org/{CSV}', context=context).read()[4:7].decode())",
    f"path, _ = urllib.request.urlretrieve('https://e.org/{CSV}', 'b.csv')\nprint(pd.read_csv(path).x[0])",
    f"!wget -q https://example.org/{CSV} -O c.csv && tail -1 c.csv | cut -d, -f1",
    f"!rm -f {CSV}; curl -LO https://example.org/{CSV} 2>/dev/null; tail -1 {CSV} | cut -d, -f1",
    f"!curl -sSL https://example.org/{CSV} | tail -1 | cut -d, -f1",
    "print(pd.read_csv('regression (1).csv').x[0])",
    "print(pd.read_csv('https://example.org/mine/main/data.csv').x[0])",
]

REFUSED = "urllib.request.urlopen('https://example.org/other.zip')"


@pytest.fixture(scope="module")
def execution(run, csv):
    """One notebook that asks in every way, then for something else."""
    return run(PREPARE, *ROUTES, REFUSED, files={CSV: csv})


@pytest.mark.parametrize("number", range(len(ROUTES)))
def test_every_route_leads_to_the_assignments_data(execution, printed, number):
    """Whatever the host and the path, a served name is answered from the assignment."""
    assert "1.5" == printed(execution, number + 1).strip()


def test_another_name_is_told(execution):
    """A table that is nowhere is the assignment's, and the instructor learns which was asked for."""
    renamed = [flag.params["name"] for flag in execution.flags if flag.id == "flag.data-renamed"]

    assert ["regression (1).csv", "https://example.org/mine/main/data.csv"] == renamed


@pytest.mark.parametrize(
    ("address", "names", "found"),
    [
        ("C:\\Users\\me\\data.CSV", ["회귀.csv", "회귀.json"], "회귀.csv"),
        ("data.csv", ["a.csv", "b.csv"], None),
        ("data.json", ["회귀.json"], None),
        ("data", ["회귀.csv"], None),
    ],
)
def test_another_name_means_the_only_table(address, names, found):
    """Where there are several nobody can tell; what is no table is left alone, as programs look for it."""
    path = ServedFiles({name: name for name in names}).find_renamed(address)

    assert found == (path and path.name)


def test_another_url_is_refused_at_once(execution):
    """There is no network, and the message says so."""
    outcome = execution.cells[-1]

    assert CellStatus.RAISED == outcome.status
    assert "URLError" == outcome.error.name
    assert (
        f"there is no network while a notebook is graded; the files served are: {CSV}" in outcome.error.value
    )


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://h/2022%2D09/%ED%9A%8C%EA%B7%80.csv", True),
        ("https://h/회귀.csv?raw=true", True),
        ("https://h/회귀.csv#x", True),
        ("https://h/download?file=회귀.csv", True),
        ("회귀.csv", True),  # as macOS writes it
        ("C:\\Users\\me\\회귀.csv", True),
        ("./회귀.csv", True),
        ("https://h/my회귀.csv", False),
        ("https://h/회귀.csv.zip", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_an_address_means_a_served_file_when_it_ends_in_its_name(address, found):
    """Percent-encoding, queries and decomposed Korean are no obstacle; a longer name is another file."""
    assert found == (ServedFiles({"회귀.csv": "/served/회귀.csv"}).find(address) is not None)


@pytest.mark.parametrize(
    ("command", "target"),
    [
        ("wget URL", CSV),
        ("wget -q --no-check-certificate URL", CSV),
        ("wget -P data URL", f"data/{CSV}"),
        ("wget -nc --output-document=e.csv URL", "e.csv"),
        ("curl -O URL", CSV),
        ("curl -sLo e.csv URL", "e.csv"),
        ("curl URL --output e.csv --create-dirs", "e.csv"),
        ("curl -H Accept:text/csv URL -o e.csv", "e.csv"),
    ],
)
def test_wget_and_curl_save_where_they_are_told(tmp_path, monkeypatch, csv, command, target):
    """The stand-ins honour the options that notebooks use."""
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "config.json"
    Config(recording="", recording_bytes=0, output_bytes=0, seed=0, files={csv.name: str(csv)}).write(config)
    program, *arguments = command.replace("URL", f"https://example.org/{CSV}").split()

    assert 0 == fetch.main([str(config), program, *arguments])
    assert csv.read_text() == (tmp_path / target).read_text()


@pytest.mark.parametrize(("program", "code"), [("wget", 4), ("curl", 6)])
def test_wget_and_curl_refuse_what_is_not_served(tmp_path, capsys, program, code):
    """They fail as for an unknown host and say what there is."""
    config = tmp_path / "config.json"
    Config(recording="", recording_bytes=0, output_bytes=0, seed=0, files={"d.csv": "d.csv"}).write(config)

    assert code == fetch.main([str(config), program, "https://example.org/e.csv"])
    assert f"{program}: no network while grading; served: d.csv\n" == capsys.readouterr().err
