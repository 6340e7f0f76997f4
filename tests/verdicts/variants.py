"""The lecture's notebook as it is handed in: reordered, in one cell, renamed, mislabelled, saved by Colab."""

from __future__ import annotations

import io
import json
import keyword
import random
import tokenize
from collections.abc import Collection, Iterable
from textwrap import indent

from grader.records import SourceCell, Student, Submission

from .lecture import SECTIONS, Cell, Section

QUESTIONS = tuple(section.question for section in SECTIONS if section.question)
NAMES = {
    "net": "model", "_net": "_m", "loss": "cost", "yhat": "hypo", "_yhat": "_hypo", "What": "theta",
    "alpha": "rate", "optimizr": "opt", "x": "feature", "y": "target", "X": "design", "_x": "flat",
    "_1": "ones", "epoc": "i", "b": "intercept", "w": "slope", "df": "table", "extra_bias": "surplus",
    "first": "p1", "second": "p2", "third": "what_happened", "method_is_iterable": "without",
    "call_is_iterable": "with_call", "message": "said", "_generator": "_gen", "_generator2": "_gen2",
    "_iterator": "_list", "l1": "layer", "a1": "act", "u": "logit", "v": "prob", "xx": "grid",
}  # fmt: skip


def submission(cells: Iterable[Cell], metadata: dict[int, str] | None = None) -> Submission:
    """Hand cells in; ``metadata`` are question ids by the place of the cell."""
    sources = tuple(
        SourceCell(i, cell.kind, cell.source, (metadata or {}).get(i)) for i, cell in enumerate(cells)
    )
    return Submission("hw.ipynb", "hw", "", Student(), sources, None)


def in_order(sections: Iterable[Section] = SECTIONS) -> list[Cell]:
    """Give all cells of the sections."""
    return [cell for section in sections for cell in section.cells]


def shuffled(seed: int) -> tuple[Section, ...]:
    """Give the questions in another order, after the data that all of them need."""
    first, data, *rest, last = SECTIONS
    random.Random(seed).shuffle(rest)
    return (first, data, *rest, last)


def only(questions: Collection[str]) -> tuple[Section, ...]:
    """Leave all other questions out."""
    return tuple(section for section in SECTIONS if section.question in (None, *questions))


def without_text(cells: Iterable[Cell]) -> list[Cell]:
    """Leave all text out."""
    return [cell for cell in cells if cell.kind == "code"]


def in_one_cell(cells: Iterable[Cell]) -> list[Cell]:
    """Put all code into one cell; what raises on purpose is caught."""
    return [Cell("code", "\n".join(map(_caught, without_text(cells))))]


def _caught(cell: Cell) -> str:
    if not cell.raises:
        return cell.source
    return f"try:\n{indent(cell.source, '    ')}\nexcept Exception as error:\n    print(error)"


def renamed(cells: Iterable[Cell]) -> list[Cell]:
    """Give every variable another name."""
    return [
        Cell(cell.kind, _renamed(cell.source), cell.raises) if cell.kind == "code" else cell for cell in cells
    ]


def _renamed(source: str) -> str:
    lines = source.splitlines(keepends=True)
    before = ""
    moves: list[tuple[int, int, str]] = []
    plain = "".join("\n" if line.startswith("%") else line for line in lines)
    for token in tokenize.generate_tokens(io.StringIO(plain).readline):
        named = token.type == tokenize.NAME and not keyword.iskeyword(token.string) and before != "."
        if named and token.string in NAMES:
            moves.append((*token.start, token.string))
        before = token.string
    for row, column, name in reversed(moves):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + NAMES[name] + line[column + len(name) :]
    return "".join(lines)


def scrambled(cells: list[Cell], seed: int) -> dict[int, str]:
    """Give every code cell another question's id."""
    draw = random.Random(seed)
    return {i: draw.choice(QUESTIONS) for i, cell in enumerate(cells) if cell.kind == "code"}


def permuted(sections: Iterable[Section], seed: int) -> dict[int, str]:
    """Give all cells of a question the id of another one."""
    others = list(QUESTIONS)
    random.Random(seed).shuffle(others)
    ids = dict(zip(QUESTIONS, others, strict=True))
    return {i: ids[name] for i, name in enumerate(owners(sections)) if name is not None}


def owners(sections: Iterable[Section]) -> list[str | None]:
    """Give the question of every cell."""
    return [section.question for section in sections for _ in section.cells]


def shown_only(cells: Iterable[Cell]) -> list[Cell]:
    """Leave out the lines that give a name to what the cells around them show, as the lecture does."""
    typed = ("third =", "message =", "method_is_iterable =")
    return [cell for cell in cells if not cell.source.startswith(typed)]


def by_colab(cells: Iterable[Cell]) -> str:
    """Save as Colab does: its own metadata, sources as lists of lines, no trace of ours."""
    saved = [_colab_cell(cell, i) for i, cell in enumerate(cells)]
    kernel = {
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
    }
    colab = {"provenance": [], "collapsed_sections": [], "toc_visible": True}
    notebook = {"nbformat": 4, "nbformat_minor": 0, "metadata": {"colab": colab, **kernel}, "cells": saved}
    return json.dumps(notebook, ensure_ascii=False)


def _colab_cell(cell: Cell, place: int) -> dict[str, object]:
    common = {"cell_type": cell.kind, "source": cell.source.splitlines(keepends=True)}
    if cell.kind == "markdown":
        return {**common, "metadata": {"id": f"aB{place:010d}"}}
    user = {"displayName": "김하늘", "userId": "0123456789"}
    ran = {"status": "ok", "timestamp": 1664345000000 + place, "user_tz": -540, "elapsed": 3, "user": user}
    about = {
        "id": f"cD{place:010d}",
        "executionInfo": ran,
        "outputId": f"7f{place:06d}",
        "colab": {"height": 34},
    }
    return {**common, "metadata": about, "execution_count": place, "outputs": []}
