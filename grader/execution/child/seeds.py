"""Other random numbers from the same notebook: each seed it sets stands for another one, always the same."""

from __future__ import annotations

import ctypes
import functools
import gc
import random
from typing import Any

import torch

LARGEST = 2**32  # numpy takes no larger seed


def install(shift: int) -> None:
    """Shift every seed that student code sets from now on, in torch, numpy and ``random``.

    Equal seeds stay equal, so a notebook that seeds twice draws the same numbers twice. A shift of 0 changes
    nothing.
    """
    if not shift:
        return
    _shift_torch(shift)
    random.seed = _shifted(random.seed, shift)
    try:
        import numpy as np  # noqa: PLC0415 - torch does without, so do some students
    except ImportError:
        return
    np.random.seed = _shifted(np.random.seed, shift)
    np.random.default_rng = _shifted(np.random.default_rng, shift)


def _shift_torch(shift: int) -> None:
    """Stand in for ``Generator.manual_seed``, where ``torch.manual_seed`` and every generator pass.

    The type is built in and takes no attributes; what it looks its methods up in is an ordinary dictionary.
    """
    kind = torch._C.Generator  # noqa: SLF001 - what torch.Generator makes
    methods: dict[str, Any] = gc.get_referents(vars(kind))[0]
    original = methods["manual_seed"]

    @functools.wraps(original)
    def manual_seed(self: torch.Generator, seed: Any) -> torch.Generator:
        generator: torch.Generator = original(self, _other(seed, shift))
        return generator

    methods["manual_seed"] = manual_seed
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))  # it may have cached the old one


def _shifted(original: Any, shift: int) -> Any:
    """Wrap a function whose first argument is a seed; without one it goes on drawing its own."""

    @functools.wraps(original)
    def seeded(*args: Any, **kwargs: Any) -> Any:
        args = tuple(_other(value, shift) for value in args[:1]) + args[1:]
        kwargs = {
            name: _other(value, shift) if name in ("seed", "a") else value for name, value in kwargs.items()
        }
        return original(*args, **kwargs)

    return seeded


def _other(seed: Any, shift: int) -> Any:
    """Give the seed that stands for ``seed``; what is no plain number or text is left as it is."""
    if type(seed) is int:
        return (seed + shift) % LARGEST
    return f"{seed}{shift}" if type(seed) is str else seed
