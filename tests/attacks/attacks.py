"""Notebooks that attack: what a cell does, and what must have become of it.

A cell that is refused shows so by itself: it ends with the system's own exception, which the report quotes.
``{victim}`` stands for another submission's working folder, ``{pid}`` for its process, ``{tests}`` for that of
the tests, ``{course}`` for the folder of the course, ``{home}`` for that of the grader's user.
"""

from dataclasses import dataclass

#: What the machine refuses, by the exceptions that Python makes of it.
REFUSED = r"PermissionError"
UNSEEN = r"PermissionError|FileNotFoundError|NotADirectoryError|OSError: \[Errno 30\]"
GONE = r"PermissionError|ProcessLookupError"


#: Finds where a notebook's own recording is written.
RECORDING = "import os\nfolder = os.path.expanduser('~/../recording')\n"


@dataclass(frozen=True)
class Attack:
    """One cell, the ends it may have, and what else must or must not be seen."""

    source: str
    #: The cell's status, and a pattern for its exception.
    status: str = "raised"
    error: str = ""
    #: The flag that tells which limit ended it.
    flag: str = ""
    #: A pattern for what it shows.
    shows: str = ""

    @property
    def refused(self) -> bool:
        """Whether it is over at once, with its kernel as it was: the next one may follow it there."""
        return self.status in ("raised", "ok") and not self.flag


SYSCALL = """import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall({numbers}) == -1:
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
"""


def call(numbers):
    """Make a system call and raise what it answers."""
    return Attack(SYSCALL.format(numbers=numbers), error="PermissionError|OSError.*Function not implemented")


def opens(path, mode="r", error=UNSEEN):
    """Open a file, which must not succeed."""
    return Attack(f"open({path}, {mode!r})", error=error)


NETWORK = {
    "TCP to this machine": Attack(
        "import socket\nsocket.create_connection(('127.0.0.1', 22))", error=REFUSED
    ),
    "TCP to another": Attack("import socket\nsocket.create_connection(('1.1.1.1', 80), 2)", error=REFUSED),
    "TCP server": Attack("import socket\nsocket.create_server(('127.0.0.1', 0))", error=REFUSED),
    "UDP": Attack("import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM)", error=REFUSED),
    "IPv6": Attack("import socket\nsocket.socket(socket.AF_INET6)", error=REFUSED),
    "packets": Attack("import socket\nsocket.socket(socket.AF_PACKET, socket.SOCK_RAW)", error=REFUSED),
    "netlink": Attack("import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", error=REFUSED),
    "DNS": Attack("import socket\nsocket.gethostbyname('example.org')", error="gaierror"),
    "another kernel's socket": Attack(
        "import socket\nsocket.socket(socket.AF_UNIX).connect('{victim}/socket')", error=UNSEEN
    ),
    "an abstract socket": Attack(
        "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0grader-test-victim-{tests}')",
        error=f"{REFUSED}|ConnectionRefusedError",
    ),
    "HTTP by a program": Attack(
        "import subprocess\nsubprocess.run(['/usr/bin/env', 'python3', '-c', 'import socket; socket.socket()'],"
        " check=True)",
        error="CalledProcessError",
    ),
}

READING = {
    "shadow": opens("'/etc/shadow'"),
    "the grader's home": Attack("import os\nos.listdir('{home}')", error=UNSEEN),
    "the references": Attack("import os\nos.listdir('{course}/reference')", error=UNSEEN),
    "a reference": opens("'{course}/reference/steps.py'"),
    "the solutions": opens("'{course}/assignments/steps/steps.ipynb'"),
    "what lies beside programs": Attack("import os\nos.listdir('/usr/src')", error=UNSEEN),
    "another submission": opens("'{victim}/answer.txt'"),
    "other submissions' folders": Attack(
        "import glob, os\nglob.glob(os.path.expanduser('~/../../*')), "
        "glob.glob(os.path.join('/tmp/grader-*', 'work', '*'))",
        status="ok",
        shows=r"\(\['[^']*'\], \[\]\)|\(\[\], \[\]\)",
    ),
    "through a link": Attack("import os\nos.symlink('/etc/shadow', 'soft')\nopen('soft')", error=UNSEEN),
    "through a hard link": Attack(
        "import os\nos.link('{course}/reference/steps.py', 'hard')", error=f"{UNSEEN}|OSError"
    ),
    "another's environment": opens("'/proc/{pid}/environ'"),
    "init's environment": opens("'/proc/1/environ'"),
    "the server's environment": Attack("import os\nopen(f'/proc/{os.getppid()}/environ')", error=UNSEEN),
    "the server's memory": Attack("import os\nopen(f'/proc/{os.getppid()}/mem', 'rb')", error=UNSEEN),
    "all environments": Attack("import os\nos.listdir('/proc')", error=REFUSED),
    "the grader's variables": Attack(
        "import os, subprocess\nsaid = subprocess.run(['env'], capture_output=True, text=True).stdout\n"
        "print('SECRET' in str(dict(os.environ)), 'TOKEN' in said, 'PATH' in said)",
        status="ok",
        shows="False False True",
    ),
    "the machine's disks": Attack("import os\nos.listdir('/dev/disk')", error=UNSEEN),
    "kernel messages": opens("'/dev/kmsg'"),
}

