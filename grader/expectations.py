"""What a question can expect of a value besides a tensor, an array, a number, a text or a truth value.

The references under ``reference/`` return these by name; ``grader.checks`` compares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function


class Either:
    """Any of several answers is right; the first is the one that a report shows."""

    def __init__(self, *answers: Any) -> None:
        self.answers = answers


@dataclass(frozen=True)
class Function:
    """A function of one tensor, whatever the student calls it.

    It is called on ``inputs``, a float32 tensor, in a copy of the student's process; what comes back is
    compared with ``reference(inputs)`` here.
    """

    reference: Callable[[Tensor], Tensor]
    inputs: Tensor

    @property
    def key(self) -> str:
        """What tells the results of these inputs from those of others."""
        content = repr(list(self.inputs.shape)).encode() + self.inputs.contiguous().numpy().tobytes()
        return hashlib.sha256(content).hexdigest()[:16]


@dataclass(frozen=True)
class Bernoulli:
    """The student's own draw of 0 and 1, each 1 with its ``probability``, of the same shape and dtype."""

    probability: Tensor


@dataclass(frozen=True)
class Raises:
    """An error the student is to see.

    Right are the exception that was caught, its text or name, ``True`` ("it raises"), and a cell of the
    question that ended with it. ``name`` is the exception's class; ``says`` are words its text contains in
    every version of torch. What they have in brackets a student who quotes them may leave out. ``unless`` are
    words that only another error's text contains.
    """

    name: str
    says: str = ""
    unless: str = ""

    def is_said(self, text: str) -> bool:
        """Tell whether an exception's text, or what is quoted of it, is not another error's."""
        return not self.unless or self.unless.casefold() not in " ".join(text.casefold().split())


@dataclass(frozen=True)
class Form:
    """A value of which only the form is told: its kind and, of a tensor or array, shape and dtype.

    ``None`` stands for a shape or dtype that is open. Whether the numbers are right is judged elsewhere.
    """

    kind: str
    shape: tuple[int, ...] | None = None
    dtype: str | None = None


def standard_normals(seed: int, count: int, *, uniforms: int = 0, normals: int = 0) -> Tensor:
    """Draw standard normal numbers, (count,) float32, as a notebook does after ``torch.manual_seed(seed)``.

    Before them so many ``uniforms`` and ``normals`` are drawn, as making a network or other data does. The
    process's own random stream is left alone.
    """
    if has_torch_function((seed,)):  # whoever watches torch sees this as one operation
        drawn: Tensor = handle_torch_function(
            standard_normals, (seed,), seed, count, uniforms=uniforms, normals=normals
        )
        return drawn
    stream = torch.Generator().manual_seed(seed)
    torch.rand(uniforms, generator=stream)
    torch.randn(normals, generator=stream)
    return torch.randn(count, generator=stream)
