"""Which kernels a batch uses: warm and confined on Linux, plain ones elsewhere."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.execution import protections
from grader.execution.kernel import KernelFactory, plain
from grader.execution.sandbox import policy_for, require_unseen
from grader.execution.warm import WarmKernels

if TYPE_CHECKING:
    from grader.execution.workspace import Workspace


@contextmanager
def kernels(
    *, confined: bool = True, cold: bool = False, unseen: Iterable[Path] = ()
) -> Iterator[KernelFactory]:
    """Give a factory of kernels for as long as the context lasts; what it started ends with it.

    Args:
        confined: submissions run in the sandbox, or not at all.
        cold: every kernel comes from a Python that was started for it alone.
        unseen: files and folders that no submission may read.

    Raises:
        SandboxError: submissions are to be confined and this machine cannot, or not from what is ``unseen``.

    """
    if confined:
        protections.require_linux()
        require_unseen((*unseen, Path(tempfile.gettempdir())))
        with WarmKernels(_policy, fresh=cold) as confining:  # which imports while the machine is tried
            protections.require()
            confining.sandbox = protections.description()
            yield confining
    elif sys.platform == "linux":
        with WarmKernels(fresh=cold) as warm:
            yield warm
    else:
        yield plain


def _policy(workspace: Workspace) -> Mapping[str, Any]:
    return policy_for(workspace, view=protections.has_view())
