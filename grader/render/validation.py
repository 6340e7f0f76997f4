"""What ``grader validate`` found: a table for the terminal, a page, JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.render.messages import Words, translate, ui
from grader.render.template import fill_in
from grader.render.text import clean
from grader.trials import Trial, Validation

SIGNS = {True: ("✗", "red"), False: ("✓", "green")}


def validation_table(found: Validation, lang: str = "ko") -> RenderableType:
    """Give notebooks a line each, then a line a misconception and a column a question, then the holes."""
    words = ui(lang)
    rows, questions = _rows(found)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(words("validate.misconception"), no_wrap=True)
    table.add_column(words("ui.step"), no_wrap=True)
    for number in range(1, len(questions) + 1):
        table.add_column(str(number), justify="center")
    for code, trials in rows.items():
        step = next(iter(trials.values())).step
        cells = [_sign(trials.get(question)) for question in questions]
        table.add_row(code, words(f"step.{step}") if step else "", *cells)
    parts: list[RenderableType] = [
        Text.assemble(_sign(trial), f" {_name(trial, words)}") for trial in found.trials if not trial.question
    ]
    holes = [Text(f"✗ {name}: {hole}", "red") for name, hole in _holes(found, lang)]
    legend = Columns(
        [Text(f"{n} {question}", "dim") for n, question in enumerate(questions, 1)], padding=(0, 2)
    )
    matrix: list[RenderableType] = ["", table, legend] if rows else []
    return Group(*parts, *matrix, "", *holes, Text(_sentence(found, words), "bold"))


def validation_page(found: Validation, lang: str = "ko") -> str:
    """Give the matrix as a page of its own."""
    rows, questions = _rows(found)
    words = ui(lang)
    return fill_in(
        "validation.html",
        lang,
        found=found,
        notebooks=[(trial, _name(trial, words)) for trial in found.trials if not trial.question],
        holes=_holes(found, lang),
        rows=rows,
        questions=questions,
        sentence=_sentence(found, words),
    )


def validation_json(found: Validation) -> str:
    """Give all of it as JSON: ``assignment``, ``seconds``, ``caught`` and the ``trials``."""
    tree: dict[str, Any] = asdict(found)
    return json.dumps({**tree, "holes": len(found.holes)}, ensure_ascii=False, indent=1) + "\n"


def _rows(found: Validation) -> tuple[Mapping[str, Mapping[str, Trial]], list[str]]:
    """Give code -> question -> trial, and the questions in order."""
    rows: dict[str, dict[str, Trial]] = {}
    for trial in found.trials:
        if trial.question:
            rows.setdefault(trial.code, {})[trial.question] = trial
    return rows, list(dict.fromkeys(trial.question for trial in found.trials if trial.question))


def _sign(trial: Trial | None) -> Text:
    return Text("·", "dim") if trial is None else Text(*SIGNS[bool(trial.hole)])


def _name(trial: Trial, words: Words) -> str:
    """Name a trial: its question and misconception, or its notebook."""
    if trial.question:
        return f"{trial.question} · {trial.code}"
    ours = {"solution": "validate.solution", "blank": "validate.blank", "elsewhere": "validate.elsewhere"}
    return words(ours[trial.code]) if trial.code in ours else clean(trial.code)


def _holes(found: Validation, lang: str) -> list[tuple[str, str]]:
    """Give each trial that did not go as it should, by name, and what is wrong with it."""
    return [(_name(it, ui(lang)), "; ".join(translate(said, lang) for said in it.hole)) for it in found.holes]


def _sentence(found: Validation, words: Words) -> str:
    count, holes = len(found.trials), len(found.holes)
    key = "validate.holes" if holes else "validate.whole"
    return words(key, count=count, holes=holes, seconds=f"{found.seconds:.1f}")
