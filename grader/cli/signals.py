"""What ends a command from outside: Ctrl-C, and what a machine or a closed terminal sends."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: SIGTERM and SIGHUP, which Windows does not have.
ENDING = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


@contextmanager
def like_ctrl_c() -> Iterator[list[int]]:
    """Let other signals do what Ctrl-C does: end what runs, and leave no folder. Give those that came.

    One that is ignored stays so: ``nohup`` means it. After the first the others are ignored, as a closed
    terminal sends several, and a second would cut off what the first has begun to tidy up.
    """
    came: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        came.append(number)
        for other in before:
            signal.signal(other, signal.SIG_IGN)
        interrupt = signal.getsignal(signal.SIGINT)  # asyncio's, or that of ``undisturbed``
        (interrupt if callable(interrupt) else signal.default_int_handler)(signal.SIGINT, frame)

    before = {number: signal.getsignal(number) for number in ENDING}
    before = {number: old for number, old in before.items() if old is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, end)
    try:
        yield came
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def heed() -> None:
    """Let come what has waited since the command was started."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, *ENDING})
