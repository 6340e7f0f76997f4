"""What an instructor or a student should know of a submission, each thing said once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.records import Message, QuestionReport
from grader.render.messages import Words


def once(messages: Iterable[Message], questions: Sequence[QuestionReport], words: Words) -> list[Message]:
    """Put together what is said of several questions in the same words: ``문제 2, 3, 7: …``.

    The messages' texts are to be made anew.
    """
    numbers = {it.title: n for n, it in enumerate(questions, 1)} | {
        it.id: n for n, it in enumerate(questions, 1)
    }
    told: dict[object, Message] = {}
    about: dict[object, list[int]] = {}
    for n, message in enumerate(messages):
        named = numbers.get(str(message.params.get("question")))
        rest = {key: value for key, value in message.params.items() if key != "question"}
        key = n if named is None else (message.id, repr(sorted(rest.items())))
        told.setdefault(key, message)
        about.setdefault(key, []).extend([] if named is None else [named])
    return [_about(told[key], about[key], words) for key in told]


def _about(message: Message, numbers: Sequence[int], words: Words) -> Message:
    if len(numbers) < 2:
        return message
    listed = words("ui.question-numbers", numbers=", ".join(map(str, sorted(set(numbers)))))
    return replace(message, params={**message.params, "question": listed})
