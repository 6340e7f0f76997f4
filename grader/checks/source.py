"""What the student's text says where values are silent: whether the gradient is cleared before the update."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from threading import Lock

Definition = ast.FunctionDef | ast.ClassDef

MOVING = ("sub_", "add_", "copy_")  # the methods of a tensor that an update in place is written with
MISSPELLED = 0.7  # of the letters in common, as difflib counts them: ``setp`` for ``step``, not ``update``


def dropped_lines(source: str) -> int:
    """Count the empty lines at a cell's start: IPython drops them, and counts its lines without."""
    return source[: len(source) - len(source.lstrip())].count("\n")


def clears(source: str) -> bool:
    """Tell whether a gradient is cleared anywhere."""
    return any(is_clear(node) for node in statements(source))


def updates_after_loop(source: str) -> bool:
    """Tell whether the parameters are updated, and only below the loop."""
    return _outside(source, moves)


def differentiates_after_loop(source: str) -> bool:
    """Tell whether ``backward()`` is called, and only below the loop."""
    return _outside(source, lambda node: calls(node, "backward"))


def _outside(source: str, wanted: Callable[[ast.stmt], bool]) -> bool:
    """Tell whether such a statement is there, and only below a loop: in the cell, or in one function."""
    found = [node for node in statements(source) if wanted(node)]
    bodies = [parsed(source), *(node for node in statements(source) if isinstance(node, ast.FunctionDef))]
    return bool(found) and any(_below_loop(body, found) for body in bodies)


def _below_loop(body: ast.AST, found: Collection[ast.stmt]) -> bool:
    first = min((n.lineno for n in ast.walk(body) if isinstance(n, ast.For | ast.While)), default=None)
    lines = {node.lineno for node in _outside_blocks(body) if isinstance(node, ast.stmt)}
    return first is not None and all(first < node.lineno in lines for node in found)


def _outside_blocks(node: ast.AST) -> Iterator[ast.AST]:
    """Give what is within a node, of loops, functions and classes in it these alone."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _BLOCKS):
            yield from _outside_blocks(child)


def moves(node: ast.stmt) -> bool:
    """Tell a step of an optimizer or an update by hand."""
    return is_update(node) or calls(node, "step")


def loops(source: str) -> list[ast.For | ast.While]:
    """Give the loops."""
    return [node for node in statements(source) if isinstance(node, ast.For | ast.While)]


_BLOCKS = (ast.For, ast.While, ast.FunctionDef, ast.ClassDef)


def has_loop(source: str) -> bool:
    """Tell whether anything is repeated."""
    return bool(loops(source))


def names_backward(node: ast.stmt) -> bool:
    """Tell ``loss.backward`` without brackets."""
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Attribute) and value.attr == "backward"


def asks_for_gradient(source: str) -> bool:
    """Tell whether a gradient is asked for in another way than by ``backward()``."""
    return bool(re.search(r"\b(grad|grad_and_value)\s*\(", source))


def has_backward(source: str) -> bool:
    """Tell whether anything is differentiated."""
    return bool(re.search(r"\bbackward\s*\(", source)) or asks_for_gradient(source)


def repeats_backward(source: str) -> bool:
    """Tell whether ``backward()`` is called in more than one line of a loop."""
    return any(
        sum(calls(node, "backward") for node in ast.walk(loop) if isinstance(node, ast.stmt)) > 1
        for loop in loops(source)
    )


def types(source: str, number: int) -> bool:
    """Tell whether a number stands in the text."""
    return any(isinstance(part, ast.Constant) and part.value == number for part in ast.walk(parsed(source)))


def typed_numbers(source: str) -> list[list[float]]:
    """Give the numbers that calls are given as they are typed, with signs: ``tensor([[2.4], [-4.0]])``."""
    calls_made = [
        part for node in statements(source) for part in ast.walk(node) if isinstance(part, ast.Call)
    ]
    return [numbers for call in calls_made for value in call.args if (numbers := _literal(value))]


def _literal(node: ast.expr) -> list[float]:
    try:
        return _flat(ast.literal_eval(node))
    except (ValueError, TypeError, RecursionError, OverflowError):  # one of 400 digits is no float
        return []


def _flat(value: object) -> list[float]:
    if isinstance(value, list | tuple):
        return [number for item in value for number in _flat(item)]
    return [float(value)] if isinstance(value, int | float) else []


def parameter_updates(source: str, names: Collection[str]) -> list[ast.stmt]:
    """Give where a gradient goes into a parameter's own value by hand: ``data``, or one of ``names``."""
    updates = [node for node in statements(source) if is_update(node)]
    return [node for node in updates if "." in _updated(node) or targets(node) & {*names}]


def repeats_update(source: str) -> bool:
    """Tell whether a parameter is updated by hand in more than one line of a loop."""
    for loop in loops(source):
        inner = [node for node in ast.walk(loop) if isinstance(node, ast.stmt) and is_update(node)]
        targets = [target for node in inner if (target := _updated(node))]
        if len(targets) > len(set(targets)):
            return True
    return False


def binds_of_itself(source: str, names: Collection[str]) -> bool:
    """Tell whether, within a loop or a function, names are bound to what is made of the old ones alone."""
    bound = [
        node
        for block in statements(source)
        if isinstance(block, _BLOCKS)
        for node in ast.walk(block)
        if isinstance(node, ast.Assign)
        and any(_spelt(target, ast.Store) & {*names} for target in node.targets)
    ]
    return bool(bound) and all(_spelt(node.value, ast.Load) & {*names} for node in bound)


