"""Reading an assignment: what is right is read, what is wrong is one line that helps."""

import re
import signal
import textwrap

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.assignment.file import load
from grader.assignment.folder import find
from grader.assignment.source import read_notebook
from grader.errors import AssignmentError
from grader.records import Limits, Step, Visibility
from grader.render.failures import failure

TOML = """\
id = "small"
title = "작은 과제"
version = "3"
points = 10
passing_score = 6
data = "small.data"

[files]
"a.csv" = "data/a.csv"

[limits]
cell_seconds = 5

[[questions]]
id = "line"
title = "직선"
points = 6
training = "small.Line"

[questions.checks]
init = { points = 2, any_shape = true }
step1 = 4

[[questions]]
id = "numbers"
title = "숫자"
points = 4
values = "small.numbers"

[questions.checks]
"net.bias" = 1
yhat = { points = 3, atol = 2e-4, visibility = "hidden", step = "data" }
"""

REFERENCE = """\
from types import SimpleNamespace

import torch

from grader.training import Training


def data(seed=1):
    return SimpleNamespace(x=seed * torch.ones(3, 1), y=torch.ones(3, 1))


class Line(Training):
    def init(self):
        return {"w": torch.tensor(2.0)}

    def step1(self, p, data):
        return p["w"] * data.x

    def step2(self, yhat, data):
        return torch.mean((data.y - yhat) ** 2)


def numbers(data):
    return {"net.bias": 1.0, "yhat": data.x}


def files(seed):
    return {"a.csv": f"x\\n{seed}\\n"}


def constant(seed):
    return files(1)


def bytes(seed):
    return {"a.csv": files(seed)["a.csv"].encode()}
"""

CELLS = (("line", "# 문제: line\n### BEGIN SOLUTION"), (None, "import torch"), ("numbers", "# 문제: numbers"))


@pytest.fixture
def course(tmp_path):
    """Write the small course, with replacements, and give the assignment's folder."""

    def write(toml=("", ""), reference=("", ""), cells=CELLS):
        folder = tmp_path / "assignments" / "small"
        (folder / "data").mkdir(parents=True)
        (tmp_path / "reference").mkdir()
        (folder / "data" / "a.csv").write_text("x\n1\n")
        (folder / "assignment.toml").write_text(replaced(TOML, *toml), encoding="utf-8")
        (tmp_path / "reference" / "small.py").write_text(replaced(REFERENCE, *reference), encoding="utf-8")
        notebook = new_notebook(
            cells=[
                new_code_cell(source, metadata={"grader": {"question": name}} if name else {})
                for name, source in cells
            ]
        )
        nbformat.write(notebook, folder / "small.ipynb")
        return folder

    def replaced(text, old, new):
        assert old in text
        return text.replace(old, new, 1) if old else text

    return write


def test_all_of_it_is_read(course):
    """Every key of the TOML arrives in its place."""
    folder = course()
    assignment = load(folder)
    line, numbers = assignment.questions

    assert ("small", "작은 과제", "3", 10, 6) == (
        assignment.id,
        assignment.title,
        assignment.version,
        assignment.max_score,
        assignment.passing_score,
    )
    assert Limits(cell_seconds=5) == assignment.limits
    assert {"a.csv": folder / "data/a.csv"} == assignment.files
    assert folder / "small.ipynb" == assignment.notebook
    assert "always" == assignment.show_expected
    assert (3, 1) == tuple(assignment.data().x.shape)
    assert ("training", "# 문제: line", 2.0) == (line.kind, line.marker, float(line.training.init()["w"]))
    assert [(Step.INIT, 2, True), (Step.STEP1, 4, False)] == [
        (c.step, c.points, c.any_shape) for c in line.checks
    ]
    assert ("values", ["net.bias", "yhat"]) == (numbers.kind, list(numbers.values()))
    bias, yhat = numbers.checks
    assert (Step.VALUE, Visibility.PUBLIC, 0) == (bias.step, bias.visibility, bias.atol)
    assert (Step.DATA, Visibility.HIDDEN, 2e-4) == (yhat.step, yhat.visibility, yhat.atol)


