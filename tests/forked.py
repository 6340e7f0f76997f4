"""Work done in a forked child, so that what it leaves in its process harms no other test."""

import os
import traceback


def in_child(work) -> str:
    """Fork, do ``work`` there, and give the text it returns: its traceback where it raised."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        text = ""
        try:
            text = work()
        except BaseException:  # noqa: BLE001 - the parent shows it
            text = traceback.format_exc()
        finally:
            with os.fdopen(writing, "w") as pipe:
                pipe.write(text)
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text
