"""Functions of ours in place of a library's, without a trace in tracebacks."""

from __future__ import annotations

import functools
from typing import Any


def unseen(replacement: Any, original: Any = None) -> Any:
    """Give ``replacement``, under the name of ``original``; what it raises shows neither of our frames."""

    @functools.wraps(original or replacement)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return replacement(*args, **kwargs)
        except BaseException as error:
            # Two frames of ours are taken out; a bare raise adds no new entry for this one.
            trace = error.__traceback__ and error.__traceback__.tb_next
            error.__traceback__ = trace and trace.tb_next
            raise

    return wrapper