def test_when_expected_values_are_shown(course):
    """The deadline keeps its offset; a rule that needs one says so."""
    rule = 'show_expected = "after-deadline"\ndeadline = 2026-10-05T23:59:00+09:00'
    assignment = load(course(("passing_score", f"{rule}\npassing_score")))

    assert ("after-deadline", "2026-10-05T23:59:00+09:00") == (assignment.show_expected, assignment.deadline)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('show_expected = "after-deadline"', "show_expected: 'after-deadline' needs a deadline"),
        ("deadline = 2026-10-05T23:59:00", "deadline: "),
        ('deadline = "tomorrow"', "deadline: "),
    ],
)
def test_a_deadline_that_is_none(course, rule, message):
    """Without an offset nobody knows when it is."""
    with pytest.raises(AssignmentError, match=message):
        load(course(("passing_score", f"{rule}\npassing_score")))


VARYING = ('training = "small.Line"', 'training = "small.Line"\nvaries_with = "csv"')
SECOND_RUN = '[second_run]\nfiles = "small.files"\none_in = 7\n\n[limits]'


def varying(text):
    """Say in the TOML how the data vary, and that the first question does with them."""
    return text.replace(*VARYING, 1).replace("[limits]", SECOND_RUN, 1)


def test_an_assignment_on_other_data_is_another_assignment(course):
    """Files, data and expected values change together; the rest stays, the first assignment too."""
    folder = course()
    toml = folder / "assignment.toml"
    toml.write_text(varying(TOML), encoding="utf-8")
    assignment = load(folder)
    other = assignment.varied(5)

    assert [frozenset({"csv"}), frozenset()] == [q.varies_with for q in assignment.questions]
    assert (7, 0, {"a.csv": "x\n5\n"}) == (assignment.run_twice, other.seed_shift, other.contents)
    assert 5.0 == float(other.assignment.data().x[0])
    assert 5.0 == float(other.assignment.questions[1].values()["yhat"][0])
    assert 1.0 == float(assignment.questions[1].values()["yhat"][0])
    assert assignment.digest == other.assignment.digest


