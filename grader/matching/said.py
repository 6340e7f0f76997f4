"""What is said of labels that a person should look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.matching.labels import Label
from grader.records import Message


def odd(labels: Sequence[Label], titles: Mapping[str, str]) -> Iterator[Message]:
    """Say which question several cells are labelled with, and which cell is labelled with several."""
    for question, title in titles.items():
        own = sorted({label.part.cell + 1 for label in labels if label.own and label.question == question})
        if len(own) > 1:
            yield Message("flag.label-twice", {"question": title, "cells": in_words(own)})
    for cell in dict.fromkeys(label.part.cell for label in labels if not label.part.whole):
        named = [titles[label.question] for label in labels if label.part.cell == cell]
        yield Message("flag.cell-merged", {"cell": cell + 1, "questions": named})


def in_words(cells: Sequence[int]) -> str:
    """Give numbers of cells as people write them: ``3, 5–7``."""
    runs: list[list[int]] = []
    for cell in cells:
        if runs and runs[-1][-1] == cell - 1:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
