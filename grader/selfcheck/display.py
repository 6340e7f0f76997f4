"""What ``%check`` shows: cards where there is HTML, a table where there is none."""

from __future__ import annotations

from io import StringIO

from IPython.display import display
from rich.console import Console, RenderableType

from grader.kit import Kit
from grader.records import Message
from grader.render.card import card_of
from grader.render.messages import localize, translate, ui
from grader.render.template import fill_in
from grader.render.terminal import detail
from grader.render.text import clean, points
from grader.selfcheck.session import Look

WIDTH = 88  # characters of a line of plain text


def show(look: Look, kit: Kit, lang: str) -> None:
    """Show a look at a notebook below the cell that asked for it."""
    report = localize(look.report, lang)
    words = ui(lang)
    order, in_order = translate(look.order, lang), look.order.id == "selfcheck.in-order"
    notes = [words("selfcheck.numbers")]
    notes += [words("selfcheck.hides")] if kit.hides else []
    notes += [translate(Message("selfcheck.later", {"title": title}), lang) for title in kit.later.values()]
    notes.append(words("selfcheck.advice"))
    total = words("selfcheck.points", points=points(report.score or 0), max=points(report.max_score))
    cards = [card_of(question, lang) for question in report.questions]
    unjudged = [(title, translate(why, lang)) for title, why in look.unjudged.items()]
    page = fill_in(
        "check.html",
        lang,
        order=order,
        in_order=in_order,
        total=total if cards else "",
        cards=cards,
        unjudged=unjudged,
        notes=notes,
    )
    judged = [_plain(detail(report, lang))] if cards else []
    waiting = [f"· {clean(title)}\n    {why}" for title, why in unjudged]
    sign = "✓" if in_order else "!"
    _display(page, "\n".join([*judged, *waiting, "", f"{sign} {order}", *notes]))


def say(message: Message, lang: str) -> None:
    """Show one sentence."""
    text = clean(translate(message, lang))
    _display(fill_in("said.html", lang, text=text), text)


def _plain(shown: RenderableType) -> str:
    text = StringIO()
    console = Console(file=text, width=WIDTH, highlight=False, color_system=None, force_jupyter=False)
    console.print(shown)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def _display(page: str, text: str) -> None:
    display({"text/html": page, "text/plain": text}, raw=True)
