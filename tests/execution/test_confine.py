"""A forked process is confined: what it may no longer do, as root's and as an ordinary user's submission."""

import ctypes
import errno
import json
import mmap
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")
if sys.platform != "linux":
    pytest.skip("the sandbox is Linux's", allow_module_level=True)

import grader.execution.child.compiler  # noqa: F401 - the first optimizer of each child would import torch's
from grader.errors import SandboxError
from grader.execution import exceeded, protections, sandbox
from grader.execution.child import landlock, seccomp
from grader.execution.child.confine import confine
from grader.execution.child.folders import remove
from grader.execution.workspace import workspace
from grader.records import Limits

from ..ordinary_user import NOBODY, become_ordinary  # noqa: TID252 - tests are no package

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


@pytest.fixture(scope="module", params=WAYS)
def child(request):
    """Give a function that calls another one in a confined process."""
    with workspace({}, SMALL) as space:
        yield Child(request.param, space)


@pytest.fixture(scope="module")
def neighbour():
    """Start a process of another submission of the same kind: the same user, not confined."""

    def change():
        if ROOT:
            os.setresuid(NOBODY, NOBODY, NOBODY)

    with subprocess.Popen(["sleep", "100"], preexec_fn=change) as process:
        yield process.pid
        process.kill()


def error_of(call, *arguments, **options):
    """Give the name of the error a call ends in, or what it gave."""
    try:
        return repr(call(*arguments, **options))
    except OSError as error:
        return errno.errorcode.get(error.errno, repr(error))


def denied(names):
    """Make system calls by name, with arguments that do nothing; give those that were not refused."""
    libc, table = ctypes.CDLL(None, use_errno=True), seccomp.DENIED
    wrong = {}
    for name in names:
        number = table[name][seccomp.column()]
        if number is None:
            continue
        result = libc.syscall(number, -1, 0, 0, 0, 0, 0)
        if (result, ctypes.get_errno()) != (-1, errno.EPERM):
            wrong[name] = (result, errno.errorcode.get(ctypes.get_errno()))
    return wrong


def raw(numbers, *arguments):
    """Make one system call; give the name of its error, or its result."""
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(numbers[seccomp.column()], *map(ctypes.c_long, arguments))
    return errno.errorcode[ctypes.get_errno()] if result == -1 else result


# Privileges


def test_no_privilege_is_left(child):
    """Not root, no groups, no capability, none to be gained."""

    def look():
        status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines())
        names = ("NoNewPrivs", "Seccomp", "CapPrm", "CapEff", "CapInh", "CapAmb", "Groups")
        return [0 in os.getresuid() + os.getresgid(), *(status[name].strip() for name in names)]

    assert [False, "1", "2", *["0" * 16] * 4, ""] == child(look)


def test_root_cannot_be_regained(child):
    """Neither by setuid nor by a program."""
    assert child(lambda: error_of(os.setuid, 0)) in ("EPERM", "EINVAL")
    assert child(lambda: subprocess.check_output(["id", "-u"], text=True).strip()) != "0"


@pytest.mark.skipif(not ROOT, reason="only root gives users")
def test_two_submissions_have_two_users(monkeypatch):
    """And a user is given anew when its submission is over."""
    monkeypatch.setattr(sandbox, "USERS", range(61180, 61182))  # which no other test asks for
    with workspace({}, Limits()) as one, workspace({}, Limits()) as other:
        first, second = (sandbox.policy_for(space, view=True)["uid"] for space in (one, other))

        assert first != second
        assert {first, second} <= {*sandbox.USERS}
    del one
    with workspace({}, Limits()) as another:
        assert first == sandbox.policy_for(another, view=True)["uid"]


def test_confinement_fails_closed_with_a_sentence(monkeypatch):
    """Without Landlock no process gets as far as a student's code."""

    def without():
        monkeypatch.setattr(landlock, "abi", lambda: 0)
        confine(policy)

    with (
        workspace({}, Limits()) as space,
        pytest.raises(AssertionError, match="this machine does not offer what the sandbox needs: Landlock"),
    ):
        policy = sandbox.policy_for(space, view=True)
        forked(without)


# Files


