"""``python -m grader.execution.child --grader-config FILE -f CONNECTION``: a kernel prepared for grading."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import torch

from grader.execution.child import kernel, standins
from grader.execution.child.config import Config
from grader.execution.child.files import ServedFiles
from grader.recorder import install as install_recorder


def main() -> None:
    """Prepare the kernel and serve until the host kills it."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--grader-config", type=Path, required=True)
    options, rest = parser.parse_known_args()
    sys.argv[1:] = rest  # what a notebook that parses its arguments finds in any kernel
    serve(Config.read(options.grader_config), rest)


def serve(config: Config, argv: list[str]) -> None:
    """Turn this process into the kernel of one submission. Everything is in place before its first cell."""
    app = kernel.create(argv, config.output_bytes)
    torch.set_num_threads(1)
    standins.install(ServedFiles(config.files))
    seed_generators(config.seed)
    install_recorder(app.shell, Path(config.recording), config.recording_bytes)
    app.start()


def seed_generators(seed: int) -> None:
    """Make a notebook that sets no seed of its own give the same numbers each time."""
    random.seed(seed)
    torch.manual_seed(seed)
    try:
        import numpy as np  # noqa: PLC0415 - torch does without, so do some students
    except ImportError:
        return
    np.random.seed(seed)  # noqa: NPY002 - the generator that students' code uses


if __name__ == "__main__":
    main()
