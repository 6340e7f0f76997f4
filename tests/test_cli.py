"""The command line on a tiny class, through the real kernel, once."""

import errno
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pytest
from typer.testing import CliRunner

import grader.batch
import grader.doctor
import grader.execution.kernels
from grader.assignment.file import load
from grader.cli import app
from grader.cli.app import undisturbed
from grader.cli.signals import like_ctrl_c
from grader.errors import SandboxError
from grader.execution import protections
from grader.execution.kernels import kernels
from grader.execution.warm import WarmKernels
from grader.release import blank
from grader.render.messages import LANGUAGES
from grader.render.result_json import schema

ROOT = Path(__file__).parent.parent
STEPS = ROOT / "assignments" / "steps"
DATA = "data"


def run(*arguments):
    """Run a command; give its exit code and what it printed."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return done.exit_code, done.output


def answer_only(*questions):
    """Give the blank notebook with some questions solved."""
    solved = nbformat.read(STEPS / "steps.ipynb", as_version=4)
    notebook = blank(solved)
    for cell, source in zip(notebook.cells, solved.cells, strict=True):
        if cell.metadata.get("grader", {}).get("question") in questions:
            cell.source = source.source
    return notebook


@pytest.fixture(scope="module", autouse=True)
def one_server(kernel):
    """Let commands that want the usual kernels have those of all tests; they start others themselves."""

    def usual(*, confined=True, cold=False, **others):
        return (
            nullcontext(kernel) if confined and not cold else kernels(confined=confined, cold=cold, **others)
        )

    with pytest.MonkeyPatch.context() as patch:
        for module in ("grader.execution.kernels", "grader.doctor"):
            patch.setattr(f"{module}.kernels", usual)
        yield


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """Give a folder with a right answer, a blank one and four that are no notebooks."""
    folder = tmp_path_factory.mktemp("handed in [4주차]")
    nbformat.write(answer_only(DATA), folder / "홍길동 (202243052).ipynb")
    nbformat.write(blank(nbformat.read(STEPS / "steps.ipynb", as_version=4)), folder / "blank.ipynb")
    (folder / "broken.ipynb").write_text("<<<<<<< HEAD\n", encoding="utf-8")
    (folder / "folder.ipynb").mkdir()
    (folder / "link.ipynb").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.ipynb")
    return folder


@pytest.fixture(scope="module")
def graded(handed_in, tmp_path_factory):
    """Grade the folder; give where the results are and what the command said."""
    out = tmp_path_factory.mktemp("results")
    return out, *run("grade", STEPS, handed_in, "--out", out)


def results(out):
    """Give every result by the folder it stands in."""
    return {
        file.parent.name: json.loads(file.read_text(encoding="utf-8")) for file in out.glob("*/result.json")
    }


def test_a_file_that_is_no_notebook_fails_the_command_and_nothing_else(graded):
    """The others are graded; the command ends with 2."""
    out, code, _ = graded
    scores = {name: result["score"] for name, result in results(out).items()}

    unreadable = dict.fromkeys(("broken", "folder", "link", "pipe"))
    assert (2, {"blank": 0.0, "홍길동-202243052": 10.0, **unreadable}) == (code, scores)


def test_results_stand_where_the_contract_says(graded):
    """The class has a page and a table, each submission two pages, result, notebook and recording."""
    out, _, _ = graded
    names = {path.name for path in (out / "홍길동-202243052").iterdir()}

    assert {"report.html", "notebook.html", "result.json", "executed.ipynb", "recording.zip"} == names
    assert {"index.html", "gradebook.csv", "class.json"} <= {file.name for file in out.iterdir()}
    assert (out / "gradebook.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_nothing_names_the_machine(graded, handed_in):
    """No result, page or table tells a path of the machine that graded."""
    out, _, _ = graded
    written = b"".join(
        file.read_bytes() for file in out.rglob("*") if file.suffix in (".html", ".json", ".csv")
    )

    assert str(handed_in).encode() not in written
    assert str(ROOT).encode() not in written


def test_the_summary_says_who_and_how_many(graded):
    """The terminal shows names, points and the page's place."""
    _, _, said = graded

    assert all(part in " ".join(said.split()) for part in ("홍길동", "10/100", "index.html", "broken.ipynb"))


def test_report_renders_again_in_another_language(graded):
    """``grader report`` needs the results alone."""
    out, _, _ = graded
    page = out / "홍길동-202243052" / "report.html"
    page.unlink()

    code, _ = run("report", out, "--lang", "en")

    assert (0, True) == (code, 'lang="en"' in page.read_text(encoding="utf-8"))


