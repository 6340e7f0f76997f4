"""Whether this machine protects, and what is said where it does not."""

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("the sandbox is Linux's", allow_module_level=True)

from grader.errors import SandboxError
from grader.execution import protections


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
