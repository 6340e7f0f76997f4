"""Answers for the assignment's data wherever a notebook asks for it: by URL or by another machine's path."""

from __future__ import annotations

import builtins
import functools
import importlib.util
import io
import os
import urllib.request
from email.message import Message
from mimetypes import guess_type
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.response import addinfourl

import IPython.core.interactiveshell

from grader.execution.child.notes import note
from grader.execution.child.standins.colab import at_home
from grader.execution.child.standins.frames import unseen
from grader.execution.child.standins.saving import WRITES, to_be_written

if TYPE_CHECKING:
    from pathlib import Path

    from grader.execution.child.files import ServedFiles

REMOTE = ("http:", "https:", "ftp:")


def install(served: ServedFiles) -> None:
    """Stand in for the network and for missing files. No name enters the student's namespace."""
    _answer_urllib(served)
    _answer_open(served)
    if importlib.util.find_spec("requests") is not None:
        _answer_requests(served)
    if importlib.util.find_spec("numpy") is not None:
        _answer_numpy(served)


def _refusal(served: ServedFiles) -> str:
    return f"there is no network while a notebook is graded; the files served are: {served.names}"


def _remote(served: ServedFiles, url: str) -> Path | None:
    """Give the served copy for a URL."""
    return served.find(url) or (_renamed(served, url) if url.lower().startswith(REMOTE) else None)


def _renamed(served: ServedFiles, name: str) -> Path | None:
    """Give the assignment's table for one of another name, and note it."""
    if (path := served.find_renamed(name)) is not None:
        note("data", name)
    return path


def _content_type(path: Path) -> str:
    kind = guess_type(path.name)[0] or ""
    return "text/plain; charset=utf-8" if kind.startswith("text/") else kind or "application/octet-stream"


def _answer_urllib(served: ServedFiles) -> None:
    """``OpenerDirector.open`` is where ``urlopen``, ``urlretrieve``, pandas and every opener pass."""
    original = urllib.request.OpenerDirector.open

    @functools.wraps(original)
    def open_url(self: Any, fullurl: Any, *args: Any, **kwargs: Any) -> Any:
        url = fullurl if isinstance(fullurl, str) else getattr(fullurl, "full_url", "")
        if (path := _remote(served, url)) is not None:
            headers = Message()
            headers["Content-Type"] = _content_type(path)
            headers["Content-Length"] = str(path.stat().st_size)
            return addinfourl(io.BytesIO(path.read_bytes()), headers, url, code=200)
        if url.lower().startswith(REMOTE):
            raise URLError(_refusal(served))
        return original(self, fullurl, *args, **kwargs)

    urllib.request.OpenerDirector.open = open_url  # type: ignore[method-assign]


def _answer_requests(served: ServedFiles) -> None:
    requests: Any = importlib.import_module("requests")

    def send(_self: Any, request: Any, *_args: Any, **_kwargs: Any) -> Any:
        if (path := _remote(served, request.url)) is None:
            raise requests.exceptions.ConnectionError(_refusal(served), request=request)
        response = requests.Response()
        response.status_code, response.reason = 200, "OK"
        response.url, response.request = request.url, request
        response.headers["Content-Type"] = _content_type(path)
        response.headers["Content-Length"] = str(path.stat().st_size)
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response.raw = io.BytesIO(path.read_bytes())
        return response

    requests.adapters.HTTPAdapter.send = functools.wraps(requests.adapters.HTTPAdapter.send)(send)


def _answer_open(served: ServedFiles) -> None:
    """Answer for a path that is not there: ``/content/drive/MyDrive/data.csv``."""
    original = io.open

    def open_instead(file: Any, mode: Any = "r", *args: Any, **kwargs: Any) -> Any:
        writes = isinstance(mode, str) and WRITES.search(mode)
        there = to_be_written(file) if writes else _instead(served, file, mode)
        return original(there, mode, *args, **kwargs)

    open_file = unseen(open_instead, original)
    builtins.open = io.open = open_file
    IPython.core.interactiveshell.io_open = open_file  # what the notebook's own `open` calls


def _answer_numpy(served: ServedFiles) -> None:
    """``numpy.loadtxt`` looks for files and opens them in a way of its own."""
    source: Any = importlib.import_module("numpy.lib._datasource").DataSource
    original = source._findfile  # noqa: SLF001 - where all of numpy's ways to read a text pass

    def find(self: Any, path: Any) -> Any:
        there = _instead(served, path, "r")
        return original(self, there if there is path else str(there))

    source._findfile = unseen(find, original)  # noqa: SLF001


def _instead(served: ServedFiles, file: Any, mode: Any) -> Any:
    """Give the served copy if ``file`` is to be read, is missing and is one that is served; else ``file``."""
    file = at_home(file)
    if not isinstance(file, (str, os.PathLike)) or mode not in ("r", "rb", "rt"):
        return file
    name = os.fspath(file)
    if not isinstance(name, str) or os.path.exists(name):  # noqa: PTH110
        return file
    return served.find(name) or _renamed(served, name) or file
