"""Work in threads that ends with whoever waits for it."""

import asyncio
import threading
from contextlib import suppress

from grader.ending import in_thread


def test_a_call_ends_with_its_task():
    """A judgement that goes on for ever does not keep an interrupted grader from its end."""
    begun, left = threading.Event(), []

    def judge():
        begun.set()
        try:
            while True:
                with suppress(Exception):
                    sum(range(100))
        finally:
            left.append("ended")

    async def interrupted():
        task = asyncio.create_task(in_thread(judge))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(interrupted())  # which waits for all threads

    assert ["ended"] == left


def test_a_call_gives_what_it_would_give_here():
    """Its result, or its exception."""

    async def called():
        return await asyncio.gather(in_thread(int, "30"), in_thread(int, "x"), return_exceptions=True)

    number, error = asyncio.run(called())

    assert (30, ValueError) == (number, type(error))
