"""What an update by hand multiplies the gradient by, as far as the student's text tells."""

from __future__ import annotations

import ast
import operator
from collections.abc import Collection, Iterator, Mapping

from grader.checks.source import mentions_gradient, parameter_updates
from grader.recording import Value

NOTHING = 1e-8  # a factor that nobody trains with: what it leaves of a gradient is rounded off
ARITHMETIC = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


def has_no_rate(source: str, names: Collection[str], namespace: Mapping[str, Value]) -> bool:
    """Tell whether an update of a parameter multiplies its gradient by nothing: ``0``, ``1//10``.

    One that merely never runs has a rate in its text. ``names`` are the parameters'; what other names stand
    for is looked up in ``namespace``.
    """
    parts = (part for node in parameter_updates(source, names) for part in ast.walk(node))
    factors = (_number(factor, namespace) for part in parts for factor in _factors(part))
    return any(number is not None and abs(number) <= NOTHING for number in factors)


def _factors(node: ast.AST) -> Iterator[ast.expr]:
    """Give what stands beside a gradient in a product."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for factor, other in ((node.left, node.right), (node.right, node.left)):
            if mentions_gradient(other):
                yield factor


def _number(node: ast.expr, namespace: Mapping[str, Value]) -> float | None:
    """Work out plain arithmetic; ``None`` where it is more than that."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return _plain(namespace.get(name))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            one, other = _number(left, namespace), _number(right, namespace)
            if one is None or other is None:
                return None
            try:
                return float(ARITHMETIC[type(op)](one, other))
            except ArithmeticError:
                return None
    return None


def _plain(value: Value | None) -> float | None:
    """Give the number that a name stands for, a tensor's if it is the only one."""
    if value is None:
        return None
    if value.tensor is not None and value.tensor.numel() == 1 and not value.tensor.is_complex():
        return float(value.tensor)
    return value.plain if isinstance(value.plain, int | float) else None
