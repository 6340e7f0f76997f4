"""The executed notebook as a page: what ran, what came out, and which question each cell answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from grader.records import CellStatus, QuestionReport, Report
from grader.render.messages import localize
from grader.render.sanitise import image_source, safe_html, safe_markdown
from grader.render.template import fill_in
from grader.render.text import clean, shorten

_LONGEST = 20_000  # characters of one output as text, or of HTML
_SOURCE = 100_000  # of one cell's source
_RICH, _PLAIN = (
    500_000,
    20_000_000,
)  # of a page: what is coloured or made harmless takes seconds; images, text

#: What an output is shown as, the first that it has.
_RICHEST_FIRST = (
    "text/html",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "image/gif",
    "text/markdown",
    "text/latex",
)


@dataclass(frozen=True)
class Output:
    """One output: HTML made harmless, the address of an image, or text; ``error`` where it went wrong."""

    html: Markup | None = None
    image: str | None = None
    text: str = ""
    error: bool = False


@dataclass
class Room:
    """What a page still has room for; ``cut`` once something has been left out."""

    rich: int = _RICH
    plain: int = _PLAIN
    cut: bool = False

    def source(self, text: str, longest: int = _SOURCE) -> str:
        """Take as much of what takes time to show as there is room for."""
        room = min(longest, self.rich)
        self.rich -= min(len(text), room)
        return clean(self._shortened(text, room))

    def text(self, text: str, longest: int = _LONGEST) -> str:
        """Take as much of plain text as there is room for."""
        room = min(longest, self.plain)
        self.plain -= min(len(text), room)
        return clean(self._shortened(text, room))

    def image(self, address: str) -> bool:
        """Tell whether an image has room, which it takes."""
        fits = len(address) <= self.plain
        self.plain -= len(address) if fits else 0
        self.cut |= not fits
        return fits

    def _shortened(self, text: str, longest: int) -> str:
        self.cut |= len(text) > longest
        return shorten(text, max(longest, 1))


@dataclass(frozen=True)
class Cell:
    """One cell, counted from 1: its source as HTML, its outputs, the questions it answers."""

    number: int
    kind: str
    source: Markup
    outputs: tuple[Output, ...]
    questions: tuple[tuple[int, QuestionReport], ...]
    status: CellStatus | None


def notebook_page(notebook: Mapping[str, Any], report: Report, lang: str = "ko") -> str:
    """Give the page of an executed notebook.

    Args:
        notebook: the tree of ``executed.ipynb``, nbformat 4.
        report: what is known of it; cells stand in the order of the notebook that was handed in.
        lang: the page's language.

    Cell n has the anchor ``cell-n``.
    """
    report, room = localize(report, lang), Room()
    cells = [_cell(n, cell, report, room) for n, cell in enumerate(notebook.get("cells", ()), 1)]
    return fill_in("notebook.html", lang, report=report, cells=cells, cut=room.cut, token_css=_token_css())


def _cell(number: int, cell: Mapping[str, Any], report: Report, room: Room) -> Cell:
    source = room.source(_joined(cell.get("source", "")))
    answers = tuple(
        (n, question)
        for n, question in enumerate(report.questions, 1)
        if question.matched and number - 1 in question.matched.cells
    )
    status = next((it.status for it in report.cells if it.index == number - 1), None)
    kind = str(cell.get("cell_type", "raw"))
    if kind == "markdown":
        shown = safe_markdown(source)
    elif kind == "code":
        shown = _code(source, _named_lines(number, report))
    else:
        shown = Markup("<pre>{}</pre>").format(source)
    outputs = tuple(_output(it, room) for it in cell.get("outputs", ())) if kind == "code" else ()
    return Cell(number, kind, shown, outputs, answers, status)


def _named_lines(number: int, report: Report) -> set[int]:
    """Give the lines of a cell that a diagnosis names."""
    told = (it for question in report.questions for it in question.diagnoses)
    return {it.line for it in told if it.cell == number - 1 and it.line is not None}


def _code(source: str, named: set[int]) -> Markup:
    """Give code line by line, coloured; the style sheet counts the lines."""
    lines = _coloured(source).removesuffix("\n").split("\n") if source else []
    spans = (
        f'<span class="line{" named" if n in named else ""}">{line}\n</span>'
        for n, line in enumerate(lines, 1)
    )
    return Markup("".join(spans))  # noqa: S704 - pygments has escaped the code


@lru_cache(maxsize=256)
def _coloured(source: str) -> str:
    """Colour code; the cells that a class was given are the same for all."""
    lexer, formatter = PythonLexer(stripnl=False, ensurenl=False), HtmlFormatter(nowrap=True)
    return str(highlight(source, lexer, formatter))


def _output(output: Mapping[str, Any], room: Room) -> Output:
    match output.get("output_type"):
        case "stream":
            return Output(
                text=room.text(_joined(output.get("text", ""))), error=output.get("name") == "stderr"
            )
        case "error":
            trace = output.get("traceback") or [f"{output.get('ename')}: {output.get('evalue')}"]
            return Output(text=room.text("\n".join(map(str, trace))), error=True)
    return _shown(output.get("data") or {}, room)


def _shown(data: Mapping[str, Any], room: Room) -> Output:
    """Show the richest form of a value that can be shown safely."""
    for mime in _RICHEST_FIRST:
        content = _joined(data.get(mime, ""))
        if not content:
            continue
        if mime == "text/html":
            return Output(html=safe_html(room.source(content, _LONGEST)))
        if mime in {"text/markdown", "text/latex"}:
            return Output(html=safe_markdown(room.source(content, _LONGEST)))
        if (address := image_source(mime, content)) is not None and room.image(address):
            return Output(image=address, text=room.text(_joined(data.get("text/plain", "")), 200))
    return Output(text=room.text(_joined(data.get("text/plain", ""))))


def _joined(text: Any) -> str:
    return "".join(map(str, text)) if isinstance(text, Sequence) else str(text)


@cache
def _token_css() -> Markup:
    """Give the colours of code: few, readable on light and dark alike."""
    kinds = {
        "var(--soft)": "c c1 cm ch sd",
        "var(--good)": "s s1 s2 sa se si sb",
        "var(--link)": "k kn kc ow nb",
        "var(--warn)": "m mi mf o",
    }
    rules = (
        f"{', '.join(f'& .{name}' for name in names.split())} {{ color: {colour}; }}"
        for colour, names in kinds.items()
    )
    return escape("") + Markup(" ".join(rules))  # noqa: S704 - the literals above
