"""Which kernels a batch uses: warm ones where they can be had, cold ones elsewhere and on request."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from grader.execution.kernel import KernelFactory
from grader.execution.kernel import cold as cold_kernel
from grader.execution.warm import WarmKernels


@contextmanager
def kernels(*, cold: bool = False) -> Iterator[KernelFactory]:
    """Give a factory of kernels for as long as the context lasts; what it started ends with it."""
    if cold or sys.platform != "linux":
        yield cold_kernel
        return
    with WarmKernels() as warm:
        yield warm
