"""``%check`` and its kin in a student's own notebook. Nothing here ever raises into the student's work."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable
from typing import Any

from IPython.core.getipython import get_ipython

from grader.errors import KitError
from grader.kit import unpacked
from grader.records import Message
from grader.render.messages import LANGUAGES
from grader.selfcheck.display import say, show
from grader.selfcheck.session import Session
from grader.spelling import nearest_first

_session: Session | None = None
_lang = "ko"  # or as the notebook was released


def _quietly(function: Callable[..., None]) -> Callable[..., None]:
    """Say in a sentence what goes wrong here: it is ours, and the student's notebook goes on."""

    @functools.wraps(function)
    def wrapper(*args: Any) -> None:
        try:
            function(*args)
        except Exception as error:  # noqa: BLE001 - as the docstring says
            try:
                say(Message("selfcheck.failed", {"error": type(error).__name__}), _lang)
            except Exception:  # noqa: BLE001 - nor does saying so
                print(f"grader: {type(error).__name__}", file=sys.stderr)  # noqa: T201

    return wrapper


@_quietly
def load(shell: Any) -> None:
    """Make ``%check`` known. Called by IPython for ``%load_ext grader``, and by ``setup``."""
    shell.register_magic_function(_magic, "line", "check")


def _magic(line: str) -> None:
    """%check mse: 그 문제를 단계별로 봅니다. %check: 모든 문제를 봅니다.

    ``%check mse`` looks at that question step by step, ``%check`` at all of them.
    """
    check(*_names(line))


def _names(line: str) -> list[str]:
    """Read ``%check mse, "sse"  # again``: ids, whatever stands around and between them."""
    return re.findall(r"[\w-]+", line.partition("#")[0])


@_quietly
def setup(payload: str, lang: str = "ko") -> None:
    """Take the kit that a notebook carries, and begin to watch. Called by the notebook's first cell."""
    global _session, _lang  # noqa: PLW0603 - one kernel, one session
    _lang = lang if lang in LANGUAGES else "ko"
    shell = get_ipython()
    if shell is None:
        return
    try:
        kit = unpacked(payload)
        if _session is None:
            _session = Session(shell, kit)
        else:
            _session.take(kit)
    except KitError as error:
        say(Message(f"error.kit.{error.code}"), _lang)
        return
    load(shell)
    example = next((question.id for question in _session.assignment.questions), "")
    say(Message("selfcheck.ready", {"example": example}), _lang)


@_quietly
def check(*asked_for: str) -> None:
    """Look at some questions, or at all of them, and show what was seen. Capitals do not matter."""
    if _session is None:
        say(Message("selfcheck.no-kit"), _lang)
        return
    names = [one.id for one in _session.assignment.questions]
    meant = {name.casefold(): name for name in names}
    questions = [meant.get(str(question).casefold(), str(question)) for question in asked_for]
    for question in dict.fromkeys(questions):
        if question in _session.kit.later:
            say(Message("selfcheck.later", {"title": _session.kit.later[question]}), _lang)
        elif question not in names:
            near = nearest_first(question, names)
            say(Message("selfcheck.no-question", {"name": question, "names": near}), _lang)
    asked = [name for name in names if name in questions]
    if asked or not questions:
        show(_session.look(asked or names), _session.kit, _lang)
