"""Kernels in a tenth of a second: a server imports torch and the rest once, then forks them. Linux only.

``WarmKernels`` is a ``KernelFactory``. Any program that starts kernels through jupyter_client has
the same from a kernel specification whose metadata say
``{"kernel_provisioner": {"provisioner_name": "grader-warm"}}``.
"""

from __future__ import annotations

from grader.execution.warm.kernels import WarmKernels
from grader.execution.warm.provisioner import WarmProvisioner

__all__ = ["WarmKernels", "WarmProvisioner"]
