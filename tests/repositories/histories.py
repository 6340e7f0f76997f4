"""Histories around a deadline, 2026-10-05 23:59 in Seoul, and the state that counts in each.

A history is its commits, what happens to the clone afterwards, pushes if there is a list of them (by the
commit's name or id), the state that is right, and what is flagged besides how it was found. A state of
``!code`` is a submission without one.
"""

import shutil
from typing import NamedTuple

from .making import commit, git, make

DEADLINE = "2026-10-05 23:59 +09:00"
BEFORE, EARLY, AFTER, LATE = (f"2026-10-{day}T12:00:00+09:00" for day in ("04", "02", "06", "08"))
IN_TIME = (commit("A", EARLY), commit("B", BEFORE))
LATER = (*IN_TIME, commit("C", AFTER))


class History(NamedTuple):
    """One repository, and what is right."""

    commits: tuple
    state: str
    flags: tuple = ()
    then: object = None
    pushes: tuple | None = None
    options: tuple = ()


def head(text):
    """Let HEAD say something else."""

    def change(folder, ids):
        (folder / ".git" / "HEAD").write_text(text.format(**ids) + "\n")

    return change


def detached_alone(folder, ids):
    """Leave a commit that is checked out, and no branch."""
    head("{B}")(folder, ids)
    git(folder, "update-ref", "-d", "refs/heads/main")


def forced(folder, ids):
    """Let the branch begin anew with C; the commits before it stay in the clone."""
    git(folder, "update-ref", "refs/heads/main", ids["C"])


def fetched(folder, ids):
    """Clone when the branch stood at A, fetch later: the clone's own branch stays behind."""
    git(folder, "update-ref", "refs/remotes/origin/main", ids["B"])
    git(folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    git(folder, "update-ref", "refs/heads/main", ids["A"])


def bare(folder, _):
    """Keep the repository alone, without a working tree."""
    kept = folder.with_name("kept")
    (folder / ".git").rename(kept)
    shutil.rmtree(folder)
    kept.rename(folder)


def packed(folder, _):
    """Pack branches and objects, as a clone has them."""
    git(folder, "pack-refs", "--all")
    git(folder, "gc", "-q")


def shallow(folder, ids):
    """Cut the history off after the deadline."""
    (folder / ".git" / "shallow").write_text(ids["C"] + "\n")


HISTORIES = {
    "in time": History(IN_TIME, "B"),
    "at the very second": History((commit("A", "2026-10-05T23:59:00+09:00"),), "A"),
    "a second late": History((*IN_TIME, commit("C", "2026-10-05T23:59:01+09:00")), "B", ("committed-later",)),
    "in time, in UTC": History((*IN_TIME, commit("C", "2026-10-05T14:58:00+00:00")), "C"),
    "in time, east of Seoul": History((*IN_TIME, commit("C", "2026-10-06T00:58:00+10:00")), "C"),
    "late, west of Seoul": History(
        (*IN_TIME, commit("C", "2026-10-05T23:30:00-05:00")), "B", ("committed-later",)
    ),
    "later commits": History((*LATER, commit("D", LATE)), "B", ("committed-later",)),
    "nothing in time": History((commit("A", AFTER),), "!nothing-in-time"),
    "merged in time": History(
        (commit("A", EARLY), commit("S", EARLY, "A", branch="side"), commit("M", BEFORE, "A", "S")), "M"
    ),
    "merged too late": History(
        (commit("A", EARLY), commit("S", BEFORE, "A", branch="side"), commit("M", AFTER, "A", "S")),
        "A",
        ("committed-later", "merged-later"),
    ),
    "only on a side branch": History((commit("A", EARLY), commit("S", BEFORE, "A", branch="side")), "A"),
    "dated in the future": History(
        (*IN_TIME, commit("C", "2099-01-01T00:00:00+09:00")), "B", ("committed-later", "odd-dates")
    ),
    "a clock that was wrong": History(
        (commit("A", EARLY), commit("B", "2099-01-01T00:00:00+09:00"), commit("C", BEFORE)),
        "C",
        ("odd-dates",),
    ),
    "dated back on top of late work": History((*LATER, commit("D", BEFORE)), "D", ("odd-dates",)),
    "a date no calendar has": History(
        (*IN_TIME, commit("C", "99999999999999 +0000")), "B", ("committed-later", "odd-dates")
    ),
    "written in time, committed late": History(
        (*IN_TIME, commit("C", AFTER, authored=BEFORE)), "B", ("committed-later",)
    ),
    "force-pushed late": History((*IN_TIME, commit("C", AFTER, None)), "!nothing-in-time", then=forced),
    "force-pushed, with push times": History(
        (*IN_TIME, commit("C", AFTER, None)),
        "B",
        ("pushed-later", "rewritten"),
        forced,
        (("B", BEFORE), ("C", AFTER)),
    ),
    "pushed late, dated back": History(
        (*IN_TIME, commit("C", BEFORE)), "B", ("pushed-later",), None, (("B", BEFORE), ("C", AFTER))
    ),
    "committed late on a wrong clock, pushed in time": History(LATER, "C", (), None, (("C", BEFORE),)),
    "pushes in any order": History(
        LATER, "B", ("pushed-later",), None, (("C", LATE), ("B", BEFORE), ("A", EARLY))
    ),
    "pushed too late": History(IN_TIME, "!nothing-in-time", (), None, (("B", AFTER),)),
    "pushed, not in the clone": History(IN_TIME, "!commit-missing", (), None, (("d" * 40, BEFORE),)),
    "not among the pushes": History(LATER, "B", ("committed-later", "no-pushes"), None, ()),
    "empty": History((), "!repository-empty"),
    "detached": History(LATER, "B", ("committed-later",), head("{A}")),
    "detached, no branch": History(IN_TIME, "B", (), detached_alone),
    "no default branch": History((commit("A", BEFORE, branch="work"),), "A"),
    "no default branch, several": History(
        (commit("A", EARLY, branch="one"), commit("B", BEFORE, "A", branch="two")), "B"
    ),
    "master": History(
        (commit("A", BEFORE, branch="master"), commit("S", BEFORE, None, branch="a-side")), "A"
    ),
    "another branch checked out": History(
        (*IN_TIME, commit("S", BEFORE, "A", branch="topic")), "S", (), head("ref: refs/heads/topic")
    ),
    "fetched": History(IN_TIME, "B", (), fetched),
    "bare": History(LATER, "B", ("committed-later",), bare),
    "packed": History(LATER, "B", ("committed-later",), packed),
    "shallow": History(LATER, "!repository-shallow", (), shallow),
    "sha256": History(LATER, "B", ("committed-later",), None, None, ("--object-format=sha256",)),
}


def written(folder):
    """Make every repository in ``folder``, and the file of pushes; give the ids of each one's commits."""
    rows, all_ids = ["repository,commit,pushed-at"], {}
    for name, history in HISTORIES.items():
        ids = all_ids[name] = make(folder / name, *history.commits, options=history.options)
        if history.then:
            history.then(folder / name, ids)
        rows += [f'"course-2026/{name}.git",{ids.get(one, one)},{when}' for one, when in history.pushes or ()]
    return "\n".join(rows) + "\n", all_ids
