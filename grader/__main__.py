"""``grader``, and ``python -m grader``."""

import os
import signal
import sys


def main() -> None:
    """Run the command line. What would end it waits until it can answer in words: imports take a while."""
    if hasattr(signal, "pthread_sigmask"):  # Windows has none
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        # A locale without UTF-8 has no letters for the names of files in Korean.
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - ourselves
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed: the next file to be opened would stand in its place
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - to the end
    from grader.cli import app  # noqa: PLC0415 - what takes a while

    app()


if __name__ == "__main__":
    main()
