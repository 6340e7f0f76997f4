"""Computing within a student's process as if one were not there."""

from __future__ import annotations

import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def undisturbed() -> Iterator[None]:
    """Compute with torch's defaults; afterwards the random streams and settings are the student's again."""
    numpy = sys.modules.get("numpy")
    streams = random.getstate(), torch.get_rng_state(), numpy and numpy.random.get_state()
    settings = torch.get_num_threads(), torch.get_default_dtype()
    with (
        torch.inference_mode(mode=False),
        torch.enable_grad(),
        torch.device("cpu"),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        torch.set_default_dtype(torch.float32)
        try:
            yield
        finally:
            torch.set_num_threads(settings[0])
            torch.set_default_dtype(settings[1])
            random.setstate(streams[0])
            torch.set_rng_state(streams[1])
            if numpy is not None:
                numpy.random.set_state(streams[2])
