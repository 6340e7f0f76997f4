"""Progress bars: ``tqdm.notebook`` needs a browser's widgets, and without them it raises."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def install() -> None:
    """Let ``tqdm.notebook`` draw bars of text where there are no widgets."""
    if importlib.util.find_spec("ipywidgets") is None:
        sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the signature is the base class's
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        """Answer for one module."""
        return importlib.machinery.ModuleSpec(fullname, self) if fullname == "tqdm.notebook" else None

    def exec_module(self, module: ModuleType) -> None:
        """Fill it with the bars for a terminal."""
        std = importlib.import_module("tqdm.std")
        vars(module).update(
            tqdm=std.tqdm,
            trange=std.trange,
            tqdm_notebook=std.tqdm,
            tnrange=std.trange,
            __all__=["tqdm", "trange"],
        )