def test_report_writes_for_other_programs(graded):
    """JUnit XML and Markdown stand beside the table when they are asked for."""
    out, _, _ = graded

    code, _ = run("report", out, "--also", "junit", "--also", "markdown")

    assert (0, 6) == (code, (out / "junit.xml").read_text(encoding="utf-8").count("<testsuite "))
    assert "홍길동" in (out / "summary.md").read_text(encoding="utf-8")


def test_report_is_of_those_who_were_graded_last(graded, handed_in, tmp_path):
    """Results of submissions that are gone, and of another assignment, do not come back."""
    for name in ("gone", "blank", "홍길동"):
        nbformat.write(nbformat.v4.new_notebook(), tmp_path / f"{name}.ipynb")
    out, class_page, table = tmp_path / "out", tmp_path / "out/index.html", tmp_path / "out/gradebook.csv"
    run("grade", "assignments/tensors", tmp_path / "gone.ipynb", "--out", out)
    run("grade", STEPS, tmp_path / "홍길동.ipynb", tmp_path / "blank.ipynb", "--out", out)
    graded_then = class_page.read_bytes(), table.read_bytes()

    assert 0 == run("report", out)[0]
    assert graded_then == (class_page.read_bytes(), table.read_bytes())
    assert b"gone.ipynb" not in table.read_bytes()
    assert (out / "gone" / "result.json").is_file()


@pytest.mark.parametrize("written", ["[]", '{"submissions": 5}', "{"])
def test_a_class_that_cannot_be_read_is_said(tmp_path, written):
    """One line says which file it is and what helps."""
    (tmp_path / "class.json").write_text(written, encoding="utf-8")

    code, said = run("report", tmp_path, "--lang", "en")

    assert (2, 1) == (code, len(said.splitlines()))
    assert "class.json: is damaged; remove it" in said


@pytest.mark.parametrize("name", ["index.html", "gradebook.csv"])
@pytest.mark.parametrize("command", [("grade", STEPS, STEPS / "steps.ipynb"), ("validate", STEPS)])
def test_pages_of_others_are_not_written_over(command, name, tmp_path, monkeypatch):
    """A folder that holds a web page or a table of somebody's is not for results; nothing is run."""
    monkeypatch.setattr(grader.batch, "grade_async", lambda *_, **__: pytest.fail("a notebook was run"))
    (tmp_path / name).write_text("theirs", encoding="utf-8")

    code, said = run(*command, "--out", tmp_path, "--lang", "en")

    assert (2, "theirs") == (code, (tmp_path / name).read_text(encoding="utf-8"))
    assert f"{name}: there already, and not written by this command" in said
    assert [name] == [path.name for path in tmp_path.iterdir()]


def test_schema_is_printed():
    """The schema that is printed is the one that reports are valid by."""
    code, printed = run("schema")

    assert (0, schema()) == (code, json.loads(printed))


def test_resume_keeps_what_has_not_changed(graded, handed_in, tmp_path, monkeypatch):
    """With ``--resume`` a notebook that was graded before is not run again."""
    out = shutil.copytree(graded[0], tmp_path / "out")
    monkeypatch.setattr(grader.batch, "grade_async", lambda *_, **__: pytest.fail("it was run again"))

    code, _ = run("grade", STEPS, handed_in / "blank.ipynb", "--out", out, "--resume")

    assert 0 == code


@pytest.mark.parametrize(
    ("error", "said"),
    [(SandboxError("no kernel could be started"), "no kernel"), (KeyError("bug"), "KeyError: 'bug'")],
)
def test_a_failure_of_ours_is_an_error_and_no_zero(error, said, handed_in, tmp_path, monkeypatch):
    """A failing machine and a bug of ours leave no score and say why in a line; the command ends with 2."""

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(grader.batch, "grade_async", fail)

    code, printed = run("grade", STEPS, handed_in / "blank.ipynb", "--out", tmp_path, "--lang", "en")
    result = results(tmp_path)["blank"]

    assert (2, None, "error") == (code, result["score"], result["status"])
    assert said in result["error"]["message"]["text"]
    assert "Traceback" not in printed


