"""Work done in forked children, so that what it leaves in its process harms no other test."""

import os
import subprocess
import sys
import traceback
from contextlib import contextmanager, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

#: Has glibc (2.35 or later) ask for huge pages: a fork copies a shorter table, and its end takes less apart.
HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
#: Where the cells of a warm process begin: beside the data of the lecture.
DATA = Path(__file__).parents[1] / "assignments/steps/data"


@contextmanager
def warm_process():
    """Start ``warm.py``, which executes cells in children of its own, and end it."""
    program = [sys.executable, str(Path(__file__).with_name("warm.py"))]
    with subprocess.Popen(
        program,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=DATA,
        env={**os.environ, **HUGE_PAGES},
    ) as process:
        yield process
        process.stdin.close()


def in_child(work) -> str:
    """Fork, do ``work`` there, and give the text it returns: its traceback where it raised."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        text = ""
        try:
            text = work()
        except BaseException:  # noqa: BLE001 - the parent shows it
            text = traceback.format_exc()
        finally:
            with os.fdopen(writing, "w") as pipe:
                pipe.write(text)
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text


@cache
def shell():
    """Make the shell that a child runs cells in, which takes longer than most cells; it has run none."""
    no_file = Config({"HistoryManager": {"enabled": False}})  # nor its thread, which no child has
    made = InteractiveShell.instance(config=no_file)
    made.run_line_magic("colors", "nocolor")
    with redirect_stdout(StringIO()):
        made.run_cell("1/0")  # the first exception is shown as slowly as ten
    return made
