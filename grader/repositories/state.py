"""Which commit of a clone counts: the newest, or the one that was there at a deadline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from grader.errors import SubmissionError
from grader.records import Message
from grader.repositories.clone import Clone
from grader.repositories.pushes import Push

#: What a default branch is called where a clone does not say.
_USUAL = ("main", "master")
_NO_DATE = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class State:
    """A commit, and what an instructor should know of how it was found."""

    commit: str
    flags: tuple[Message, ...]


def newest(clone: Clone) -> State:
    """Give the tip of the default branch."""
    branch, tip = _tip(clone)
    (date, _), *_ = map(_date, clone.parts("rev-list", "--max-count=1", "--timestamp", tip))
    when = _shown(date, None)
    return State(tip, (Message("flag.state.newest", {"commit": tip[:12], "branch": branch, "when": when}),))


def at(clone: Clone, deadline: datetime, pushes: Sequence[Push] | None) -> State:
    """Give the state at a deadline: by push times where there are any, else by the dates of commits.

    A branch's states are the commits on its first-parent line: what came in by a merge was not there before
    the merge. Dates are those of committers; whoever commits can set them, and can rewrite history.

    Raises:
        SubmissionError: nothing was there at that time, or the clone lacks it.
    """
    return _by_commits(clone, deadline) if pushes is None else _by_pushes(clone, deadline, pushes)


def _by_pushes(clone: Clone, deadline: datetime, pushes: Sequence[Push]) -> State:
    in_time = [push for push in pushes if push.at <= deadline]
    if not in_time:
        raise _nothing(deadline)
    last = in_time[-1]
    if not clone.has(last.commit):
        raise SubmissionError(
            f"the commit {last.commit[:12]} that was pushed before the deadline is not in this clone",
            "commit-missing",
            {"commit": last.commit[:12]},
        )
    params = {
        "commit": last.commit[:12],
        "when": _shown(last.at, deadline),
        "deadline": _shown(deadline, None),
    }
    flags = [Message("flag.state.by-push", params)]
    if later := len(pushes) - len(in_time):
        flags.append(Message("flag.state.pushed-later", {"count": later}))
    if _rewritten(clone, last.commit):
        flags.append(Message("flag.state.rewritten", {"commit": last.commit[:12]}))
    return State(last.commit, tuple(flags))


def _by_commits(clone: Clone, deadline: datetime) -> State:
    branch, tip = _tip(clone)
    now, later, future, found = datetime.now(UTC), 0, False, None
    for date, commit in map(_date, clone.parts("rev-list", "--first-parent", "--timestamp", tip)):
        future = future or date > now
        if date <= deadline:
            found = date, commit
            break
        later += 1
    if found is None:
        raise _nothing(deadline, shallow=clone.shallow)
    date, commit = found
    when = _shown(date, deadline)
    params = {"commit": commit[:12], "branch": branch, "when": when, "deadline": _shown(deadline, None)}
    flags = [Message("flag.state.by-commit", params)]
    if later:
        flags.append(Message("flag.state.committed-later", {"count": later}))
    if merged := _merged_later(clone, commit, tip, deadline):
        flags.append(Message("flag.state.merged-later", {"count": merged}))
    if future or _out_of_order(clone, commit, deadline):
        flags.append(Message("flag.state.odd-dates"))
    return State(commit, tuple(flags))


def _tip(clone: Clone) -> tuple[str, str]:
    """Give the default branch, as people call it, and its newest commit.

    It is the remote's default where the clone knows it, for that is what was pushed; then what is checked
    out; then what default branches are usually called.
    """
    branches = clone.branches()
    remotes = {name.split("/")[2] for name in branches if name.startswith("refs/remotes/")}
    spaces = [
        f"refs/remotes/{remote}/" for remote in sorted(remotes, key=lambda name: (name != "origin", name))
    ]
    head, commit = clone.head()
    wanted = [
        clone.default_of_remote(remote) or "" for remote in sorted(remotes, key=lambda name: name != "origin")
    ]
    if head:
        wanted += [*(space + head.removeprefix("refs/heads/") for space in spaces), head]
    wanted += [space + name for space in (*spaces, "refs/heads/") for name in _USUAL]
    for name in wanted:
        if name in branches:
            return _short(name), branches[name]
    return ("HEAD", commit) if commit else _latest(clone, branches)


def _latest(clone: Clone, branches: dict[str, str]) -> tuple[str, str]:
    """Give the branch with the newest commit: nothing says which one is meant."""
    if not branches:
        raise SubmissionError("the repository is empty: nothing was committed", "repository-empty")
    shas = sorted(set(branches.values()))
    dates = {
        sha: date
        for date, sha in map(_date, clone.parts("rev-list", "--no-walk", "--timestamp", *shas[:1000]))
    }
    name = max(branches, key=lambda name: dates.get(branches[name], _NEVER))
    return _short(name), branches[name]


_NEVER = datetime.fromtimestamp(0, UTC)


def _short(name: str) -> str:
    return name.removeprefix("refs/heads/").removeprefix("refs/remotes/")


def _date(line: str) -> tuple[datetime, str]:
    """Read a line of ``rev-list --timestamp``: seconds since 1970, and the commit.

    A date that no calendar has is later than every deadline.
    """
    seconds, _, commit = line.partition(" ")
    try:
        return datetime.fromtimestamp(int(seconds), UTC), commit
    except (ValueError, OverflowError, OSError):
        return _NO_DATE, commit


def _merged_later(clone: Clone, commit: str, tip: str, deadline: datetime) -> int:
    """Count commits that say they were made in time and came to the branch later, by a merge."""
    since = map(_date, clone.parts("rev-list", "--timestamp", "--max-count=10000", tip, f"^{commit}"))
    return sum(date <= deadline for date, _ in since)


def _out_of_order(clone: Clone, commit: str, deadline: datetime) -> bool:
    """Tell whether the commit stands on one that says it was made after the deadline."""
    before = map(_date, clone.parts("rev-list", "--timestamp", "--max-count=10000", commit))
    return any(date > deadline for date, _ in before)


def _rewritten(clone: Clone, commit: str) -> bool:
    """Tell whether no branch leads to a commit any more."""
    tips = sorted(set(clone.branches().values()))
    return any(clone.parts("rev-list", "--max-count=1", commit, *(f"^{tip}" for tip in tips[:1000])))


def _nothing(deadline: datetime, *, shallow: bool = False) -> SubmissionError:
    """Say that there was nothing at the deadline, or that the clone does not reach back so far."""
    shown = _shown(deadline, None)
    if shallow:
        return SubmissionError(
            f"the clone is shallow and does not reach back to {shown}; run git fetch --unshallow in it",
            "repository-shallow",
            {"deadline": shown},
        )
    return SubmissionError(f"nothing was there before {shown}", "nothing-in-time", {"deadline": shown})


def _shown(moment: datetime, like: datetime | None) -> str:
    """Give a moment as people read it, in the deadline's time zone where there is one."""
    shown = moment.astimezone(like.tzinfo) if like else moment
    time = shown.isoformat(" ", "minutes" if shown.second == 0 else "seconds")
    return re.sub(r"(?=[+-]\d\d:\d\d$)", " ", time)
