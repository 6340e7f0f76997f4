"""What ``--help`` says: all of it in Korean, nothing cut off; in English where English is asked for."""

import re
import subprocess
import sys

import pytest
from typer.main import get_command

from grader.cli import app
from grader.cli.help import commands, paragraphs
from grader.render.messages import read_catalogue

COMMANDS = ("", "check", "ci", "doctor", "grade", "new", "release", "report", "schema", "validate")
#: What typer says around the help of ours.
BOXES = {"Arguments", "Options", "Commands", "[default: {}]", "[required]", "Show this message and exit."}
HELPED = """
import sys
from grader.cli import app
for command in sys.argv[1].split(","):
    try:
        app([*command.split(), *sys.argv[2:], "--help"])
    except SystemExit:
        print("=====")
"""


def helped(*options, **environment):
    """Give the help of all commands, as a terminal of eighty columns shows it."""
    command = [sys.executable, "-c", HELPED, ",".join(COMMANDS), *options]
    env = {"PATH": "/usr/bin", "COLUMNS": "80", "PYTHONUTF8": "1", **environment}
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", env=env)
    return done.stdout.split("=====")[: len(COMMANDS)]


def english():
    """Give all that the code has for ``--help``."""
    for command in commands(get_command(app)):
        yield from paragraphs(command.help)
        for param in command.params:
            yield param.help
            if isinstance(param.show_default, str) and " " in param.show_default:
                yield param.show_default


def test_every_word_has_its_korean():
    """None is missing, and none is left of what is said no more."""
    translations = read_catalogue("help", "ko")

    assert {*english(), *BOXES} == {*translations}
    assert all(re.search("[가-힣]", korean) for korean in translations.values())


@pytest.fixture(scope="module")
def korean():
    """Give the help of all commands."""
    return helped()


@pytest.mark.parametrize("number", range(len(COMMANDS)), ids=COMMANDS)
def test_help_is_korean_and_whole(korean, number):
    """No sentence of the code's English is left; no letter is cut off at the end of a line."""
    said = korean[number]

    assert "…" not in said
    assert [] == re.findall(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", said.replace("usage", ""))
    assert "이 도움말을" in said


def test_help_is_english_where_english_is():
    """By the option, which every command has that says something, and by the terminal's language."""
    by_option = helped("--lang", "en")[COMMANDS.index("grade")]
    by_terminal = helped(LANG="en_US.UTF-8")

    assert "Show this" in by_option
    assert all("Show this" in said for said in by_terminal)