def test_names_of_files_are_no_commands_to_a_runner(handed_in, tmp_path, monkeypatch):
    """A summary that is printed where commands are read from the log is none."""

    def fail(*_, **__):
        raise SandboxError("it is not run")

    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setattr(grader.batch, "grade_async", fail)
    named = shutil.copy(handed_in / "blank.ipynb", tmp_path / "::add-mask::0.ipynb")

    _, printed = run("grade", STEPS, named, "--out", tmp_path / "out")
    stopped, _, rest = printed.partition("::add-mask::")

    assert re.search(r"^::stop-commands::(\w+)$", stopped, re.MULTILINE)
    assert re.search(r"^::\w+::$", rest, re.MULTILINE)


MISTAKES = {
    ("grade", "stepz", "."): "assignments/ has steps, ",
    ("grade", STEPS, "nowhere"): "nowhere: there is no such file or folder",
    ("grade", ROOT / "docs", "."): "docs: there is no assignment.toml in it",
    ("grade", STEPS, ROOT / "reference"): "no notebook",
    ("grade", STEPS, STEPS, "--at", "noon"): "noon is no time",
    ("grade", STEPS, STEPS, "--pushes", "pushes.csv"): "say which count with --at",
    ("grade", STEPS, STEPS, "--limit", "memory_byte=1GiB"): "there are memory_bytes, ",
    ("grade", STEPS, STEPS, "--limit", "processes=many"): "processes=many: write a whole number",
    ("grade", STEPS, STEPS, "--limit", "disk_bytes=1 elephant"): "1 elephant: write a size with its unit",
    ("grade", STEPS, STEPS, "--limit", "disk_bytes"): "disk_bytes: write a size with its unit",
    ("grade", STEPS, STEPS, "--limit", "cell_seconds=-1"): "cell_seconds=-1: write seconds",
    ("grade", STEPS, STEPS / "steps.ipynb", "--out", STEPS / "steps.ipynb"): "cannot be written",
    ("grade", STEPS, STEPS, "--out", STEPS): "these are the submissions; name another folder",
    ("grade", STEPS, STEPS, "--out", ""): "--out is empty",
    ("ci", STEPS, "--out", ""): "--out is empty",
    ("report", ROOT / "reference"): "there is no result",
    ("release", "stepz", "handout"): "assignments/ has steps, ",
    (
        "release",
        STEPS,
        "handout",
        "--checker",
        "grader",
    ): "grader: is no address; give that of grader's wheel",
    ("release", STEPS, "handout", "--checker", "https://"): "https://: is no address",
    ("validate", "stepz"): "assignments/ has steps, ",
    ("ci", "nowhere"): "nowhere: there is no such file or folder",
    ("grade",): "ASSIGNMENT is missing. How it is used: ",
    ("grade", STEPS): "PATH is missing",
    ("check",): "NOTEBOOK is missing",
    ("check", "a b.ipynb", "b.ipynb"): "takes fewer arguments",
    ("grade", STEPS, ".", "--job", "2"): "has no option --job",
    ("grade", STEPS, ".", "--jobs", "0"): "--jobs is a whole number",
    ("ci", "--min-score", "101"): "--min-score is a number from 0 to 100",
    ("report", ".", "--also", "pdf"): "--also is junit or markdown",
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("arguments", "said"), MISTAKES.items())
def test_a_users_mistake_is_one_line(arguments, said, lang, monkeypatch):
    """What the user can mend is said in one line of their language, before a notebook is run."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(grader.batch, "grade_async", lambda *_, **__: pytest.fail("a notebook was run"))

    code, printed = run(*arguments, "--lang", lang)

    assert (2, 1) == (code, len(printed.strip().splitlines()))
    assert printed.startswith("grader: ")
    assert (lang == "en") == (said in printed), printed
    assert (lang == "ko") == bool(re.search("[가-힣]{2}", printed)), printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("marks",), "그런 명령은 없습니다. check, ci, "),
        (("--lang", "en"), "has no option --lang"),
        (("doctor", "--lang"), "--lang 뒤에 값이 없습니다."),
        (("doctor", "--lang", "kr"), "--lang에는 ko나 en을 써 주세요."),
        (("doctor", "--lang=en", "x"), "takes fewer arguments"),
    ],
)
def test_wrong_arguments_are_answered_in_the_language_asked_for(arguments, said):
    """Whatever else cannot be read, ``--lang`` can; without it the answer is Korean."""
    code, printed = run(*arguments)

    assert (2, 1) == (code, len(printed.strip().splitlines()))
    assert said in printed


def test_where_there_is_no_course_it_says_so(tmp_path, monkeypatch):
    """Started in another folder, a command says what it misses there."""
    monkeypatch.chdir(tmp_path)

    assert "no assignments/ here holds one" in run("validate", "steps", "--lang", "en")[1]
    assert "assignments/ 폴더가 없습니다" in run("validate", "steps")[1]


def test_version():
    """``--version`` says which grader this is, and nothing else."""
    assert (0, f"grader {version('grader')}\n") == run("--version")


def test_without_arguments_there_is_help():
    """``grader`` alone names its commands."""
    code, said = run()

    assert 2 == code
    assert all(command in said for command in ("grade", "check", "ci", "release", "validate", "report"))


@pytest.mark.parametrize("arguments", [("--help",), ("✓",), ("--version",)])
def test_a_terminal_of_a_korean_windows(arguments):
    """In cp949 there are no ✓ and no round corners: what cannot be shown is a question mark."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "cp949"},
        capture_output=True,
        check=False,
    )
    said = (done.stdout + done.stderr).decode("cp949")

    assert "Traceback" not in said
    assert (2 if arguments == ("✓",) else 0) == done.returncode
    assert arguments != ("✓",) or re.search("[가-힣]{2}", said)


