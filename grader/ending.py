"""Work in a thread that ends with whoever waits for it, instead of being waited for at the end."""

from __future__ import annotations

import asyncio
import ctypes
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


class _EndedError(BaseException):
    """Nobody waits for what this thread does any more. No ``except Exception`` holds it up."""


async def in_thread(function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Do what ``asyncio.to_thread`` does; where the task is cancelled, the call ends at its next line.

    A thread cannot be cancelled from outside, and no process ends before its threads do. So whoever is
    cancelled raises an exception in it, as Python lets one. Only for calls that leave nothing half done.
    """
    running: list[int] = []
    lock = threading.Lock()

    def call() -> Result:
        running.append(threading.get_ident())
        try:
            return function(*args, **kwargs)
        finally:
            with lock:
                running.clear()

    try:
        return await asyncio.to_thread(call)
    except asyncio.CancelledError:
        with lock, suppress(IndexError):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(running[0]), ctypes.py_object(_EndedError)
            )
        raise