def test_what_varies_with_seeds_alone_needs_no_files(course):
    """The notebook draws other numbers, the assignment stays."""
    folder = course(toml=(VARYING[0], VARYING[1].replace('"csv"', '["seed"]')))
    assignment = load(folder)
    other = assignment.varied(5)

    assert (5, {}, assignment.questions) == (other.seed_shift, other.contents, other.assignment.questions)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"csv"', '"cvs"', r":23: questions\[0\]\.varies_with.*: cannot be 'cvs'; did you mean 'csv'\?"),
        ("one_in = 7", "one_in = -1", r":13: second_run\.one_in: .*should be 0 or more, not -1"),
        ("one_in", "onein", r":13: second_run\.onein: no such key; did you mean 'one_in'\?"),
        ('files = "small.files"\n', "", r":\d+: second_run\.files: an answer varies_with = \"csv\": name "),
        ("small.files", "small.file", r":12: second_run\.files: .* has no function 'file'; .* 'files'\?"),
        ("small.files", "small.numbers", r"second_run\.files: .*raises"),
        ("small.files", "small.constant", r":12: second_run\.files: writes the same files under every seed"),
        ("small.files", "small.bytes", r":12: second_run\.files: small\.bytes should return a dict of texts"),
    ],
)
def test_mistakes_about_the_second_run_are_said_in_one_line(course, old, new, message):
    """A word misspelt, a recipe that is not there: file, key, what to write."""
    folder = course()
    text = varying(TOML)
    assert old in text
    (folder / "assignment.toml").write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(AssignmentError, match=message):
        load(folder)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[[questions]]", "[questions]", r":24: not TOML: .*; that stands further up already"),
        ("[files]", "deadline = 2026-10-05\n[files]", r":8: deadline: should be a time .* not 2026-10-05$"),
        ("any_shape = true", "any_shape = 1", r":21: .*\.any_shape: should be true or false, not 1"),
        ("[files]", "[files]\nb = 3", r":9: files\.b: should be a text in quotes, not 3"),
        ("title = ", "titel = ", r":2: titel: no such key; did you mean 'title'\?"),
        ("passing_score = 6\n", "", r":1: passing_score: missing"),
        ("points = 6\n", "point = 6\n", r":17: questions\[0\]\.point: no such key; did you mean 'points'\?"),
        ("points = 4\n", "", r":24: questions\[1\]\.points: missing"),
        (
            "cell_seconds",
            "cel_seconds",
            r":12: limits\.cel_seconds: no such key; did you mean 'cell_seconds'\?",
        ),
        ("cell_seconds = 5", "cell_seconds = 0", r":12: limits\.cell_seconds: should be above 0, not 0"),
        ("atol", "atoll", r":32: questions\[1\]\.checks\.yhat\.atoll: no such key; did you mean 'atol'\?"),
        ('"hidden"', '"hiden"', r":32: .*\.visibility: cannot be 'hiden'; did you mean 'hidden'\?"),
        (
            "step1 = 4",
            'step1 = "4"',
            r":22: questions\[0\]\.checks\.step1\.points: should be a number, not '4'",
        ),
        (
            "step1 = 4",
            "step1 = nan",
            r":22: questions\[0\]\.checks\.step1\.points: should be a finite number, not nan",
        ),
        ("step1 = 4", "step1 = -4", r":22: questions\[0\]\.checks\.step1\.points: should be above 0, not -4"),
        ('version = "3"', "version = 3", r":3: version: should be a text in quotes, not 3"),
        (
            'id = "line"',
            'id = "a line"',
            r":15: questions\[0\]\.id: should be one word of letters, .* not 'a line'",
        ),
        ('title = "직선"', "title = 직선", r":16: not TOML: Invalid value"),
        ("[files]", "[files", r":8: not TOML: "),
        ("points = 10", "points = 12", r":4: points: is 12, but the questions add up to 10"),
        ("points = 6", "points = 7", r":4: points: is 10, but the questions add up to 11"),
        ("step1 = 4", "step1 = 3", r":17: questions\[0\]\.points: is 6, but the checks add up to 5"),
        ("passing_score = 6", "passing_score = 60", r":5: passing_score: is 60 of 10 points"),
        ('id = "small"', 'id = "smal"', r":1: id: is 'smal', but the folder is called 'small'"),
        ('id = "numbers"', 'id = "line"', r":25: questions\[1\]\.id: 'line' is there twice"),
        (
            'training = "small.Line"\n',
            "",
            r":14: questions\[0\]: 'line' needs either training = … or values = …",
        ),
        (
            "step1 = 4",
            "stepp1 = 4",
            r":22: questions\[0\]\.checks\.stepp1: nothing to check; did you mean 'step1'\?",
        ),
        (
            "step1 = 4",
            "value = 4",
            r":22: questions\[0\]\.checks\.value: nothing to check; there is 'data', 'init', ",
        ),
        ('"net.bias"', '"net.bais"', r":31: .*\.net\.bais: nothing to check; did you mean 'net\.bias'\?"),
        (
            "any_shape = true",
            "atol = 1e-3",
            r":21: .*\.init: step, atol, any_dtype and any_kind belong to the checks of values",
        ),
        (
            "small.Line",
            "small.Lime",
            r":18: .*\.training: reference/small\.py has no Training 'Lime'; .*'Line'\?",
        ),
        (
            "small.Line",
            "smal.Line",
            r":18: .*\.training: there is no reference/smal\.py; did you mean 'small'\?",
        ),
        (
            "small.Line",
            "Line",
            r":18: .*\.training: 'Line' should be file\.name, for a Training in reference/",
        ),
        (
            "small.numbers",
            "small.number",
            r":28: .*: reference/small\.py has no function 'number'; .*'numbers'\?",
        ),
        (
            "small.data",
            "small.date",
            r":6: data: reference/small\.py has no function 'date'; did you mean 'data'\?",
        ),
        (
            "data/a.csv",
            "data/b.csv",
            r":9: files\.a\.csv: there is no file .*b\.csv; did you mean 'a\.csv'\?",
        ),
        (
            '"a.csv" =',
            '"../a.csv" =',
            r":9: files\.\.\./a\.csv: should be the name of a file, without a folder",
        ),
        ("data/a.csv", "../../reference/small.py", r":9: files\.a\.csv: .* lies outside the assignment"),
        ("[files]", '[own]\nz = "numbers"\n[files]', r":9: own\.z: is not among the data; there is 'x', 'y'"),
        (
            "[files]",
            '[own]\nx = "numbrs"\n[files]',
            r":9: own\.x: there is no question 'numbrs'; did you mean 'numbers'\?",
        ),
        ("[files]", '[own]\nx = "numbers"\n[files]', r":9: own\.x: 'numbers' has no check 'x'"),
        (
            'values = "small.numbers"',
            'one_of = ["small.numbers", "small.numbrs"]',
            r":28: questions\[1\]\.one_of: reference/small\.py has no function 'numbrs'; .*'numbers'\?",
        ),
        (
            'values = "small.numbers"',
            'one_of = ["small.numbers", "small.files"]',
            r":28: questions\[1\]\.one_of: 'small\.files' gives other names than the form before it",
        ),
        (
            'values = "small.numbers"',
            'values = "small.numbers"\none_of = ["small.numbers", "small.numbers"]',
            r":24: questions\[1\]: 'numbers' needs either training = … or values = … or one_of = …",
        ),
    ],
)
def test_mistakes_in_the_toml_are_said_in_one_line(course, old, new, message):
    """File, line and key, what is wrong, and the allowed word that is nearest."""
    with pytest.raises(AssignmentError) as raised:
        load(course(toml=(old, new)))

    assert re.search(rf"small/assignment\.toml{message}", str(raised.value))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "import torch",
            "import torhc",
            r":6: data: reference/small\.py:3 raises ModuleNotFoundError: No module",
        ),
        ("class Line", "clas Line", r":6: data: reference/small\.py:12 raises SyntaxError: "),
        ('p["w"]', 'p["v"]', r":18: questions\[0\]\.training: reference/small\.py:17 raises KeyError: 'v'"),
        (
            '"yhat": data.x',
            '"yhat": data.z',
            r":28: questions\[1\]\.values: reference/small\.py:24 raises Attribute",
        ),
        ("import torch", "raise SystemExit(3)", r":6: data: reference/small\.py:3 raises SystemExit: 3"),
        (
            "def step2",
            "def stepp2",
            r":18: .*\.training: reference/small\.py raises NotImpl.*: there is no step2",
        ),
        ("def init", "lr = '0.1'\n\n    def init", r":18: .*: Line: lr is '0\.1', not a number above 0"),
        (
            "def init",
            "epochs = 2.5\n\n    def init",
            r":18: .*: Line: epochs is 2\.5, not a whole number above 0",
        ),
        (
            "def init",
            "optimizer = 'SDG'\n\n    def init",
            r":18: .*: Line: optimizer is 'SDG', .* mean 'SGD'\?",
        ),
        (
            "def init",
            "settings = {'momentun': 0.9}\n\n    def init",
            r":18: .*small\.py raises TypeError: .* 'momentun'",
        ),
        (
            "def init",
            "def rate(self, epoch):\n        return None\n\n    def init",
            r":18: .*small\.py raises TypeError: ",
        ),
        ("tensor(2.0)", "full((300,), 2.0)", r":18: .*: Line: '.*' has 300 numbers, more than the 256 "),
        ("tensor(2.0)", "tensor(float('nan'))", r":18: .*: Line: the first loss is nan"),
        (
            "def step2",
            "def step4(self, p, g):\n        return {}\n\n    def step2",
            r":18: .*: Line: step4 does not ",
        ),
        (
            "def step2",
            "def step4(self, p, g):\n        return 1 / 0\n\n    def step2",
            r":18: .*\.py:20 raises Zero",
        ),
        (
            'return {"net',
            'return 5, {"net',
            r":28: .*\.values: small\.numbers should return a dict of values by name",
        ),
        (
            'return {"net',
            'return {"n": [1], "net',
            r":28: .*small\.numbers gives 'n' as \[1\], with which nothing",
        ),
        (
            'return {"net',
            'return {"f": numbers, "net',
            r":28: .*small\.numbers gives a function as 'f': write ",
        ),
        (
            'return {"net',
            'from grader.expectations import Function as F; return {"f": F(len, torch.ones(2)), "net',
            r":28: .*gives 'f': its reference should return a tensor, not 2",
        ),
        ("torch.tensor(2.0)", "2.0", r":18: .*: Line: init should return a dict of tensors by name, not {"),
        ("tensor(2.0)", "tensor(2)", r":18: .*: Line: init: '.*' is int64, which has no gradient"),
        ("tensor(2.0)", "randn(2)", r":18: .*: Line: init: '.*' is another one each time; draw it within "),
        (
            "def step2",
            "def step1(self, p, data):\n        pass\n\n    def step2",
            r":18: .*step1 should return ŷ, .* None",
        ),
        (
            "def step2",
            "def penalty(self, p):\n        return p['w'].item()\n\n    def step2",
            r":18: .*Line: .*raised in float64 at",
        ),
        ("return SimpleNamespace(", "return dict(", r":6: data: small\.data should return a SimpleNamespace"),
        (
            "SimpleNamespace(x",
            "SimpleNamespace(z=1 / 0, x",
            r":6: data: reference/small\.py:9 raises ZeroDivisionError: ",
        ),
    ],
)
def test_a_reference_that_raises_is_named_with_its_line(course, old, new, message):
    """A broken reference is the instructor's to mend: which file, which line, asked for by which key."""
    with pytest.raises(AssignmentError) as raised:
        load(course(reference=(old, new)))

    assert re.search(rf"small/assignment\.toml{message}", str(raised.value))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "    return SimpleNamespace",
            "    while True:\n        pass\n    return SimpleNamespace",
            ":6: data: .*",
        ),
        (
            "def step2",
            "def step4(self, p, g):\n        while True:\n            pass\n\n    def step2",
            ":18: .*",
        ),
    ],
)
def test_a_reference_that_does_not_end_is_stopped(course, monkeypatch, old, new, message):
    """Whoever waits for it learns in which line it hangs; the timer is gone after it."""
    monkeypatch.setattr("grader.assignment.references.LONGEST", 0.2)

    with pytest.raises(AssignmentError) as raised:
        load(course(reference=(old, new)))

    said = rf"{message}reference/small\.py:\d+ does not end; it was stopped after 0\.2 seconds"
    assert re.search(said, str(raised.value))
    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)


