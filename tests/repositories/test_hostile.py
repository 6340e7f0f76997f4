"""Clones that want to be more than read."""

import json
import subprocess
import zlib

import pytest

from grader.repositories import Wanted, moment, taken
from grader.repositories.clone import opened

from .histories import BEFORE, DEADLINE
from .making import ENVIRONMENT, commit, git, make, notebook


@pytest.fixture
def take(steps, tmp_path):
    """Take the notebook out of a clone."""

    def one(clone, **given):
        ours = tmp_path / "ours"
        ours.mkdir()
        (found,) = taken([clone], Wanted(steps, moment(DEADLINE), **given), ours)
        return found

    return one


def state(one):
    """Give the state that was taken."""
    assert one.wrong is None
    return json.loads(one.path.read_text(encoding="utf-8"))["metadata"]["state"]


#: Settings that have git start a program, each in its own way.
PROGRAMS = """
[core]
    fsmonitor = {evil}
    hooksPath = {hooks}
    sshCommand = {evil}
    pager = {evil}
    editor = {evil}
    gitProxy = {evil}
    attributesFile = {attributes}
    alternateRefsCommand = {evil}
[diff]
    external = {evil}
[diff "evil"]
    textconv = {evil}
[filter "evil"]
    smudge = {evil}
    process = {evil}
    required = true
[alias]
    rev-list = !{evil}
    ls-tree = !{evil}
    cat-file = !{evil}
[remote "origin"]
    url = ext::{evil}
    promisor = true
    partialclonefilter = blob:none
[extensions]
    partialClone = origin
[protocol]
    allow = always
[protocol "ext"]
    allow = always
[include]
    path = {included}
"""


@pytest.fixture
def armed(tmp_path):
    """Make a clone whose every setting starts a program; give it, and where the program leaves its mark."""
    clone, mark = tmp_path / "kim", tmp_path / "mark"
    evil, hooks = tmp_path / "evil", tmp_path / "hooks"
    evil.write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
    evil.chmod(0o755)
    hooks.mkdir()
    for hook in (
        "post-checkout",
        "pre-auto-gc",
        "reference-transaction",
        "post-index-change",
        "fsmonitor-watchman",
    ):
        (hooks / hook).symlink_to(evil)
    (tmp_path / "attributes").write_text("* filter=evil diff=evil\n", encoding="utf-8")
    (tmp_path / "included").write_text(f"[core]\n\tfsmonitor = {evil}\n", encoding="utf-8")
    files = {"steps.ipynb": notebook("A"), ".gitattributes": "* filter=evil diff=evil export-subst\n"}
    make(clone, commit("A", BEFORE, files=files))
    given = {name: tmp_path / name for name in ("evil", "hooks", "attributes", "included")}
    with (clone / ".git" / "config").open("a", encoding="utf-8") as config:
        config.write(PROGRAMS.format(**given))
    return clone, mark


def test_no_program_of_a_clone_is_started(armed, take):
    """Neither fsmonitor nor hooks, filters, aliases, pagers, proxies, textconv or helpers of remotes."""
    clone, mark = armed

    assert "A" == state(take(clone))
    assert not mark.exists()


def test_the_trap_would_spring(armed):
    """Git in the clone itself does start them: the test above would notice."""
    clone, mark = armed
    subprocess.run(["git", "status"], cwd=clone, env=ENVIRONMENT, capture_output=True, check=False)

    assert mark.exists()


def test_a_missing_object_is_not_fetched(armed, take):
    """A partial clone lacks its files: it is damaged for us, and its remote's helper is not started."""
    clone, mark = armed
    objects, plain = clone / ".git" / "objects", clone.with_name("plain")
    git(clone.parent, "init", "-q", "--bare", str(plain))
    for pack in objects.glob("pack/*.pack"):
        content = pack.read_bytes()
        pack.unlink()
        unpacking = {**ENVIRONMENT, "GIT_DIR": str(plain), "GIT_OBJECT_DIRECTORY": str(objects)}
        subprocess.run(["git", "unpack-objects", "-q"], env=unpacking, input=content, check=True)
    for path in objects.glob("??/*"):
        if zlib.decompress(path.read_bytes()).startswith(b"blob"):
            path.unlink()

    assert "repository-unreadable" == take(clone).wrong.code
    assert not mark.exists()


def test_links_and_submodules_are_no_notebooks(take, tmp_path):
    """A link called x.ipynb is not followed, wherever it leads."""
    secret = tmp_path / "secret.ipynb"
    secret.write_text(notebook("secret"), encoding="utf-8")
    make(tmp_path / "kim", commit("A", BEFORE, files={"->steps.ipynb": str(secret), "README.md": "?"}))

    assert "repository-no-notebook" == take(tmp_path / "kim").wrong.code


