"""What protects this machine from a submission, found out by trying."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from typing import TYPE_CHECKING

from grader.errors import SandboxError
from grader.execution.sandbox import policy_for
from grader.execution.workspace import workspace
from grader.records import Limits, Protection

if TYPE_CHECKING:
    from collections.abc import Mapping

#: By its key in the probe: the usual name. Those of ``STRENGTHENING`` are used where the machine grants them;
#: the others are required.
NAMES = {
    "files": "Landlock",
    "calls": "seccomp",
    "limits": "rlimits",
    "privileges": "no_new_privs",
    "user": "unprivileged user",
    "reaper": "subreaper",
    "together": "all together",
    "view": "namespaces",
    "scopes": "signal scope",
}
STRENGTHENING = ("view", "scopes")


def protections() -> tuple[Protection, ...]:
    """Say what protects this machine from a submission. The first call tries it all and takes a moment."""
    found = _found()
    return tuple(
        Protection(
            key, name, required=key not in STRENGTHENING, in_force=found[key] is None, reason=found[key]
        )
        for key, name in NAMES.items()
    )


def require_linux() -> None:
    """Raise ``SandboxError`` on any other system."""
    if sys.platform != "linux":
        raise SandboxError(
            "submissions can be confined on Linux only; --no-sandbox grades without protection:"
            " do so only with notebooks that you would run yourself",
            "linux-only",
        )


def require() -> None:
    """Raise ``SandboxError`` if a required part is missing."""
    require_linux()
    missing = [f"{it.name} ({it.reason})" for it in protections() if it.required and not it.in_force]
    if missing:
        raise SandboxError(
            f"submissions cannot be confined here: {'; '.join(missing)}."
            " `grader doctor` tells more; --no-sandbox grades without protection",
            "unconfined",
            {"missing": "; ".join(missing)},
        )


def description() -> str:
    """Name what is in force, for the report."""
    return ", ".join(it.name for it in protections() if it.in_force and it.key != "together")


def not_granted() -> str:
    """Name what would strengthen the sandbox and is not in force here; empty where all of it is."""
    return ", ".join(it.name for it in protections() if not it.required and not it.in_force)


def has_view() -> bool:
    """Tell whether a submission can be given a view of the machine's files that is its own."""
    return _found()["view"] is None


@functools.cache
def _found() -> Mapping[str, str | None]:
    """Ask a process that is thrown away what this machine offers: null, or the reason why not."""
    if sys.platform != "linux":
        return dict.fromkeys(NAMES, "Linux only")
    with workspace({}, Limits()) as space:
        said = subprocess.run(
            [sys.executable, "-P", "-m", "grader.execution.child.probe"],
            input=json.dumps(policy_for(space, view=False)),
            env=space.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    if said.returncode != 0:
        last = said.stderr.strip().rpartition("\n")[2]
        raise SandboxError(f"what this machine offers cannot be found out: {last}")
    return dict(json.loads(said.stdout))