def test_ctrl_c_waits_for_the_end_of_an_import():
    """A library that was imported in half would work in part."""
    done = []

    def interrupted():
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
            done.append("imported")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert ["imported"] == done
    assert signal.default_int_handler is signal.getsignal(signal.SIGINT)


def test_an_option_without_its_value_tells_of_its_command(capsys):
    """Whose options are meant: the parser that finds it knows of none."""
    with pytest.raises(SystemExit):
        app(["grade", "steps", "x", "--out"])

    assert "grader grade --help" in capsys.readouterr().err


def test_ctrl_c_is_answered_in_words_from_the_start():
    """It waits until the commands are imported, and ends then what was asked for."""
    code = (
        "import signal, sys\n"
        "from grader.__main__ import main\n"
        "class Early:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == 'grader.cli': signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Early())\n"
        "sys.argv[1:] = ['schema']\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (130, "", "grader: 중단했습니다.\n") == (done.returncode, done.stdout, done.stderr)


def test_what_is_no_notebook_is_told_and_our_own_results_are_none(tmp_path):
    """Files handed in as something else are named, and a second look finds no more than the first."""
    nbformat.write(answer_only(DATA), tmp_path / "김철수_202100007.ipynb")
    (tmp_path / "박지훈_202100050.py").write_text("")
    (tmp_path / "박민수_202100052").mkdir()
    (tmp_path / "data.csv").write_text("")
    said = [run("grade", STEPS, tmp_path, "--out", tmp_path / "out", "--resume")[1] for _ in range(2)]

    assert ["김철수_202100007"] == [path.parent.name for path in tmp_path.rglob("result.json")]
    for one in said:
        assert "채점하지 않은 것 2개: 박민수_202100052/, 박지훈_202100050.py" in " ".join(one.split())


def test_submissions_of_one_student_are_flagged(tmp_path):
    """Each of them, whatever they are called; the others are not. So is code that is another's."""
    for name in ("김철수_202100007", "20210 김철수 (202100007)", "이영희_202100008"):
        nbformat.write(answer_only(DATA, "sse", "mse", "net-bias-train"), tmp_path / f"{name}.ipynb")
    run("grade", STEPS, tmp_path, "--out", tmp_path / "out")
    flags = {name: [flag["id"] for flag in one["flags"]] for name, one in results(tmp_path / "out").items()}

    assert [0, 1, 1] == sorted(ids.count("flag.class.doubled") for ids in flags.values())
    assert "flag.class.doubled" not in flags["이영희_202100008"]
    assert ["flag.class.same-code"] == [id_ for id_ in flags["이영희_202100008"] if ".class." in id_]
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    students = "".join(page.read_text(encoding="utf-8") for page in tmp_path.glob("out/*/*.html"))
    for said in ("학번이 202100007인 제출이 2개입니다", "코드가 같은 제출이 있습니다: 김철수"):
        assert said in page
        assert said not in students


def begun(arguments, folder, errors):
    """Begin a command in a fork of this process, with a server of its own; give the fork's number.

    Its kernels import no more than they must, and its folders lie in ``folder``.
    """
    if pid := os.fork():
        return pid
    code = 1
    try:
        tempfile.tempdir = str(folder)
        sys.stderr = errors.open("w", encoding="utf-8")
        grader.execution.kernels.kernels = kernels
        grader.execution.kernels.WarmKernels = functools.partial(WarmKernels, preloaded=())
        app([str(argument) for argument in arguments])
    except SystemExit as exit_:
        code = exit_.code
    finally:
        sys.stderr.flush()
        os._exit(code)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_with_128_and_its_number(number, tmp_path):
    """Interrupted while a cell runs, the command says so without a traceback, and leaves nothing in /tmp."""
    source = "open('begun', 'w').close()\nimport time; time.sleep(60)"
    slow = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbformat.write(slow, tmp_path / "slow.ipynb")
    with TemporaryDirectory(prefix="ctrl-c-") as folder:
        arguments = ["grade", STEPS, tmp_path / "slow.ipynb", "--out", tmp_path / "out"]
        command = begun(arguments, folder, tmp_path / "errors")
        while not list(Path(folder).rglob("begun")):
            assert (0, 0) == os.waitpid(command, os.WNOHANG), (tmp_path / "errors").read_text()
            time.sleep(0.05)
        os.kill(command, number)
        code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
        errors = (tmp_path / "errors").read_text(encoding="utf-8")

        assert (128 + number, 1) == (code, len(errors.splitlines())), errors
        assert errors.startswith("grader: 중단했습니다.")
        assert f"{tmp_path / 'out'}에 남아 있습니다. 같은 명령에 --resume을" in errors
        assert [] == list(Path(folder).iterdir())


@pytest.mark.skipif(os.name == "nt", reason="NOT ON WINDOWS: file names are Unicode's whatever the locale")
def test_a_locale_without_utf_8_changes_nothing(tmp_path):
    """Files have Korean names."""
    ascii_alone = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "grader", "report", str(tmp_path / "없음")]
    done = subprocess.run(command, env={**os.environ, **ascii_alone}, capture_output=True, check=False)

    assert (2, True) == (done.returncode, done.stderr.decode().startswith(f"grader: {tmp_path / '없음'}: "))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_folder_that_is_gone_is_said_to_be(tmp_path, monkeypatch, lang):
    """In one line, in place of a library's own words."""
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()
    code, said = run("doctor", "--lang", lang)

    assert (2, 1) == (code, len(said.splitlines()))
    assert "(cd)" in said


