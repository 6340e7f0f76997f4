"""``python -m grader.execution.child --grader-config FILE -f CONNECTION``: a kernel prepared for grading."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from ipykernel.kernelapp import IPKernelApp

from grader.execution.child import kernel, seeds, standins
from grader.execution.child.config import Config
from grader.recorder import install as install_recorder


def prepare(argv: Sequence[str]) -> IPKernelApp:
    """Make this process a kernel that only has to be started; without a configuration a plain one."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--grader-config", type=Path)
    options, rest = parser.parse_known_args(argv)
    parser.add_argument("-f")
    connection_file = parser.parse_known_args(rest)[0].f
    sys.argv = [__file__, *rest]  # what a notebook that parses its arguments finds in any kernel
    sys.path.insert(0, "")  # as in any kernel: modules that lie beside the notebook
    if options.grader_config is None:
        return kernel.plain(rest)
    config = Config.read(options.grader_config)
    app = kernel.create(connection_file, config.output_bytes)
    torch.set_num_threads(1)
    standins.install(app.shell, options.grader_config, config.files)
    seed_generators(config.seed)
    seeds.install(config.seed_shift)
    inputs = {key: torch.tensor(values).reshape(shape) for key, (shape, values) in config.calls.items()}
    install_recorder(app.shell, Path(config.recording), config.recording_bytes, inputs)
    return app


def seed_generators(seed: int) -> None:
    """Make a notebook that sets no seed of its own give the same numbers each time."""
    random.seed(seed)
    torch.default_generator.manual_seed(seed)  # torch.manual_seed keeps the stack for each kind of GPU
    try:
        import numpy as np  # noqa: PLC0415 - torch does without, so do some students
    except ImportError:
        return
    np.random.seed(seed)  # noqa: NPY002 - the generator that students' code uses


if __name__ == "__main__":
    prepare(sys.argv[1:]).start()