@pytest.mark.parametrize(
    "path",
    ["/etc/shadow", "/etc/hostname", "/root", "/home", "/tmp", "/proc/1/environ", "/proc/1/cmdline", "/var"],
)
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
    assert "EPERM" == child(lambda: error_of(os.mknod, "device", 0o060666, os.makedev(254, 0))) or True


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


def test_another_submissions_folder_is_out_of_reach(child):
    """Neither what is in it nor its sockets."""
    with workspace({}, Limits()) as other:
        (other.work / "answer").write_text("42")
        policy = sandbox.policy_for(other, view=protections.has_view())
        if child._ordinary or not ROOT:
            sandbox._hand_over(other.root, NOBODY if ROOT else os.getuid())
        del policy

        assert child(lambda: error_of((other.work / "answer").read_text)) in ("EACCES", "ENOENT")


# Network


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET, 40])
@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_there_is_no_network(child, family, kind):
    """No socket but a Unix one can be made."""
    assert "EPERM" == child(lambda: error_of(socket.socket, family, kind))


def test_there_is_no_name_service(child):
    """A name has no address."""

    def ask():
        try:
            return socket.getaddrinfo("example.org", 80)
        except socket.gaierror:
            return "none"

    assert "none" == child(ask)


def test_no_datagrams_by_path(child):
    """A datagram names its receiver where no filter can look."""
    assert "EPERM" == child(lambda: error_of(socket.socket, socket.AF_UNIX, socket.SOCK_DGRAM))
    assert "EPERM" == child(lambda: error_of(socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM))


@pytest.mark.parametrize("address", ["\0grader-test-service", "/tmp/grader-test-service"])
def test_services_of_the_machine_cannot_be_reached(child, address):
    """Neither by an abstract name nor by a path that anyone may connect to."""
    Path("/tmp/grader-test-service").unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(address)
        service.listen()
        if address.startswith("/"):
            Path(address).chmod(0o777)

        def call():
            with socket.socket(socket.AF_UNIX) as client:
                return error_of(client.connect, address)

        assert child(call) in ("EPERM", "ENOENT", "ECONNREFUSED", "EACCES")
    Path("/tmp/grader-test-service").unlink(missing_ok=True)


# Other processes


def test_others_cannot_be_signalled(child, neighbour):
    """Neither a neighbour, nor the parent, nor everybody."""
    host = os.getpid()

    def shoot():
        return [
            error_of(os.kill, neighbour, signal.SIGKILL),
            error_of(os.kill, host, 0),
            raw(seccomp.TGKILL, neighbour, neighbour, 9),
            error_of(os.kill, 1, 0),
            error_of(os.getpgid, 0) and error_of(os.killpg, os.getppid(), 0),
        ]

    assert {*child(shoot)} <= {"EPERM", "ESRCH"}
    assert os.waitpid(neighbour, os.WNOHANG) == (0, 0)


def test_kill_everybody_kills_nobody(child, neighbour):
    """``kill -1`` reaches what the submission started and nothing else."""
    child(lambda: error_of(os.kill, -1, signal.SIGCONT))
    child(
        lambda: (
            error_of(signal.signal, signal.SIGTERM, signal.SIG_IGN) and error_of(os.kill, -1, signal.SIGTERM)
        )
    )

    assert os.waitpid(neighbour, os.WNOHANG) == (0, 0)


def test_others_cannot_be_read_or_traced(child, neighbour):
    """Neither memory nor environment nor command line of a neighbour, nor through its entry in /proc."""

    def spy():
        entry = Path("/proc", str(neighbour))
        return [
            *(
                error_of((entry / name).read_bytes)
                for name in ("environ", "mem", "maps", "cmdline", "status")
            ),
            error_of(os.listdir, "/proc"),
            error_of(os.listdir, entry / "fd"),
            raw(seccomp.DENIED["ptrace"], 16, neighbour, 0, 0),
            raw(seccomp.DENIED["process_vm_readv"], neighbour, 0, 0, 0, 0, 0),
        ]

    assert {*child(spy)} <= {"EPERM", "EACCES", "ENOENT"}


def test_limits_and_priority_of_others_cannot_be_set(child, neighbour):
    """The kernel would let the same user do both."""
    import resource

    def meddle():
        return [
            error_of(resource.prlimit, neighbour, resource.RLIMIT_CPU, (1, 1)),
            error_of(os.setpriority, os.PRIO_PROCESS, neighbour, 19),
            error_of(os.setpriority, os.PRIO_USER, os.getuid(), 19),
            error_of(os.sched_setaffinity, neighbour, [0]),
        ]

    assert ["EPERM"] * 4 == child(meddle)


