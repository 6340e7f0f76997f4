"""The Jinja environment that pages and cards are filled in with: everything from outside is text."""

from __future__ import annotations

import math
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.records import QuestionStatus
from grader.render import text
from grader.render.comparison import compared
from grader.render.messages import catalogue, counted, ui


def fill_in(template: str, lang: str, **given: Any) -> str:
    """Fill a template of this package in with what is given and the words of ``lang``."""

    def named(family: str, key: str) -> str:
        """Give the word for ``key`` where there is one: what an update is called is the checks' to decide."""
        return catalogue(lang).get(f"{family}.{key}", key)

    return (
        environment()
        .get_template(template)
        .render(lang=lang, t=ui(lang), counted=partial(counted, lang), named=named, **given)
    )


@cache
def environment() -> Environment:
    """Give the environment: escapes on its own, knows no missing name, shows no control characters."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": text.number,
        "points": text.points,
        "shape": text.shape,
        "values": text.nested,
        "prod": math.prod,
        "prose": text.prose,
        "path": lambda href: quote(href, safe="/"),
    }
    made.globals |= {"QuestionStatus": QuestionStatus, "compared": compared}
    return made


def _shown_clean(value: Any) -> Any:
    """Clean every text on its way into a page; what we marked up ourselves has been already."""
    return text.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
