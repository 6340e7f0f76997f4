"""Message ids and their words: the catalogues under ``locale/``, read when first needed.

The English of a diagnosis is the docstring of its misconception, read from the source.

To add a message, give its id to ``Message`` where it arises and write it into both ``grader.po`` files. A
placeholder is ``{name}``; ``{name|은/는}`` adds the Korean particle that fits. Nothing else is understood
inside braces.
"""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from babel import Locale
from babel.messages.pofile import read_po

from grader.records import CellOutcome, CheckResult, Diagnosis, Message, QuestionReport, Report
from grader.render.particles import josa
from grader.render.text import clean, param

LANGUAGES = ("ko", "en")
PLACEHOLDER = re.compile(r"\{(\w+)(?:\|([^/{}]+)/([^/{}]+))?\}")
#: What a further part of a docstring begins with.
PART = re.compile(r"(Why it matters|Try|Not this|How much larger .*): ")

#: The renderers' own words: ``words("ui.score")``, with what fills the placeholders by name.
Words: TypeAlias = Callable[..., str]

_Told = TypeVar("_Told", CheckResult, Diagnosis)


def translate(message: Message, lang: str) -> str:
    """Give ``message`` in ``lang``; one the catalogue does not know keeps the text it came with."""
    template = catalogue(lang).get(message.id)
    if template is None:
        return clean(message.text or message.id)
    return fill(template, message.params)


def localize(report: Report, lang: str) -> Report:
    """Give ``report`` in ``lang``: with the text of every message."""
    error = report.error and replace(report.error, message=_said(report.error.message, lang))
    return replace(
        report,
        language=lang,
        error=error,
        flags=tuple(_said(flag, lang) for flag in report.flags),
        questions=tuple(localize_question(question, lang) for question in report.questions),
        cells=tuple(_cell(cell, lang) for cell in report.cells),
    )


def ui(lang: str) -> Words:
    """Give the words of ``lang`` that pages and tables use themselves; an id they lack is a ``KeyError``."""
    return partial(_ui, catalogue(lang))


def counted(lang: str, message_id: str, count: int, **params: Any) -> str:
    """Give the words for so many: those under ``message_id`` with the plural's form, ``.one`` or ``.other``.

    Korean knows one form alone, which stands under both.
    """
    form = Locale.parse(lang).plural_form(count)
    return ui(lang)(f"{message_id}.{form}", count=count, **params)


def fill(template: str, params: Mapping[str, Any]) -> str:
    """Put ``params`` into the placeholders of ``template``: names only, so that nothing can reach further."""

    def one(match: re.Match[str]) -> str:
        name, consonant, vowel = match.groups()
        word = param(params[name]) if name in params else "?"
        return word + josa(word, consonant, vowel) if consonant else word

    return PLACEHOLDER.sub(one, template)


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Give all messages of ``lang`` by id."""
    if lang not in LANGUAGES:
        raise ValueError(f"no messages in {lang!r}: choose one of {', '.join(LANGUAGES)}")
    words = read_catalogue("grader", lang)
    return words | _explanations() if lang == "en" else words


def read_catalogue(name: str, lang: str) -> dict[str, str]:
    """Read the file ``name.po`` of ``lang``: words by id."""
    path = Path(__file__).parent / "locale" / lang / "LC_MESSAGES" / f"{name}.po"
    with path.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale=lang) if entry.id}


def _explanations() -> dict[str, str]:
    """Give the docstrings of the misconceptions; what they would import is not needed for that."""
    files = sorted((Path(__file__).parents[1] / "diagnosis" / "misconceptions").glob("*.py"))
    nodes = [node for file in files for node in ast.parse(file.read_text(encoding="utf-8")).body]
    functions = [n for n in nodes if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
    codes = {node.name.replace("_", "-"): ast.get_docstring(node) or "" for node in functions}
    return {f"diagnosis.{code}": _paragraphs(text) for code, text in codes.items()}


def _paragraphs(docstring: str) -> str:
    """Give a docstring with a line for each of its parts: lines are folded there for the editor's sake."""
    parts: list[str] = []
    for line in filter(None, map(str.strip, docstring.splitlines())):
        if not parts or PART.match(line):
            parts.append(line)
        else:
            parts[-1] += f" {line}"
    return "\n".join(parts)


def _ui(messages: Mapping[str, str], message_id: str, /, **params: Any) -> str:
    return fill(messages[message_id], params)


def _said(message: Message, lang: str) -> Message:
    return replace(message, text=translate(message, lang))


def localize_question(question: QuestionReport, lang: str) -> QuestionReport:
    """Give ``question`` in ``lang``: with the text of every message."""
    return replace(
        question,
        checks=tuple(_with_text(check, lang) for check in question.checks),
        diagnoses=tuple(_with_text(diagnosis, lang) for diagnosis in question.diagnoses),
    )


def _cell(cell: CellOutcome, lang: str) -> CellOutcome:
    if cell.error is None or cell.error.hint is None:
        return cell
    return replace(cell, error=replace(cell.error, hint=_said(cell.error.hint, lang)))


def _with_text(item: _Told, lang: str) -> _Told:
    return replace(item, message=_said(item.message, lang))
