"""Exceptions that end students' cells, in plain words: what happened, and what to write today.

A literal table: an exception's name, a pattern found in its message or in the line it was raised by, and the
id of the explanation in the catalogues. The first row that fits counts. Messages are those of torch 2.13;
where older versions word them otherwise the pattern fits both.
"""

from __future__ import annotations

import re
from dataclasses import replace

from grader.records import CellError, CellOutcome, Message

EXPLAINED = tuple(
    (name, re.compile(pattern), message_id)
    for name, pattern, message_id in (
        # What older versions of torch, numpy, pandas and Python took
        ("IndexError", r"invalid index of a 0-dim tensor", "explain.zero-dim-index"),
        ("AttributeError", r"has no attribute 'next'", "explain.next-method"),
        (
            "AttributeError",
            r"module 'torch' has no attribute '(gels|rfft|irfft|ger|solve)'",
            "explain.torch-removed",
        ),
        ("RuntimeError", r"deprecated since version .* and is now removed", "explain.torch-removed"),
        (
            "AttributeError",
            r"module 'numpy' has no attribute '(float|int|bool|object|str)'",
            "explain.numpy-alias",
        ),
        (
            "AttributeError",
            r"'(DataFrame|Series)' object has no attribute '(append|ix)'",
            "explain.pandas-removed",
        ),
        ("OSError", r"not a valid package style", "explain.plot-style"),
        ("SyntaxError", r"async\s*=", "explain.async-argument"),
        ("SyntaxError", r"Missing parentheses in call to 'print'", "explain.print-statement"),
        ("NameError", r"name '(xrange|raw_input|unicode)' is not defined", "explain.python2-name"),
        ("NameError", r"name '(torch|nn|np|numpy|pd|pandas|plt)' is not defined", "explain.no-import"),
        ("UnpicklingError", r"[Ww]eights.only", "explain.weights-only"),
        (
            "RuntimeError",
            r"expected BoolTensor for mask|`-` operator, with a bool tensor",
            "explain.bool-mask",
        ),
        # The machine
        ("SyntaxError", r"[<>|]{7} |={7}$", "explain.conflict"),
        ("ModuleNotFoundError", r"No module named", "explain.no-module"),
        ("URLError", r"no network|getaddrinfo|[Nn]ame resolution", "explain.no-network"),
        ("ConnectionError", r"no network|getaddrinfo|[Nn]ame resolution", "explain.no-network"),
        ("AssertionError", r"Torch not compiled with CUDA", "explain.no-cuda"),
        (
            "RuntimeError",
            r"accelerator device when none|without CUDA support|ATen_cuda|No CUDA GPUs",
            "explain.no-cuda",
        ),
        ("RuntimeError", r"NVIDIA driver|not linked with support for mps", "explain.no-cuda"),
        ("StdinNotImplementedError", r"", "explain.no-input"),
        # torch, on the way to a gradient
        ("RuntimeError", r"does not require grad and does not have a grad_fn", "explain.no-grad-fn"),
        ("RuntimeError", r"backward through the graph a second time", "explain.second-backward"),
        ("RuntimeError", r"grad can be implicitly created only for scalar", "explain.not-scalar"),
        ("RuntimeError", r"Only Tensors of floating point", "explain.integer-parameter"),
        (
            "RuntimeError",
            r"leaf Variable that requires grad is being used in an in-place",
            "explain.in-place-leaf",
        ),
        ("RuntimeError", r"modified by an inplace operation", "explain.in-place-graph"),
        ("RuntimeError", r"Can't call numpy\(\) on Tensor that requires grad", "explain.numpy-grad"),
        ("TypeError", r"unsupported operand type\(s\) for .*'NoneType'", "explain.gradient-none"),
        (
            "AttributeError",
            r"'NoneType' object has no attribute '(zero_|data|item|detach)'",
            "explain.gradient-none",
        ),
        ("ValueError", r"optimizer got an empty parameter list", "explain.empty-parameters"),
        ("ValueError", r"can't optimize a non-leaf Tensor", "explain.non-leaf"),
        ("TypeError", r"cannot assign .* as parameter", "explain.assign-parameter"),
        # shapes and dtypes
        ("RuntimeError", r"shapes cannot be multiplied", "explain.shapes"),
        ("RuntimeError", r"size of tensor a .* must match the size of tensor b", "explain.shapes"),
        ("ValueError", r"target size .* different to the input size", "explain.shapes"),
        (
            "RuntimeError",
            r"same dtype|expected (scalar type|target dtype)|could not infer output dtype",
            "explain.dtype",
        ),
        ("RuntimeError", r"view size is not compatible", "explain.view"),
        ("RuntimeError", r"Boolean value of Tensor with more than one", "explain.bool-tensor"),
        ("RuntimeError", r"cannot be converted to Scalar", "explain.item"),
        (
            "RuntimeError",
            r"input should be between 0 and 1|input value should be between 0 and 1",
            "explain.probability",
        ),
    )
)


def explain(error: CellError) -> Message | None:
    """Give the explanation of an exception, if somebody has found words for it."""
    where = f"{error.value[:500]}\n{error.source[:500]}"
    return next(
        (
            Message(found)
            for name, pattern, found in EXPLAINED
            if name == error.name and pattern.search(where)
        ),
        None,
    )


def explained(outcome: CellOutcome) -> CellOutcome:
    """Give a cell's outcome with its exception explained."""
    if outcome.error is None:
        return outcome
    return replace(outcome, error=replace(outcome.error, hint=explain(outcome.error)))
