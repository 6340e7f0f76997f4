"""Repositories made in a moment: histories are written with git fast-import."""

import json
import os
import subprocess
from datetime import datetime

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(folder, *arguments, text=""):
    """Run git; give what it printed."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=ENVIRONMENT, input=text.encode(), capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def notebook(name):
    """Give a notebook that says which state it is."""
    return json.dumps({"cells": [], "metadata": {"state": name}, "nbformat": 4, "nbformat_minor": 5})


def commit(name, when, *parents, branch="main", files=None, authored=None):
    """Describe a commit called ``name``. ``when`` is ISO 8601 with an offset, or what git writes itself."""
    return name, when, parents, branch, files or {"steps.ipynb": notebook(name)}, authored or when


def make(folder, *commits, options=()):
    """Make a repository of ``commits``, each a parent of the next unless it names its own; give their ids."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main", *options)
    lines, before = [], None
    marks = {one[0]: number for number, one in enumerate(commits, 1)}
    if not commits:
        return {}
    for name, when, named, branch, files, authored in commits:
        parents = [parent for parent in (named or (before,)) if parent]
        before = name
        lines += [f"reset refs/heads/{branch}", f"commit refs/heads/{branch}", f"mark :{marks[name]}"]
        lines += [
            f"author 홍길동 <h@k.kr> {_raw(authored)}",
            f"committer 홍길동 <h@k.kr> {_raw(when)}",
            _data(name),
        ]
        lines += [f"{'merge' if at else 'from'} :{marks[parent]}" for at, parent in enumerate(parents)]
        lines += ["deleteall"]
        for path, content in files.items():
            lines += [f"M {'120000' if path.startswith('->') else '100644'} inline {path.removeprefix('->')}"]
            lines += [_data(content)]
    marked = folder / "marks"
    options = ("--quiet", "--date-format=raw-permissive", f"--export-marks={marked}")
    git(folder, "fast-import", *options, text="\n".join(lines) + "\n")
    ids = dict(line.split() for line in marked.read_text().splitlines())
    marked.unlink()
    return {name: ids[f":{number}"] for name, number in marks.items()}


def _data(text):
    return f"data {len(text.encode())}\n{text}"


def _raw(when):
    if when[4:5] != "-":
        return when
    moment = datetime.fromisoformat(when)
    return f"{int(moment.timestamp())} {moment.strftime('%z')}"
