"""What a confined process may not read, write, change or remove."""

import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

if sys.platform != "linux":
    pytest.skip("the sandbox is Linux's", allow_module_level=True)

from grader.errors import SandboxError
from grader.execution import protections, sandbox
from grader.execution.child.namespaces import SHARED_MEMORY
from grader.execution.kernels import kernels
from grader.execution.workspace import workspace
from grader.records import Limits

from ...ordinary_user import NOBODY  # noqa: TID252 - tests are no package
from .confining import ROOT, WAYS, Child, error_of


@pytest.mark.parametrize(
    "path",
    [
        "/etc/shadow", "/etc/hostname", "/root", "/home", "/tmp", "/proc/1/environ", "/proc/1/cmdline", "/var",
        "/proc/self/mountinfo", "/proc/thread-self/mounts",
        "/usr", "/usr/local", "/usr/src", sys.prefix,
    ],
)  # fmt: skip
def test_nothing_else_can_be_read(child, path):
    """Neither files nor the names in folders."""
    look = os.listdir if os.path.isdir(path) else Path(path).read_bytes

    assert child(lambda: error_of(look, path) if look is os.listdir else error_of(look)) in (
        "EACCES",
        "ENOENT",
    )


def test_the_course_cannot_be_seen(child, tmp_path):
    """A file that anyone may read, in a folder that anyone may enter, is out of reach, by a link as well."""
    course = Path("/tmp", f"course-{os.getpid()}")
    course.mkdir(mode=0o755)
    secret = course / "answers.py"
    secret.write_text("42")
    secret.chmod(0o644)

    def steal():
        Path("link").unlink(missing_ok=True)
        Path("link").symlink_to(secret)
        return [error_of(Path("link").read_text), error_of(secret.read_text), error_of(os.listdir, course)]

    try:
        assert {*child(steal)} <= {"EACCES", "ENOENT"}
    finally:
        secret.unlink()
        course.rmdir()


def test_no_course_lies_among_the_programs():
    """What every submission may read is no place for solutions, and not graded from."""
    with (
        pytest.raises(SandboxError, match="every submission may read"),
        kernels(unseen=[Path(sys.prefix, "share/course")]),
    ):
        pass


def test_nothing_else_can_be_written(child):
    """Not the Python environment, not the temporary folder, no device."""
    places = [
        Path(os.__file__),
        Path(sys.prefix, "new"),
        Path(pytest.__file__).parent / "new",
        Path("/tmp/new"),
        Path("/dev/shm/../new"),
        Path("/etc/passwd"),
        Path("/proc/self/oom_score_adj"),
    ]
    errors = child(lambda: [error_of(place.open, "a") for place in places])

    assert {*errors} <= {"EACCES", "ENOENT", "EROFS"}
    assert child(lambda: error_of(os.mknod, "device", 0o060666, os.makedev(254, 0))) in ("EACCES", "EPERM")


def test_files_of_others_cannot_be_truncated_relabelled_or_removed(child):
    """What belongs to the same user outside stays as it is."""
    outside = Path("/tmp", f"outside-{os.getpid()}")
    outside.write_text("kept")
    outside.chmod(0o644)
    if ROOT:
        os.chown(outside, NOBODY, NOBODY)
    before = outside.stat()

    def harm():
        for call in (
            partial(os.truncate, outside, 0),
            partial(os.open, outside, os.O_RDONLY | os.O_TRUNC),
            partial(os.chmod, outside, 0o777),
            partial(os.utime, outside, (0, 0)),
            partial(os.unlink, outside),
            partial(os.rename, outside, "mine"),
            partial(os.link, outside, "mine"),
        ):
            error_of(call)

    try:
        child(harm)

        assert "kept" == outside.read_text()
        assert (before.st_mode, before.st_mtime) == (outside.stat().st_mode, outside.stat().st_mtime)
    finally:
        outside.unlink()


def test_temporary_files_may_lie_in_shared_memory(monkeypatch):
    """A submission has a view and a folder of its own there, too, and sees nobody else's."""
    if not protections.has_view() or not os.access(SHARED_MEMORY, os.W_OK):
        pytest.skip("NO VIEW, OR NO SHARED MEMORY: there is nothing to lie in it")
    with TemporaryDirectory(dir=SHARED_MEMORY) as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        with workspace({}, Limits()) as mine, workspace({}, Limits()) as other:
            if ROOT:
                Path(folder).chmod(0o755)
            child = Child(WAYS[0], mine)

            def look():
                Path("answer").write_text("42")
                return error_of(os.listdir, other.work), [path.name for path in Path().iterdir()]

            assert ["ENOENT", ["answer"]] == child(look)


def test_another_submissions_folder_is_out_of_reach(child):
    """Neither what is in it nor its sockets."""
    with workspace({}, Limits()) as other:
        (other.work / "answer").write_text("42")
        if child._ordinary or not ROOT:
            sandbox._hand_over(other.root, NOBODY if ROOT else os.getuid())

        assert child(lambda: error_of((other.work / "answer").read_text)) in ("EACCES", "ENOENT")
