"""Whether this machine protects, and what is said where it does not."""

import errno
import os
import sys

import pytest

if sys.platform != "linux":
    pytest.skip("the sandbox is Linux's", allow_module_level=True)

from grader.errors import SandboxError
from grader.execution import protections, sandbox
from grader.execution.workspace import workspace
from grader.records import Limits


def test_this_machine_protects():
    """None that is required is missing where this is tested."""
    found = protections.protections()

    assert [] == [protection for protection in found if protection.required and not protection.in_force]
    protections.require()


def test_what_is_missing_is_named(monkeypatch):
    """In one line, with the way round."""
    found = {**dict.fromkeys(protections.NAMES), "files": "the kernel is older than Linux 5.13"}
    monkeypatch.setattr(protections, "_found", lambda: found)

    with pytest.raises(
        SandboxError, match=r"Landlock \(the kernel is older than Linux 5.13\)\. .*--no-sandbox"
    ):
        protections.require()


def test_root_who_cannot_make_others_own_files_is_told(monkeypatch):
    """In a container without root's rights outside there may be no other user: a line, not the system's."""

    def refused(*_, **__):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", refused)
    monkeypatch.setattr(sandbox, "_allot", lambda _: 60945)

    with workspace({}, Limits()) as space, pytest.raises(SandboxError, match="user namespace"):
        sandbox.policy_for(space, view=False)
