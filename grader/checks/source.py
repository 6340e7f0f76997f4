"""What the student's text says where values are silent: whether the gradient is cleared before the update."""

from __future__ import annotations

import ast


def clears(source: str) -> bool:
    """Tell whether a gradient is cleared anywhere."""
    return any(_is_clear(node) for node in _statements(source))


def clears_before_update(source: str) -> bool:
    """Tell whether, within a loop, the gradient is cleared between ``backward()`` and the update by hand."""
    for loop in (node for node in _statements(source) if isinstance(node, ast.For | ast.While)):
        inner = [node for node in ast.walk(loop) if isinstance(node, ast.stmt) and node is not loop]
        backward = min((node.lineno for node in inner if _calls(node, "backward")), default=None)
        update = min((node.lineno for node in inner if _is_update(node)), default=None)
        cleared = [node.lineno for node in inner if _is_clear(node)]
        if backward is not None and update is not None and any(backward < line < update for line in cleared):
            return True
    return False


def _statements(source: str) -> list[ast.stmt]:
    """Give all statements; none where the text is not plain Python (a magic, a broken line)."""
    plain = "\n".join(
        "pass" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()
    )
    try:
        tree = ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def _is_clear(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _calls(node, "zero_grad") or (_calls(node, "zero_") and _mentions_gradient(node))
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Attribute) and target.attr == "grad" for target in targets)


def _is_update(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign):
        return not _is_clear(node) and _mentions_gradient(node.value)
    return False


def _calls(node: ast.stmt, method: str) -> bool:
    """Tell whether a simple statement is a call of a method of that name."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == method


def _mentions_gradient(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr == "grad" for part in ast.walk(node))
