"""``grader``, and ``python -m grader``."""

import signal


def main() -> None:
    """Run the command line. What would end it waits until it can answer in words: imports take a while."""
    if hasattr(signal, "pthread_sigmask"):  # Windows has none
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    from grader.cli import app  # noqa: PLC0415 - what takes a while

    app()


if __name__ == "__main__":
    main()
