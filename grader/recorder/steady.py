"""The way of a backward in a loop that has run steadily for long: as few Python lines as it takes.

Six thousand epochs of a small loop take a second, a hundred and fifty microseconds each: every call counts.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import torch

from grader.recorder.encode import flat
from grader.recorder.streams import Stream

dispatch_modes = torch._C._len_torch_dispatch_stack  # noqa: SLF001 - no public way to ask
function_modes = torch._C._len_torch_function_stack  # noqa: SLF001 - no public way to ask
functorch_level = torch._C._functorch.maybe_current_level  # noqa: SLF001 - no public way to ask


def transformed() -> bool:
    """Tell whether transforms of ``torch.func`` are at work in which values cannot be read.

    Within one ``torch.func.grad`` they can: each tensor stands for one of outside.
    """
    if functorch_level() is None:
        return False
    stack: Any = torch._C._functorch.get_interpreter_stack()  # noqa: SLF001 - no public way to ask
    return len(stack) != 1 or stack[0].key().name != "Grad"


class Steady:
    """What a steady loop does again and again: a backward of the same leaves at the same instruction."""

    __slots__ = ("code", "depth", "instruction", "single", "start", "stream", "tensors")

    def __init__(
        self, stream: Stream, tensors: list[torch.Tensor], frame: FrameType, depth: int, *, single: bool
    ) -> None:
        self.stream, self.tensors, self.single = stream, tensors, single
        self.start = stream.start
        self.code, self.instruction, self.depth = frame.f_code, frame.f_lasti, depth

    def goes_on(self, roots: tuple[torch.Tensor, ...], inputs: Any) -> bool:
        """Tell whether a backward that begins is one like the last, with all gradients cleared."""
        if (
            not self.stream.steady
            or inputs
            or len(roots) != 1
            or dispatch_modes()
            or function_modes()
            or functorch_level() is not None
        ):
            return False
        for tensor in self.tensors:
            if tensor.grad is not None:
                return False
        try:
            frame = sys._getframe(self.depth)  # noqa: SLF001 - the documented way to the caller's frame
        except ValueError:  # called from less deep
            return False
        return frame.f_lasti == self.instruction and frame.f_code is self.code

    def row(self, root: torch.Tensor) -> list[float] | None:
        """Give the loss, the values and their gradients after a backward, flat.

        Its leaves are those whose gradients are there again: walking the graph costs more than the rest.
        ``None`` says that it was unlike the last all the same: of other leaves, or back at the start.
        """
        row = [root.item()]
        append = row.append
        try:
            if self.single:
                for tensor in self.tensors:
                    append(tensor.item())  # a comprehension would be a call more
                for tensor in self.tensors:
                    append(tensor.grad.item())  # type: ignore[union-attr] # caught
            else:
                for tensor in self.tensors:
                    row += flat(tensor.tolist())
                for tensor in self.tensors:
                    row += flat(tensor.grad.tolist())  # type: ignore[union-attr] # caught
        except (AttributeError, RuntimeError):
            return None
        start = self.start
        if row[1] == start[0] and row[1 : 1 + len(start)] == start:
            return None
        return row


def depth_from(seam: str, frame: FrameType | None) -> int:
    """Give how far below a function that ``seam`` calls a student's frame lies."""
    depth = 1
    here: FrameType | None = sys._getframe(1)  # noqa: SLF001 - as above
    counting = False
    while here is not None and here is not frame:
        depth += counting
        counting = counting or here.f_code.co_name == seam
        here = here.f_back
    return depth + 1