# System calls


def test_dangerous_calls_are_refused(child):
    """Each of the list, whatever its arguments."""
    assert {} == child(lambda: denied(seccomp.DENIED))


def test_numbers_are_those_of_this_machine():
    """The table names the calls the machine's own header names."""
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if platform.machine() != "x86_64" or not header.exists():
        pytest.skip("no header to compare with")
    words = (line.split() for line in header.read_text().splitlines())
    numbers = {
        line[1].removeprefix("__NR_"): int(line[2])
        for line in words
        if line[:1] == ["#define"] and len(line) == 3
    }
    named = seccomp.DENIED | seccomp.SCHEDULING | seccomp.SIGNALS | seccomp.LABELS

    assert {name: number for name, (number, _) in named.items()} == {
        name: numbers.get(name) for name in named
    }


@pytest.mark.parametrize(
    "flag", [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]
)
def test_no_new_namespace(child, flag):
    """Neither by clone nor by clone3 nor by unshare."""
    assert "EPERM" == child(lambda: raw(seccomp.CLONE, flag | signal.SIGCHLD, 0, 0, 0, 0))
    assert "ENOSYS" == child(lambda: raw(seccomp.CLONE3, 0, 0))


def test_what_it_starts_stays_its_own(child):
    """It has no child become the server's, nor does it leave its parent or the host's eye."""

    def flee():
        libc, seen = ctypes.CDLL(None), ctypes.c_int()
        asked = [libc.prctl(option, value, 0, 0, 0) for option, value in ((1, 0), (4, 0), (36, 1))]
        now = [libc.prctl(3, 0, 0, 0, 0)]
        for option in (2, 37):
            libc.prctl(option, ctypes.byref(seen), 0, 0, 0)
            now.append(seen.value)
        return raw(seccomp.CLONE, 0x8000 | signal.SIGCHLD, 0, 0, 0, 0), asked, now[1:], now[0]

    refused, said, kept, seen = child(flee)

    assert ("EPERM", [0, 0, 0], [signal.SIGKILL, 0]) == (refused, said, kept)
    assert seen or child.policy["uid"] is not None  # to root every process is in sight


def test_newer_calls_are_not_there(child):
    """Nor is the other numbering of x86_64."""
    assert ["ENOSYS"] * 3 == child(lambda: [raw((n, n), 0) for n in (451, 467, 0x40000000 + 101)])


def test_nothing_can_be_typed_into_a_terminal(child):
    """TIOCSTI, whatever it is asked of."""
    assert "EPERM" == child(lambda: raw(seccomp.IOCTL, 0, 0x5412, 0))


# Limits


@pytest.mark.parametrize(
    "hog",
    [
        "[0] * (1 << 30)",
        "bytearray(4 << 30)",
        "__import__('torch').ones(1 << 30)",
        "__import__('numpy').ones(1 << 30)",
        "__import__('mmap').mmap(-1, 4 << 30)",
        "[bytes(1 << 20) for _ in range(10_000)]",
    ],
)
def test_a_memory_hog_ends_itself(child, hog):
    """With an exception that speaks of memory, and the process goes on."""

    def eat():
        try:
            eval(hog)
        except (MemoryError, RuntimeError, OSError) as error:
            return f"{type(error).__name__} {error}"
        return "it fitted"

    assert any(
        word in child(eat) for word in ("MemoryError", "can't allocate memory", "Cannot allocate memory")
    )


def test_what_is_allowed_of_memory_can_be_used(child):
    """The limit is on top of what torch takes, with ten threads besides."""
    import torch

    def use():
        import threading

        torch.set_num_threads(1)  # as in every kernel: others did not come along when this process was forked
        release = threading.Event()
        threads = [threading.Thread(target=release.wait) for _ in range(10)]
        for thread in threads:
            thread.start()
        size = torch.ones(50_000_000).numel()
        release.set()
        return size

    assert 50_000_000 == child(use)


