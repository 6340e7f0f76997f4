import hashlib
import json

import pytest

from grader.errors import GraderError
from grader.repositories import Wanted, clones_among, moment, read_pushes, taken

from .histories import DEADLINE, HISTORIES, written
from .making import make


def fingerprint(folder):
    """Sum up every file's name, content and time of change."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in files
    }


@pytest.fixture(scope="module")
def everyone(tmp_path_factory, steps):
    """Take the state at the deadline of every history, those with push times by them."""
    folder, ours = tmp_path_factory.mktemp("clones"), tmp_path_factory.mktemp("ours")
    rows, ids = written(folder)
    (ours / "pushes.csv").write_text(rows, encoding="utf-8")
    before = fingerprint(folder)
    clones, others = clones_among([folder])
    by_dates = Wanted(steps, moment(DEADLINE))
    by_pushes = Wanted(steps, moment(DEADLINE), read_pushes(ours / "pushes.csv"))
    found = {}
    for number, wanted in enumerate((by_dates, by_pushes)):
        mine = [clone for clone in clones if (HISTORIES[clone.name].pushes is not None) == bool(number)]
        (ours / str(number)).mkdir()
        found |= {one.repository: one for one in taken(mine, wanted, ours / str(number))}
    return found, ids, others, before == fingerprint(folder)


def test_there_are_thirty(everyone):
    """All of them are found, and nothing else."""
    found, _, others, _ = everyone

    assert (HISTORIES.keys(), []) == (found.keys(), others)
    assert len(found) >= 30


def test_no_clone_is_changed(everyone):
    """Not a byte of a clone is written, and no file is touched."""
    *_, unchanged = everyone

    assert unchanged


@pytest.mark.parametrize("name", HISTORIES)
def test_state_at_the_deadline(everyone, name):
    """Each repository gives the state that was there at the deadline, or says why there is none."""
    found, ids, _, _ = everyone
    one, right = found[name], HISTORIES[name]
    if right.state.startswith("!"):
        assert right.state == f"!{one.wrong.code}"
        return
    state = json.loads(one.path.read_text(encoding="utf-8"))["metadata"]["state"]
    how, *others = one.flags

    assert right.state == state
    assert ids[name][right.state][:12] == how.params["commit"]
    assert set(right.flags) == {flag.id.rpartition(".")[2] for flag in others}


def test_flags_say_how_it_was_found(everyone):
    """By push times where the file names the repository, by commit dates where it does not."""
    found, *_ = everyone

    assert "flag.state.by-push" == found["pushed late, dated back"].flags[0].id
    assert "flag.state.by-commit" == found["not among the pushes"].flags[0].id
    assert "2026-10-05 23:58 +09:00" == found["in time, in UTC"].flags[0].params["when"]


def test_without_a_deadline_the_newest_counts(steps, tmp_path):
    """Late work is taken where nobody asks for a deadline."""
    ids = make(tmp_path / "kim", *HISTORIES["later commits"].commits)
    (ours := tmp_path / "ours").mkdir()
    (one,) = taken([tmp_path / "kim"], Wanted(steps), ours)

    assert ("flag.state.newest", ids["D"][:12]) == (
        one.flags[0].id,
        one.flags[0].params["commit"],
    )


@pytest.mark.parametrize(
    "text",
    ["2026-10-05 23:59 +09:00", "2026-10-05T23:59+09:00", "2026-10-05 14:59Z", "2026-10-05 23:59:00 +0900"],
)
def test_one_moment_in_many_forms(text):
    """ISO 8601, with or without the T, the seconds, a space before the offset."""
    assert moment("2026-10-05T14:59:00+00:00") == moment(text)


@pytest.mark.parametrize(
    "text", ["2026-10-05 23:59", "2026-10-05", "5 October", "", "2026-13-01 00:00 +09:00"]
)
def test_a_time_that_says_too_little(text):
    """Without an offset a time is another one on every machine: the message shows how to write it."""
    with pytest.raises(GraderError, match="2026-10-05 23:59"):
        moment(text)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("repository,commit\n", "no column 'pushed-at'"),
        (
            f"repository,commit,pushed-at\nkim,{'a' * 7},2026-10-05 23:59 +09:00\n",
            "line 2: 'aaaaaaa' is no whole",
        ),
        (f"repository,commit,pushed-at\nkim,{'a' * 40},2026-10-05 23:59\n", "line 2: .* has no offset"),
        (f"repository,commit,pushed-at\nkim,{'a' * 40}\n", "line 2: '' is no time"),
    ],
)
def test_a_file_of_pushes_that_cannot_be_read(tmp_path, rows, said):
    """The message names the line."""
    file = tmp_path / "pushes.csv"
    file.write_text(rows, encoding="utf-8")

    with pytest.raises(GraderError, match=said):
        read_pushes(file)