@pytest.mark.parametrize("missing", ["", "namespaces"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_protections_that_are_missing_are_told_by_grading(monkeypatch, tmp_path, lang, missing):
    """Whoever does not ask ``grader doctor`` knows as well; where all are in force nothing is said."""
    monkeypatch.setattr(protections, "not_granted", lambda: missing)
    (tmp_path / "a.ipynb").write_text("", encoding="utf-8")
    _, said = run("grade", STEPS, tmp_path, "--out", tmp_path / "out", "--lang", lang)

    assert bool(missing) == any("namespaces" in line and "doctor" in line for line in said.splitlines())


def test_a_class_that_lost_somebody_is_told(tmp_path):
    """Grading one of them alone into the same folder leaves the others' results out of the class."""
    folder = tmp_path / "handed in"
    folder.mkdir()
    for name in ("a.ipynb", "b.ipynb", "c.ipynb"):
        (folder / name).touch()
    said = [run("grade", STEPS, folder / name, "--out", tmp_path / "out")[1] for name in ("", "b.ipynb", "")]

    assert [0, 1, 0] == [text.count("--resume") for text in said]
    assert "2" in next(line for line in said[1].splitlines() if "--resume" in line)


def test_a_disk_that_is_full_is_named(tmp_path, monkeypatch):
    """The system does not say which file had no room."""

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    code, said = run("new", tmp_path / "course")

    assert 2 == code
    assert str(tmp_path / "course") in said


@pytest.mark.skipif(os.name == "nt", reason="NOT ON WINDOWS: it has no descriptors to be closed")
def test_streams_may_be_closed(graded):
    """As a daemon's are: nothing is said, nor written into a page."""
    command = [sys.executable, "-m", "grader", "report", str(graded[0])]
    done = subprocess.run(["sh", "-c", '"$@" <&- >&- 2>&-', "sh", *command], check=False)
    pages = [path.read_text(encoding="utf-8") for path in graded[0].rglob("*.html")]

    assert (0, {"<!doctype html>"}) == (done.returncode, {page[:15] for page in pages})


@pytest.mark.parametrize("command", [["report", None], ["--help"], ["schema"]], ids=lambda it: it[0])
def test_a_reader_that_goes_away_changes_nothing(graded, command):
    """``grader report … | head -0`` has done its work: no word, and the exit code of it."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "grader", *(it or graded[0] for it in command)],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)

    assert (0, b"") == (done.returncode, done.stderr)


def test_an_ignored_signal_stays_ignored():
    """``nohup`` lets a command outlive its terminal; other signals wait for an import as Ctrl-C does."""
    done = []
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def ended():
        with undisturbed():
            signal.raise_signal(signal.SIGHUP)
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)
            done.append("imported")

    try:
        with like_ctrl_c() as came, pytest.raises(KeyboardInterrupt):
            ended()
        assert ([signal.SIGTERM], ["imported"]) == (came, done)
        assert signal.SIG_IGN is signal.getsignal(signal.SIGHUP)
        assert signal.SIG_DFL is signal.getsignal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_limit_of_the_command_line_is_in_force(tmp_path):
    """A cell that needs more than it allows is ended, and the report says by which limit."""
    greedy = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("b = bytes(300 << 20)")])
    nbformat.write(greedy, tmp_path / "greedy.ipynb")

    arguments = (
        "grade",
        STEPS,
        tmp_path / "greedy.ipynb",
        "--out",
        tmp_path,
        "--limit",
        "memory_bytes=50MiB",
    )
    code, _ = run(*arguments)
    result = results(tmp_path)["greedy"]

    assert 0 == code
    assert [("flag.limit.memory", {"cell": 1, "limit": "50 MiB"})] == [
        (flag["id"], flag["params"]) for flag in result["flags"]
    ]


def test_results_do_not_depend_on_the_number_of_jobs(tmp_path):
    """One after the other and three at once give the same results, but for the time they took."""
    found, some = [], []
    for question in ("sse", "mse", "net-bias-train", "sgd-scalars"):
        notebook = answer_only(DATA, question)
        for cell in notebook.cells:
            cell.source = cell.source.replace("What.grad = None", "pass")  # some have lost a point
        some.append(tmp_path / f"{question}.ipynb")
        nbformat.write(notebook, some[-1])
    for jobs in (1, 3):
        out = tmp_path / str(jobs)
        assert 0 == run("grade", STEPS, *some, "--out", out, "--jobs", jobs)[0]
        found.append({name: {**result, "timing": None} for name, result in results(out).items()})

    assert 4 == len(found[0])
    assert found[0] == found[1]


@pytest.mark.parametrize(("option", "confined"), [("--cold", True), ("--no-sandbox", False)])
def test_other_kernels_give_the_same_marks(option, confined, graded, handed_in, tmp_path):
    """A new Python for every notebook, and one without a sandbox; the result says which it was."""
    out, _, _ = graded
    run("grade", STEPS, handed_in, "--out", tmp_path, option)
    usual, other = results(out), results(tmp_path)

    assert {name: result["score"] for name, result in usual.items()} == {
        name: result["score"] for name, result in other.items()
    }
    assert confined == (usual["blank"]["environment"] == other["blank"]["environment"])
    assert confined == (other["blank"]["environment"]["sandbox"] != "none")


def test_doctor_says_what_protects_this_machine(monkeypatch):
    """In the language asked for: every protection by its purpose, a trial, and a verdict."""
    monkeypatch.setattr(grader.doctor, "examine", functools.cache(grader.doctor.examine))
    code, said = run("doctor", "--lang", "en")

    assert 0 == code
    assert "Submissions can be confined" in said
    assert said.count("in force") >= 7
    assert "학생 코드" in run("doctor")[1]


def test_doctor_says_what_is_missing_and_what_to_do(monkeypatch):
    """A machine that cannot confine fails the command, with a reason and advice; grading does not begin."""
    found = dict.fromkeys(protections.NAMES) | {"files": "the kernel is older than Linux 5.13"}
    monkeypatch.setattr(protections, "_found", lambda: found)
    monkeypatch.setattr("grader.execution.kernels.kernels", kernels)
    monkeypatch.setattr("grader.doctor.kernels", kernels)

    code, said = run("doctor", "--lang", "en")
    refused, why = run("grade", STEPS, STEPS / "steps.ipynb", "--lang", "en")

    assert (2, 2) == (code, refused)
    assert "the kernel is older than Linux 5.13" in " ".join(said.split())
    assert "--no-sandbox" in said
    assert "Landlock" in why


def test_every_question_of_steps_has_points():
    """The points the README shows are those of the assignment."""
    assert 100 == load(STEPS).max_score