def test_an_instructor_reads_it_in_korean(course):
    """What is the same in every language stays; the phrases are Korean, the nearest word with them."""
    with pytest.raises(AssignmentError) as raised:
        load(course(toml=("small.Line", "small.Lime")))

    said = failure(raised.value, "ko")
    where = r"assignment\.toml:18: questions\[0\]\.training: "
    assert re.search(rf"{where}reference/small\.py에 Training 'Lime'.* 없습니다\. 'Line'.* 쓰려던 것이", said)
    assert str(raised.value) == failure(raised.value, "en")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (CELLS[:2], r"no code cell begins with '# 문제: numbers'"),
        ([*CELLS, (None, "# 문제: numbers")], r"cell 4: 'numbers' is answered in cell 3 already"),
        ([*CELLS, CELLS[0]], r"cell 4: 'line' is answered in cell 1 already"),
        ([*CELLS, (3, "")], r"cell 4: no question '3'"),
        ([*CELLS, ("lime", "")], r"cell 4: no question 'lime'; did you mean 'line'\?"),
        ([CELLS[0], ("numbers", "# 문제: line")], r"cell 2: the first line should be '# 문제: numbers'"),
    ],
)
def test_the_source_notebook_answers_every_question_once(course, cells, message):
    """A question without its cell, or with two, or a cell of no question cannot be graded."""
    with pytest.raises(AssignmentError, match=rf"small\.ipynb: {message}"):
        load(course(cells=cells))


