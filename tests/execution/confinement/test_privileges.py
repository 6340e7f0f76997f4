"""Confinement takes every privilege, or nothing runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the sandbox is Linux's", allow_module_level=True)

from grader.execution import sandbox
from grader.execution.child import landlock
from grader.execution.child.confine import confine
from grader.execution.workspace import workspace
from grader.records import Limits

from .confining import ROOT, error_of, forked


def test_no_privilege_is_left(child):
    """Not root, no groups, no capability, none to be gained."""

    def look():
        status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines())
        names = ("NoNewPrivs", "Seccomp", "CapPrm", "CapEff", "CapInh", "CapAmb", "Groups")
        return [0 in os.getresuid() + os.getresgid(), *(status[name].strip() for name in names)]

    assert [False, "1", "2", *["0" * 16] * 4, ""] == child(look)


def test_root_cannot_be_regained(child):
    """Neither by setuid nor by a program."""
    assert child(lambda: error_of(os.setuid, 0)) in ("EPERM", "EINVAL")
    assert child(lambda: subprocess.check_output(["id", "-u"], text=True).strip()) != "0"


@pytest.mark.skipif(not ROOT, reason="only root gives users")
def test_two_submissions_have_two_users(monkeypatch):
    """And a user is given anew when its submission is over."""
    monkeypatch.setattr(sandbox, "USERS", range(61180, 61182))  # which no other test asks for
    with workspace({}, Limits()) as one, workspace({}, Limits()) as other:
        first, second = (sandbox.policy_for(space, view=True)["uid"] for space in (one, other))

        assert first != second
        assert {first, second} <= {*sandbox.USERS}
    with workspace({}, Limits()) as another:
        assert first == sandbox.policy_for(another, view=True)["uid"]


def test_confinement_fails_closed_with_a_sentence(monkeypatch):
    """Without Landlock no process gets as far as a student's code."""

    def without():
        monkeypatch.setattr(landlock, "abi", lambda: 0)
        confine(policy)

    with (
        workspace({}, Limits()) as space,
        pytest.raises(AssertionError, match="this machine does not offer what the sandbox needs: Landlock"),
    ):
        policy = sandbox.policy_for(space, view=True)
        forked(without)
