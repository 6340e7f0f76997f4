"""What autograd calls the operations of a recorded graph, and what some of them compute."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

LOSSES = (
    "MseLoss",
    "L1Loss",
    "SmoothL1Loss",
    "HuberLoss",
    "BinaryCrossEntropy",
)
LOGITS: dict[str, tuple[str, ...]] = {
    "BinaryCrossEntropyWithLogits": (),
    "Softplus": (),
    "LogSigmoid": (),
    "Log1P": ("Exp",),
    "Log": ("Add", "Exp"),
}
"""What takes the logarithm of a sigmoid of ±z, and the operations down to z; log(1 + e^z) = -log(1 - σ(z))"""
SAME_NUMBERS = (
    "View",
    "UnsafeView",
    "Reshape",
    "Squeeze",
    "Unsqueeze",
    "T",
    "Transpose",
    "Permute",
    "Alias",
    "Clone",
)
INPUT_NAMES = (("self", "mat1", "input"), ("other", "mat2", "target"))


OPERATIONS: dict[str, Callable[..., Tensor]] = {
    "Addmm": lambda bias, left, right: bias + left @ right,
    "Mm": torch.matmul,
    "Mv": torch.matmul,
    "Add": torch.add,
    "Mul": torch.mul,
    "Sigmoid": torch.sigmoid,
    "T": torch.t,
    "Transpose": torch.t,
    "Permute": torch.t,
}
"""What is computed where no user of a result has kept it: enough for the lecture's ways to write ŷ."""
