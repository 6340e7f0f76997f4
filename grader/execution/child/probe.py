"""``python -m grader.execution.child.probe < POLICY``: tries each part of the sandbox by itself.

What comes out is one JSON object: the name of a part, and null or the reason why it cannot be had.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from grader.execution.child import landlock, limits, namespaces, seccomp
from grader.execution.child.confine import confine, drop_privileges, restrict_files
from grader.execution.child.linux import PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, prctl


def parts(policy: Mapping[str, Any]) -> dict[str, Callable[[], object]]:
    """Give what is to be tried, by name. The last one needs to know whether the view was granted."""
    return {
        "view": partial(namespaces.enter, policy),
        "privileges": partial(prctl, PR_SET_NO_NEW_PRIVS, 1),
        "user": partial(drop_privileges, policy["uid"]),
        "files": partial(_files, policy),
        "calls": _calls,
        "limits": partial(limits.restrict, policy["limits"], tasks=limits.tasks_of(os.getuid())),
        "reaper": partial(prctl, PR_SET_CHILD_SUBREAPER, 1),
        "scopes": _scopes,
    }


def probe(policy: dict[str, Any]) -> dict[str, str | None]:
    """Try each part by itself, then all of them together."""
    found = {name: attempt(part) for name, part in parts(policy).items()}
    policy["view"] = found["view"] is None
    return found | {"together": attempt(partial(confine, policy))}


def attempt(part: Callable[[], object]) -> str | None:
    """Call a function in a forked process and give the text of what it raised."""
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            part()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the answer
            os.write(writer, (str(error) or type(error).__name__).encode()[:1000])
            os._exit(1)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read().decode()
    _, status = os.waitpid(pid, 0)
    return None if status == 0 else said or f"it ended with status {status}"


def _files(policy: Mapping[str, Any]) -> None:
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    # As strict as without a view where there is no other user to become.
    restrict_files({**policy, "view": attempt(partial(namespaces.enter, policy)) is None})


def _calls() -> None:
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    seccomp.restrict(connect=False, signal_others=False, label=False)


def _scopes() -> None:
    if landlock.abi() < landlock.ABI_SCOPES:
        raise OSError("the kernel is older than Linux 6.12")


if __name__ == "__main__":
    json.dump(probe(json.load(sys.stdin)), sys.stdout)
