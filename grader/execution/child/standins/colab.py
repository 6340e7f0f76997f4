"""Google Colab's package and its folder ``/content``, for notebooks that were written there."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from IPython.display import clear_output

from grader.execution.child.notes import note
from grader.execution.child.standins.frames import unseen
from grader.execution.child.standins.packages import absent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.execution.child.files import ServedFiles

CONTENT = "/content"

#: An absolute path of Linux, macOS or Windows.
ABSOLUTE = re.compile(r"/|~|[A-Za-z]:[/\\]|\\\\")


def install(served: ServedFiles) -> None:
    """Make ``google.colab`` importable and ``/content`` a place to be."""
    sys.meta_path.append(_Finder(_modules(served)))
    os.chdir = unseen(_chdir(os.chdir), os.chdir)
    for name in ("listdir", "mkdir", "stat", "scandir"):
        _redirect(name)


def at_home(path: Any) -> Any:
    """Give a path below ``/content`` as one below the notebook's home; any other path as it is."""
    if not isinstance(path, (str, os.PathLike)):
        return path
    text = os.fspath(path)
    if not isinstance(text, str) or not (text == CONTENT or text.startswith(CONTENT + "/")):
        return path
    return text if os.access(CONTENT, os.F_OK) else os.environ.get("HOME", ".") + text[len(CONTENT) :]


def _redirect(name: str) -> None:
    original = getattr(os, name)

    def redirected(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
        return original(at_home(path), *args, **kwargs)

    replacement = unseen(redirected, original)
    setattr(os, name, replacement)
    for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        if original in able:  # other modules ask these sets what the functions can do
            able.add(replacement)


def _chdir(original: Any) -> Any:
    """Stay where one is if the folder is on another machine: what follows would be lost for nothing."""

    def chdir(path: Any) -> None:
        here = at_home(path)
        if here is not path:
            Path(here).mkdir(parents=True, exist_ok=True)
        elif isinstance(path, str) and ABSOLUTE.match(path) and not os.access(path, os.F_OK):
            note("folder", path)
            return
        original(here)

    return chdir


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last to be asked: where the real packages are installed, they are found before."""

    def __init__(self, modules: Mapping[str, Mapping[str, Any]]) -> None:
        self._modules = modules

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the signature is the base class's
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._modules:
            return None
        is_package = fullname in ("google", "google.colab")
        return importlib.machinery.ModuleSpec(fullname, self, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        vars(module).update(self._modules[module.__name__])


def _modules(served: ServedFiles) -> dict[str, dict[str, Any]]:
    """Give the names of each module."""
    within: dict[str, dict[str, Any]] = {
        "auth": {"authenticate_user": _nothing},
        "data_table": {"enable_dataframe_formatter": _nothing, "disable_dataframe_formatter": _nothing},
        "drive": {"mount": _mount, "flush_and_unmount": _nothing},
        "files": {"upload": lambda *_: _upload(served), "download": _nothing, "view": _nothing},
        "output": {
            "clear": lambda *_, **__: clear_output(),
            "eval_js": _nothing,
            "register_callback": _nothing,
            "enable_custom_widget_manager": _nothing,
            "disable_custom_widget_manager": _nothing,
        },
        "userdata": {"get": _secret, "SecretNotFoundError": SecretNotFoundError},
    }

    def other(name: str) -> Any:
        """Give what nobody has thought of: it says so when it is used."""
        if name in within or name.startswith("__"):  # a submodule that is still to be imported
            raise AttributeError(name)
        return absent(f"google.colab.{name}")

    return {
        "google": {},
        "google.colab": {"__getattr__": other},
        **{f"google.colab.{name}": names for name, names in within.items()},
    }


class SecretNotFoundError(Exception):
    """As Colab's: there are no secrets here."""


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing: what Colab's browser does is not needed."""


def _mount(mountpoint: str = "/content/drive", *_: Any, **__: Any) -> None:
    drive = Path(at_home(mountpoint)) / "MyDrive"
    if at_home(mountpoint) is not mountpoint:
        drive.mkdir(parents=True, exist_ok=True)
    print(f"Mounted at {mountpoint}")  # noqa: T201 - as Colab does


def _upload(served: ServedFiles) -> dict[str, bytes]:
    """Give the assignment's data: what a student would have chosen in the dialog."""
    return {name: path.read_bytes() for name, path in served}


@unseen
def _secret(key: str) -> str:
    raise SecretNotFoundError(f"Secret {key} does not exist.")
