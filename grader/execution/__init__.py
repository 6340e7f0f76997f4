"""A submitted notebook -> ``Execution``: what happened to each cell, and what was recorded.

What runs in the student's process lies in ``child``, below this package. Python imports a parent package
first, so the host's half is imported on first use only: nbclient has no business in a student's process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.execution.kernel import KernelFactory, plain
    from grader.execution.run import execute, execute_async

__all__ = ["KernelFactory", "execute", "execute_async", "plain"]


def __getattr__(name: str) -> Any:
    """Import the host's half when one of its names is asked for."""
    if name in ("execute", "execute_async"):
        from grader.execution import run  # noqa: PLC0415 - see above

        return getattr(run, name)
    if name in __all__:
        from grader.execution import kernel  # noqa: PLC0415 - see above

        return getattr(kernel, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
