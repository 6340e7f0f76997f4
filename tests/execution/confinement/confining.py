"""A forked process that is confined, as root's and as an ordinary user's submission, and what it is asked."""

import ctypes
import errno
import json
import os
import signal
import sys
import tempfile
import traceback
from functools import partial

import grader.execution.child.compiler  # noqa: F401 - the first optimizer of each child would import torch's
from grader.execution import protections, sandbox
from grader.execution.child import seccomp
from grader.execution.child.confine import confine
from grader.records import Limits

from ...ordinary_user import NOBODY, become_ordinary  # noqa: TID252 - tests are no package

ROOT = os.geteuid() == 0

#: Whose submission it is, and whether the machine grants a private view of its files.
WAYS = (
    ("as root", "as a user", "as a user without a view")
    if ROOT
    else ("as a user", "as a user without a view")
)
SMALL = Limits(memory_bytes=300 << 20, file_bytes=1 << 20, open_files=64, processes=40, cpu_seconds=60)


def forked(function, *, seconds=60):
    """Call a function in a forked process; give what it returned, or raise the text of what it raised."""
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            os.close(reader)
            signal.alarm(seconds)
            answer = {"returned": function()}
        except BaseException:
            answer = {"raised": traceback.format_exc()}
        os.write(writer, json.dumps(answer).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    answer = json.loads(said or json.dumps({"raised": f"it ended with status {status}"}))
    if "raised" in answer:
        raise AssertionError(answer["raised"])
    return answer["returned"]


class Child:
    """Confines forked processes in one of the ways."""

    def __init__(self, way, space):
        self.space = space
        self.policy = sandbox.policy_for(space, view=protections.has_view())
        self._ordinary = ROOT and way != "as root"
        if way == "as a user without a view":
            self.policy["view"] = False
        if self._ordinary:
            self.policy["uid"] = None
            sandbox._hand_over(space.root, NOBODY)

    def __call__(self, function):
        return forked(partial(self._run, function))

    def _run(self, function):
        self.confine()
        return function()

    def confine(self):
        """Confine this process, which before that becomes an ordinary user who can read Python."""
        os.environ.update(self.space.environment())
        tempfile.tempdir = None  # it was derived from the environment
        os.chdir(self.space.work)
        if self._ordinary:
            become_ordinary(sys.base_prefix)
        confine(self.policy)


def error_of(call, *arguments, **options):
    """Give the name of the error a call ends in, or what it gave."""
    try:
        return repr(call(*arguments, **options))
    except OSError as error:
        return errno.errorcode.get(error.errno, repr(error))


def raw(numbers, *arguments):
    """Make one system call; give the name of its error, or its result."""
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(numbers[seccomp.column()], *map(ctypes.c_long, arguments))
    return errno.errorcode[ctypes.get_errno()] if result == -1 else result