@pytest.mark.parametrize("where", [".git", ".git/objects", ".git/refs/heads/main", ".git/HEAD"])
def test_a_clone_that_points_elsewhere(take, tmp_path, where):
    """What lies outside a clone is not read through a link in it."""
    make(tmp_path / "other" / "lee", commit("A", BEFORE, files={"steps.ipynb": notebook("another's")}))
    make(tmp_path / "kim", commit("A", BEFORE, files={"README.md": "?"}))
    part, there = tmp_path / "kim" / where, tmp_path / "other" / "lee" / where
    part.rename(tmp_path / "away")
    part.symlink_to(there)

    found = take(tmp_path / "kim")

    assert found.wrong is not None
    assert not found.path.exists()


def test_objects_of_another_repository(take, tmp_path):
    """A clone that borrows another's objects could be graded for the other's work."""
    ids = make(tmp_path / "lee", commit("A", BEFORE))
    make(kim := tmp_path / "kim", commit("B", BEFORE))
    lent = kim / ".git" / "objects" / "info" / "alternates"
    lent.parent.mkdir(exist_ok=True)
    lent.write_text(f"{tmp_path / 'lee' / '.git' / 'objects'}\n", encoding="utf-8")
    (kim / ".git" / "HEAD").write_text(f"{ids['A']}\n", encoding="utf-8")

    assert "repository-unreadable" == take(kim).wrong.code


def test_a_file_in_place_of_git(take, tmp_path):
    """A working tree whose repository lies elsewhere says so; nothing is read there."""
    make(tmp_path / "lee", commit("A", BEFORE))
    (kim := tmp_path / "kim").mkdir()
    (kim / ".git").write_text(f"gitdir: {tmp_path / 'lee' / '.git'}\n", encoding="utf-8")

    assert "repository-unreadable" == take(kim).wrong.code


def test_a_tree_without_end(take, tmp_path):
    """Ten folders, each of which holds ten that are one and the same, and so on: a billion files."""
    make(clone := tmp_path / "kim", commit("A", BEFORE, files={"x": "x"}))
    blob = git(clone, "rev-parse", "main:x")
    tree = git(clone, "mktree", text="".join(f"100644 blob {blob}\tf{n}\n" for n in range(10)))
    for _ in range(9):
        tree = git(clone, "mktree", text="".join(f"040000 tree {tree}\td{n}\n" for n in range(10)))
    environment = {
        f"GIT_{who}_{what}": "h@k.kr" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    dates = {f"GIT_{who}_DATE": BEFORE for who in ("AUTHOR", "COMMITTER")}
    done = subprocess.run(
        ["git", "commit-tree", "-m", "bomb", tree],
        cwd=clone,
        env={**ENVIRONMENT, **environment, **dates},
        capture_output=True,
        text=True,
        check=True,
    )
    git(clone, "update-ref", "refs/heads/main", done.stdout.strip())

    assert "repository-too-large" == take(clone).wrong.code


@pytest.mark.parametrize(
    "head",
    [
        "ref: ../../../etc/passwd",
        "ref: refs/heads/../../config",
        "ref: --exec=evil",
        "--exec=evil",
        "\x00",
        "",
    ],
)
def test_a_head_that_is_none(tmp_path, head):
    """A branch is a name below refs/, a commit is hexadecimal; nothing else reaches git."""
    make(clone := tmp_path / "kim", commit("A", BEFORE))
    (clone / ".git" / "HEAD").write_text(head, encoding="utf-8")

    with opened(clone) as found:
        assert (None, None) == found.head()


def test_lfs_and_a_conflict(take, tmp_path):
    """A pointer of Git LFS says where the notebook is not."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    make(tmp_path / "kim", commit("A", BEFORE, files={"steps.ipynb": pointer}))

    assert "repository-lfs" == take(tmp_path / "kim").wrong.code


def test_dates_are_read_from_commits(take, tmp_path):
    """A commit-graph, a cache that a clone may bring, does not say when something was committed."""
    make(clone := tmp_path / "kim", commit("A", BEFORE), commit("B", "2026-10-07T00:00:00+09:00"))
    git(clone, "commit-graph", "write", "--reachable")
    graph = clone / ".git" / "objects" / "info" / "commit-graph"
    graph.chmod(0o644)
    late, early = (int(moment(when).timestamp()) for when in ("2026-10-07 00:00 +09:00", BEFORE))
    content = graph.read_bytes()
    assert late.to_bytes(4, "big") in content
    graph.write_bytes(content.replace(late.to_bytes(4, "big"), (early + 1).to_bytes(4, "big")))

    assert "A" == state(take(clone))