def test_the_visible_line_alone_makes_an_answer_cell(course):
    """Colab has no way to write metadata: what is released has them all the same."""
    folder = course(cells=[(None, source) for _, source in CELLS])

    notebook = read_notebook(load(folder).notebook)

    assert ["line", None, "numbers"] == [c.metadata.get("grader", {}).get("question") for c in notebook.cells]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"nbformat": 4}', "print(1)"])
def test_a_source_notebook_that_is_none_is_said_to_be_none(course, content):
    """Whatever stands in the notebook's place, the error is one line that names the file."""
    folder = course()
    (folder / "small.ipynb").write_text(content)

    with pytest.raises(AssignmentError, match=r"small\.ipynb: not a notebook: .") as raised:
        load(folder)
    assert "\n" not in str(raised.value)


def test_a_source_notebook_that_is_missing_is_named_by_the_id(course):
    """Whoever called it otherwise learns what it should be called."""
    folder = course()
    (folder / "small.ipynb").rename(folder / "mine.ipynb")

    with pytest.raises(
        AssignmentError, match=r"small\.ipynb: there is no such file; .* is called after its id$"
    ):
        load(folder)


@pytest.mark.parametrize("change", [lambda b: b"\xef\xbb\xbf" + b, lambda b: b.replace(b"\n", b"\r\n")])
def test_what_editors_on_windows_do_is_no_mistake(course, change):
    """A byte order mark and their line ends are read."""
    folder = course()
    file = folder / "assignment.toml"
    file.write_bytes(change(file.read_bytes()))

    assert "작은 과제" == load(folder).title