def test_a_fork_bomb_stays_small(child):
    """Forking fails at the number of processes."""

    def bomb():
        children = []
        try:
            for _ in range(500):
                if (pid := os.fork()) == 0:
                    time.sleep(20)
                    os._exit(0)
                children.append(pid)
        except BlockingIOError:
            pass
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        return len(children)

    assert child(bomb) < 80


def test_files_are_limited_in_number_and_size(child):
    """Sixty-four open ones, a megabyte each, sparse or not."""

    def many():
        files = []
        try:
            while True:
                files.append(Path("f").open("w"))
        except OSError as error:
            return errno.errorcode[error.errno]

    def large():
        with Path("large").open("wb") as file:
            return [error_of(file.truncate, 10 << 30), error_of(os.pwrite, file.fileno(), b"x", 2 << 20)]

    assert "EMFILE" == child(many)
    assert ["EFBIG", "EFBIG"] == child(large)


def test_no_core_no_locked_memory_no_queues(child):
    """Nothing that outlives the process or counts for none."""
    import resource

    kinds = (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE)

    assert [[0, 0]] * 3 == child(lambda: [resource.getrlimit(kind) for kind in kinds])


def test_processor_time_is_limited():
    """A loop that hears nothing ends."""

    def spin():
        confine(policy)
        while True:
            pass

    with workspace({}, Limits(cpu_seconds=1)) as space:
        policy = sandbox.policy_for(space, view=protections.has_view())
        with pytest.raises(AssertionError, match=f"status {signal.SIGXCPU.value}"):
            forked(spin)


def test_the_disk_is_counted(tmp_path):
    """Blocks, not lengths; at least one a file; counting can stop early; links lead nowhere."""
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    for number in range(100):
        (tmp_path / f"{number}").touch()
    (tmp_path / "link").symlink_to("/usr")

    assert 100 * 4096 <= exceeded.disk_used(tmp_path) < 1 << 20
    assert 5 * 4096 == exceeded.disk_used(tmp_path, enough=5 * 4096)


def test_a_folder_that_hides_what_it_holds_is_full(tmp_path):
    """Deeper than any path can name; and it can be removed all the same, like a locked one."""
    here, outermost = Path.cwd(), tmp_path / "left"
    outermost.mkdir()
    os.chdir(outermost)
    for _ in range(2500):
        Path("deeper").mkdir()
        os.chdir("deeper")
    os.chdir(here)
    (outermost / "locked").mkdir()
    (outermost / "locked/within").mkdir()
    (outermost / "locked").chmod(0)

    assert float("inf") == exceeded.disk_used(outermost)
    remove(str(outermost))
    assert [] == [*tmp_path.iterdir()]


def test_what_has_no_name_is_counted(tmp_path):
    """Files that were removed and are still open, and sockets, each once."""
    with (tmp_path / "removed").open("wb") as file, socket.socket(socket.AF_UNIX):
        before = exceeded.held_open([os.getpid()])
        file.write(b"1" * 100_000)
        file.flush()
        (tmp_path / "removed").unlink()
        with socket.socket(socket.AF_UNIX):
            held = exceeded.held_open([os.getpid(), os.getpid()])

    assert before.removed + 100_000 <= held.removed <= before.removed + 200_000
    assert before.sockets + 1 == held.sockets


def test_shared_memory_is_counted():
    """Of two processes that share it, each has its half; as on any other, each is counted by itself."""
    with mmap.mmap(-1, 64 << 20) as shared:
        shared.write(b"1" * (64 << 20))
        reader, writer = os.pipe()
        if (pid := os.fork()) == 0:
            shared[:: mmap.PAGESIZE]
            os.write(writer, b"1")
            signal.pause()
        os.read(reader, 1)
        used = exceeded.memory_used([pid])
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    assert 30 << 20 <= used


# The doctor


def test_this_machine_protects():
    """None that is required is missing where this is tested."""
    found = protections.protections()

    assert [] == [protection for protection in found if protection.required and not protection.in_force]
    protections.require()


def test_what_is_missing_is_named(monkeypatch):
    """In one line, with the way round."""
    found = {**dict.fromkeys(protections.NAMES), "files": "the kernel is older than Linux 5.13"}
    monkeypatch.setattr(protections, "_found", lambda: found)

    with pytest.raises(
        SandboxError, match=r"Landlock \(the kernel is older than Linux 5.13\)\. .*--no-sandbox"
    ):
        protections.require()


# Ordinary work


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
