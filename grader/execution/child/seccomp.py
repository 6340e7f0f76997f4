"""Which system calls a process may make: a filter in the kernel's own little language, assembled here.

It names what nobody needs who trains a model, group by group with the reason, and refuses every call that
came to Linux after the list was judged. An arithmetic library may want any of the rest.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable
from socket import AF_UNIX, SOCK_SEQPACKET, SOCK_STREAM

from grader.execution.child.linux import column, syscall

#: Newer calls are answered "not implemented", which is what every library expects of an older kernel. The
#: second way to call x86_64, by numbers from 2^30 on, is refused with them.
LAST_JUDGED = 450

#: By name: the number on x86_64 and on aarch64, None where there is no such call.
DENIED: dict[str, tuple[int | None, int | None]] = {
    # Reading, steering or watching other processes.
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "pidfd_getfd": (438, 438),
    "kcmp": (312, 272), "perf_event_open": (298, 241), "move_pages": (279, 239), "migrate_pages": (256, 238),
    "ioprio_set": (251, 30),
    # Another view of the machine: what is mounted where, whose user one is.
    "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51), "pivot_root": (155, 41),
    "mount": (165, 40),
    "umount2": (166, 39), "mount_setattr": (442, 442), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    # Programs run by the kernel and rings of calls it makes for a process, past this filter.
    "bpf": (321, 280), "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # The machine as a whole: its kernel, clock, name, swap, accounting, ports. Only root could, and needs
    # not.
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106), "create_module": (174, None), "query_module": (178, None),
    "get_kernel_syms": (177, None), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225),
    "acct": (163, 89), "quotactl": (179, 60), "quotactl_fd": (443, 443), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162), "syslog": (103, 116), "iopl": (172, None), "ioperm": (173, None),
    "vhangup": (153, 58),
    # Old or odd corners of the kernel that have been its weak spots.
    "personality": (135, 92), "modify_ldt": (154, None), "lookup_dcookie": (212, 18), "nfsservctl": (180, 42),
    "uselib": (134, None), "sysfs": (139, None), "_sysctl": (156, None), "ustat": (136, None),
    # The kernel's key rings, which a user's processes share.
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # Files by number in place of path, and watching what others do with theirs.
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263), "inotify_add_watch": (254, 27),
    # Memory that a user's processes share, or that counts for no process: it would pass by the limits.
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    "mq_unlink": (241, 181), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    # What the user's other processes have of it is found by its number alone: to read, to change, to remove.
    "shmctl": (31, 195), "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187), "semop": (65, 193),
    "semctl": (66, 191), "semtimedop": (220, 192),
}  # fmt: skip

#: How any process of the same user is scheduled. ZMQ asks this for its own threads, for what they have
#: already, and ends the process when it is refused: these are said to have worked and do nothing.
SCHEDULING: dict[str, tuple[int | None, int | None]] = {
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "sched_setattr": (314, 274),
}  # fmt: skip

#: Ways to signal that are refused altogether where the kernel cannot tell a submission's processes from
#: others.
SIGNALS: dict[str, tuple[int | None, int | None]] = {
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}  # fmt: skip

#: Landlock does not govern what a path's file is labelled with, only its content. Where the grader's own user
#: runs submissions and nothing else protects that user's files, these are said to have worked and do nothing.
LABELS: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "chown": (92, None), "lchown": (94, None),
    "fchown": (93, 55), "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None),
    "futimesat": (261, None), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
}  # fmt: skip

#: What of itself a process may not change: that it dies with its parent, that the host can look at it, that
#: what it started stays its own and counts for it. Said to have worked, as some library may ask for it.
ITSELF = (1, 4, 36)

CLONE, CLONE3, PRCTL, FCNTL = (56, 220), (435, 435), (157, 167), (72, 25)
CLOSE_RANGE = (436, 436)
SOCKET, SOCKETPAIR, CONNECT = (41, 198), (53, 199), (42, 203)
IOCTL, PRLIMIT, SETPRIORITY, SETAFFINITY = (16, 29), (302, 261), (141, 140), (203, 122)
KILL, TGKILL, SECCOMP = (62, 129), (234, 131), (317, 277)

#: The flags of clone that ask for a new mount, cgroup, UTS, IPC, user, PID or network namespace.
NAMESPACES = 0x7E020000

#: The one that makes the child one of the server's, where it counts for no submission.
SIBLING = 0x8000

#: A thread's, and the open files of its process, without which the host would not see what it holds open. To
#: leave them later is the flag of close_range.
THREAD, FILES, LEAVE_FILES = 0x10000, 0x400, 2

#: A lease on a file, by fcntl: others who open it would wait for whoever has it.
LEASE = 1024

#: Having a file's news sent to another process as a signal, by fcntl and by ioctl.
NEWS, NEWS_BY_IOCTL = (8, 15), (0x8901, 0x8902)

#: Typing into the terminal of whoever started the grader, by two names, and changing what a terminal does.
TERMINAL = (0x5412, 0x541C, 0x5423)

_AUDIT = (0xC000003E, 0xC00000B7)
_LOAD, _EQUAL, _ABOVE, _ANY, _AND, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x54, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_SET_FILTER = 1

Instruction = tuple[int, int, int, int]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def restrict(*, connect: bool, signal_others: bool, label: bool) -> None:
    """Filter the system calls of this process and of all it will start. ``no_new_privs`` must have been set.

    Args:
        connect: connecting to a Unix socket is allowed; there are none within reach but the submission's own.
        signal_others: signals are allowed; something else keeps them from other processes.
        label: changing modes, owners and times is allowed; no file of others is within reach.

    Raises:
        OSError: there are no filters here.

    """
    program = assemble(connect=connect, signal_others=signal_others, label=label)
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    syscall(SECCOMP[column()], _SET_FILTER, 0, ctypes.byref(_Program(len(program), code)))


def assemble(*, connect: bool, signal_others: bool, label: bool) -> list[Instruction]:
    """Write the filter for this machine. Each call falls through the list until one entry takes it."""
    here = column()
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, _AUDIT[here]), (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER), (_ABOVE, 0, 1, LAST_JUDGED), _answer(errno.ENOSYS),
    ]  # fmt: skip

    def on(numbers: tuple[int | None, int | None], *verdict: Instruction) -> None:
        if (number := numbers[here]) is not None:
            program.extend(((_EQUAL, 0, len(verdict), number), *verdict))

    for numbers in DENIED.values():
        on(numbers, _answer(errno.EPERM))
    for numbers in SCHEDULING.values():
        on(numbers, _answer(0))
    # Flags of clone3 lie in memory, where a filter cannot look: libraries then fall back to clone.
    on(CLONE3, _answer(errno.ENOSYS))
    on(
        CLONE, _argument(0), (_ANY, 0, 1, NAMESPACES | SIBLING), _answer(errno.EPERM),
        (_AND, 0, 0, THREAD | FILES), (_EQUAL, 0, 1, THREAD), _answer(errno.EPERM), _ALLOWED,
    )  # fmt: skip
    on(CLOSE_RANGE, _argument(2), (_ANY, 0, 1, LEAVE_FILES), _answer(errno.EPERM), _ALLOWED)
    on(PRCTL, _argument(0), *_answer_each(ITSELF, 0), _ALLOWED)
    # Only Unix sockets, and not datagrams: those name their receiver where a filter cannot look.
    on(SOCKET, *_unix_stream())
    on(SOCKETPAIR, *_unix_stream())
    refused = TERMINAL if signal_others else (*TERMINAL, *NEWS_BY_IOCTL)
    on(IOCTL, _argument(1), *_answer_each(refused, errno.EPERM), _ALLOWED)
    # Limits, priority and processors of oneself only: 0. The same user's other processes could be stopped by
    # them.
    on(PRLIMIT, *_only_zero(0))
    on(SETAFFINITY, *_only_zero(0))
    on(SETPRIORITY, _argument(0), (_EQUAL, 1, 0, 0), _answer(errno.EPERM), *_only_zero(1))
    held_up = (LEASE,) if signal_others else (LEASE, *NEWS)
    on(FCNTL, _argument(1), *_answer_each(held_up, errno.EPERM), _ALLOWED)
    if not connect:
        on(CONNECT, _answer(errno.EPERM))
    if not signal_others:
        # 0 is one's own process group, which a session leader has for itself.
        on(KILL, _argument(0), (_EQUAL, 2, 0, 0), (_EQUAL, 1, 0, os.getpid()), _answer(errno.EPERM), _ALLOWED)
        on(TGKILL, _argument(0), (_EQUAL, 1, 0, os.getpid()), _answer(errno.EPERM), _ALLOWED)
        for numbers in SIGNALS.values():
            on(numbers, _answer(errno.EPERM))
    if not label:
        # Setting a path's time to now is how Python makes a file that may be there: it has to open it.
        by_path = (_argument(1), (_EQUAL, 1, 0, 0), _answer(errno.EPERM))
        on(LABELS["utimensat"], _argument(2), (_EQUAL, 0, len(by_path), 0), *by_path, _answer(0))
        for numbers in LABELS.values():
            on(numbers, _answer(0))
    return [*program, _ALLOWED]


def _answer(number: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | number)


_ALLOWED: Instruction = (_RETURN, 0, 0, _ALLOW)


def _argument(index: int) -> Instruction:
    """Load the lower half of an argument, which is all that the kernel looks at where this is used."""
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * index + (4 if sys.byteorder == "big" else 0))


def _only_zero(index: int) -> Iterable[Instruction]:
    return (_argument(index), (_EQUAL, 1, 0, 0), _answer(errno.EPERM), _ALLOWED)


def _answer_each(values: Iterable[int], number: int) -> list[Instruction]:
    return [step for value in values for step in ((_EQUAL, 0, 1, value), _answer(number))]


def _unix_stream() -> Iterable[Instruction]:
    return (
        _argument(0), (_EQUAL, 1, 0, int(AF_UNIX)), _answer(errno.EPERM),
        _argument(1), (_AND, 0, 0, 0xF),  # without SOCK_CLOEXEC and SOCK_NONBLOCK
        (_EQUAL, 2, 0, int(SOCK_STREAM)), (_EQUAL, 1, 0, int(SOCK_SEQPACKET)), _answer(errno.EPERM), _ALLOWED,
    )  # fmt: skip
