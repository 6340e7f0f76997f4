"""The number that a student's seed should be: told by the notebook, by the file's name, by what was used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from grader.recording import Recording, Seed
from grader.records import Message, Submission

ID = re.compile(r"\d{6,12}")


def students_seed(submission: Submission, recording: Recording) -> tuple[int | None, tuple[Message, ...]]:
    """Give the number that the student's seed should be, and flags where the submission contradicts itself.

    Told by the notebook's ``student_id`` or the file's name; of the two, the one that was used as a seed. A
    seed that looks like a number of another student is believed and flagged: the number in a file's name may
    be a date. Without any number the seed that was used has to do.
    """
    named, told = _number(submission.student.id), _told(recording)
    used = list(_seeds(recording))
    known = [number for number in (told, named) if number is not None]
    right = next((number for number in known if number in used), None)
    if right is not None:
        differs = len({len(str(number)) for number in known}) == 1 and len(set(known)) > 1
        return right, _flag("flag.id-disagrees", named=named, told=told) if differs else ()
    likely = next((seed for seed in reversed(used) if ID.fullmatch(str(seed))), None)
    if not known:
        seed = likely if likely is not None else next(reversed(used), None)
        return seed, () if seed is None else _flag("flag.id-unknown", seed=seed)
    if likely is not None:
        return likely, _flag("flag.seed-disagrees", seed=likely, id=known[0])
    return known[0], _flag("flag.seed-disagrees", seed=used[-1], id=known[0]) if used else ()


def _flag(message: str, **params: Any) -> tuple[Message, ...]:
    return (Message(message, params),)


def _seeds(recording: Recording) -> Iterator[int]:
    """Give the seeds that were set, in order."""
    for record in recording.cells:
        yield from (event.seed for event in record.events if isinstance(event, Seed))


def _told(recording: Recording) -> int | None:
    """Give the notebook's ``student_id``, a number or a text."""
    names = recording.namespace(after=max((record.cell for record in recording.cells), default=0))
    value = names.get("student_id")
    return (
        None if value is None or value.kind not in ("number", "text") else _number(str(value.plain).strip())
    )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and ID.fullmatch(text) else None
