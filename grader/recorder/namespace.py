"""What changed in the student's namespace from one cell's end to the next."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from grader.recorder.encode import ROOM, Store, within_share
from grader.recorder.names import tensors_in, visible

LAST = "_"  # the name under which the value of the cell's last expression is kept
TOGETHER = 20  # values that are shown as one tuple, at most


class Snapshots:
    """Remembers a digest of what was written of every name, so that only changes are written."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self._digests: dict[str, str] = {}
        self._hidden = {name: id(value) for name, value in namespace.items()}

    def changes(self, store: Store, last: Any) -> tuple[dict[str, Any], list[str]]:
        """Give the values that are new or changed, and the names that are gone.

        Tensors within modules, lists and objects stand under dotted names (``net.weight``) beside the whole.
        """
        values: dict[str, Any] = {}
        digests: dict[str, str] = {}
        store.room = ROOM  # whatever the pictures have taken
        probe = Store(0, keep=False)
        own = {name: value for name, value in self.namespace.items() if self._hidden.get(name) != id(value)}
        for name, value in [*visible(own), *tensors_in(own)]:
            if name not in digests:
                digests[name] = _digest(value, probe)
                if self._digests.get(name) != digests[name]:
                    values[name] = within_share(value, store)
        gone = [name for name in self._digests if name not in digests]
        self._digests = digests
        values |= {name: within_share(value, store) for name, value in _shown(last).items()}
        return values, gone


def _shown(last: Any) -> dict[str, Any]:
    """Give what a cell shows at its end: a value, or several with commas between, each by itself too."""
    together = last[:TOGETHER] if type(last) is tuple else ()
    shown = {f"{LAST}[{i}]": value for i, value in enumerate(together)}
    return shown if last is None else {LAST: last, **shown}


def _digest(value: Any, probe: Store) -> str:
    text = json.dumps(within_share(value, probe))
    return hashlib.sha1(text.encode("utf-8", "backslashreplace"), usedforsecurity=False).hexdigest()