def test_a_toml_in_another_encoding_is_named_with_its_line(course):
    """The first line that is no UTF-8."""
    folder = course()
    file = folder / "assignment.toml"
    file.write_bytes(file.read_bytes().decode().encode("cp949"))

    with pytest.raises(AssignmentError, match=r"assignment\.toml:2: is not UTF-8 text; save it as UTF-8"):
        load(folder)


def test_a_folder_without_toml_is_said_to_have_none(tmp_path):
    """An empty folder is no assignment."""
    with pytest.raises(AssignmentError, match=r"assignment\.toml: cannot be read: .*No such file"):
        load(tmp_path)


@pytest.mark.parametrize("file", ["small.ipynb", "assignment.toml", "data/a.csv", "../../reference/small.py"])
def test_the_digest_follows_what_decides_about_marks(course, file):
    """TOML, notebook, data and reference are in it; reading twice gives the same."""
    folder = course()
    before = load(folder).digest
    assert before == load(folder).digest

    with (folder / file).open("a") as end:
        end.write("\n")

    assert before != load(folder).digest


def test_the_digest_does_not_depend_on_where_the_course_lies(course, tmp_path):
    """The same files in another folder are the same assignment."""
    before = load(course()).digest

    (tmp_path / "elsewhere").mkdir()
    for part in ("assignments", "reference"):
        (tmp_path / part).rename(tmp_path / "elsewhere" / part)

    assert before == load(tmp_path / "elsewhere/assignments/small").digest


def test_references_may_lie_elsewhere(course, tmp_path):
    """Two courses share them by a link; they decide about marks all the same."""
    folder = course()
    shared = (folder.parents[1] / "reference").rename(tmp_path / "shared")
    (folder.parents[1] / "reference").symlink_to(shared)
    before = load(folder).digest
    with (shared / "small.py").open("a") as file:
        file.write("\n")

    assert before != load(folder).digest


def test_references_of_two_courses_do_not_mix(course, tmp_path):
    """A reference is imported from its own course, whatever else has the same name."""
    first = load(course())
    file = tmp_path / "reference" / "small.py"
    file.write_text(file.read_text().replace("tensor(2.0)", "tensor(30.0)"))

    assert 30.0 == float(load(first.folder).questions[0].training.init()["w"])
    assert 2.0 == float(first.questions[0].training.init()["w"])


@pytest.mark.parametrize("name", ["small", "assignments/small", "assignments/small/assignment.toml"])
def test_an_assignment_is_found(course, tmp_path, monkeypatch, name):
    """By its id, its folder or its file."""
    folder = course()
    monkeypatch.chdir(tmp_path)

    assert folder == find(name).resolve()


def test_an_assignment_that_is_not_there_names_those_that_are(course, tmp_path, monkeypatch):
    """A misspelt id is answered with where it was looked for, and the ids there."""
    course()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(AssignmentError, match=r"^there is no assignment 'smal'; assignments/ has small$"):
        find("smal")


def test_an_assignment_can_do_without_data_and_files(course, tmp_path):
    """Only questions, points and references are needed."""
    folder = course()
    (folder / "assignment.toml").write_text(
        textwrap.dedent("""\
            id = "small"
            title = "작은 과제"
            version = "1"
            points = 1
            passing_score = 0
            [[questions]]
            id = "numbers"
            title = "숫자"
            points = 1
            values = "small.numbers"
            checks = { yhat = 1 }
            """),
        encoding="utf-8",
    )
    reference = tmp_path / "reference/small.py"
    reference.write_text(reference.read_text().replace("data.x}", "0.5}"))
    notebook = new_notebook(
        cells=[new_code_cell("# 문제: numbers", metadata={"grader": {"question": "numbers"}})]
    )
    nbformat.write(notebook, folder / "small.ipynb")

    assignment = load(folder)

    assert ({}, Limits(), {}) == (assignment.files, assignment.limits, vars(assignment.data()))