WRITING = {
    "the temporary folder": opens("'/tmp/grader-test-escaped'", "w"),
    "a library": Attack("import torch\nopen(torch.__file__, 'a')", error=f"{REFUSED}|OSError.*Read-only"),
    "the standard library": Attack(
        "import os\nopen(os.__file__, 'a')", error=f"{REFUSED}|OSError.*Read-only"
    ),
    "another submission's answer": opens("'{victim}/answer.txt'", "w"),
    "a device": Attack("import os\nos.mknod('disk', 0o60600, os.makedev(8, 0))", error=REFUSED),
    "stand-in programs": Attack(
        "import os\nopen(os.environ['PATH'].split(':')[0] + '/wget', 'w')",
        error=f"{REFUSED}|OSError.*Read-only",
    ),
    "the disk full": Attack(
        "n = 0\nwhile True:\n    n += 1\n    open(f'{n}', 'wb').write(bytes(3 << 20))",
        status="killed",
        flag="flag.limit.disk",
    ),
    "10 GB with a hole": Attack(
        "open('big', 'wb').truncate(10 << 30)", error="OSError.*File too large", flag="flag.limit.file-size"
    ),
    "a million files": Attack(
        "for n in range(10**6):\n    open(f'{n}', 'w').close()", status="killed", flag="flag.limit.disk"
    ),
    "files without a name, mapped": Attack(
        "import ctypes, os\nfor n in range(9):\n    with open(f'{n}', 'wb+') as file:\n"
        "        file.write(bytes(1 << 20))\n        file.flush()\n"
        "        ctypes.CDLL(None).mmap(None, 4096, 1, 2, file.fileno(), 0)\n    os.remove(f'{n}')\n"
        "import time\ntime.sleep(60)",
        status="killed",
        flag="flag.limit.disk",
    ),
    "files on their way in a socket on its way": Attack(
        "import os, socket\n(a, b), (c, d) = socket.socketpair(), socket.socketpair()\n"
        "for n in range(9):\n    with open(f'{n}', 'wb+') as file:\n        file.write(bytes(1 << 20))\n"
        "        file.flush()\n        socket.send_fds(a, [b'1'], [file.fileno()])\n    os.remove(f'{n}')\n"
        "socket.send_fds(c, [b'1'], [b.fileno()])\nb.close()\nimport time\ntime.sleep(60)",
        status="killed",
        flag="flag.limit.disk",
    ),
    "a thousand open files": Attack(
        "files = [open(f'{n}', 'w') for n in range(1000)]",
        error="OSError.*Too many open files",
        flag="flag.limit.open-files",
    ),
    "what was recorded, locked": Attack(
        f"{RECORDING}for name in os.listdir(folder):\n    os.chmod(f'{{folder}}/{{name}}', 0)", status="ok"
    ),
    "the recording's folder, locked": Attack(f"{RECORDING}os.chmod(folder, 0)", status="ok"),
}

