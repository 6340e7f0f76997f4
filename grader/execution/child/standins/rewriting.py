"""Cells that call into a stand-in: how a syntax tree does so without a name in the namespace."""

from __future__ import annotations

import ast


def call(module: str, function: str, *arguments: ast.expr) -> ast.Call:
    """Write ``__import__(module, None, None, [function]).function(*arguments)``."""
    where = ast.Call(
        ast.Name("__import__", ast.Load()),
        [
            ast.Constant(module),
            ast.Constant(None),
            ast.Constant(None),
            ast.List([ast.Constant(function)], ast.Load()),
        ],
        [],
    )
    return ast.Call(ast.Attribute(where, function, ast.Load()), list(arguments), [])