def _spelt(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    """Give the names, dotted ones too, that a text sets or reads."""
    parts = (part for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute))
    return {ast.unparse(part) for part in parts if isinstance(part.ctx, context)}


def _updated(node: ast.stmt) -> str:
    """Give what of a parameter a statement assigns: ``What.data``; an empty text for a plain name."""
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", _moved(node))
    plain = isinstance(target, ast.Name) and isinstance(node, ast.Assign)
    return "" if target is None or plain else ast.unparse(target)


def statements(source: str) -> list[ast.stmt]:
    """Give all statements; none where the text is not plain Python (a magic, a broken line)."""
    return [node for node in ast.walk(parsed(source)) if isinstance(node, ast.stmt)]


@lru_cache(maxsize=1024)  # of all cells before it each answer asks
def definitions(source: str) -> tuple[Definition, ...]:
    """Give the functions and classes that a cell defines."""
    return tuple(node for node in parsed(source).body if isinstance(node, Definition))


def caught(source: str) -> set[str]:
    """Give the names under which exceptions are caught, outside of functions: Python deletes them again."""
    nodes = (
        part for node in parsed(source).body if not isinstance(node, Definition) for part in ast.walk(node)
    )
    return {node.name for node in nodes if isinstance(node, ast.ExceptHandler) and node.name}


def made_in(source: str) -> set[str]:
    """Give the names that a cell's text assigns, imports or defines."""
    parts = list(ast.walk(parsed(source)))
    assigned = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    imported = {(part.asname or part.name).partition(".")[0] for part in parts if isinstance(part, ast.alias)}
    return assigned | imported | {node.name for node in definitions(source)}


def names_in(node: ast.AST) -> set[str]:
    """Give the plain names that a text mentions."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def words_in(node: ast.AST) -> set[str]:
    """Give all names and attributes that a text mentions."""
    parts = (part for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute))
    return {part.id if isinstance(part, ast.Name) else part.attr for part in parts}


#: Before Python 3.11.8, and 3.12.2, threads that parse at once share a counter: one that is interrupted ends
#: in SystemError, and its submission without a score (cpython issue 106905).
_ONE_AT_A_TIME = Lock()


@lru_cache(maxsize=256)  # each of the runs in a cell asks
def parsed(source: str) -> ast.Module:
    """Give the tree of a text, without its magics; an empty one where it is no Python."""
    plain = "\n".join(
        "pass" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()
    )
    try:
        with _ONE_AT_A_TIME:
            return ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last for what is nested too deep
        return ast.Module([], [])


def is_clear(node: ast.stmt) -> bool:
    """Tell whether a statement clears a gradient."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        filled = calls(node, "fill_") and any(map(_is_zero, node.value.args))
        return calls(node, "zero_grad") or ((calls(node, "zero_") or filled) and mentions_gradient(node))
    if isinstance(node, ast.AugAssign):
        return isinstance(node.op, ast.Mult) and _is_gradient(node.target) and _is_zero(node.value)
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.Assign) and _is_zero(node.value):
        targets = [target.value if isinstance(target, ast.Subscript) else target for target in targets]
    each = (one for target in targets for one in getattr(target, "elts", [target]))
    return any(map(_is_gradient, each))


def _is_gradient(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "grad"


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def is_update(node: ast.stmt) -> bool:
    """Tell whether a statement assigns something made of a gradient, or moves something by it in place."""
    if isinstance(node, ast.Assign | ast.AugAssign):
        return not is_clear(node) and mentions_gradient(node.value)
    return _moved(node) is not None


def _moved(node: ast.stmt) -> ast.expr | None:
    """Give what a method moves by a gradient in place: ``What.data`` of ``What.data.sub_(What.grad)``."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    moves = call.func.attr in MOVING and any(map(mentions_gradient, call.args))
    return call.func.value if moves and not mentions_gradient(call.func.value) else None


def calls(node: ast.stmt, method: str) -> bool:
    """Tell whether a simple statement is a call of a method of that name."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == method


def targets(node: ast.stmt) -> set[str]:
    """Give the plain names that a statement assigns."""
    assigned = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    inner = [part for target in assigned if target is not None for part in ast.walk(target)]
    return {part.id for part in inner if isinstance(part, ast.Name)}


def differentiates(node: ast.stmt) -> bool:
    """Tell whether a statement differentiates, or was meant to: ``loss.backwards()``."""
    return any(
        isinstance(part, ast.Call)
        and isinstance(part.func, ast.Attribute)
        and (means(part.func.attr, "backward") or ".autograd.grad" in ast.unparse(part.func))
        for part in ast.walk(node)
    )


def means(written: str, name: str) -> bool:
    """Tell whether a name was meant, misspelled maybe."""
    return written.startswith(name) or SequenceMatcher(None, written.lower(), name).ratio() > MISSPELLED


def differentiated(node: ast.stmt) -> set[str]:
    """Give the name of what is differentiated: ``loss`` of ``loss.backward()`` and ``grad(loss, …)``."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            inner = part.func.value if means(part.func.attr, "backward") else next(iter(part.args), None)
            if isinstance(inner, ast.Name) and inner.id != "torch":
                return {inner.id}
    return set()


def mentions_gradient(node: ast.AST) -> bool:
    """Tell whether ``.grad`` stands in an expression."""
    return any(isinstance(part, ast.Attribute) and part.attr == "grad" for part in ast.walk(node))
