"""Stand-ins for ``wget`` and ``curl``: they copy a served file and refuse everything else.

Run as ``python -m grader.execution.child.fetch CONFIG wget|curl ARGUMENTS``.
"""

# ruff: noqa: T201 - a program for the terminal

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from grader.execution.child.config import Config
from grader.execution.child.files import ServedFiles

#: What the real programs return when a host's name is not found.
UNKNOWN_HOST = {"wget": 4, "curl": 6}


def main(argv: list[str]) -> int:
    """Copy each file asked for; the first one that is not served ends it."""
    served = ServedFiles(Config.read(Path(argv[0])).files)
    program, arguments = argv[1], argv[2:]
    options, unknown = (_wget() if program == "wget" else _curl()).parse_known_args(arguments)
    addresses = [*options.urls, *(text for text in unknown if not text.startswith("-"))]
    if not addresses:
        print(f"{program}: no URL given", file=sys.stderr)
        return 2
    for address in addresses:
        source = served.find(address)
        if source is None:
            print(f"{program}: no network while grading; served: {served.names}", file=sys.stderr)
            return UNKNOWN_HOST[program]
        target = _target(program, options, source.name)
        _deliver(source, target)
        if target is not None and not options.quiet:
            print(f"{target} saved", file=sys.stderr)
    return 0


def _target(program: str, options: argparse.Namespace, name: str) -> Path | None:
    """Say where the program would put the file; None is the terminal."""
    if options.output == "-" or (program == "curl" and not options.output and not options.remote_name):
        return None
    return Path(options.folder) / (options.output or name)


def _deliver(source: Path, target: Path | None) -> None:
    content = source.read_bytes()
    if target is None:
        sys.stdout.buffer.write(content)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _wget() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("wget", add_help=False, allow_abbrev=False)
    parser.add_argument("-O", "--output-document", dest="output")
    parser.add_argument("-P", "--directory-prefix", dest="folder", default=".")
    parser.add_argument("-q", "--quiet", action="store_true")
    _ignore(parser, flags="v nv nc N c", values="o a t T U e i")
    _ignore_long(parser, "tries timeout user-agent header output-file")
    parser.add_argument("urls", nargs="*")
    return parser


def _curl() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("curl", add_help=False, allow_abbrev=False)
    parser.add_argument("-o", "--output")
    parser.add_argument("-O", "--remote-name", action="store_true")
    parser.set_defaults(quiet=True)
    parser.add_argument("--output-dir", dest="folder", default=".")
    _ignore(parser, flags="s S L f k v g i J C # 4 6", values="H A e m b c u X d w")
    _ignore_long(parser, "header user-agent referer max-time connect-timeout retry request cookie user")
    parser.add_argument("urls", nargs="*")
    return parser


def _ignore(parser: argparse.ArgumentParser, flags: str, values: str) -> None:
    for letter in flags.split():
        parser.add_argument(f"-{letter}", action="store_true", dest="ignored")
    for letter in values.split():
        parser.add_argument(f"-{letter}", dest="ignored")


def _ignore_long(parser: argparse.ArgumentParser, names: str) -> None:
    for name in names.split():
        parser.add_argument(f"--{name}", dest="ignored")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
