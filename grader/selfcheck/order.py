"""What worked in the student's kernel and does not from top to bottom: other orders, names that are gone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from IPython.core.inputtransformer2 import TransformerManager

from grader.records import CellOutcome, Message, SourceCell

NAME = re.compile(r"name '(\w+)' is not defined")
STAR = "*"


def order_flags(cells: Sequence[SourceCell], outcomes: Sequence[CellOutcome]) -> tuple[Message, ...]:
    """Say what of a notebook's stored outputs another order of execution, or a deleted cell, has made.

    ``outcomes`` are what happened to the cells in a fresh kernel, from top to bottom.
    """
    return (*_run_in_another_order(cells), *_names_that_are_not_there(cells, outcomes))


def _run_in_another_order(cells: Sequence[SourceCell]) -> Iterator[Message]:
    run = [cell for cell in cells if cell.kind == "code" and cell.count is not None]
    for before, cell in pairwise(run):
        if (cell.count or 0) < (before.count or 0):
            yield Message("flag.run-order", {"cell": cell.index + 1, "other": before.index + 1})
            return


def _names_that_are_not_there(
    cells: Sequence[SourceCell], outcomes: Sequence[CellOutcome]
) -> Iterator[Message]:
    made = {cell.index: names_made(cell.source) for cell in cells if cell.kind == "code"}
    worked = {cell.index for cell in cells if cell.count is not None and not cell.raised}
    for outcome in outcomes:
        error, cell = outcome.error, outcome.index
        if error is None or error.name != "NameError" or not (found := NAME.search(error.value)):
            continue
        name = found[1]
        makers = [index for index, names in made.items() if name in names or STAR in names]
        if not makers and cell in worked:
            yield Message("flag.name-gone", {"cell": cell + 1, "name": name})
        elif makers and min(makers) > cell:
            yield Message("flag.name-later", {"cell": cell + 1, "name": name, "other": makers[0] + 1})


def names_made(source: str) -> set[str]:
    """Give the names that a cell binds for others to see; ``*`` for an import of nobody knows what."""
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError):
        return set()
    return set(_bound(tree))


def _bound(node: ast.AST) -> Iterator[str]:
    inner: Iterator[ast.AST] = ast.iter_child_nodes(node)
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            inner = iter(())
        case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            inner = iter(())
        case ast.Name(id=name, ctx=ast.Store()) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]
    for child in inner:
        yield from _bound(child)
