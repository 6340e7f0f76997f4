"""What a loop of the student's text does, statement by statement, in the order in which it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice

from grader.checks.source import calls, is_clear, is_update, moves, parsed

MOST = 1000  # statements that are read of a loop: functions may call one another without end

Known = Mapping[str, ast.FunctionDef]


@lru_cache(maxsize=64)  # asked at each epoch of a run whose parameters stand still
def clears_before_update(source: str) -> bool:
    """Tell whether, within a loop, the gradient is cleared between ``backward()`` and the update by hand."""
    for inner in _loops(source):
        backward = next((i for i, node in enumerate(inner) if calls(node, "backward")), None)
        update = next((i for i, node in enumerate(inner) if is_update(node)), None)
        if backward is not None and update is not None and any(map(is_clear, inner[backward:update])):
            return True
    return False


def updates_before_backward(source: str) -> bool:
    """Tell whether, within a loop, a step or an update by hand comes before every ``backward()``."""
    for inner in _loops(source):
        backward = next((i for i, node in enumerate(inner) if calls(node, "backward")), 0)
        if any(map(moves, inner[:backward])):
            return True
    return False


def _loops(source: str) -> Iterator[list[ast.stmt]]:
    nodes = list(ast.walk(parsed(source)))
    known = {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
    for node in nodes:
        if isinstance(node, ast.For | ast.While):
            yield list(islice(_in_turn(node, known), MOST))


def _in_turn(block: ast.stmt, known: Known) -> Iterator[ast.stmt]:
    """Give a block's simple statements; in a call's place those of the text's own function that it calls."""
    simple = [node for node in ast.walk(block) if isinstance(node, ast.stmt) and not hasattr(node, "body")]
    for node in sorted(simple, key=lambda node: (node.lineno, node.col_offset)):
        names = [name for name in _called(node) if name in known]
        if not names:
            yield node
        for name in names:
            yield from _in_turn(known[name], {other: f for other, f in known.items() if other != name})


def _called(node: ast.stmt) -> Iterator[str]:
    """Give the names of functions and methods that a statement calls: ``update()``, ``self.opt.update()``."""
    for part in ast.walk(node):
        function = part.func if isinstance(part, ast.Call) else None
        if isinstance(function, ast.Name):
            yield function.id
        elif isinstance(function, ast.Attribute):
            yield function.attr