LEFT = "import os, signal, time\n"
PROCESSES = {
    "fork bomb": Attack(
        "import os, time\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        time.sleep(0.01)",
        status="timed-out",
        flag="flag.limit.cell-time",
    ),
    "thread bomb": Attack(
        "import threading, time\n"
        "while True:\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        error="can't start new thread",
        flag="flag.limit.processes",
    ),
    "a daemon": Attack(
        LEFT + "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execvp('sleep', ['sleep', '97531.1'])\n    os._exit(0)",
        status="ok",
    ),
    "one that ignores SIGTERM": Attack(
        LEFT + "if os.fork() == 0:\n    os.setsid()\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    os.execvpe('sleep', ['sleep', '97531.2'], {})",
        status="ok",
    ),
    "swallows everything": Attack(
        "import time\nwhile True:\n    try:\n        while True:\n            time.sleep(0.01)\n    except BaseException:\n        pass",
        status="timed-out",
        flag="flag.limit.cell-time",
    ),
    "kills its parent": Attack("import os\nos.kill(os.getppid(), 9)", error=GONE),
    "kills init": Attack("import os\nos.kill(1, 9)", error=GONE),
    "kills another": Attack("import os\nos.kill({pid}, 9)", error=GONE),
    "kills by pidfd": Attack(
        "import os, signal\nsignal.pidfd_send_signal(os.pidfd_open({pid}), 9)", error=GONE
    ),
    "kills everybody": Attack(
        "import os\ntry:\n    os.kill(-1, 9)\nexcept OSError as error:\n    print(type(error).__name__)",
        status="ok",
    ),
    "kills itself": Attack("import os\nos.kill(os.getpid(), 9)", status="killed", flag="flag.cell-killed"),
    "raises its limits": Attack(
        "import resource\nresource.setrlimit(resource.RLIMIT_DATA, (-1, -1))",
        error="ValueError|PermissionError",
    ),
    "another's limits": Attack(
        "import resource\nresource.prlimit({pid}, resource.RLIMIT_CPU, (1, 1))", error=GONE
    ),
}

MEMORY = {
    "a list": Attack("a = [0]\nwhile True:\n    a += 9 * a", error="MemoryError", flag="flag.limit.memory"),
    "a tensor": Attack(
        "import torch\ntorch.ones(10**11)", error="can't allocate memory", flag="flag.limit.memory"
    ),
    "a mapping": Attack(
        "import mmap\nm = mmap.mmap(-1, 8 << 30)\nfor i in range(0, 8 << 30, 4096):\n    m[i] = 1",
        error=r"Errno 12",
        flag="flag.limit.memory",
    ),
    "many processes": Attack(
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n"
        "        b = b'1' * (120 << 20)\n        time.sleep(60)\ntime.sleep(60)",
        status="killed",
        flag="flag.limit.memory",
    ),
}

SYSTEM = {
    "ptrace": call("101, 16, {pid}, 0, 0"),
    "process_vm_readv": call("310, {pid}, 0, 0, 0, 0, 0"),
    "unshare": call("272, 0x10000000"),
    "a brother": call("56, 0x8011, 0, 0, 0, 0"),
    "mount": call("165, b'none', b'/', 0, 32, 0"),
    "bpf": call("321, 0, 0, 0"),
    "keyctl": call("250, 0, -3, 0"),
    "io_uring": call("425, 8, 0"),
    "userfaultfd": call("323, 0"),
    "perf_event_open": call("298, 0, 0, -1, -1, 0"),
    "memfd_create": call("319, b'x', 0"),
    "chroot": call("161, b'.'"),
    "becoming root": Attack("import os\nos.setuid(0)", error=f"{REFUSED}|OSError.*Invalid argument"),
    "a shared object": Attack(
        "import ctypes, shutil, _ctypes\nshutil.copy(_ctypes.__file__, 'own.so')\nctypes.CDLL('./own.so')",
        error="OSError.*(not permitted|shared object)",
    ),
    "a shared object in shared memory": Attack(
        "import ctypes, shutil, _ctypes\nctypes.CDLL(shutil.copy(_ctypes.__file__, '/dev/shm/own.so'))",
        error="OSError.*(not permitted|shared object)",
    ),
    "a lease on a file": Attack(
        "import fcntl, os\nopen('own', 'w').close()\n"
        "fcntl.fcntl(os.open('own', os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_WRLCK)",
        error=REFUSED,
    ),
    "a thread's own open files": call("436, 90, 91, 2"),
    "another's queue of messages": call("71, 0, 0, 0"),
    "a watch on others' files": call("254, 0, b'/tmp', 0xFFF"),
    "a program of its own": Attack(
        "import shutil, subprocess\nshutil.copy('/bin/true', 'own')\nsubprocess.run(['./own'])", error=REFUSED
    ),
}

OF_THE_SYSTEM = NETWORK | READING | WRITING | PROCESSES | MEMORY | SYSTEM


def notebooks():
    """Give the attacks by name, in the notebooks they share: a kernel outlives what it is refused."""
    kinds = (NETWORK, READING, WRITING, SYSTEM)
    shared = [[name for name, attack in kind.items() if attack.refused] for kind in kinds]
    alone = [name for name in OF_THE_SYSTEM if not any(name in names for names in shared)]
    return [*shared, *([name] for name in alone)]
